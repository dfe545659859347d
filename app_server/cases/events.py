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


class CaseCorrected(CaseNews):
    """The applicant corrected it."""

    name: ClassVar[str] = "cases.corrected/1"
    round: int


class FeeDue(CaseNews):
    """The case goes on when its bill is paid."""

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


class CaseWithdrawn(CaseNews):
    """The applicant took the application back."""

    name: ClassVar[str] = "cases.withdrawn/1"
