"""Taking a user another platform vouches for: stored once, with the level it holds (R-ID-24).

A conflict is an answer, not an error: it must not hold up the users behind it. Nothing that is
known here is overwritten by another platform's word.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from auth.federation.errors import NotYourPart, PlatformRefused
from auth.federation.models import Link, Received
from auth.federation.rules import SEX_OF_CODE, TIER_OF_LEVEL, authority_of, fits_record
from auth.federation.service.messages import Message
from auth.identity import service as identity
from auth.people import service as people

PRIMARY, INTERMEDIATE = "recognised_primary", "recognised_intermediate"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a record: `added`, `linked`, `unchanged`, `ended` or `conflict`."""

    outcome: str
    reason: str = ""
    person_id: UUID | None = None


def _vouching(code: str) -> Principal:
    return Principal(kind="client", name=authority_of(code), channel="federation")


async def take_pushed(message: Message) -> Taken:
    """Take a user the platform above pushed; the same delivery again is answered as before.

    Raises `NotYourPart` unless it is the platform above, `PlatformRefused` for a record that does
    not follow the field set.
    """
    if message.sender.level != "province":
        raise NotYourPart
    record: dict[str, Any] = message.body["user"]
    if not fits_record(record) or record["cd_batch"] != message.id:
        raise PlatformRefused
    digest = blind_index(f"{message.sender.code}\0{message.id}", "federation.received")
    async with db.unit_of_work():
        # A repetition waits here until the first one is committed, and then finds it.
        await db.lock(f"federation.received:{digest}")
        held = await Received.get_or_none(digest=digest)
        if held is not None:
            return Taken(held.outcome, held.reason)
        taken = await take(message.sender.code, record)
        await Received.create(
            digest=digest, outcome=taken.outcome, reason=taken.reason, at=clock.now()
        )
    return taken


async def take(platform: str, record: dict[str, Any]) -> Taken:
    """Store what a platform vouches for in the caller's unit of work."""
    # One order for all, so that two records at once about one person cannot cross.
    await db.lock(f"federation.user:{blind_index(record['cert_no'], 'id_number')}")
    link = await Link.get_or_none(platform=platform, user_no=record["user_no"])
    person_id = link.person_id if link else await people.find_by_id_number(record["cert_no"])
    if record["user_state"] == "cancelled":
        return await _end(platform, person_id)
    outcome = "unchanged" if link else "linked"
    if person_id is None:
        if await people.phone_taken(record["user_mobile"]):
            return Taken("conflict", "phone_taken")
        person_id = await _add(platform, record)
        outcome = "added"
    elif (await people.person(person_id)).name != record["user_name"]:
        return Taken("conflict", "name_differs")
    if link is None:
        await _link(person_id, platform, record["user_no"])
    raised = await _hold(platform, person_id, record)
    return Taken("changed" if raised and outcome == "unchanged" else outcome, "", person_id)


async def _add(platform: str, record: dict[str, Any]) -> UUID:
    person_id = await people.add_person(
        people.NewPerson(
            name=record["user_name"],
            id_number=record["cert_no"],
            sex=SEX_OF_CODE[record["user_sex"]],
            ethnic_group=record["user_nation"],
            phone=record["user_mobile"],
        )
    )
    audit.record(
        _vouching(platform), "federation.user_added", f"person:{person_id}", owner=person_id
    )
    return person_id


async def _link(person_id: UUID, platform: str, user_no: str) -> None:
    # Registered anew over there: the number is another one, the person the same.
    await db.execute(
        "INSERT INTO federation_link (id, person_id, platform, user_no, since) "
        "VALUES ($1,$2,$3,$4,$5) ON CONFLICT (person_id, platform) DO UPDATE SET user_no=$4",
        uuid7(),
        person_id,
        platform,
        user_no,
        clock.now(),
    )


async def _hold(platform: str, person_id: UUID, record: dict[str, Any]) -> bool:
    """Make our evidence of this platform's word say what it says now; whether anything changed."""
    tier = TIER_OF_LEVEL[record["user_real_lvl"]]
    wanted = {source for source, least in ((PRIMARY, 1), (INTERMEDIATE, 2)) if tier >= least}
    held = {
        row.source: row
        for row in await identity.evidence_of(person_id)
        if row.source in {PRIMARY, INTERMEDIATE}
    }
    by = _vouching(platform)
    for source in sorted(wanted - set(held)):
        proof = identity.Proof(said_name=record["user_name"], region=platform)
        await identity.add_evidence(by, person_id, source, proof, authority=authority_of(platform))
    for source in sorted(set(held) - wanted):
        await identity.revoke_evidence(by, held[source].id, "上级平台已不再认可该等级")
    return wanted != set(held)


async def _end(platform: str, person_id: UUID | None) -> Taken:
    """The platform vouches no longer: what it gave goes, what the person is here stays."""
    if person_id is None:
        return Taken("ended")
    by = _vouching(platform)
    for row in await identity.evidence_of(person_id):
        if row.source in {PRIMARY, INTERMEDIATE}:
            await identity.revoke_evidence(by, row.id, "上级平台账号已注销或迁出")
    audit.record(by, "federation.user_ended", f"person:{person_id}", owner=person_id)
    return Taken("ended", "", person_id)
