"""Shapes of what applicants, officers and windows send."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app_server.cases.schemas.views import ActProof, Cursor, Names, Note, Reason
from app_server.kernel.http import Query, Shape, Text

Code = Annotated[Text, Field(min_length=1, max_length=60)]
Days = Annotated[int, Field(ge=1, le=400)]
Place = Annotated[str, Field(pattern=r"^\d{6}(\d{3}){0,2}$")]
IdNumber = Annotated[str, Field(pattern=r"^\d{17}[\dXx]$")]
Data = Annotated[dict[Text, Any], Field(max_length=200)]


class Correction(Shape):
    """What the applicant changed, and a word about it."""

    data: Data
    note: Note = ""
    act_proof: ActProof = None


class PostalAddress(Shape):
    """Where a courier brings the result."""

    name: Annotated[Text, Field(min_length=1, max_length=40)]
    phone: Annotated[str, Field(pattern=r"^1[3-9]\d{9}$")]
    address: Annotated[Text, Field(min_length=5, max_length=120)]


class DeliveryWanted(Shape):
    """How the result shall come; for a window, at which place; by courier, to whom."""

    way: Literal["download", "window", "courier"]
    outlet_region: Place | Literal[""] = ""
    recipient: PostalAddress | None = None


class LicenceShown(Shape):
    """The code an officer scanned from the holder's phone."""

    token: Annotated[str, Field(pattern=r"^[\w-]{20,60}$")]


class LicenceAnswer(Shape):
    """Whether the licence with this number may be used."""

    number: Annotated[Text, Field(min_length=1, max_length=160)]
    agreed: bool


class DefectWanted(Shape):
    """One thing to be put right."""

    kind: Literal["field", "material", "condition"]
    code: Code
    ground: Literal["incomplete", "form"]
    explanation: Reason
    how: Note = ""


class CorrectionWanted(Shape):
    """Everything that is missing, told once.

    `items` say ground, explanation and remedy each; `fields` and `materials` are those whose
    explanation is the common reason.
    """

    reason: Reason
    fields: Names = []
    materials: Names = []
    items: Annotated[list[DefectWanted], Field(max_length=60)] = []


class Word(Shape):
    """A word with the deed."""

    note: Note = ""


class Because(Shape):
    """Why; it is told to the applicant."""

    reason: Reason


class PointMarked(Shape):
    """What was found at one review point."""

    code: Code
    mark: Literal["pass", "fail", "na"]
    note: Note = ""


Points = Annotated[list[PointMarked], Field(max_length=100)]


class Approval(Word):
    """The decision in favour, with every review point marked."""

    points: Points = []


class Refusal(Because):
    """Why not; after acceptance every review point is marked."""

    points: Points = []


class Suspension(Because):
    """Which special procedure, for how many working days at most, and why."""

    kind: Code
    days: Days


class ExtensionWanted(Because):
    """How many more days, and why; the applicant is told."""

    days: Days


class HigherWord(Because):
    """What the higher authority decided."""

    outcome: Literal["approve", "refuse"]


class Receipt(Shape):
    """Whose card was shown, and who fetches the result for them."""

    id_number: IdNumber
    agent: Note = ""


class SubtaskBody(Shape):
    """What is asked of whom."""

    org: Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")]
    org_name: Annotated[Text, StringConstraints(min_length=2, max_length=80)]
    region: Place
    title: Annotated[Text, StringConstraints(min_length=2, max_length=80)]
    question: Reason
    days: Annotated[int, Field(ge=1, le=60)]
    blocks: bool = True


class SubtaskAnswer(Shape):
    """The answer; `returned` is a sub-task that belongs to somebody else."""

    outcome: Literal["agreed", "disagreed", "returned"]
    opinion: Reason


class SubtaskQuery(Query):
    """Which of my organisation's sub-tasks."""

    state: Literal["", "open", "returned", "cancelled"] = ""
    cursor: Cursor = None


class SubtaskView(Shape):
    """A sub-task with its own limit."""

    id: UUID
    case_no: str
    org: str
    org_name: str
    region: str
    title: str
    question: str
    blocks: bool
    state: Literal["open", "returned", "cancelled"]
    due_on: date
    outcome: str
    opinion: str
    asked_at: datetime
    returned_at: datetime | None


class SubtaskPage(Shape):
    """One page of sub-tasks."""

    items: list[SubtaskView]
    next: str | None


class SubtaskList(Shape):
    """The sub-tasks of one case."""

    items: list[SubtaskView]


class CardShown(Shape):
    """The card in the officer's hand."""

    name: Annotated[Text, StringConstraints(min_length=2, max_length=60)]
    id_number: IdNumber


class WindowDraftWanted(CardShown):
    """For whom and for what a window opens a draft; without their consent there is none."""

    item_code: Annotated[str, Field(pattern=r"^[0-9A-Z]{31,33}$")]
    mode: Literal["present", "agent"] = "present"
    consent: Literal[True]
    outlet_region: Place | Literal[""] = ""


class WindowAnswers(Shape):
    """What the applicant says."""

    data: Data


class WindowSubmission(Shape):
    """The draft that becomes a case."""

    draft_id: Annotated[UUID, Field(strict=False)]


class Presence(CardShown):
    """The applicant of a case stands at the window and agrees to its being opened there."""

    consent: Literal[True]


class WindowCorrection(Shape):
    """What an applicant at the window corrects."""

    data: Data
    note: Note = ""


class WindowCase(Shape):
    """The number and state a window tells the applicant."""

    case_no: str
    state: str
    state_name: str


class DayView(Shape):
    """One day of a limit, and why it counts or not."""

    date: date
    counted: bool
    reason: str


class ClockReply(Shape):
    """A case's clock, explained day by day."""

    name: str
    start: date | None
    days: int | None
    unit: Literal["", "workday", "day"]
    due_on: date | None
    provisional: bool
    used: int
    left: int | None
    paused: bool
    lines: list[DayView]
    pauses: list[dict[str, Any]]
    extension: dict[str, Any] | None


class DocumentView(Shape):
    """A document; `url` reads its PDF for five minutes, empty while it is being made."""

    id: UUID
    kind: str
    title: str
    number: str
    state: Literal["making", "ready"]
    sha256: str
    created_at: datetime
    url: str


class DocumentList(Shape):
    """The documents of a case, oldest first."""

    items: list[DocumentView]


class StageView(Shape):
    """One of the seven stages."""

    name: str
    label: str
    state: Literal["done", "current", "waiting", "skipped"]
    start: datetime | None
    end: datetime | None
    officer: str
    opinion: str
    reason: str


class LegalView(Shape):
    """One of the five legal timestamps, or the reason why there is none."""

    step: str
    label: str
    at: datetime | None
    reason: str


class HandOutPlace(Shape):
    """Where one part of the handling happens."""

    part: str
    label: str
    region: str
    region_name: str


class CourseView(Shape):
    """How far a case is, and who took part."""

    stages: list[StageView]
    legal: list[LegalView]
    chain: list[HandOutPlace]
    ways: list[str]
    way: str
