"""Shapes of cases' requests and replies."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, NotRequired
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

from app_server.forms.service import MaterialView, UiSchema
from app_server.kernel.http import Query, Shape, Text

Cursor = Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{22}$")]
Note = Annotated[Text, StringConstraints(strip_whitespace=True, max_length=500)]
Reason = Annotated[Text, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]
Names = Annotated[list[Annotated[Text, Field(max_length=60)]], Field(max_length=60)]
Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
# The secret of a proof made for this very act (R-ID-14).
ActProof = Annotated[Text | None, Field(max_length=64)]
State = Literal[
    "submitted",
    "pre_review_returned",
    "pre_review_failed",
    "received",
    "correction_asked",
    "accepted",
    "not_accepted",
    "in_review",
    "suspended",
    "forwarded",
    "approved",
    "refused",
    "fee_due",
    "making",
    "delivering",
    "closed",
    "archived",
    "withdrawn",
    "returned",
    "ended",
]


class DraftWanted(Shape):
    """Which item is applied for."""

    item_code: Annotated[str, Field(pattern=r"^[0-9A-Z]{31,33}$")]


class Submission(Shape):
    """The draft that becomes a case."""

    draft_id: Annotated[UUID, Field(strict=False)]
    act_proof: ActProof = None


class FileWanted(Query):
    """What the person calls the file, and whether it stands beside those that came before."""

    name: Annotated[Text, Field(min_length=1, max_length=100)] = "照片"
    more: bool = False


class ListQuery(Query):
    """Where the list goes on."""

    cursor: Cursor = None


class CaseLine(Shape):
    """A case in its owner's list."""

    case_no: str
    item_name: str
    state: State
    state_name: str
    submitted_at: datetime
    due_on: date | None
    days_left: int | None
    region_name: str


class CasePage(Shape):
    """One page of my cases."""

    items: list[CaseLine]
    next: str | None


class StepView(TypedDict):
    """A step as the applicant reads it."""

    state_name: str
    at: Instant
    by: str
    note: str
    # 网上, 窗口, 部门 …; steps of before this field have none.
    channel: NotRequired[str]


class DefectView(TypedDict):
    """One thing to be put right: on which ground, why, and how."""

    kind: Literal["field", "material", "condition"]
    code: str
    ground: Literal["incomplete", "form"]
    explanation: str
    how: str


class CorrectionView(TypedDict):
    """What is to be corrected, and until when."""

    reason: str
    fields: list[str]
    materials: list[str]
    due_on: str
    # Corrections asked before this field have none.
    items: NotRequired[list[DefectView]]


class BillView(TypedDict):
    """The bill of a case with a fee."""

    bill_no: str
    amount_fen: int
    state: str


class CaseView(Shape):
    """How one case stands; what was filled in is an `Application`, asked for by itself."""

    case_no: str
    item_code: str
    item_name: str
    region_name: str
    department: str
    state: State
    state_name: str
    outcome: str | None
    submitted_at: datetime
    accepted_at: datetime | None
    due_on: date | None
    days_left: int | None
    steps: list[StepView]
    correction: CorrectionView | None
    bill: BillView | None
    licence_id: UUID | None
    can: list[Literal["withdraw", "correct", "resubmit", "pay", "choose_delivery"]]
    days_unit: Literal["workday", "day"]
    due_provisional: bool
    # The organisation's name when it was filed for one.
    on_behalf_of: str | None
    # Papers that have to reach the office before it counts (R-LOG-01).
    papers: Literal["", "awaited", "differs", "arrived"]
    version: int


class Application(Shape):
    """What was filled in and handed in, with the form it was filled into."""

    model_config = ConfigDict(serialize_by_alias=True)

    data: dict[str, Any]
    materials: list[MaterialView]
    schema_: dict[str, Any] = Field(alias="schema")
    ui_schema: UiSchema
    layout: dict[str, Any] = {}
    # What an authority vouched for, and what one has not answered yet.
    sources: dict[str, Any] = {}
    missing: dict[str, str] = {}
    version: int


class EvidenceEntry(TypedDict):
    """What is kept of a tier 3 act: who, what, when, by which way, and the proof's hash."""

    seq: int
    kind: str
    facts: dict[str, Any]
    previous: str
    hash: str


class EvidenceView(TypedDict):
    """The evidence of a case, and whether the chain still holds."""

    entries: list[EvidenceEntry]
    intact: bool


class FiledFor(TypedDict):
    """The organisation a case was filed for, by its representative or by delegation."""

    name: str
    credit_code: str
    kind_name: str
    by_delegation: bool


class ActionView(TypedDict):
    """One thing an officer may do now: the last part of its address, its name, what it needs."""

    name: str
    label: str
    needs: list[str]


class PointView(TypedDict):
    """A review point of the item's version, and the mark it got."""

    code: str
    name: str
    material: str
    how: str
    ground: str
    mark: Literal["", "pass", "fail", "na"]
    note: str


class ProcedureView(TypedDict):
    """A special procedure the item knows, and for how many working days at most."""

    code: str
    name: str
    days: int


class HandlingView(TypedDict):
    """What officers and machines left with the case."""

    automatic: dict[str, Any] | None
    forwarding: dict[str, Any] | None
    delivery: dict[str, Any] | None
    notices: list[dict[str, Any]]
    # Fields for which a registry has not answered yet, each with the registry's name.
    missing: dict[str, str]
    intake_region_name: str
    channel: str


class ClockFacts(TypedDict):
    """Pauses and extension of the legal clock."""

    pauses: list[dict[str, Any]]
    extension: dict[str, Any] | None
    history: list[dict[str, Any]]


class DeskCase(CaseView, Application):
    """A case as its officer sees it, with where each prefilled value comes from."""

    applicant: str
    organisation: FiledFor | None
    sources: dict[str, Any]
    evidence: EvidenceView | None
    to_site_times: int
    actions: list[ActionView]
    # What the item's version lets an officer ask, mark and use.
    review_points: list[PointView]
    special_procedures: list[ProcedureView]
    extension_days: int
    # What handling has left so far: marks, the machine's trace, the higher authority's word.
    handling: HandlingView
    clock: ClockFacts
