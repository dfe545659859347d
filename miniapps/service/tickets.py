"""Telling an app's back end who opened it: once, briefly, and only what the person agreed to.

Whatever protocol a back end speaks, its ticket is used by `_USE` and what it learns is reckoned
by `_visitor`: nothing else here reads a person.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from auth.identity import service as identity
from auth.people import service as people
from miniapps import rules
from miniapps.errors import TicketRefused
from miniapps.models import Launch
from miniapps.service.consents import held_by
from miniapps.service.known import introduce
from miniapps.service.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is in an app, as its back end may know them; None is what it may not."""

    openid: str
    tier: int | None = None
    region: str | None = None
    name: str | None = None
    phone: str | None = None
    id_number: str | None = None
    proved_at: datetime | None = None


def issue(principal: Principal, opened: Launch) -> str:
    """A single-use ticket for the back end of an opened app, in the caller's unit of work."""
    ticket, now = secrets.token_urlsafe(32), clock.now()
    db.needed().add(
        "miniapps_ticket",
        {
            "id": uuid7(),
            "digest": _digest(ticket),
            "launch_id": opened.id,
            "appid": opened.appid,
            "person_id": principal.subject,
            "tier": principal.tier,
            "created_at": now,
            "expires_at": now + rules.TICKET_LIFE,
        },
    )
    return ticket


def _digest(ticket: str) -> str:
    return blind_index(ticket, "miniapps.ticket")


_TOLD = (
    "t.person_id, t.tier, t.launch_id, v.manifest::text AS manifest, "
    "v.withheld::text AS withheld, l.held::text AS held, l.trial, l.proved_at"
)
_USE = f"""
UPDATE miniapps_ticket t SET used_at = $3, token_digest = $4, token_until = $5
FROM miniapps_launch l, miniapps_version v
WHERE t.digest = $1 AND t.appid = $2 AND t.used_at IS NULL AND t.expires_at > $3
  AND l.id = t.launch_id AND v.appid = l.appid AND v.code = l.code
RETURNING {_TOLD}
"""
_AGAIN = f"""
SELECT {_TOLD} FROM miniapps_ticket t JOIN miniapps_launch l ON l.id = t.launch_id
JOIN miniapps_version v ON v.appid = l.appid AND v.code = l.code
WHERE t.token_digest = $1 AND t.appid = $2 AND t.token_until > $3
"""


async def exchange(client: Principal, ticket: str) -> Visitor:
    """Tell an app's own back end who is there, exactly once; raises `TicketRefused`.

    The ticket is looked for among the tickets of the client's app only, and one conditional
    update uses it: a foreign, late or second try changes nothing.
    """
    async with db.unit_of_work():
        used = await db.row(_USE, _digest(ticket), _app_of(client), clock.now(), None, None)
        return await _visitor(client, used)


async def exchange_for_token(client: Principal, ticket: str) -> str:
    """Use a ticket for a short-lived token, as protocols in two steps do; raises `TicketRefused`.

    The token tells of the person what the ticket would have told, as long as they agree to it.
    """
    token, now = secrets.token_hex(24), clock.now()
    until = now + rules.TOKEN_LIFE
    async with db.unit_of_work():
        used = await db.row(_USE, _digest(ticket), _app_of(client), now, _digest(token), until)
        if used is None:
            raise TicketRefused
    return token


async def visitor_of_token(client: Principal, token: str) -> Visitor:
    """Who a token of `exchange_for_token` stands for; raises `TicketRefused`."""
    async with db.unit_of_work():
        found = await db.row(_AGAIN, _digest(token), _app_of(client), clock.now())
        return await _visitor(client, found)


def _app_of(client: Principal) -> str:
    appid = rules.app_of_client(client.org)
    if not appid:
        raise TicketRefused
    return appid


async def _visitor(client: Principal, used: Any) -> Visitor:
    if used is None:
        raise TicketRefused
    manifest = Manifest.model_validate_json(used["manifest"])
    person: UUID = used["person_id"]
    # What was agreed to a moment ago may have been taken back since.
    held = await held_by(None if used["trial"] else person, manifest, orjson.loads(used["held"]))
    given = set(held) - set(orjson.loads(used["withheld"]))
    agreed = {scope for scope in given if held[scope] != "no"}
    if rules.TICKET_SCOPE not in agreed:
        raise TicketRefused
    told = [key for key in manifest.token_scopes if rules.TICKET_FIELDS[key].scope in agreed]
    audit.record(
        client,
        "miniapps.ticket_exchanged",
        f"miniapp:{manifest.appid}",
        owner=person,
        purpose=f"{manifest.name}登录",
        launch=str(used["launch_id"]),
    )
    # The session may prove less than the account (another channel), and the account may have
    # lost evidence since the ticket was made: the lower one counts.
    now = await identity.tier_of_person(person)
    return Visitor(
        openid=introduce(manifest.appid, person, trial=used["trial"]),
        tier=min(used["tier"], now) if "tier" in told else None,
        region=manifest.region if "region" in told else None,
        proved_at=used["proved_at"],
        **await _raw(client, manifest, person, told),
    )


async def _raw(
    client: Principal, manifest: Manifest, person: UUID, told: Sequence[str]
) -> dict[str, str]:
    """What names the person, with each look told to its owner under the app's own reason."""
    raw = [key for key in told if rules.TICKET_FIELDS[key].raw]
    if not raw:
        return {}
    facts = await people.person(person)
    reasons = {p.scope: p.reason for p in manifest.permissions}
    for key in raw:
        field = rules.TICKET_FIELDS[key]
        audit.record(
            client,
            "miniapps.identity_given",
            f"miniapp:{manifest.appid}",
            owner=person,
            purpose=f"{manifest.name}获取您的{field.title}：{reasons[field.scope]}",
            field=key,
        )
    return {key: getattr(facts, key) for key in raw}
