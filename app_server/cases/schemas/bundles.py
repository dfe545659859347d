"""Shapes of bundles: one form, one pool of papers, one timeline; and what the lead does."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app_server.cases.schemas.deeds import Code, Data, Days, PostalAddress
from app_server.cases.schemas.views import Note, Reason
from app_server.cases.service import bundles
from app_server.forms.service import MaterialView, UiSchema, material_views, ui_view
from app_server.kernel.http import Shape, Text


class BundlePartView(Shape):
    """One part; `held_up` says why it did not start though it could."""

    code: str
    item_code: str
    item_name: str
    org: str
    department: str
    after: list[str]
    days: int
    unit: str
    state: str
    state_name: str
    case_no: str | None
    held_up: str
    promised_at: datetime | None
    closed_at: datetime | None


class BundlePaper(Shape):
    """A paper asked for once, as it stands, and the names of the parts that need it."""

    key: str
    required: bool
    parts: list[str]
    material: MaterialView


class BundleFilling(Shape):
    """The one form and the one pool of papers, while the bundle is open."""

    model_config = ConfigDict(serialize_by_alias=True)

    schema_: dict[str, Any] = Field(alias="schema")
    ui_schema: UiSchema
    data: dict[str, Any]
    sources: dict[str, dict[str, Any]]
    papers: list[BundlePaper]


class BundleLine(Shape):
    """A bundle in a list."""

    bundle_no: str
    name: str
    state: str
    state_name: str
    due_on: date | None
    parts: int
    over: int


class BundleList(Shape):
    """Bundles."""

    items: list[BundleLine]


class BundleReply(BundleLine):
    """A bundle with everything its reader may know."""

    template: str
    applicant: str
    lead_name: str
    mode_name: str
    refusal: str
    project_code: str
    due_path: list[str]
    due_provisional: bool
    extension: dict[str, Any] | None
    steps: list[dict[str, Any]]
    pieces: list[BundlePartView]
    tasks: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    sessions: list[dict[str, Any]]
    parcel: str
    filling: BundleFilling | None
    can: list[str]
    version: int


class BundleAnswers(Shape):
    """Everything filled in so far."""

    data: Data


class BundleFiling(Shape):
    """Handing in; with an address all results come in one parcel."""

    agreed: Literal[True]
    address: PostalAddress | None = None


class PromiseWanted(Shape):
    """What a co-window promises."""

    text: Reason


class ClosingWanted(Shape):
    """A word with the closing."""

    note: Note = ""


class BundleExtension(Shape):
    """How many working days longer, and why."""

    days: Days
    reason: Reason


class SessionWanted(Shape):
    """A joint session: what, when, where, and who comes."""

    kind: bundles.SessionKind
    begins_at: datetime
    minutes: Annotated[int, Field(ge=10, le=600)]
    place: Annotated[Text, Field(min_length=2, max_length=80)]
    orgs: Annotated[list[Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")]], Field(max_length=30)]


class SessionReport(Shape):
    """The one report of a session."""

    passed: bool
    text: Reason
    present: Annotated[list[Code], Field(max_length=30)]


class SessionCalled(Shape):
    """The session's id."""

    id: str


def bundle_line(view: bundles.BundleView) -> dict[str, Any]:
    """The members of a list entry."""
    row = view.row
    live = sum(part.state in {"waiting", "running"} for part in view.parts)
    return {
        "bundle_no": row.bundle_no,
        "name": row.name,
        "state": row.state,
        "state_name": bundles.BUNDLE_STATES[row.state],
        "due_on": row.due_on,
        "parts": len(view.parts),
        "over": len(view.parts) - live,
    }


def bundle_reply(view: bundles.BundleView, can: list[str]) -> BundleReply:
    """A bundle as a reply."""
    row = view.row
    return BundleReply(
        **bundle_line(view),
        template=row.template,
        applicant=row.applicant,
        lead_name=row.lead_name,
        mode_name=bundles.MODES[row.mode],
        refusal=bundles.REFUSALS[row.on_refusal],
        project_code=row.project_code,
        due_path=row.due_path,
        due_provisional=row.due_provisional,
        extension=row.extension,
        steps=row.timeline,
        pieces=[
            BundlePartView(
                **{
                    name: getattr(part, name)
                    for name in BundlePartView.model_fields
                    if name != "state_name"
                },
                state_name=bundles.STATE_NAMES[part.state],
            )
            for part in view.parts
        ],
        tasks=row.tasks,
        outputs=row.outputs,
        sessions=row.sessions,
        parcel=row.parcel,
        filling=_filling(view.filling) if view.filling else None,
        can=can,
        version=row.version,
    )


def _filling(held: bundles.Filling) -> BundleFilling:
    return BundleFilling(
        schema=dict(held.schema),
        ui_schema=ui_view(held.outline),
        data=dict(held.data),
        sources={name: dict(source) for name, source in held.sources.items()},
        papers=[
            BundlePaper(
                key=paper.key,
                required=paper.required,
                parts=list(paper.parts),
                material=material_views([paper.material])[0],
            )
            for paper in held.papers
        ],
    )
