"""Which apps there are, and what a released one says of itself."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from app_server.kernel import clock, db, regions
from app_server.kernel.crypto import sha256_hex
from app_server.kernel.errors import BadRequest
from app_server.kernel.storage import storage
from miniapps import rules
from miniapps.errors import AppSuspended, NoSuchMiniApp
from miniapps.models import App, Rollout, Version
from miniapps.rules import unity
from miniapps.service.publishing import storage_key


@dataclass(frozen=True, slots=True)
class ListedApp:
    """A released app as lists show it; `mode` says whether it is a page or an API (R-POR-15)."""

    appid: str
    name: str
    short_name: str
    summary: str
    icon_url: str
    owner_name: str
    region_code: str
    region_name: str
    min_tier: int
    mode: Literal["h5", "api"]
    category: str
    category_name: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the apps for a region: of a category, of an owner, with these words."""

    category: str = ""
    owner: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class AppPage:
    """One page of a list, where it goes on, and how many there are in all."""

    items: list[ListedApp]
    next: str | None
    total: int


@dataclass(frozen=True, slots=True)
class Groups:
    """How many apps of each kind there are for a region, keys by name."""

    categories: dict[str, int]
    owners: dict[str, int]
    regions: dict[str, int]
    total: int


def icon_url(appid: str, code: int) -> str:
    """Where the shell finds an app's icon; a new release is a new address."""
    return f"/api/v1/miniapps/{appid}/icon?v={code}"


# Apps of the region and of what lies above it, and apps of what lies below it ($2 null: all do).
_FOR_REGION = (
    "current > 0 AND state = 'active' "
    "AND ($2::text[] IS NULL OR region_codes ?| $1::text[] OR region_codes ?| $2::text[])"
)
_WANTED = (
    f"{_FOR_REGION} AND ($3 = '' OR category = $3) AND ($4 = '' OR owner_name = $4) "
    "AND ($5 = '' OR concat_ws(' ', name, short_name, summary, owner_name) ILIKE $5)"
)
_COUNT = f"SELECT count(*) FROM miniapps_app WHERE {_WANTED}"
_PAGE = f"""
SELECT * FROM (
  SELECT *, CASE WHEN region_codes ?| $1::text[] THEN 0 ELSE 1 END AS far
  FROM miniapps_app WHERE {_WANTED}) found
WHERE (far, appid) > ($6::int, $7) ORDER BY far, appid LIMIT $8
"""
_COUNT_ALL = f"SELECT count(*) FROM miniapps_app WHERE {_FOR_REGION}"
_GROUPS = f"""
SELECT kind, key, count(*) AS apps FROM miniapps_app,
  LATERAL (VALUES ('category', category), ('owner', owner_name), ('home', substr(appid, 3, 6)))
    AS of(kind, key)
WHERE {_FOR_REGION} GROUP BY kind, key ORDER BY kind, apps DESC, key
"""
_AFTER = re.compile(r"([01])(ah[0-9]{6}[a-z0-9]{1,30})")


async def listed(
    region: str, wanted: Wanted = Wanted(), after: str = "", limit: int = 50
) -> AppPage:
    """Released apps for people of a region: its own, those above it and below it.

    Nearest first. Raises `regions.NoSuchRegion`, `BadRequest` for a cursor not made here.
    """
    words = re.sub(r"([\\%_])", r"\\\1", wanted.words.strip())
    asked = (*_around(region), wanted.category, wanted.owner, f"%{words}%" if words else "")
    last = _AFTER.fullmatch(after) if after else None
    if after and last is None:
        raise BadRequest("翻页位置无效")
    far, appid = (int(last[1]), last[2]) if last else (0, "")
    rows = await db.rows(_PAGE, *asked, far, appid, limit + 1)
    found = rows[:limit]
    more = len(rows) > limit
    return AppPage(
        items=[listed_app(row) for row in found],
        next=f"{found[-1]['far']}{found[-1]['appid']}" if more else None,
        total=await db.value(_COUNT, *asked),
    )


async def groups(region: str) -> Groups:
    """How the apps for a region fall into categories, owners and homes, the largest first.

    Raises `regions.NoSuchRegion`.
    """
    found = Groups({}, {}, {}, await db.value(_COUNT_ALL, *_around(region)))
    for row in await db.rows(_GROUPS, *_around(region)):
        kinds = {"category": found.categories, "owner": found.owners, "home": found.regions}
        kinds[row["kind"]][row["key"]] = row["apps"]
    return found


def _around(code: str) -> tuple[list[str], list[str] | None]:
    """The region with all above it, and all below it; None where everything lies below."""
    regions.region(code)
    if regions.level_of(code) == "province":
        return [code], None
    above = [code]
    while (parent := regions.parent_of(above[-1])) is not None:
        above.append(parent)
    return above, _below(code)


@lru_cache(maxsize=256)
def _below(code: str) -> list[str]:
    return [c for child in regions.children(code) for c in (child.code, *_below(child.code))]


def listed_app(row: Any) -> ListedApp:
    """A row of the table, or the model of one, as lists show it."""
    app: dict[str, Any] = dict(row)
    home = regions.region(rules.home_region(app["appid"]))
    return ListedApp(
        appid=app["appid"],
        name=app["name"],
        short_name=app["short_name"],
        summary=app["summary"],
        icon_url=icon_url(app["appid"], app["current"]),
        owner_name=app["owner_name"],
        region_code=home.code,
        region_name=home.name,
        min_tier=app["min_tier"],
        mode=app["mode"],
        category=app["category"],
        category_name=unity.CATEGORIES.get(app["category"], app["category"]),
    )


async def opened_by(appid: str, visitor: rules.Visitor) -> Version:
    """The version a visitor gets: a grey one by its rules, else the current.

    Raises `NoSuchMiniApp`, `AppSuspended`.
    """
    app = await App.get_or_none(appid=appid)
    if app is None:
        raise NoSuchMiniApp
    if app.state != "active":
        raise AppSuspended(f"该应用已下架：{app.state_reason}", reason=app.state_reason)
    code = await _grey_code(appid, visitor) or app.current
    if not code:
        raise NoSuchMiniApp
    return await Version.get(appid=appid, code=code)


async def _grey_code(appid: str, visitor: rules.Visitor) -> int | None:
    tried = await Version.filter(appid=appid, state="grey").first()
    if tried is None:
        return None
    row = await Rollout.get(appid=appid, code=tried.code)
    grey = rules.Grey(
        row.permille,
        row.salt,
        row.openids,
        row.regions,
        row.systems,
        row.starts_at,
        row.ends_at,
    )
    return tried.code if rules.gets(grey, visitor, clock.now()) else None


async def icon(appid: str) -> tuple[bytes, str]:
    """The checked SVG icon of a released app and its digest; raises `NoSuchMiniApp`."""
    sha256 = await db.value(
        "SELECT f.sha256 FROM miniapps_app a "
        "JOIN miniapps_version v ON v.appid = a.appid AND v.code = a.current "
        "JOIN miniapps_file f ON f.version_id = v.id AND f.path = v.manifest->>'icon' "
        "WHERE a.appid = $1",
        appid,
    )
    if sha256 is None:
        raise NoSuchMiniApp
    data = await storage().get(storage_key(sha256))
    return data, sha256_hex(data)
