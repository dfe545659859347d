"""Shapes of cases' requests and replies."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

from app_server.cases.rules import STATES, can
from app_server.forms.service import FormFacts, MaterialView, UiSchema, material_views, ui_of
from app_server.kernel import regions
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
    "correction_asked",
    "fee_due",
    "accepted",
    "approved",
    "refused",
    "closed",
    "not_accepted",
    "withdrawn",
]


class DraftWanted(Shape):
    """Which item is applied for."""

    item_code: Annotated[str, Field(pattern=r"^[0-9A-Z]{31,33}$")]


class Submission(Shape):
    """The draft that becomes a case."""

    draft_id: Annotated[UUID, Field(strict=False)]
    act_proof: ActProof = None


class Correction(Shape):
    """What the applicant changed, and a word about it."""

    data: Annotated[dict[Text, Any], Field(max_length=200)]
    note: Note = ""
    act_proof: ActProof = None


class FileName(Query):
    """What the person calls the file."""

    name: Annotated[Text, Field(min_length=1, max_length=100)] = "照片"


class ListQuery(Query):
    """Where the list goes on."""

    cursor: Cursor = None


class DeskQuery(Query):
    """Which cases of the desk."""

    state: State | Literal[""] = ""
    q: Annotated[Text, Field(max_length=50)] = ""
    cursor: Cursor = None


class CorrectionWanted(Shape):
    """Everything that is missing, told once."""

    reason: Reason
    fields: Names = []
    materials: Names = []


class Approval(Shape):
    """A word with the decision."""

    note: Note = ""


class Refusal(Shape):
    """Why not; it is told to the applicant."""

    reason: Reason


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


class DeskLine(CaseLine):
    """A case in an officer's list; the name is masked until the case is opened."""

    applicant: str
    version: int


class DeskPage(Shape):
    """One page of a desk."""

    items: list[DeskLine]
    next: str | None


class StepView(TypedDict):
    """A step as the applicant reads it."""

    state_name: str
    at: Instant
    by: str
    note: str


class CorrectionView(TypedDict):
    """What is to be corrected, and until when."""

    reason: str
    fields: list[str]
    materials: list[str]
    due_on: str


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
    can: list[Literal["withdraw", "correct", "pay"]]
    # The organisation's name when it was filed for one.
    on_behalf_of: str | None
    version: int


class Application(Shape):
    """What was filled in and handed in, with the form it was filled into."""

    model_config = ConfigDict(serialize_by_alias=True)

    data: dict[str, Any]
    materials: list[MaterialView]
    schema_: dict[str, Any] = Field(alias="schema")
    ui_schema: UiSchema
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


class DeskCase(CaseView, Application):
    """A case as its officer sees it, with where each prefilled value comes from."""

    applicant: str
    organisation: FiledFor | None
    sources: dict[str, Any]
    evidence: EvidenceView | None
    to_site_times: int
    actions: list[Literal["accept", "request-correction", "approve", "refuse"]]


def line(row: Any, days_left: int | None) -> dict[str, Any]:
    """The common members of a list entry."""
    return {
        "case_no": row["case_no"],
        "item_name": row["item_name"],
        "state": row["state"],
        "state_name": STATES[row["state"]],
        "submitted_at": row["submitted_at"],
        "due_on": row["due_on"],
        "days_left": days_left,
        "region_name": regions.full_name(row["region"]),
    }


def case_members(view: Any) -> dict[str, Any]:
    """The members of a `CaseView`, ready to be constructed without checking our own row again."""
    row = view.row
    return {
        **line(row, view.days_left),
        "item_code": row["item_code"],
        "department": row["department"],
        "outcome": row["outcome"],
        "accepted_at": row["accepted_at"],
        "steps": view.part("timeline"),
        "correction": _correction(view.part("correction")),
        "bill": view.part("bill"),
        "licence_id": row["licence_id"],
        "can": can(row["state"], row["fee_fen"]),
        "on_behalf_of": row["applicant"] if row["organisation_id"] else None,
        "version": row["version"],
    }


def _correction(asked: Any) -> dict[str, Any] | None:
    return {name: asked[name] for name in CorrectionView.__annotations__} if asked else None


def case_document(view: Any) -> bytes:
    """A `CaseView` as JSON, its stored parts passed on as the text they are.

    Same members as `case_members` (a test compares them); this is the platform's most frequent
    read, and building a model only to write it out again cost a third of it.
    """
    return orjson.dumps(_standing_document(view), default=str, option=orjson.OPT_UTC_Z)


def _standing_document(view: Any) -> dict[str, Any]:
    row = view.row
    return {
        **line(row, view.days_left),
        **{
            name: row[name]
            for name in (
                "item_code",
                "department",
                "outcome",
                "accepted_at",
                "licence_id",
                "version",
            )
        },
        "steps": orjson.Fragment(row["timeline"]),
        "correction": _correction(view.part("correction")),
        "bill": orjson.Fragment(row["bill"] or b"null"),
        "can": can(row["state"], row["fee_fen"]),
        "on_behalf_of": row["applicant"] if row["organisation_id"] else None,
    }


def application_members(view: Any) -> dict[str, Any]:
    """The members of an `Application`."""
    return {
        "data": view.data,
        "materials": material_views(view.part("materials")),
        "schema_": view.form.schema,
        "ui_schema": ui_of(view.form),
        "version": view.row["version"],
    }


_DESK_ACTIONS: dict[str, list[str]] = {
    "submitted": ["accept", "request-correction", "refuse"],
    "correction_asked": ["refuse"],
    "accepted": ["approve", "refuse"],
}


def _evidence(chain: Any) -> dict[str, Any] | None:
    if chain is None:
        return None
    return {"entries": [asdict(entry) for entry in chain.entries], "intact": chain.intact}


_form_parts: dict[tuple[str, int], dict[str, orjson.Fragment]] = {}


def _form_part(form: FormFacts) -> dict[str, orjson.Fragment]:
    """Schema and UI schema as JSON text; a published form never changes."""
    key = (form.code, form.version)
    if key not in _form_parts:
        _form_parts[key] = {
            "schema": orjson.Fragment(orjson.dumps(form.schema)),
            "ui_schema": orjson.Fragment(ui_of(form).model_dump_json()),
        }
    return _form_parts[key]


def desk_document(view: Any) -> bytes:
    """A `DeskCase` as JSON, its stored parts passed on as the text they are."""
    row = view.row
    return orjson.dumps(
        _standing_document(view)
        | _form_part(view.form)
        | {
            "data": orjson.Fragment(view.data_text),
            "materials": material_views(view.part("materials")),
            "applicant": row["applicant"],
            "organisation": view.organisation,
            "sources": orjson.Fragment(row["sources"]),
            "evidence": _evidence(view.evidence),
            "to_site_times": view.to_site_times,
            "actions": _DESK_ACTIONS.get(row["state"], []),
            "can": [],
        },
        default=str,
        option=orjson.OPT_UTC_Z,
    )


def desk_members(view: Any) -> dict[str, Any]:
    """The members of a `DeskCase`."""
    return (
        case_members(view)
        | application_members(view)
        | {
            "applicant": view.row["applicant"],
            "organisation": view.organisation,
            "sources": view.part("sources"),
            "evidence": _evidence(view.evidence),
            "to_site_times": view.to_site_times,
            "actions": _DESK_ACTIONS.get(view.row["state"], []),
            "can": [],
        }
    )
