"""How forms look to whoever shows them: shapes that contexts above put into their replies."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from app_server.forms.service.definitions import FormFacts
from app_server.forms.service.drafts import DraftFacts
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


class FileView(TypedDict):
    """A stored file with a short-lived address to look at it."""

    id: str
    name: str
    size: int
    preview_url: str


class MaterialView(TypedDict):
    """A material that is asked for, and the file given for it."""

    code: str
    name: str
    required: bool
    hint: str
    file: FileView | None


class Draft(Shape):
    """A draft as its owner sees it."""

    # `schema` is taken on pydantic's base class.
    model_config = ConfigDict(serialize_by_alias=True)

    id: UUID
    item_code: str
    item_name: str
    schema_: dict[str, Any] = Field(alias="schema")
    ui_schema: UiSchema
    data: dict[str, Any]
    sources: dict[str, SourceView]
    materials: list[MaterialView]
    version: int


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
    return _shown.get(key) or _shown.setdefault(key, ui_view(form.ui_schema))


def material_views(materials: Sequence[Mapping[str, Any]]) -> list[MaterialView]:
    """Materials with signed preview addresses, good for ten minutes.

    Plain dictionaries: building models for them cost a fifth of the platform's most frequent read.
    """
    return [
        MaterialView(
            code=m["code"],
            name=m["name"],
            required=m["required"],
            hint=m["hint"],
            file=_file(m["file"]) if m["file"] else None,
        )
        for m in materials
    ]


def _file(file: Mapping[str, Any]) -> FileView:
    return FileView(
        id=file["id"],
        name=file["name"],
        size=file["size"],
        preview_url=storage().url(file["key"], seconds=PREVIEW_S, content_type="image/jpeg"),
    )


def draft_view(draft: DraftFacts) -> Draft:
    """A draft as a reply."""
    return Draft(
        id=draft.id,
        item_code=draft.subject,
        item_name=draft.subject_name,
        schema=draft.form.schema,
        ui_schema=ui_view(draft.form.ui_schema, draft.missing),
        data=draft.data,
        sources={
            name: SourceView(
                source_name=s["source_name"],
                as_of=datetime.fromisoformat(s["as_of"]),
                editable=s["editable"],
            )
            for name, s in draft.sources.items()
        },
        materials=material_views(draft.materials),
        version=draft.version,
    )
