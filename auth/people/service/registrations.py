"""Registration requests: wishes to be registered that are no accounts (R-ID-01, R-ID-39)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.ids import uuid7
from auth.people.errors import NoSuchRegistration
from auth.people.models import Registration
from auth.people.rules import (
    ASSISTED_LIFE,
    REGISTRATION_EDGES,
    REMEMBERED,
    RETRY_AFTER,
    WAITING_LIFE,
    masked_id_number,
    masked_name,
    masked_phone,
)
from auth.people.service.persons import NewPerson

PAGE = 30
OPEN = ("waiting", "awaiting_password")


@dataclass(frozen=True, slots=True)
class NewRegistration:
    """What a request holds; an officer's names its window, a resident's its password digest."""

    person: NewPerson
    password_digest: str = ""
    terms_version: str = ""
    channel: str = "web"
    officer: str = ""
    window: str = ""
    region: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RegistrationFacts:
    """An open request with its data opened."""

    id: UUID
    state: str
    wanted: NewRegistration
    created_at: datetime
    expires_at: datetime

    @property
    def masked(self) -> tuple[str, str, str]:
        """Name, ID number and phone as a list may show them."""
        who = self.wanted.person
        return masked_name(who.name), masked_id_number(who.id_number), masked_phone(who.phone)


async def leave_registration(new: NewRegistration) -> RegistrationFacts:
    """Keep a request in the caller's unit of work; it replaces an earlier one of the same phone.

    Without a password it waits for one (assisted), else for the registry.
    """
    assisted = not new.password_digest
    who, now = new.person, clock.now()
    phone_index = blind_index(who.phone, "phone")
    async with db.unit_of_work():
        await db.lock(f"people.registration:{phone_index}")
        for held in await Registration.filter(phone_index=phone_index, state__in=OPEN):
            await end_registration(held.id, "replaced")
        row = await Registration.create(
            id=uuid7(),
            state="awaiting_password" if assisted else "waiting",
            name=who.name,
            id_number=who.id_number,
            id_index=blind_index(who.id_number, "id_number"),
            sex=who.sex,
            ethnic_group=who.ethnic_group,
            phone=who.phone,
            phone_index=phone_index,
            username=who.username,
            password_digest=new.password_digest,
            terms_version=new.terms_version,
            channel=new.channel,
            officer=new.officer,
            window=new.window,
            region=new.region,
            valid_from=new.valid_from,
            valid_until=new.valid_until,
            facts=new.facts,
            next_try_at=None if assisted else now + RETRY_AFTER,
            created_at=now,
            expires_at=now + (ASSISTED_LIFE if assisted else WAITING_LIFE),
        )
    return _facts(row)


async def open_registration(registration_id: UUID, state: str) -> RegistrationFacts:
    """An open request in this state; raises `NoSuchRegistration`."""
    row = await Registration.get_or_none(
        id=registration_id, state=state, expires_at__gt=clock.now()
    )
    if row is None:
        raise NoSuchRegistration
    return _facts(row)


async def registration_state(registration_id: UUID) -> tuple[str, str, datetime]:
    """State, reason and end of a request, without anything personal; `NoSuchRegistration`."""
    row = await Registration.get_or_none(id=registration_id)
    if row is None:
        raise NoSuchRegistration
    return row.state, row.reason, row.expires_at


async def end_registration(
    registration_id: UUID, to: str, *, reason: str = "", person_id: UUID | None = None
) -> bool:
    """End a request, and wipe what it knew; False when another was quicker."""
    before = [state for state, edges in REGISTRATION_EDGES.items() if to in edges]
    return bool(
        await Registration.filter(id=registration_id, state__in=before).update(
            state=to,
            reason=reason,
            person_id=person_id,
            name="",
            id_number="",
            password_digest="",
            next_try_at=None,
            ended_at=clock.now(),
        )
    )


async def postpone_registration(registration_id: UUID) -> None:
    """Look at a waiting request again a little later."""
    await db.execute(
        "UPDATE people_registration SET tries=tries+1, next_try_at=$2 "
        "WHERE id=$1 AND state='waiting'",
        registration_id,
        clock.now() + RETRY_AFTER,
    )


async def due_registrations(limit: int = 100) -> list[UUID]:
    """Waiting requests whose next look has come."""
    rows = await db.rows(
        "SELECT id FROM people_registration WHERE state='waiting' AND next_try_at <= $1 "
        "AND expires_at > $1 ORDER BY next_try_at LIMIT $2",
        clock.now(),
        limit,
    )
    return [row["id"] for row in rows]


async def expired_registrations(limit: int = 100) -> list[UUID]:
    """Open requests whose time is over."""
    rows = await db.rows(
        "SELECT id FROM people_registration WHERE state = ANY($1::text[]) AND expires_at <= $2 "
        "LIMIT $3",
        list(OPEN),
        clock.now(),
        limit,
    )
    return [row["id"] for row in rows]


async def forget_registrations() -> int:
    """Delete requests that ended long ago, with the phone they still hold; answers how many."""
    return await db.execute(
        "DELETE FROM people_registration WHERE ended_at < $1", clock.now() - REMEMBERED
    )


async def waiting_registrations(after: UUID | None = None) -> list[RegistrationFacts]:
    """One page of the requests that wait for the registry, oldest first."""
    query = Registration.filter(state="waiting", expires_at__gt=clock.now())
    if after is not None:
        query = query.filter(id__gt=after)
    return [_facts(row) for row in await query.order_by("id").limit(PAGE)]


async def phone_of_registration(registration_id: UUID) -> str:
    """Where the last word about a request goes; raises `NoSuchRegistration`."""
    row = await Registration.get_or_none(id=registration_id)
    if row is None:
        raise NoSuchRegistration
    return row.phone


def _facts(row: Registration) -> RegistrationFacts:
    return RegistrationFacts(
        id=row.id,
        state=row.state,
        wanted=NewRegistration(
            person=NewPerson(
                row.name, row.id_number, row.sex, row.ethnic_group, row.phone, row.username
            ),
            password_digest=row.password_digest,
            terms_version=row.terms_version,
            channel=row.channel,
            officer=row.officer,
            window=row.window,
            region=row.region,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            facts=row.facts,
        ),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
