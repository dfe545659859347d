"""What the province's apps bring together (R-POR-11), and which cities bring none (R-POR-17)."""

from collections import Counter
from dataclasses import dataclass

from app_server.items import service as items
from app_server.kernel import db, regions
from app_server.kernel.settings import load
from miniapps import rules

_MOST = 1_000_000

# One row an app that is out; its services are those of its current manifest.
_APPS = """
SELECT a.appid, a.owner_name, a.mode,
  coalesce(jsonb_array_length(v.manifest->'api'->'services'), 0) AS services
FROM miniapps_app a JOIN miniapps_version v ON v.appid = a.appid AND v.code = a.current
WHERE a.state = 'active' AND a.current > 0
"""


@dataclass(frozen=True, slots=True)
class Holding:
    """How much one owner, or one city, brings."""

    key: str
    name: str
    apps: int
    services: int
    items: int


@dataclass(frozen=True, slots=True)
class Assets:
    """Apps, services (operations of apps by interface) and items, by owner and by city."""

    owners: list[Holding]
    cities: list[Holding]
    total: Holding


@dataclass(frozen=True, slots=True)
class CityStanding:
    """How many pages (H5 apps) a city has out in the province's app; none is not compliant."""

    code: str
    name: str
    h5_apps: int
    api_apps: int


async def assets(region: str) -> Assets:
    """Everything within a division, the largest first; raises `regions.NoSuchRegion`."""
    regions.region(region)
    owners, cities = _Sums(), _Sums()
    for row in await db.rows(_APPS):
        home = rules.home_region(row["appid"])
        if regions.covers(region, home):
            for sums, key in ((owners, row["owner_name"]), (cities, regions.city_of(home))):
                sums.apps[key] += 1
                sums.services[key] += row["services"]
    for item in await items.in_region(region, _MOST):
        if regions.covers(region, item.region):
            owners.items[item.department] += 1
            cities.items[regions.city_of(item.region)] += 1
    return Assets(
        owners.holdings(),
        cities.holdings(named=True),
        Holding(
            region,
            regions.region(region).name,
            owners.apps.total(),
            owners.services.total(),
            owners.items.total(),
        ),
    )


class _Sums:
    """Counts by key while they are gathered."""

    def __init__(self) -> None:
        self.apps: Counter[str] = Counter()
        self.services: Counter[str] = Counter()
        self.items: Counter[str] = Counter()

    def holdings(self, *, named: bool = False) -> list[Holding]:
        """One holding for each key, the largest first."""
        keys = {*self.apps, *self.services, *self.items}
        found = [
            Holding(
                key,
                regions.region(key).name if named else key,
                self.apps[key],
                self.services[key],
                self.items[key],
            )
            for key in keys
        ]
        return sorted(found, key=lambda h: (-h.apps - h.services - h.items, h.key))


async def standing_of_cities() -> list[CityStanding]:
    """Every city of the province, and how many apps it has out: with pages, and by interface."""
    out: Counter[tuple[str, str]] = Counter()
    for row in await db.rows(_APPS):
        out[(regions.city_of(rules.home_region(row["appid"])), row["mode"])] += 1
    province = f"{load().platform_region[:2]}0000"
    return [
        CityStanding(city.code, city.name, out[(city.code, "h5")], out[(city.code, "api")])
        for city in regions.children(province)
    ]
