"""How forms look to whoever shows them: shapes that contexts above put into their replies."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, NotRequired
from uuid import UUID

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from app_server.forms.service.definitions import FormFacts
from app_server.forms.service.drafts import DraftFacts
from app_server.forms.service.materials import MAX_FILES, digest_of, files_of
from app_server.kernel.http import Shape
from app_server.kernel.storage import storage

PREVIEW_S = 600


class Option(Shape):
    """One choice of a select."""

    value: str
    label: str


class Widget(Shape):
    """How a field is asked for."""

    kind: Literal["text", "select", "date", "number", "switch", "textarea"]
    placeholder: str | None = None
    options: list[Option] | None = None


class Group(Shape):
    """Fields under one heading."""

    title: str
    fields: list[str]


class UiSchema(Shape):
    """Order, grouping and widgets of a form."""

    order: list[str]
    groups: list[Group]
    widgets: dict[str, Widget]


class SourceView(Shape):
    """Which authority a prefilled value comes from, as of when, and if it may be changed."""

    source_name: str
    as_of: datetime
    editable: bool
    purpose: str = ""
    basis: str = ""
    receipt: str | None = None


class FileView(TypedDict):
    """A stored file with a short-lived address to look at it."""

    id: str
    name: str
    size: int
    preview_url: str
    type: NotRequired[str]
    pages: NotRequired[int]
    sha256: NotRequired[str]
    scan: NotRequired[str]
    reused_from: NotRequired[str]


class FindingView(TypedDict):
    """Something to look at again; `reshoot` when a new picture would help."""

    code: str
    message: str
    reshoot: bool


class CheckView(TypedDict):
    """How the machine's look at a material stands; `ahead` papers come before it."""

    state: Literal["waiting", "reading", "done", "failed"]
    state_name: str
    ahead: int
    passed: bool | None
    findings: list[FindingView]


class CommitmentView(TypedDict):
    """A promise in place of a paper: its text, and since when it is given."""

    text: str
    sha256: str
    agreed_at: str | None


class GivenView(TypedDict):
    """What made a paper needless: a licence or a registry's answer."""

    name: str
    number: str
    as_of: str


class OfferedView(GivenView):
    """A licence that a window scanned; it stands for the paper when its holder agrees."""

    asked_by: str


class MaterialView(TypedDict):
    """A material that is asked for, and what was given for it; `file` is the first of `files`."""

    code: str
    name: str
    required: bool
    hint: str
    file: FileView | None
    files: NotRequired[list[FileView]]
    kinds: NotRequired[list[str]]
    max_files: NotRequired[int]
    check: NotRequired[CheckView]
    commitment: NotRequired[CommitmentView]
    licence: NotRequired[GivenView]
    fetched: NotRequired[GivenView]
    offered: NotRequired[OfferedView]


class Draft(Shape):
    """A draft as its owner sees it."""

    # `schema` is taken on pydantic's base class.
    model_config = ConfigDict(serialize_by_alias=True)

    id: UUID
    item_code: str
    item_name: str
    schema_: dict[str, Any] = Field(alias="schema")
    ui_schema: UiSchema
    layout: dict[str, Any] = {}
    data: dict[str, Any]
    sources: dict[str, SourceView]
    materials: list[MaterialView]
    missing: dict[str, str] = {}
    channel: str = ""
    version: int


class DraftLine(Shape):
    """One of my drafts in a list; `filled` is the share of fields that have an answer."""

    id: UUID
    item_code: str
    item_name: str
    filled: float
    updated_at: datetime
    expires_on: date
    channel: str
    version: int


class DraftList(Shape):
    """My drafts, the last touched first."""

    items: list[DraftLine]


def ui_view(ui: Mapping[str, Any], missing: Mapping[str, str] | None = None) -> UiSchema:
    """The UI schema; a field whose source did not answer says so in its placeholder."""
    widgets = {name: dict(widget) for name, widget in ui["widgets"].items()}
    for name, source_name in (missing or {}).items():
        widgets[name]["placeholder"] = f"{source_name}暂时无法获取，请自行填写"
    return UiSchema.model_validate({**ui, "widgets": widgets})


_shown: dict[tuple[str, int], UiSchema] = {}


def ui_of(form: FormFacts) -> UiSchema:
    """The UI schema of a published form; it never changes, so it is built once a process."""
    key = (form.code, form.version)
    return _shown.get(key) or _shown.setdefault(key, ui_view(form.outline))


def material_views(materials: Sequence[Mapping[str, Any]]) -> list[MaterialView]:
    """Materials with signed preview addresses, good for ten minutes.

    Plain dictionaries: building models for them cost a fifth of the platform's most frequent read.
    """
    return [_material(m) for m in materials]


def _material(m: Mapping[str, Any]) -> MaterialView:
    view = MaterialView(
        code=m["code"],
        name=m["name"],
        required=m["required"],
        hint=m["hint"],
        file=_file(m["file"]) if m["file"] else None,
        files=[_file(file) for file in files_of(m)],
        kinds=m.get("kinds", ["picture"]),
        max_files=m.get("max_files", MAX_FILES),
    )
    if check := m.get("check"):
        view["check"] = check
    if text := m.get("commitment"):
        given = m.get("committed")
        view["commitment"] = CommitmentView(
            text=text, sha256=digest_of(text), agreed_at=given["at"] if given else None
        )
    if licence := m.get("licence"):
        view["licence"] = _given(licence)
    if fetched := m.get("fetched"):
        view["fetched"] = _given(fetched)
    if offered := m.get("offered"):
        view["offered"] = OfferedView(**_given(offered), asked_by=offered["asked_by"])
    return view


def _given(facts: Mapping[str, Any]) -> GivenView:
    return GivenView(name=facts["name"], number=facts["number"], as_of=facts["as_of"])


def _file(file: Mapping[str, Any]) -> FileView:
    kind = file.get("type", "image/jpeg")
    view = FileView(
        id=file["id"],
        name=file["name"],
        size=file["size"],
        preview_url=storage().url(file["key"], seconds=PREVIEW_S, content_type=kind),
        type=kind,
        pages=file.get("pages", 1),
        scan=file.get("scan", "clean"),
    )
    if digest := file.get("sha256"):
        view["sha256"] = digest
    if day := file.get("reused_from"):
        view["reused_from"] = day
    return view


def draft_view(draft: DraftFacts) -> Draft:
    """A draft as a reply."""
    return Draft(
        id=draft.id,
        item_code=draft.subject,
        item_name=draft.subject_name,
        schema=draft.form.schema,
        ui_schema=ui_view(draft.form.outline, draft.missing),
        layout=draft.form.layout,
        data=draft.data,
        sources={
            name: SourceView(
                source_name=s["source_name"],
                as_of=datetime.fromisoformat(s["as_of"]),
                editable=s["editable"],
                purpose=s.get("purpose", ""),
                basis=s.get("basis", ""),
                receipt=s.get("receipt"),
            )
            for name, s in draft.sources.items()
        },
        materials=material_views(draft.materials),
        missing=draft.missing,
        channel=draft.channel,
        version=draft.version,
    )
