"""Shapes of the editors' desk: catalogue, drafts, registries, files."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from app_server.items.rules import ItemFacts
from app_server.items.rules.catalogue import CatalogueFacts
from app_server.items.schemas.open import Day
from app_server.kernel.http import Query, Shape, Text

M = TypeVar("M", bound=BaseModel)


def storable(value: M) -> M:
    """The value itself; raises `ValueError` for one that PostgreSQL could not hold."""
    # PostgreSQL's JSON holds no NUL; pydantic has refused lone surrogates already.
    if "\\u0000" in value.model_dump_json():
        raise ValueError("含有无法保存的字符")
    return value


Item = Annotated[ItemFacts, AfterValidator(storable)]
Above = Annotated[CatalogueFacts, AfterValidator(storable)]
Reason = Annotated[Text, Field(min_length=2, max_length=300)]
Org = Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")]


class DraftOpening(Shape):
    """A new draft; without facts it starts from the version in force under `code`."""

    code: str = Field(pattern=r"^[0-9A-Z]{31}([0-9]{2})?$")
    item: Item | None = None


class DraftSaving(Shape):
    """A draft's content and the day it is to take effect."""

    item: Item
    effective_on: Day | None = None


class Deed(Shape):
    """What is done with a draft, and why."""

    action: Literal["submit", "pass", "return", "drop"]
    note: Annotated[Text, Field(max_length=500)] = ""


class QualityFinding(Shape):
    """What a quality rule says."""

    code: str
    severity: Literal["error", "warning"]
    field: str
    message: str


class DraftShown(Shape):
    """A draft with its findings and what the caller may do with it."""

    id: UUID
    state: str
    state_name: str
    version: int
    base_version: int
    item: ItemFacts
    owner: str
    origin: str
    effective_on: date | None
    findings: list[QualityFinding]
    actions: list[str]


class DraftLine(Shape):
    """A draft in a list."""

    id: UUID
    code: str
    name: str
    region: str
    owner: str
    state: str
    state_name: str
    draft_version: int
    origin: str
    changed_at: datetime


class DraftList(Shape):
    """Drafts to work on."""

    drafts: list[DraftLine]


class ReviewStep(Shape):
    """One deed in a draft's history."""

    at: datetime
    actor_name: str
    org: str
    action: str
    from_state: str
    to_state: str
    note: str


class Steps(Shape):
    """A draft's history."""

    steps: list[ReviewStep]


class DraftQuery(Query):
    """Which drafts."""

    state: Literal["", "draft", "department_check", "establishment_review", "legal_review"] = ""


class Ending(Shape):
    """From which day on, and why."""

    on: Day
    reason: Reason


class Handover(Shape):
    """To whom, and why."""

    to: Org
    reason: Reason


class UseView(Shape):
    """How often one version was viewed, filed and finished."""

    item_version: int
    viewed: int
    filed: int
    finished: int


class Uses(Shape):
    """The counts of an item, its owner, and who had it before."""

    owner: str
    uses: list[UseView]
    transfers: list[str]


class CatalogueView(Shape):
    """A catalogue item."""

    item: CatalogueFacts
    state: str
    org: str
    region: str
    reason: str
    implementations: int
    version: int


class CatalogueList(Shape):
    """A page of catalogue items."""

    items: list[CatalogueView]
    next: str


class CatalogueVersionView(Shape):
    """One version of a catalogue item."""

    number: int
    item: CatalogueFacts
    at: datetime


class CatalogueHistory(Shape):
    """All versions of a catalogue item."""

    versions: list[CatalogueVersionView]


class CatalogueWanted(Shape):
    """A catalogue item to create, propose or change."""

    item: Above


class Settling(Shape):
    """What becomes of a proposal."""

    outcome: Literal["active", "declined"]
    reason: Reason


class Flown(Shape):
    """What a change did to the implementations."""

    catalogue_version: int
    published: list[str]
    drafts: list[str]


class Closed(Shape):
    """The implementations that end with it."""

    codes: list[str]


class DeviationView(Shape):
    """One place beside the others; without a code it has no implementation."""

    region: str
    name: str
    code: str
    promise_days: int
    fee_fen: int
    steps: int
    materials: int
    extra_materials: list[str]
    missing_materials: list[str]


class Deviations(Shape):
    """A catalogue item over all cities."""

    places: list[DeviationView]


class QualityReport(Shape):
    """One night's 三级四同 report."""

    day: date
    at: datetime
    found: list[dict[str, Any]]


class Reports(Shape):
    """The nightly reports and the present circles of proof."""

    reports: list[QualityReport]
    circles: list[list[str]]
