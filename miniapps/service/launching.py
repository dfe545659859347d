"""Opening an app, and telling its back end who opened it: once, briefly, as little as it needs."""

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from auth.identity import service as identity
from miniapps import rules
from miniapps.errors import (
    AppSuspended,
    AppTierTooLow,
    NoSuchLaunch,
    ScopeNotDeclared,
    TicketRefused,
)
from miniapps.models import App, Launch, Version
from miniapps.service.listing import ReleasedApp, opened_by
from miniapps.service.manifest import Manifest
from miniapps.service.reviewing import version_on_trial


@dataclass(frozen=True, slots=True)
class LaunchFacts:
    """What the shell needs to open an app in a frame."""

    id: UUID
    origin: str
    url: str
    allow: str
    manifest: Manifest
    code: int
    trial: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """Who opens an app with what: the device's own number, region and system, a trial link."""

    device: str = ""
    region: str = ""
    system: str = ""
    trial: str = ""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is in an app, as its back end may know them."""

    openid: str
    tier: int | None
    region: str | None


def origin_of(appid: str, trial: int = 0) -> str:
    """The origin an app is served at; a version on trial shares no storage with what is out."""
    settings = load()
    name = rules.trial_label(appid, trial) if trial else appid
    return rules.app_origin(name, settings.origin("public"), settings.miniapp_domain)


async def launch(principal: Principal, appid: str, opening: Opening = Opening()) -> LaunchFacts:
    """Open the version of an app that this visitor gets, or that a trial link names.

    Raises `NoSuchMiniApp`, `AppSuspended`, `TrialRefused`, `AppTierTooLow`.
    """
    if opening.trial:
        version = await version_on_trial(appid, opening.trial)
        app = ReleasedApp(Manifest.model_validate(version.manifest), version.code)
    else:
        app = await opened_by(appid, _visitor_of(principal, appid, opening))
    held = principal.tier if principal.kind == "person" else 0
    if app.manifest.min_tier > held:
        raise AppTierTooLow(app.manifest.min_tier, held)
    launch_id = uuid7()
    now = clock.now()
    async with db.unit_of_work() as uow:
        uow.add(
            "miniapps_launch",
            {
                "id": launch_id,
                "appid": appid,
                "code": app.code,
                "person_id": principal.id if principal.kind == "person" else None,
                "trial": bool(opening.trial),
                "outcome": "",
                "created_at": now,
                "expires_at": now + rules.LAUNCH_LIFE,
            },
        )
    origin = origin_of(appid, app.code if opening.trial else 0)
    return LaunchFacts(
        id=launch_id,
        origin=origin,
        # Under its own number a version never changes, so everything in it may be kept.
        url=f"{origin}/v/{app.code}/{app.manifest.entry}",
        allow="; ".join(rules.features_of(app.manifest.scopes)),
        manifest=app.manifest,
        code=app.code,
        trial=bool(opening.trial),
    )


def _visitor_of(principal: Principal, appid: str, opening: Opening) -> rules.Visitor:
    person = principal.id if principal.kind == "person" else None
    return rules.Visitor(
        key=str(person) if person else opening.device,
        openid=openid_of(appid, person) if person else "",
        region=opening.region,
        system=opening.system,
    )


async def issue_ticket(principal: Principal, launch_id: UUID) -> str:
    """A single-use ticket for the back end of a launched app (R-ID-28).

    Raises `NoSuchLaunch`, `ScopeNotDeclared`, `AppTierTooLow`. A launch made before signing in
    becomes the launch of whoever first asks for a ticket; after that it is theirs alone.
    """
    now = clock.now()
    ticket = secrets.token_urlsafe(32)
    async with db.unit_of_work() as uow:
        opened = await _own_launch(principal, launch_id)
        await must_be_open(opened)
        version = await Version.get(appid=opened.appid, code=opened.code)
        manifest = Manifest.model_validate(version.manifest)
        if rules.TICKET_SCOPE not in manifest.scopes:
            raise ScopeNotDeclared
        if manifest.min_tier > principal.tier:
            raise AppTierTooLow(manifest.min_tier, principal.tier)
        uow.add(
            "miniapps_ticket",
            {
                "id": uuid7(),
                "digest": _digest(ticket),
                "launch_id": launch_id,
                "appid": opened.appid,
                "person_id": principal.subject,
                "tier": principal.tier,
                "created_at": now,
                "expires_at": now + rules.TICKET_LIFE,
            },
        )
    return ticket


async def _own_launch(principal: Principal, launch_id: UUID) -> Launch:
    row = await db.row(
        "UPDATE miniapps_launch SET person_id = $2 WHERE id = $1 AND expires_at > $3 "
        "AND (person_id IS NULL OR person_id = $2) RETURNING id",
        launch_id,
        principal.subject,
        clock.now(),
    )
    if row is None:
        raise NoSuchLaunch
    return await Launch.get(id=launch_id)


async def must_be_open(opened: Launch) -> None:
    """Raise `AppSuspended` or `NoSuchLaunch` when the app was taken down or the floor rose."""
    app = await App.get(appid=opened.appid)
    if app.state != "active":
        raise AppSuspended(f"该应用已下架：{app.state_reason}", reason=app.state_reason)
    if opened.code < app.floor:
        raise NoSuchLaunch


def _digest(ticket: str) -> str:
    return blind_index(ticket, "miniapps.ticket")


_USE = """
UPDATE miniapps_ticket t SET used_at = $3 FROM miniapps_launch l, miniapps_version v
WHERE t.digest = $1 AND t.appid = $2 AND t.used_at IS NULL AND t.expires_at > $3
  AND l.id = t.launch_id AND v.appid = l.appid AND v.code = l.code
RETURNING t.person_id, t.tier, t.launch_id, v.manifest::text AS manifest
"""


async def exchange(client: Principal, ticket: str) -> Visitor:
    """Tell an app's own back end who is there, exactly once; raises `TicketRefused`.

    The ticket is looked for among the tickets of the client's app only, and one conditional
    update uses it: a foreign, late or second try changes nothing.
    """
    appid = rules.app_of_client(client.org)
    if not appid:
        raise TicketRefused
    async with db.unit_of_work():
        used = await db.row(_USE, _digest(ticket), appid, clock.now())
        if used is None:
            raise TicketRefused
        manifest = Manifest.model_validate_json(used["manifest"])
        audit.record(
            client,
            "miniapps.ticket_exchanged",
            f"miniapp:{appid}",
            owner=used["person_id"],
            purpose=f"{manifest.name}登录",
            launch=str(used["launch_id"]),
        )
        return await _visitor(used, manifest)


async def _visitor(used: Any, manifest: Manifest) -> Visitor:
    # The session may prove less than the account (another channel), and the account may have
    # lost evidence since the ticket was made: the lower one counts.
    now = await identity.tier_of_person(used["person_id"])
    return Visitor(
        openid=openid_of(manifest.appid, used["person_id"]),
        tier=min(used["tier"], now) if "tier" in manifest.token_scopes else None,
        region=manifest.region if "region" in manifest.token_scopes else None,
    )


def openid_of(appid: str, person_id: UUID) -> str:
    """The number a person has in one app only; two apps cannot compare theirs."""
    return blind_index(f"{appid}\0{person_id}", "miniapps.openid")[:40]


async def forget_old() -> None:
    """Drop launches and tickets nobody can use any more."""
    before = clock.now() - rules.KEEP_LAUNCHES
    await db.execute("DELETE FROM miniapps_ticket WHERE expires_at < $1", before)
    await db.execute("DELETE FROM miniapps_launch WHERE expires_at < $1", before)
