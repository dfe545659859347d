"""Shapes of the catalogue: classes, entries, update tasks, notices."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Count, Query, Shape, Text

Kind = Literal["department", "base", "theme"]
ShareType = Literal["unconditional", "conditional", "none"]
Name = Annotated[Text, Field(min_length=2, max_length=80)]
Sentence = Annotated[Text, Field(min_length=2, max_length=300)]
Optional = Annotated[Text, Field(max_length=300)]
Org = Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39}){0,3}$")]


class NodeView(Shape):
    """One class (目录分类) of a tree; `parent_id` is null for a root."""

    id: UUID
    code: str
    kind: str
    name: str
    parent_id: UUID | None
    lead_org: str
    lead_name: str
    library: str
    fixed: bool
    version: int


class CatalogueTree(Shape):
    """All classes of a kind, by code."""

    kind: str
    name: str
    nodes: list[NodeView]


class TreeOpened(Shape):
    """The name one's own organisation has in the department tree."""

    org_name: Name


class NodeAsked(Shape):
    """A class to be added below another."""

    parent_id: UUID
    name: Annotated[Text, Field(min_length=2, max_length=60)]


class NodeRenamed(Shape):
    """Another name."""

    name: Annotated[Text, Field(min_length=2, max_length=60)]


class NodeMoved(Shape):
    """Under which class it is to stand."""

    parent_id: UUID


class ResourceFieldShape(Shape):
    """One field of an entry; `source` is the system of record."""

    name: FieldName
    label: Annotated[Text, Field(min_length=1, max_length=40)]
    type: Literal[
        "text", "integer", "decimal", "boolean", "date", "datetime", "code", "image", "object",
        "list",
    ]  # fmt: skip
    sensitivity: Literal["public", "internal", "personal", "sensitive"]
    source: Annotated[Text, Field(min_length=1, max_length=80)]
    required: bool = False


class ResourceContent(Shape):
    """What an entry says of itself (R-DAT-03); the update limit counts working days."""

    name: Name
    summary: Annotated[Text, Field(min_length=2, max_length=500)]
    format: Literal["database", "spreadsheet", "document", "image", "spatial", "stream"]
    fields: Annotated[list[ResourceFieldShape], Field(min_length=1, max_length=100)]
    update_frequency: Literal[
        "realtime", "daily", "weekly", "monthly", "quarterly", "yearly", "on_change"
    ]
    update_limit_days: Annotated[Count, Field(ge=1, le=365)]
    share_type: ShareType
    share_method: Literal["interface", "file", "database"]
    use_requirement: Sentence
    share_condition: Optional = ""
    legal_basis: Optional = ""
    open: bool = False
    open_scope: Optional = ""
    place: Annotated[Text, Field(max_length=120)] = ""


class ResourceAsked(Shape):
    """An entry to be drafted, its class and the responsible organisation."""

    node_id: UUID
    org: Org
    org_name: Name
    region: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    content: ResourceContent


class ResourceChange(Shape):
    """What an entry is to say."""

    content: ResourceContent


class ResourcePlaced(Shape):
    """Under which class it is to stand."""

    node_id: UUID


class ResourceMove(Shape):
    """Why an entry is published or retired."""

    note: Annotated[Text, Field(min_length=2, max_length=200)]


class ResourceLine(Shape):
    """One entry in a list."""

    id: UUID
    code: str
    name: str
    kind: str
    kind_name: str
    node_id: UUID
    org: str
    org_name: str
    region: str
    share_type: str
    share_type_name: str
    open: bool
    state: str
    state_name: str
    edition: int
    version: int


class ResourceView(ResourceLine):
    """One entry; `draft` is what it is to become, shown to its editors."""

    content: ResourceContent
    draft: ResourceContent | None
    updated_at: datetime


class ResourcePage(Shape):
    """A page of entries."""

    items: list[ResourceLine]
    next: str | None = None


class ResourceQuery(Query):
    """What is looked for; a class counts with all below it."""

    kind: Literal["", "department", "base", "theme"] = ""
    node: UUID | None = None
    org: Annotated[str, Field(pattern=r"^([0-9A-Z]{18})?$")] = ""
    share_type: Literal["", "unconditional", "conditional", "none"] = ""
    words: Annotated[Text, Field(max_length=60)] = ""
    cursor: Annotated[str, Field(max_length=40)] = ""


class EditionView(Shape):
    """One published version."""

    number: int
    note: str
    by_name: str
    at: datetime
    content: ResourceContent


class EditionList(Shape):
    """The published versions, newest first."""

    items: list[EditionView]


class DutiesAsked(Shape):
    """A change of law or function, and the entries it touches (R-DAT-04)."""

    reason: Literal["law_change", "function_change"]
    basis: Sentence
    happened_on: Annotated[date, Field(strict=False)]
    resources: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class DutyView(Shape):
    """One update task; `provisional` while the due day's year is not announced."""

    id: UUID
    resource_id: UUID
    org: str
    reason: str
    reason_name: str
    basis: str
    happened_on: date
    due_on: date
    provisional: bool
    state: str
    state_name: str
    overdue: bool
    outcome: str
    done_at: datetime | None


class DutyPage(Shape):
    """Update tasks, oldest first."""

    items: list[DutyView]
    next: str | None = None


class DutyQuery(Query):
    """Which update tasks; `everybody` is for operators."""

    overdue: bool = False
    everybody: bool = False
    cursor: Annotated[str, Field(max_length=40)] = ""


class DutyOutcome(Shape):
    """Why the entry needs no change."""

    outcome: Annotated[Text, Field(min_length=4, max_length=200)]


class SharingNoticeView(Shape):
    """One thing an organisation was told."""

    id: UUID
    resource_id: UUID
    text: str
    at: datetime


class SharingNoticePage(Shape):
    """What my organisation was told, newest first."""

    items: list[SharingNoticeView]
    next: str | None = None


class CursorQuery(Query):
    """Where a list goes on."""

    cursor: Annotated[str, Field(max_length=40)] = ""


class OpenResource(Shape):
    """An entry that is open to everybody: only its public fields (R-DAT-19)."""

    code: str
    name: str
    summary: str
    org_name: str
    scope: str
    update_frequency: str
    fields: list[ResourceFieldShape]


class OpenResourcePage(Shape):
    """Open entries."""

    items: list[OpenResource]
    next: str | None = None
