"""The register of department systems, and what became of what they were sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import jwt

from app_server.exchange.errors import (
    NoSuchDelivery,
    NoSuchSystem,
    SystemInvalid,
    SystemTaken,
)
from app_server.exchange.models import System
from app_server.exchange.rules import SCOPE, SYSTEM_EDGES
from app_server.items import service as items
from app_server.items.errors import NoSuchItem
from app_server.kernel import audit, db, outbox
from app_server.kernel.errors import Conflict, PreconditionFailed
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from app_server.kernel.wake import wake_workers
from auth.grants import service as grants

PUSHES = "exchange.push_case"
# What a system refused for good waits for a person; what did not reach it runs again by itself.
REFUSED = "refused"
PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class SystemWanted:
    """What an administrator says about a department's system."""

    name: str
    org: str
    region: str
    items: tuple[str, ...]
    url: str
    jwks: tuple[dict[str, str], ...]
    push_on: str = "accepted"


async def systems() -> list[System]:
    """All registered systems by code."""
    return await System.all().order_by("code")


async def a_system(system_id: UUID) -> System:
    """One system; raises `NoSuchSystem`."""
    found = await System.get_or_none(id=system_id)
    if found is None:
        raise NoSuchSystem
    return found


async def register_system(by: Principal, code: str, wanted: SystemWanted) -> tuple[System, str]:
    """Register a system and its client; answers the client's secret, which is not kept.

    Raises `SystemInvalid`, `SystemTaken`.
    """
    await _check(wanted)
    async with db.unit_of_work():
        await db.lock("exchange.systems")
        if await System.exists(code=code):
            raise SystemTaken
        client_id = f"system-{code}"
        if await grants.registered(client_id):
            raise SystemTaken
        secret = await grants.add_client(
            client_id=client_id, name=wanted.name, scopes=[SCOPE], region=wanted.region
        )
        row = await System.create(code=code, client_id=client_id, **_columns(wanted))
        audit.record(by, "exchange.system_registered", f"system:{code}")
    return row, secret


async def change_system(
    by: Principal, system_id: UUID, version: int, wanted: SystemWanted
) -> System:
    """Change a system's address, keys or items; raises `NoSuchSystem`, `SystemInvalid`."""
    await _check(wanted)
    async with db.unit_of_work():
        row = await _locked(system_id, version)
        row.update_from_dict(_columns(wanted) | {"version": version + 1})
        await row.save()
        audit.record(by, "exchange.system_changed", f"system:{row.code}")
    return row


async def move_system(by: Principal, system_id: UUID, version: int, to: str, reason: str) -> System:
    """Pause a system or let it go on; what waited meanwhile is sent then.

    Raises `NoSuchSystem`, `Conflict`, `PreconditionFailed`.
    """
    async with db.unit_of_work():
        row = await _locked(system_id, version)
        if to not in SYSTEM_EDGES[row.state]:
            raise Conflict
        row.state, row.version = to, version + 1
        await row.save()
        audit.record(by, f"exchange.system_{to}", f"system:{row.code}", purpose=reason)
        if to == "active":
            await _replay(f"exchange:{row.id}/%", f"{PAUSED}%")
    return row


async def _locked(system_id: UUID, version: int) -> System:
    row = await System.select_for_update().get_or_none(id=system_id)
    if row is None:
        raise NoSuchSystem
    if row.version != version:
        raise PreconditionFailed
    return row


def _columns(wanted: SystemWanted) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "org": wanted.org,
        "region": wanted.region,
        "items": sorted(set(wanted.items)),
        "url": wanted.url.rstrip("/"),
        "jwks": list(wanted.jwks),
        "push_on": wanted.push_on,
    }


async def _check(wanted: SystemWanted) -> None:
    parts = urlsplit(wanted.url)
    plain = parts.scheme == "http" and parts.hostname == "127.0.0.1" and not load().production
    if not parts.hostname or parts.username or not (parts.scheme == "https" or plain):
        raise SystemInvalid("地址须为 https")
    if parts.query or parts.fragment:
        raise SystemInvalid("地址不能带参数")
    for jwk in wanted.jwks:
        try:
            jwt.PyJWK(jwk, algorithm="ES256")
        except (jwt.PyJWTError, ValueError, KeyError, TypeError) as error:
            raise SystemInvalid("公钥格式不正确") from error
    for code in wanted.items:
        try:
            facts = await items.published(code)
        except NoSuchItem as error:
            raise SystemInvalid(f"没有已发布的事项：{code}") from error
        if facts.org != wanted.org:
            raise SystemInvalid(f"事项不属于该部门：{code}")


async def listening(item_code: str, moment: str) -> list[UUID]:
    """The systems that want to be told of an item's cases at this moment ("": at any)."""
    rows = await db.rows(
        "SELECT id FROM exchange_system WHERE ($1 = '' OR push_on = $1) "
        "AND items @> to_jsonb($2::text)",
        moment,
        item_code,
    )
    return [row["id"] for row in rows]


_DELIVERIES = (
    "SELECT d.id, d.payload ->> 'case_no' AS case_no, d.state, d.attempts, d.run_at, d.done_at, "
    "coalesce(d.error, '') AS error, a.started_at, coalesce(a.outcome, '') AS outcome "
    "FROM kernel_delivery d LEFT JOIN LATERAL (SELECT started_at, outcome FROM kernel_attempt "
    "WHERE delivery_id = d.id ORDER BY number DESC LIMIT 1) a ON true "
    "WHERE d.handler = $1 AND d.aggregate LIKE $2 ORDER BY d.id DESC LIMIT 50"
)


async def deliveries(system_id: UUID) -> list[Mapping[str, Any]]:
    """The last fifty pushes to a system, newest first, with what went wrong; `NoSuchSystem`."""
    await a_system(system_id)
    return list(await db.rows(_DELIVERIES, PUSHES, f"exchange:{system_id}/%"))


async def resend(by: Principal, system_id: UUID, delivery_id: UUID) -> None:
    """Let a push that gave up run again; raises `NoSuchSystem`, `NoSuchDelivery`."""
    system = await a_system(system_id)
    async with db.unit_of_work() as uow:
        known = await db.value(
            "SELECT 1 FROM kernel_delivery WHERE id=$1 AND handler=$2 AND aggregate LIKE $3",
            delivery_id,
            PUSHES,
            f"exchange:{system.id}/%",
        )
        if known is None or not await outbox.replay(str(delivery_id)):
            raise NoSuchDelivery
        audit.record(by, "exchange.resent", f"system:{system.code}", delivery=str(delivery_id))
        uow.then(wake_workers)


async def replay_unreached() -> None:
    """Let pushes that gave up on a system that was away run again (a job does)."""
    async with db.unit_of_work():
        await _replay("exchange:%", "", unless=(f"{REFUSED}%", f"{PAUSED}%"))


async def _replay(aggregate: str, like: str, unless: tuple[str, ...] = ()) -> None:
    rows = await db.rows(
        "SELECT id FROM kernel_delivery WHERE handler=$1 AND state='parked' AND aggregate LIKE $2 "
        "AND ($3 = '' OR coalesce(error, '') LIKE $3) "
        "AND NOT coalesce(error, '') LIKE ANY($4::text[])",
        PUSHES,
        aggregate,
        like,
        list(unless),
    )
    for row in rows:
        await outbox.replay(str(row["id"]))
    db.needed().then(wake_workers)


async def system_of(client: Principal) -> System:
    """The active system whose client calls; raises `NoSuchSystem`."""
    found = await System.get_or_none(client_id=client.org)
    if found is None:
        raise NoSuchSystem
    return found
