"""What people allowed apps: for one opening or until they take it back, for the reason they read.

A remembered consent is of a person, an app, a permission and a reason: an app that says another
reason asks again (PIPL art. 14). In an opening it is kept with the launch.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from miniapps.service.manifest import Manifest

Held = Literal["no", "once", "always"]

_IN_FORCE = (
    "SELECT scope, reason FROM miniapps_consent "
    "WHERE person_id = $1 AND appid = $2 AND ended_at IS NULL"
)


async def held_by(
    person_id: UUID | None, manifest: Manifest, this_time: Iterable[str]
) -> Mapping[str, Held]:
    """For each permission an app asks for, whether it has it: not, this time, or for good."""
    found: set[tuple[str, str]] = set()
    if person_id is not None:
        rows = await db.rows(_IN_FORCE, person_id, manifest.appid)
        found = {(row["scope"], row["reason"]) for row in rows}
    once = set(this_time)
    return {
        p.scope: ("always" if (p.scope, p.reason) in found else "once" if p.scope in once else "no")
        for p in manifest.permissions
    }


_REMEMBER = """
INSERT INTO miniapps_consent (id, person_id, appid, scope, reason, granted_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (person_id, appid, scope) WHERE ended_at IS NULL DO NOTHING
"""
_END_OTHERS = (
    "UPDATE miniapps_consent SET ended_at = $5 WHERE person_id = $1 AND appid = $2 AND scope = $3 "
    "AND reason <> $4 AND ended_at IS NULL"
)


async def remember(principal: Principal, appid: str, scope: str, reason: str) -> None:
    """Keep a consent until it is taken back, in the caller's unit of work."""
    person, now = principal.subject, clock.now()
    await db.execute(_END_OTHERS, person, appid, scope, reason, now)
    if await db.execute(_REMEMBER, uuid7(), person, appid, scope, reason, now):
        thing = f"miniapp:{appid}"
        audit.record(principal, "miniapps.consent_given", thing, owner=person, purpose=scope)


_HOLD = (
    "UPDATE miniapps_launch SET held = held || to_jsonb($2::text) WHERE id = $1 AND NOT held ? $2"
)
_DROP = "UPDATE miniapps_launch SET held = held - $2::text WHERE id = $1"


async def hold(launch_id: UUID, scope: str) -> None:
    """Keep a consent for one opening."""
    await db.execute(_HOLD, launch_id, scope)


async def drop(launch_id: UUID, scope: str) -> None:
    """Take it out of one opening."""
    await db.execute(_DROP, launch_id, scope)


_END = (
    "UPDATE miniapps_consent SET ended_at = $4 WHERE person_id = $1 AND appid = $2 "
    "AND ($3 = '' OR scope = $3) AND ended_at IS NULL"
)
_DROP_ALL = (
    "UPDATE miniapps_launch SET held = CASE WHEN $3 = '' THEN '[]'::jsonb ELSE held - $3 END "
    "WHERE person_id = $1 AND appid = $2 AND expires_at > $4 AND held <> '[]'::jsonb"
)


async def revoke(principal: Principal, appid: str, scope: str = "") -> None:
    """Take back one permission of an app, or all: open shells lose it with their next call."""
    person, now = principal.subject, clock.now()
    async with db.unit_of_work():
        await db.execute(_END, person, appid, scope, now)
        await db.execute(_DROP_ALL, person, appid, scope, now)
        thing = f"miniapp:{appid}"
        audit.record(principal, "miniapps.consent_ended", thing, owner=person, purpose=scope)


_THIS_TIME = (
    "SELECT 1 FROM miniapps_launch WHERE person_id = $1 AND appid = $2 AND trial = $3 "
    "AND expires_at > $4 AND held ? $5 LIMIT 1"
)


async def stands(person_id: UUID, manifest: Manifest, scope: str, *, trial: bool) -> bool:
    """Whether a person allows this now, for good or in an app they have open."""
    held = await held_by(None if trial else person_id, manifest, ())
    if held.get(scope) == "always":
        return True
    now = clock.now()
    return bool(await db.value(_THIS_TIME, person_id, manifest.appid, trial, now, scope))


_TOUCH = (
    "UPDATE miniapps_consent SET last_used_at = $4 "
    "WHERE person_id = $1 AND appid = $2 AND scope = $3 AND ended_at IS NULL"
)


async def touch(person_id: UUID, appid: str, scope: str) -> None:
    """Note that a remembered permission was used just now."""
    await db.execute(_TOUCH, person_id, appid, scope, clock.now())


_OWN = """
SELECT c.appid, c.scope, c.reason, c.granted_at, c.last_used_at, a.name, a.current
FROM miniapps_consent c JOIN miniapps_app a ON a.appid = c.appid
WHERE c.person_id = $1 AND c.ended_at IS NULL ORDER BY a.name, c.appid, c.granted_at
"""


async def given_by(person_id: UUID) -> list[Any]:
    """Every permission in force that a person gave, by app."""
    return await db.rows(_OWN, person_id)
