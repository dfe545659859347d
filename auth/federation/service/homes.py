"""Where a user is at home, and having that city told of them (R-ID-24)."""

from uuid import UUID

import structlog

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.kernel.schedule import later
from app_server.kernel.settings import load
from auth.federation.errors import HomeInvalid
from auth.federation.events import UserPushDue
from auth.federation.models import Home, Platform, Pushed
from auth.federation.providers.peers import PeerDown, PeerRefused
from auth.federation.rules import checked_city, home_city
from auth.federation.service import messages
from auth.federation.service.records import Record, compose
from auth.people import service as people

log = structlog.get_logger(__name__)

REFUSED = "refused"
LOOK_AGAIN = "federation.look_again"


async def home_of(person_id: UUID) -> Home | None:
    """Where somebody is at home: what they chose, else what their ID number says; None abroad."""
    held = await Home.get_or_none(person_id=person_id)
    if held is not None:
        return held
    facts = await people.person(person_id)
    city = home_city(load().platform_region, facts.id_number)
    if city is None:
        return None
    await _keep(person_id, city, "id_number", replace=False)
    return await Home.get_or_none(person_id=person_id)


async def choose_home(principal: Principal, city: str) -> Home:
    """Choose the home city; the old one is told that the user left. Raises `HomeInvalid`."""
    person_id = principal.subject
    if checked_city(load().platform_region, city) is None:
        raise HomeInvalid
    async with db.unit_of_work():
        before = await home_of(person_id)
        await _keep(person_id, city, "chosen", replace=True)
        audit.record(principal, "federation.home_chosen", f"city:{city}", owner=person_id)
        announce(UserPushDue(platform=city, person_id=person_id))
        if before is not None and before.city != city:
            announce(UserPushDue(platform=before.city, person_id=person_id))
    return await Home.get(person_id=person_id)


async def _keep(person_id: UUID, city: str, basis: str, *, replace: bool) -> None:
    then = "UPDATE SET city=$2, basis=$3, since=$4" if replace else "NOTHING"
    await db.execute(
        "INSERT INTO federation_home (person_id, city, basis, since) VALUES ($1,$2,$3,$4) "
        f"ON CONFLICT (person_id) DO {then}",
        person_id,
        city,
        basis,
        clock.now(),
    )


async def user_changed(person_id: UUID) -> None:
    """Have the home city told how a user stands now, in the caller's unit of work.

    What is told is the state at that moment, so a change too many costs a look and no message.
    """
    if load().platform_tier != "province":
        return
    home = await home_of(person_id)
    if home is not None:
        announce(UserPushDue(platform=home.city, person_id=person_id))


async def announce_everybody(city: str) -> None:
    """Have a platform that joins or goes on told of everybody at home there.

    Users it brought itself are left out until something about them changes.
    """
    for row in await db.rows(
        "SELECT person_id FROM federation_home WHERE city=$1 AND basis <> 'legacy' ORDER BY since",
        city,
    ):
        announce(UserPushDue(platform=city, person_id=row["person_id"]))


async def push(platform: str, person_id: UUID, delivery: str) -> Outcome:
    """Tell one platform how one user stands now; runs outside any transaction."""
    peer = await Platform.get_or_none(code=platform, state="active")
    if peer is None:
        return Ok("no such platform, or it rests: told when it goes on")
    known = await Pushed.get_or_none(person_id=person_id, platform=platform)
    home = await home_of(person_id)
    leaves = home is None or home.city != platform
    if leaves and (known is None or known.outcome == "ended"):
        return Ok("never told")
    record = await compose(person_id, platform, delivery, operation="U" if known else "I")
    if leaves:
        record = record.ended()
    digest = blind_index(record.facts(), "federation.pushed")
    if known is not None and known.digest == digest:
        return Ok("told before")
    try:
        told = await messages.ask(peer, "user", {"user": record.fields}, delivery)
    except PeerDown as error:
        return Unknown(str(error))
    except PeerRefused as error:
        return Rejected(f"{REFUSED}: {error}")
    outcome, reason = str(told.body.get("outcome"))[:12], str(told.body.get("reason"))[:40]
    if outcome == "conflict":
        log.warning("pushed_user_conflicts", platform=platform, reason=reason)
    await _remember(person_id, platform, digest, outcome, reason, record)
    return Ok(outcome)


async def _remember(
    person_id: UUID, platform: str, digest: str, outcome: str, reason: str, record: Record
) -> None:
    async with db.unit_of_work():
        await db.execute(
            "INSERT INTO federation_pushed (id, person_id, platform, digest, outcome, reason, "
            "pushed_at) VALUES ($1,$2,$3,$4,$5,$6,$7) ON CONFLICT (person_id, platform) DO UPDATE "
            "SET digest=EXCLUDED.digest, outcome=EXCLUDED.outcome, reason=EXCLUDED.reason, "
            "pushed_at=EXCLUDED.pushed_at",
            uuid7(),
            person_id,
            platform,
            digest,
            outcome,
            reason,
            clock.now(),
        )
        if record.until is not None:
            # Evidence runs out by the clock alone, and nobody announces that.
            later(LOOK_AGAIN, f"person:{person_id}", record.until, person_id=str(person_id))
