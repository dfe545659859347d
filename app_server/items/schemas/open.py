"""Shapes that everybody may read: changes, snapshots, lists, figures, comparisons, posts."""

import datetime as dt
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app_server.items.rules import ItemFacts
from app_server.items.schemas.guide import Guide
from app_server.kernel.http import Query, Shape, Text

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
REGION = r"^[0-9]{6}([0-9]{3})?$"


class VersionQuery(Query):
    """Which version: none means the one in force."""

    version: int | None = Field(default=None, ge=1, le=10_000_000)


class DifferenceQuery(Query):
    """From which version (or `base`, before the reform) to which."""

    before: str = Field(default="base", pattern=r"^(base|[1-9][0-9]{0,6})$")
    after: int = Field(ge=1, le=10_000_000)


class UrlQuery(Query):
    """An old address."""

    url: str = Field(min_length=8, max_length=500)


class RegionQuery(Query):
    """A region and all below it."""

    region: str = Field(default="340000", pattern=REGION)


class ItemQuery(RegionQuery):
    """Which items in force: words of the name, one body's own, from which code on."""

    q: Annotated[Text, Field(max_length=50)] = ""
    org: Annotated[str, Field(pattern=r"^([0-9A-Z]{18})?$")] = ""
    after: Annotated[Text, Field(max_length=60)] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class ItemLine(Shape):
    """An item in force in a list of staff."""

    code: str
    name: str
    version: int
    region: str
    org: str
    department: str
    item_type: str


class ItemLines(Shape):
    """Items; `next` is where the list goes on."""

    items: list[ItemLine]
    next: str


class FiguresQuery(RegionQuery):
    """Which items to count, on which day."""

    org: str = Field(default="", pattern=r"^([0-9A-Z]{18})?$")
    item_type: str = Field(default="", pattern=r"^([0-9]{2})?$")
    day: Day | None = None


class ListQuery(FiguresQuery):
    """Which part of a list."""

    after: str = Field(default="", max_length=33, pattern=r"^[0-9A-Z]*$")
    limit: int = Field(default=50, ge=1, le=500)


class GrowthQuery(RegionQuery):
    """Over how many months back from a day."""

    day: Day | None = None
    months: int = Field(default=12, ge=1, le=36)


class SnapshotQuery(Query):
    """The list of a day, a page at a time."""

    day: Day | None = None
    region: str = Field(default="", pattern=r"^([0-9]{6}([0-9]{3})?)?$")
    after: str = Field(default="", max_length=33, pattern=r"^[0-9A-Z]*$")
    limit: int = Field(default=100, ge=1, le=500)


class ChangesQuery(Query):
    """The change feed after a number."""

    after: int = Field(default=0, ge=0, le=2**53)
    limit: int = Field(default=100, ge=1, le=500)


class CatalogueQuery(Query):
    """Which catalogue items."""

    item_type: str = Field(default="", pattern=r"^([0-9]{2})?$")
    after: str = Field(default="", max_length=12, pattern=r"^[0-9A-Z]*$")
    limit: int = Field(default=50, ge=1, le=200)


class ChangeView(Shape):
    """One change with the day it is effective."""

    seq: int
    code: str
    kind: str
    version: int
    effective_on: date
    at: datetime
    note: str


class Changes(Shape):
    """A page of changes; `mark` is the number to ask after next."""

    changes: list[ChangeView]
    mark: int


class SnapshotView(Shape):
    """A page of the list of a day; `mark` is the change to read on from."""

    day: date
    mark: int
    items: list[ItemFacts]
    next: str


class HallGuide(Shape):
    """The guide for hall screens and kiosks: the same version, the same content."""

    guide: Guide
    digest: str
    version: int


class FieldChangeView(Shape):
    """One field that differs."""

    field: str
    before: Any
    after: Any


class ReductionView(Shape):
    """A count before and after."""

    what: str
    before: int
    after: int


class DifferenceView(Shape):
    """How two versions differ and what the newer one saves."""

    changes: list[FieldChangeView]
    reductions: list[ReductionView]
    materials_added: list[str]
    materials_removed: list[str]


class ListedView(Shape):
    """An item on a list."""

    code: str
    item_version: int
    name: str
    region: str
    department: str
    item_type: str
    to_site_times: int


class ListView(Shape):
    """A page of a list."""

    name: str
    title: str
    items: list[ListedView]
    total: int
    next: str


class ListCount(Shape):
    """A list of the registry with how many items it has."""

    name: str
    title: str
    derived: bool
    items: int


class Lists(Shape):
    """The registry of lists."""

    lists: list[ListCount]


class GrowthPoint(Shape):
    """How long a list was on a day."""

    day: dt.date
    items: int
    total: int


class GrowthView(Shape):
    """A list over time."""

    name: str
    points: list[GrowthPoint]


class TargetView(Shape):
    """A class of 13550, target and actual."""

    name: str
    target_days: int
    items: int
    within: int
    slowest_days: int


class FiguresView(Shape):
    """The figures of a set of items on a day."""

    day: date
    total: int
    by_type: dict[str, int]
    by_level: dict[str, int]
    by_department: dict[str, int]
    by_list: dict[str, int]
    online: int
    online_share: float
    online_goal: int
    warning: str
    at_most_once: int
    at_most_once_share: float
    # Items with all four functions online, and the share of functions there are (R-CAS-29).
    four_functions: int
    completeness: float
    targets: list[TargetView]


class Named(Shape):
    """A name with how many items it has."""

    name: str
    org: str
    items: int


class NamedCounts(Shape):
    """Names with how many items they have."""

    entries: list[Named]


class NegativeView(Shape):
    """What may not be handled online, and why."""

    catalogue_code: str
    name: str
    reason: str
    basis: str
    since: date


class NegativeList(Shape):
    """The negative list."""

    entries: list[NegativeView]


class AgencyView(Shape):
    """An agency of the directory."""

    uscc: str
    name: str
    region: str
    services: list[str]
    phone: str
    state: Literal["valid", "suspended"]
    reason: str


class IntermediaryView(Shape):
    """An intermediary service."""

    code: str
    name: str
    basis: str
    note: str


class Intermediaries(Shape):
    """Intermediary services and who offers them."""

    services: list[IntermediaryView]
    agencies: list[AgencyView]


class Experience(Shape):
    """What somebody tells of an item."""

    text: Annotated[Text, Field(min_length=10, max_length=1000)]


class ExperienceView(Shape):
    """A post that is shown."""

    id: UUID
    text: str
    helpful: int
    at: datetime


class Experiences(Shape):
    """The posts of an item."""

    posts: list[ExperienceView]


class ExperienceTaken(Shape):
    """The post waits for a moderator."""

    id: UUID


class Helpful(Shape):
    """How many found a post helpful."""

    helpful: int
