"""Merging a part of a city's legacy users: all its rows in one unit of work (R-ID-25, R-ID-27).

A row becomes an account only if the population registry agrees with all four fields. While the
registry is away nothing of the part is merged, and it is tried again: no doubt admits anybody.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.events import Ok, Outcome, Unknown
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from auth.federation.models import Import, ImportPart
from auth.federation.rules import SEX_OF_CODE, fits_row, rows_of
from auth.identity import service as identity
from auth.people import service as people
from auth.people.errors import IdNumberInvalid, TooYoung

SOURCE = "city_legacy"
AT_ONCE = 16  # questions to the registry in flight


class RegistryAway(Exception):
    """The population registry did not answer for some row."""


@dataclass(slots=True)
class Row:
    """One row on its way: what is known about it, and what became of it."""

    line: int
    person: people.NewPerson | None = None
    index: str = ""
    known: UUID | None = None
    outcome: str = ""
    reason: str = ""

    def refuse(self, reason: str) -> None:
        """It is not taken, and why."""
        self.outcome, self.reason = "conflict", reason


async def merge_part(import_id: UUID, number: int) -> Outcome:
    """Merge one part; doing it twice is doing it once. Call outside a unit of work."""
    part = await ImportPart.get(import_id=import_id, number=number)
    if part.merged_at is not None:
        return Ok("merged before")
    job = await Import.get(id=import_id)
    rows = _read(part)
    await _look_up(import_id, rows)
    try:
        await _ask_registry(rows)
    except RegistryAway:
        return Unknown("population registry away")
    async with db.unit_of_work():
        # A second run of the same delivery waits here, and finds the work done.
        await db.lock(f"federation.import:{import_id}")
        if await ImportPart.filter(id=part.id, merged_at=None).update(
            merged_at=clock.now(), body=""
        ):
            await _merge(job, rows)
    return Ok(f"{len(rows)} rows")


def _read(part: ImportPart) -> list[Row]:
    today = clock.today()
    told = rows_of(part.body, part.content_type)
    return [_row(part.first_line + n, fields, today) for n, fields in enumerate(told)]


def _row(line: int, told: Any, today: date) -> Row:
    row = Row(line)
    if not fits_row(told):
        row.refuse("format")
        return row
    try:
        number = people.checked_id_number(told["cert_no"], today)
    except IdNumberInvalid:
        row.refuse("id_number_invalid")
        return row
    except TooYoung:
        row.refuse("too_young")
        return row
    row.index = blind_index(number, "id_number")
    row.person = people.NewPerson(
        name=told["user_name"],
        id_number=number,
        sex=SEX_OF_CODE[told["user_sex"]],
        ethnic_group=told["user_nation"],
        phone=told["user_mobile"],
    )
    return row


async def _look_up(import_id: UUID, rows: list[Row]) -> None:
    """Find who is known already, and who stood in this file before."""
    indices = [row.index for row in rows if row.index]
    seen = {
        found["id_index"]
        for found in await db.rows(
            "SELECT id_index FROM federation_import_row WHERE import_id=$1 "
            "AND id_index = ANY($2::text[]) AND outcome IN ('added', 'linked', 'unchanged')",
            import_id,
            indices,
        )
    }
    for row in rows:
        if row.person is not None:
            row.known = await people.find_by_id_number(row.person.id_number)
            if row.index in seen:
                row.outcome = "duplicate"


async def _ask_registry(rows: list[Row]) -> None:
    """Have every new person checked by all four fields, some at a time; `RegistryAway`."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def check(row: Row, who: people.NewPerson) -> None:
        async with gate:
            answer = await identity.ask_four_fields(
                id_number=who.id_number,
                name=who.name,
                ethnic_group=who.ethnic_group,
                sex=who.sex,
            )
        if answer == "pending_manual_check":
            raise RegistryAway
        if answer == "mismatched":
            row.refuse("registry_mismatch")

    try:
        async with asyncio.TaskGroup() as group:
            for row in rows:
                if row.person is not None and row.known is None and not row.outcome:
                    group.create_task(check(row, row.person))
    except* RegistryAway as away:
        raise RegistryAway from away


async def _merge(job: Import, rows: list[Row]) -> None:
    taken: dict[str, UUID] = {}
    for row in rows:
        # A duplicate is still held against who it repeats: the same number under another name
        # is a conflict wherever it stands.
        if row.person is not None and row.outcome in {"", "duplicate"}:
            await _merge_one(job, row, row.person, taken)
    uow = db.needed()
    for row in rows:
        uow.add(
            "federation_import_row",
            {
                "id": uuid7(),
                "import_id": job.id,
                "line": row.line,
                "id_index": row.index,
                "outcome": row.outcome,
                "reason": row.reason,
            },
        )
    await _count(job, Counter(row.outcome for row in rows))


async def _merge_one(job: Import, row: Row, who: people.NewPerson, taken: dict[str, UUID]) -> None:
    known = taken.get(row.index) or row.known or await people.find_by_id_number(who.id_number)
    if known is None:
        if await people.phone_taken(who.phone):
            row.refuse("phone_taken")
            return
        known = await _add(job, who)
        row.outcome = "added"
    elif (await people.person(known)).name != who.name:
        row.refuse("name_differs")
        return
    elif row.index in taken or row.outcome == "duplicate":
        row.outcome = "duplicate"
        return
    else:
        row.outcome = "linked"
    if not await _link(job.platform, known) and row.outcome == "linked":
        row.outcome = "unchanged"
    taken[row.index] = known


async def _add(job: Import, who: people.NewPerson) -> UUID:
    """An account without a password: its owner sets one with a code at the first sign-in."""
    person_id = await people.add_person(who)
    by = Principal(kind="client", name=job.platform, channel="federation")
    proof = identity.Proof(said_name=who.name, region=job.platform)
    await identity.add_evidence(by, person_id, SOURCE, proof, import_id=str(job.id))
    audit.record(by, "federation.legacy_added", f"person:{person_id}", owner=person_id)
    db.needed().add(
        "federation_home",
        {"person_id": person_id, "city": job.platform, "basis": "legacy", "since": clock.now()},
        on_conflict="ON CONFLICT (person_id) DO NOTHING",
    )
    return person_id


async def _link(platform: str, person_id: UUID) -> bool:
    """Note that the person was this city's user before; False when that was known."""
    added = await db.execute(
        "INSERT INTO federation_link (id, person_id, platform, since) VALUES ($1,$2,$3,$4) "
        "ON CONFLICT (person_id, platform) DO NOTHING",
        uuid7(),
        person_id,
        platform,
        clock.now(),
    )
    return bool(added)


async def _count(job: Import, outcomes: "Counter[str]") -> None:
    row = await Import.select_for_update().get(id=job.id)
    row.counts = {
        name: n
        for name in {*row.counts, *outcomes}
        if (n := row.counts.get(name, 0) + outcomes.get(name, 0))
    }
    row.merged += 1
    if row.merged == row.parts:
        row.state, row.done_at = "done", clock.now()
    await row.save(update_fields=["counts", "merged", "state", "done_at"])
