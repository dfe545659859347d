"""Moving versions along their table: who may, one mover at a time, with a history that stays."""

from app_server.kernel import audit, clock, db, regions
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from miniapps import rules
from miniapps.errors import NoSuchVersion, NotAReviewer, NotInThisState, NotYourApp
from miniapps.models import App, Version
from miniapps.service.manifest import Manifest

PROVINCE_ZEROS = "0000"


async def version_of(appid: str, code: int) -> Version:
    """One version; raises `NoSuchVersion`."""
    found = await Version.get_or_none(appid=appid, code=code)
    if found is None:
        raise NoSuchVersion
    return found


async def move(by: Principal, version: Version, deed: str, note: str = "", **marks: object) -> None:
    """Move a version by one edge, once, in the caller's unit of work; raises `NotInThisState`."""
    edge = rules.MOVES[deed]
    rows = Version.filter(id=version.id, state__in=list(edge.come_from))
    if not await rows.update(state=edge.to, **marks):
        raise NotInThisState
    record(by, version.appid, version.code, deed, note)


def record(by: Principal, appid: str, code: int, deed: str, note: str = "") -> None:
    """Put a deed into the history of an app, and into the audit trail (R-POR-14)."""
    uow = db.needed()
    uow.add(
        "miniapps_step",
        {
            "id": uuid7(),
            "appid": appid,
            "code": code,
            "deed": deed,
            "by": by.ref,
            "by_name": by.name,
            "note": note,
            "at": clock.now(),
        },
    )
    thing = f"miniapp:{appid}/{code}" if code else f"miniapp:{appid}"
    audit.record(by, f"miniapps.{deed}", thing, purpose=note)


def may_publish(by: Principal, appid: str, owner_org: str) -> None:
    """Raise `NotYourApp` unless the caller is of the owner's team, or the app's own key."""
    if by.kind == "client" and rules.app_of_client(by.org) == appid:
        return
    of_the_owner = by.kind == "staff" and by.org == owner_org
    if not of_the_owner or not in_namespace(by.region, rules.home_region(appid)):
        raise NotYourApp


def in_namespace(region: str, home: str) -> bool:
    """Whether people of a division publish under a home: a county under its city (R-POR-18)."""
    if not region:
        return False
    return region == home or (not of_the_province(home) and regions.covers(home, region))


async def may_publish_app(by: Principal, appid: str) -> App:
    """The app, for who publishes it; raises `NotYourApp`, also where there is none."""
    app = await App.get_or_none(appid=appid)
    if app is None:
        raise NotYourApp
    may_publish(by, appid, app.owner_org)
    return app


def may_review(by: Principal, manifest: Manifest) -> None:
    """Raise `NotAReviewer` unless the caller reviews for all regions the app serves."""
    if by.kind != "staff" or rules.REVIEWER not in by.roles or not by.region:
        raise NotAReviewer
    if not all(regions.covers(by.region, code) for code in manifest.region_codes):
        raise NotAReviewer


def of_the_province(region: str) -> bool:
    """Whether a division is the province itself."""
    return region.endswith(PROVINCE_ZEROS)
