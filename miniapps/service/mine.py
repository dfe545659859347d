"""A resident's own apps: opened lately, kept at hand; and what they report of one."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from miniapps import rules
from miniapps.errors import NoSuchMiniApp, TooManyFavourites
from miniapps.models import App, Favourite, Report
from miniapps.service.listing import ListedApp, listed_app

_RECENT = """
SELECT l.appid FROM miniapps_launch l WHERE l.person_id = $1 AND NOT l.trial
GROUP BY l.appid ORDER BY max(l.created_at) DESC LIMIT $2
"""
_KEPT = "SELECT appid FROM miniapps_favourite WHERE person_id = $1 ORDER BY at DESC"


async def recent(person_id: UUID) -> list[ListedApp]:
    """Apps a person opened lately, the last one first."""
    return await _still_out(await db.rows(_RECENT, person_id, rules.RECENT))


async def favourites(person_id: UUID) -> list[ListedApp]:
    """Apps a person keeps at hand, the newest first; those that are not out are left out."""
    return await _still_out(await db.rows(_KEPT, person_id))


async def _still_out(rows: Sequence[Mapping[str, Any]]) -> list[ListedApp]:
    appids = [row["appid"] for row in rows]
    found = await App.filter(appid__in=appids, current__gt=0, state="active")
    known = {app.appid: listed_app(app) for app in found}
    return [known[appid] for appid in appids if appid in known]


async def favour(person_id: UUID, appid: str) -> None:
    """Keep an app at hand; twice is once. Raises `NoSuchMiniApp`, `TooManyFavourites`."""
    if not await App.filter(appid=appid, current__gt=0).exists():
        raise NoSuchMiniApp
    async with db.unit_of_work() as uow:
        await db.lock(f"miniapps.favourites:{person_id}")
        kept = {row["appid"] for row in await db.rows(_KEPT, person_id)}
        if appid in kept:
            return
        if len(kept) >= rules.MOST_FAVOURITES:
            raise TooManyFavourites(most=rules.MOST_FAVOURITES)
        row = {"id": uuid7(), "person_id": person_id, "appid": appid, "at": clock.now()}
        uow.add("miniapps_favourite", row)


async def unfavour(person_id: UUID, appid: str) -> None:
    """No longer keep an app at hand."""
    await Favourite.filter(person_id=person_id, appid=appid).delete()


async def report(principal: Principal, appid: str, reason: str, note: str) -> None:
    """Tell the reviewers what is wrong with an app; raises `NoSuchMiniApp`."""
    app = await App.get_or_none(appid=appid)
    if app is None:
        raise NoSuchMiniApp
    await Report.create(
        appid=appid,
        code=app.current,
        person_id=principal.id if principal.kind == "person" else None,
        reason=reason,
        note=note,
        at=clock.now(),
    )


async def reports_of(appid: str) -> list[Report]:
    """What residents reported of an app, newest first; who it was is not told."""
    return await Report.filter(appid=appid).order_by("-id").limit(100)
