"""Which apps there are, and what a released one says of itself."""

from dataclasses import dataclass

from app_server.kernel import clock, db, regions
from app_server.kernel.crypto import sha256_hex
from app_server.kernel.storage import storage
from miniapps import rules
from miniapps.errors import AppSuspended, NoSuchMiniApp
from miniapps.models import App, Rollout, Version
from miniapps.service.manifest import Manifest
from miniapps.service.publishing import storage_key


@dataclass(frozen=True, slots=True)
class ListedApp:
    """A released app as lists show it."""

    appid: str
    name: str
    short_name: str
    summary: str
    icon_url: str
    owner_name: str
    region_name: str
    min_tier: int


@dataclass(frozen=True, slots=True)
class ReleasedApp:
    """A released app, its current manifest and the row of its version."""

    manifest: Manifest
    code: int


def icon_url(appid: str, code: int) -> str:
    """Where the shell finds an app's icon; a new release is a new address."""
    return f"/api/v1/miniapps/{appid}/icon?v={code}"


async def listed(region: str) -> list[ListedApp]:
    """Released apps for people of a region: its own, those above it and below it.

    Nearest first. Raises `regions.NoSuchRegion`.
    """
    regions.region(region)
    found = await App.filter(current__gt=0, state="active")
    apps = [app for app in found if _serves(app, region)]
    apps.sort(key=lambda app: (_distance(app, region), app.appid))
    return [_listed(app) for app in apps]


def _serves(app: App, region: str) -> bool:
    return any(
        regions.covers(code, region) or regions.covers(region, code) for code in app.region_codes
    )


def _distance(app: App, region: str) -> int:
    """0 for an app of the region or what lies above it, 1 for one from below."""
    return 0 if any(regions.covers(code, region) for code in app.region_codes) else 1


def _listed(app: App) -> ListedApp:
    return ListedApp(
        appid=app.appid,
        name=app.name,
        short_name=app.short_name,
        summary=app.summary,
        icon_url=icon_url(app.appid, app.current),
        owner_name=app.owner_name,
        region_name=regions.region(rules.home_region(app.appid)).name,
        min_tier=app.min_tier,
    )


async def opened_by(appid: str, visitor: rules.Visitor) -> ReleasedApp:
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
    version = await Version.get(appid=appid, code=code)
    return ReleasedApp(Manifest.model_validate(version.manifest), version.code)


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
