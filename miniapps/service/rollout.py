"""What residents get: some of them a new version, then all; back again; or nothing any more."""

import secrets
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app_server.kernel import clock, db, live
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from miniapps import rules
from miniapps.errors import BelowFloor, NoSuchLaunch, NotInThisState
from miniapps.events import MiniAppReleased, MiniAppWithdrawn
from miniapps.models import App, Launch, Rollout, Version
from miniapps.service.manifest import Manifest
from miniapps.service.moves import may_publish_app, may_review, move, record, version_of
from miniapps.service.publishing import PLATFORM, VersionFacts, facts_of


@dataclass(frozen=True, slots=True)
class GreyWanted:
    """For whom a version is to be, and how many failures stop it (permille each)."""

    permille: int
    error_permille: int = 50
    openids: Sequence[str] = ()
    regions: Sequence[str] = ()
    systems: Sequence[str] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None


async def _held(appid: str) -> App:
    """The app, locked: what residents get changes one step at a time."""
    await db.lock(f"miniapps:{appid}")
    return await App.get(appid=appid)


async def set_grey(by: Principal, appid: str, code: int, wanted: GreyWanted) -> VersionFacts:
    """Give an approved version to some residents, or change to whom.

    One version at a time. Raises `NotYourApp`, `NoSuchVersion`, `NotInThisState`, `BelowFloor`.
    """
    await may_publish_app(by, appid)
    version = await version_of(appid, code)
    now = clock.now()
    async with db.unit_of_work():
        app = await _held(appid)
        _checked_target(app, code, newer=True)
        other = await Version.filter(appid=appid, state__in=["grey", "halted"]).first()
        if other is not None and other.code != code:
            raise NotInThisState("已有另一个版本在灰度中")
        values: dict[str, Any] = {
            "permille": wanted.permille,
            "error_permille": wanted.error_permille,
            "openids": list(wanted.openids),
            "regions": list(wanted.regions),
            "systems": list(wanted.systems),
            "starts_at": wanted.starts_at,
            "ends_at": wanted.ends_at,
        }
        if other is None:
            await move(by, version, "grey", f"{wanted.permille}‰")
            await Rollout.create(
                appid=appid, code=code, salt=secrets.token_hex(8), since=now, **values
            )
        else:
            # The salt stays: whoever got it at a smaller share keeps it at a larger one.
            row = await Rollout.get(appid=appid, code=code)
            await Rollout.filter(id=row.id).update(version=row.version + 1, **values)
            record(by, appid, code, "grey_changed", f"{wanted.permille}‰")
    return facts_of(await version_of(appid, code))


def _checked_target(app: App, code: int, *, newer: bool) -> None:
    if app.state != "active":
        raise NotInThisState("应用已下架")
    if code < app.floor:
        raise BelowFloor(floor=app.floor)
    if newer and code <= app.current:
        raise NotInThisState("已有更新的版本发布")


async def halt(by: Principal, appid: str, code: int, reason: str) -> VersionFacts:
    """Stop giving a grey version to anybody new; raises as `set_grey`."""
    await may_publish_app(by, appid)
    version = await version_of(appid, code)
    async with db.unit_of_work() as uow:
        await move(by, version, "halt", reason)
        uow.then(lambda: live.tell(thing_of(appid), "changed"))
    return facts_of(await version_of(appid, code))


async def resume(by: Principal, appid: str, code: int, note: str = "") -> VersionFacts:
    """Go on with a halted version; what failed before counts no longer."""
    await may_publish_app(by, appid)
    version = await version_of(appid, code)
    async with db.unit_of_work():
        await move(by, version, "resume", note)
        await Rollout.filter(appid=appid, code=code).update(since=clock.now())
    return facts_of(await version_of(appid, code))


async def release(by: Principal, appid: str, code: int) -> VersionFacts:
    """Give a version to everybody from now on.

    By the team, or by a reviewer of its regions. Raises `NotYourApp`, `NoSuchVersion`,
    `NotInThisState` (also when a newer one is out), `BelowFloor`.
    """
    version = await version_of(appid, code)
    manifest = Manifest.model_validate(version.manifest)
    if rules.REVIEWER in by.roles:
        may_review(by, manifest)
    else:
        await may_publish_app(by, appid)
    async with db.unit_of_work() as uow:
        app = await _held(appid)
        _checked_target(app, code, newer=True)
        await move(by, version, "release", released_by=by.ref, released_at=clock.now())
        if app.current:
            await move(by, await version_of(appid, app.current), "supersede")
        await _point(appid, manifest)
        announce(_released(manifest))
        uow.then(lambda: live.tell(thing_of(appid), "changed"))
    return facts_of(await version_of(appid, code))


async def _point(appid: str, manifest: Manifest) -> None:
    await App.filter(appid=appid).update(
        current=manifest.version.code,
        name=manifest.name,
        short_name=manifest.short_name,
        summary=manifest.summary,
        owner_name=manifest.owner.name,
        region_codes=manifest.region_codes,
        min_tier=manifest.min_tier,
    )


async def roll_back(by: Principal, appid: str, reason: str, to: int | None = None) -> VersionFacts:
    """Undo the newest step: drop what is grey, else point back to a version of before.

    `to` is the released version before it unless named; nothing is copied, a pointer moves.
    Raises `NotYourApp`, `NoSuchVersion`, `NotInThisState` (nothing to go back to), `BelowFloor`.
    """
    await may_publish_app(by, appid)
    async with db.unit_of_work() as uow:
        app = await _held(appid)
        tried = await Version.filter(appid=appid, state__in=["grey", "halted"]).first()
        if tried is not None and to is None:
            await move(by, tried, "roll_back", reason)
            target = tried
        else:
            target = await _target(app, to)
            await move(by, await version_of(appid, app.current), "roll_back", reason)
            await move(by, target, "restore", reason)
            manifest = Manifest.model_validate(target.manifest)
            await _point(appid, manifest)
            announce(_released(manifest))
        uow.then(lambda: live.tell(thing_of(appid), "changed"))
    return facts_of(await version_of(appid, target.code))


async def _target(app: App, to: int | None) -> Version:
    if to is None:
        found = (
            await Version.filter(appid=app.appid, state="superseded", code__lt=app.current)
            .order_by("-code")
            .first()
        )
        if found is None:
            raise NotInThisState("没有可以回退的版本")
    else:
        found = await version_of(app.appid, to)
    _checked_target(app, found.code, newer=False)
    return found


async def raise_floor(by: Principal, appid: str, floor: int, reason: str) -> None:
    """Say below which version nobody may go any more; open shells are told to load anew.

    Raises `NotAReviewer`, `NotInThisState` when it is below the present one or above what is out.
    """
    async with db.unit_of_work() as uow:
        app = await _held(appid)
        await _reviewed(by, app)
        if not app.floor < floor <= app.current:
            raise NotInThisState("最低版本只能提高，且不能高于已发布的版本")
        await App.filter(appid=appid).update(floor=floor)
        record(by, appid, floor, "floor_raised", reason)
        uow.then(lambda: live.tell(thing_of(appid), "changed"))


async def _reviewed(by: Principal, app: App) -> None:
    newest = await Version.filter(appid=app.appid).order_by("-code").first()
    if newest is None:
        raise NotInThisState
    may_review(by, Manifest.model_validate(newest.manifest))


async def move_app(by: Principal, appid: str, deed: str, reason: str) -> App:
    """Take an app down for everybody at once, open it again, or end it for good (R-POR-14).

    `suspend`, `reopen` or `retire`. Open shells are told within seconds, nothing of it is served
    any more. Raises `NotAReviewer`, `NotInThisState`.
    """
    edge = rules.APP_MOVES[deed]
    async with db.unit_of_work() as uow:
        app = await _held(appid)
        await _reviewed(by, app)
        rows = App.filter(appid=appid, state__in=list(edge.come_from))
        if not await rows.update(state=edge.to, state_reason=reason):
            raise NotInThisState
        record(by, appid, 0, deed, reason)
        if edge.to == "active":
            if app.current:
                current = await version_of(appid, app.current)
                announce(_released(Manifest.model_validate(current.manifest)))
        else:
            announce(MiniAppWithdrawn(appid=appid, reason=reason, for_good=edge.to == "retired"))
        uow.then(lambda: live.tell(thing_of(appid), edge.to))
    return await App.get(appid=appid)


def thing_of(appid: str) -> str:
    """What open shells watch."""
    return f"miniapp:{appid}"


async def watched(launch_id: UUID) -> AsyncGenerator[str, None]:
    """What an open shell is told of the app it has open; raises `NoSuchLaunch`."""
    opened = await Launch.get_or_none(id=launch_id, expires_at__gt=clock.now())
    if opened is None:
        raise NoSuchLaunch
    return live.listen(thing_of(opened.appid))


async def told_outcome(launch_id: UUID, *, ready: bool, ready_ms: int) -> None:
    """Note how an opening went, once; too many failures halt what is grey.

    Raises `NoSuchLaunch`, also for a second word about it.
    """
    ready = ready and ready_ms <= rules.READY_WITHIN_MS
    noted = await Launch.filter(id=launch_id, outcome="", expires_at__gt=clock.now()).update(
        outcome="ready" if ready else "failed", ready_ms=ready_ms
    )
    if not noted:
        raise NoSuchLaunch
    if not ready:
        opened = await Launch.get(id=launch_id)
        await _halt_if_failing(opened.appid, opened.code)


_COUNT = (
    "SELECT count(*) AS opened, count(*) FILTER (WHERE outcome = 'failed') AS failed "
    "FROM miniapps_launch WHERE appid = $1 AND code = $2 AND created_at >= $3 "
    "AND outcome <> '' AND NOT trial"
)


async def _halt_if_failing(appid: str, code: int) -> None:
    row = await Rollout.get_or_none(appid=appid, code=code)
    if row is None:
        return
    since = max(row.since, clock.now() - rules.WINDOW)
    found = await db.row(_COUNT, appid, code, since)
    if found is None or not rules.too_many_failures(
        found["opened"], found["failed"], row.error_permille
    ):
        return
    version = await version_of(appid, code)
    if version.state != "grey":
        return
    note = f"打开 {found['opened']} 次，失败 {found['failed']} 次"
    async with db.unit_of_work() as uow:
        # Of many failures told at once one halts it.
        await db.lock(f"miniapps:{appid}")
        if (await version_of(appid, code)).state == "grey":
            await move(PLATFORM, version, "halt", note)
            uow.then(lambda: live.tell(thing_of(appid), "changed"))


def _released(manifest: Manifest) -> MiniAppReleased:
    return MiniAppReleased(
        appid=manifest.appid,
        version=manifest.version.code,
        app_name=manifest.name,
        short_name=manifest.short_name,
        summary=manifest.summary,
        owner_name=manifest.owner.name,
        region=manifest.region,
        region_codes=manifest.region_codes,
        min_tier=manifest.min_tier,
    )
