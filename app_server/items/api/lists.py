"""Lists and figures, public: what government offers, and how far it is."""

from dataclasses import asdict
from datetime import date, timedelta

from app_server.items import service
from app_server.items.errors import NoSuchEntry
from app_server.items.rules.lists import DERIVED_NAMES, LIST_NAMES, Standing
from app_server.items.schemas.editing import (
    CatalogueHistory,
    CatalogueList,
    CatalogueVersionView,
    CatalogueView,
)
from app_server.items.schemas.open import (
    CatalogueQuery,
    FiguresQuery,
    FiguresView,
    GrowthPoint,
    GrowthQuery,
    GrowthView,
    ListCount,
    ListedView,
    ListQuery,
    Lists,
    ListView,
    Named,
    NamedCounts,
    NegativeList,
    NegativeView,
    RegionQuery,
    TargetView,
)
from app_server.kernel import clock
from app_server.kernel.http import Call, anyone, endpoint, staff
from app_server.kernel.ratelimit import Limit

TITLES = {**LIST_NAMES, **DERIVED_NAMES}
# Counting reads the whole list of a day.
COUNTING = Limit("item-figures", 60, 60)


def _wanted(query: FiguresQuery, listed: str = "") -> service.Wanted:
    return service.Wanted(query.region, query.org, query.item_type, listed, query.day)


@endpoint("GET", "/catalogue/lists", guard=anyone(), limit=COUNTING)
async def read_lists(call: Call, query: FiguresQuery) -> Lists:
    """The registry of lists with how many items each has (R-ITM-26, R-ITM-27, R-ITM-29)."""
    del call
    counts = (await service.statistics(_wanted(query))).by_list
    return Lists(
        lists=[
            ListCount(
                name=name, title=title, derived=name in DERIVED_NAMES, items=counts.get(name, 0)
            )
            for name, title in TITLES.items()
        ]
    )


@endpoint("GET", "/catalogue/lists/{name}", guard=anyone(), limit=COUNTING)
async def read_list(call: Call, name: str, query: ListQuery) -> ListView:
    """One list, a page at a time, in code order."""
    del call
    found = await service.found(_wanted(query, _known(name)))
    rest = [one for one in found if one.code > query.after]
    page = rest[: query.limit]
    return ListView(
        name=name,
        title=TITLES[name],
        items=[_listed(one) for one in page],
        total=len(found),
        next=page[-1].code if len(rest) > len(page) else "",
    )


def _known(name: str) -> str:
    if name not in TITLES:
        raise NoSuchEntry
    return name


def _listed(one: Standing) -> ListedView:
    return ListedView(
        code=one.code,
        item_version=one.version,
        name=one.name,
        region=one.region,
        department=one.department,
        item_type=one.item_type,
        to_site_times=one.to_site_times,
    )


@endpoint("GET", "/catalogue/lists/{name}/growth", guard=anyone(), limit=COUNTING)
async def read_growth(call: Call, name: str, query: GrowthQuery) -> GrowthView:
    """How long a list was at the ends of months (R-ITM-29)."""
    del call
    last = query.day or clock.today()
    points = await service.growth(
        service.Wanted(query.region, listed=_known(name)), _month_ends(last, query.months)
    )
    return GrowthView(name=name, points=[GrowthPoint(**asdict(point)) for point in points])


def _month_ends(last: date, months: int) -> list[date]:
    days = [last]
    while len(days) < months:
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return days[::-1]


async def read_figures(call: Call, query: FiguresQuery) -> FiguresView:
    """Items by type, level and department, online share, trips, 13550 (R-ITM-30, 36, 37)."""
    del call
    found = asdict(await service.statistics(_wanted(query)))
    targets = [TargetView(**target) for target in found.pop("targets")]
    return FiguresView(day=query.day or clock.today(), targets=targets, **found)


for _guard in (anyone(), staff()):
    endpoint("GET", "/catalogue/statistics", guard=_guard, limit=COUNTING)(read_figures)


@endpoint("GET", "/catalogue/themes", guard=anyone())
async def read_themes(call: Call, query: RegionQuery) -> NamedCounts:
    """Themes with how many items they have in a region and below it."""
    del call
    found = await service.by_theme(query.region)
    return NamedCounts(entries=[Named(name=n, org="", items=i) for n, i in found.items()])


@endpoint("GET", "/catalogue/departments", guard=anyone())
async def read_departments(call: Call, query: RegionQuery) -> NamedCounts:
    """Departments with how many items they have in a region and below it."""
    del call
    found = await service.by_department(query.region)
    return NamedCounts(
        entries=[Named(name=r["department"], org=r["org"], items=r["items"]) for r in found]
    )


@endpoint("GET", "/catalogue/negative-list", guard=anyone())
async def read_negative_list(call: Call) -> NegativeList:
    """What may not be handled online, and why (R-ITM-31)."""
    del call
    return NegativeList(entries=[NegativeView(**row) for row in await service.negative_list()])


@endpoint("GET", "/catalogue/items", guard=anyone())
async def read_catalogue(call: Call, query: CatalogueQuery) -> CatalogueList:
    """The catalogue list (目录清单), in code order (R-ITM-12)."""
    del call
    found = await service.catalogue_list(
        item_type=query.item_type, after=query.after, limit=query.limit
    )
    more = found[-1].facts.code if len(found) == query.limit else ""
    return CatalogueList(items=[catalogue_view(one) for one in found], next=more)


@endpoint("GET", "/catalogue/items/{code}/history", guard=anyone())
async def read_catalogue_history(call: Call, code: str) -> CatalogueHistory:
    """Every version of a catalogue item (R-ITM-12)."""
    del call
    return CatalogueHistory(
        versions=[
            CatalogueVersionView(number=one.version, item=one.facts, at=one.at)
            for one in await service.catalogue_history(code)
        ]
    )


def catalogue_view(one: service.CatalogueEntry) -> CatalogueView:
    """A catalogue item as it is told."""
    return CatalogueView(
        item=one.facts,
        state=one.state,
        org=one.org,
        region=one.region,
        reason=one.reason,
        implementations=one.implementations,
        version=one.facts.version,
    )
