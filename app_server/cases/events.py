"""What cases announces; every event carries the same facts about its case."""

from typing import ClassVar, Literal
from uuid import UUID

from app_server.kernel.events import Event


class CaseNews(Event):
    """What every announcement about a case says."""

    key: ClassVar[str] = "case_id"
    case_id: UUID
    case_no: str
    person_id: UUID
    item_code: str
    item_name: str
    region: str


class CaseSubmitted(CaseNews):
    """A person handed in an application."""

    name: ClassVar[str] = "cases.submitted/1"
    draft_id: UUID


class PreReviewReturned(CaseNews):
    """Pre-review found something to be added before the case is received."""

    name: ClassVar[str] = "cases.pre_review_returned/1"
    version: int


class PreReviewEnded(CaseNews):
    """Pre-review passed (the case is received) or failed (it ends)."""

    name: ClassVar[str] = "cases.pre_review_ended/1"
    passed: bool
    version: int


class CaseAccepted(CaseNews):
    """The authority accepted; the clock runs."""

    name: ClassVar[str] = "cases.accepted/1"
    due_on: str
    deemed: bool


class CorrectionAsked(CaseNews):
    """Something must be corrected or added first."""

    name: ClassVar[str] = "cases.correction_asked/1"
    round: int
    due_on: str


class LateDemandRefused(CaseNews):
    """An officer named a defect too late (R-CAS-07); supervision counts these."""

    name: ClassVar[str] = "cases.late_demand_refused/1"
    org: str
    officer: str
    named: list[str]
    round: int


class CorrectionOverdue(CaseNews):
    """The applicant's time to correct is over; after a grace the case is returned."""

    name: ClassVar[str] = "cases.correction_overdue/1"
    round: int
    return_on: str


class CaseCorrected(CaseNews):
    """The applicant corrected it."""

    name: ClassVar[str] = "cases.corrected/1"
    round: int


class ClockPaused(CaseNews):
    """A special procedure began; its days do not count (art. 45)."""

    name: ClassVar[str] = "cases.clock_paused/1"
    procedure: str
    days: int
    version: int


class ClockResumed(CaseNews):
    """The special procedure is over; the rest of the limit runs."""

    name: ClassVar[str] = "cases.clock_resumed/1"
    due_on: str
    version: int


class LimitExtended(CaseNews):
    """The limit was extended with approval; the applicant is told why (art. 42)."""

    name: ClassVar[str] = "cases.limit_extended/1"
    days: int
    due_on: str


class LimitRecomputed(CaseNews):
    """The calendar changed, and with it the last day of this case."""

    name: ClassVar[str] = "cases.limit_recomputed/1"
    before: str
    due_on: str


class CaseForwarded(CaseNews):
    """The case went up to the authority that decides it."""

    name: ClassVar[str] = "cases.forwarded/1"
    to: str


class SubtaskAsked(CaseNews):
    """Another organisation was asked to contribute."""

    name: ClassVar[str] = "cases.subtask_asked/1"
    subtask_id: UUID
    org: str
    due_on: str


class SubtaskReturned(CaseNews):
    """The other organisation answered."""

    name: ClassVar[str] = "cases.subtask_returned/1"
    subtask_id: UUID
    outcome: str


class DocumentDue(CaseNews):
    """A 文书 is to be made."""

    name: ClassVar[str] = "cases.document_due/1"
    document_id: UUID


class FeeDue(CaseNews):
    """The case goes on when its bill is paid; charged after the decision."""

    name: ClassVar[str] = "cases.fee_due/1"
    bill_no: str
    amount_fen: int


class CaseDecided(CaseNews):
    """Decided, or not accepted."""

    name: ClassVar[str] = "cases.decided/1"
    outcome: Literal["approved", "refused", "not_accepted"]


class CaseProgressed(CaseNews):
    """The department's system told how far it is; `line` is its place in the timeline."""

    name: ClassVar[str] = "cases.progressed/1"
    title: str
    line: int


class CaseClosed(CaseNews):
    """Nothing more is to be done."""

    name: ClassVar[str] = "cases.closed/1"
    outcome: Literal["approved", "refused"]


class ResultWaits(CaseNews):
    """The result can be fetched, or is on its way."""

    name: ClassVar[str] = "cases.result_waits/1"
    way: str
    outlet_region: str


class CaseEnded(CaseNews):
    """Ended without a decision: returned (退件) or by a head (强制终止); the reason is told."""

    name: ClassVar[str] = "cases.ended/1"
    how: Literal["returned", "ended"]


class CaseReopened(CaseNews):
    """A machine's decision is looked at again by a person."""

    name: ClassVar[str] = "cases.reopened/1"
    version: int


class CaseWithdrawn(CaseNews):
    """The applicant took the application back."""

    name: ClassVar[str] = "cases.withdrawn/1"


class FlowActionDue(Event):
    """The case's flow asks something of the platform itself."""

    name: ClassVar[str] = "cases.flow_action_due/1"
    key: ClassVar[str] = "case_id"
    case_id: UUID
    case_no: str


class BundleNews(Event):
    """What every announcement about a bundle says."""

    key: ClassVar[str] = "bundle_id"
    bundle_id: UUID
    bundle_no: str
    person_id: UUID
    name_of: str
    template: str
    project_code: str


class BundleFiled(BundleNews):
    """Everything was handed in at once; what can start has started."""

    name: ClassVar[str] = "cases.bundle_filed/1"
    due_on: str


class BundlePartMoved(BundleNews):
    """A part started, was decided, or will never start."""

    name: ClassVar[str] = "cases.bundle_part_moved/1"
    part: str
    item_name: str
    case_no: str
    state: str


class BundleExtended(BundleNews):
    """The lead takes longer, and says why."""

    name: ClassVar[str] = "cases.bundle_extended/1"
    due_on: str


class BundleFinished(BundleNews):
    """All parts are over; one answer for all (统一反馈)."""

    name: ClassVar[str] = "cases.bundle_finished/1"
    approved: int
    total: int


class LicenceAsked(Event):
    """A window asks the holder whether a shown licence may stand for a paper."""

    name: ClassVar[str] = "cases.licence_asked/1"
    key: ClassVar[str] = "draft_id"
    draft_id: UUID
    person_id: UUID
    material: str
    number: str
    item_name: str
    licence_name: str
    asked_by: str


class RegistryDue(Event):
    """A case waits for a registry that had not answered when it was filed."""

    name: ClassVar[str] = "cases.registry_due/1"
    key: ClassVar[str] = "case_id"
    case_id: UUID
    case_no: str
    turn: int


class PrefillRetryDue(Event):
    """Drafts wait for registries that had not answered."""

    name: ClassVar[str] = "cases.prefill_retry_due/1"
    key: ClassVar[str] = "what"
    what: str = "prefill"
