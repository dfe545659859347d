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
    AppTierTooLow,
    NoSuchLaunch,
    ScopeNotDeclared,
    TicketRefused,
)
from miniapps.models import Launch, Version
from miniapps.service.listing import released
from miniapps.service.manifest import Manifest


@dataclass(frozen=True, slots=True)
class LaunchFacts:
    """What the shell needs to open an app in a frame."""

    id: UUID
    origin: str
    url: str
    allow: str
    manifest: Manifest
    code: int


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is in an app, as its back end may know them."""

    openid: str
    tier: int | None
    region: str | None


def origin_of(appid: str) -> str:
    """The origin an app is served at."""
    settings = load()
    return rules.app_origin(appid, settings.origin("public"), settings.miniapp_domain)


async def launch(principal: Principal, appid: str) -> LaunchFacts:
    """Open the current version of an app; raises `NoSuchMiniApp`, `AppTierTooLow`."""
    app = await released(appid)
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
                "created_at": now,
                "expires_at": now + rules.LAUNCH_LIFE,
            },
        )
    origin = origin_of(appid)
    return LaunchFacts(
        id=launch_id,
        origin=origin,
        # Under its own number a version never changes, so everything in it may be kept.
        url=f"{origin}/v/{app.code}/{app.manifest.entry}",
        allow="; ".join(rules.features_of(app.manifest.scopes)),
        manifest=app.manifest,
        code=app.code,
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
