"""Authorisations: a holder lets family or an agent show licences, for a purpose, until a day."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import InvalidInput
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.licences.errors import MandateRefused, NoSuchAgent, NoSuchMandate
from app_server.licences.events import LicencesEntrusted
from app_server.licences.models import Licence, Mandate
from app_server.licences.rules.showing import ENTRUST_LIFE, MOST_ENTRUSTED, entrusted_on
from app_server.licences.service.holding import LicenceFacts, facts_of
from auth.people import service as people


@dataclass(frozen=True, slots=True)
class MandateFacts:
    """One authorisation; `given` from the holder's side, else from the entrusted one's."""

    id: UUID
    given: bool
    other_masked: str
    relation: str
    type_codes: tuple[str, ...]
    purpose: str
    ends_on: date
    live: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Entrusting:
    """Whom a holder entrusts with what."""

    agent_name: str
    agent_number: str
    relation: str
    type_codes: tuple[str, ...]
    purpose: str
    ends_on: date


async def entrust(holder: Principal, wanted: Entrusting) -> MandateFacts:
    """Let somebody show my licences of some types for a purpose until a day.

    Raises `NoSuchAgent` unless name and number are one registered person's, `MandateRefused` for
    oneself or too many, `InvalidInput` for types the holder has no licence of and a wrong day.
    """
    today = clock.today()
    if not today <= wanted.ends_on <= today + ENTRUST_LIFE:
        raise InvalidInput(errors=[{"field": "ends_on", "message": "截止日期须在一年之内"}])
    held = set(await Licence.filter(holder_id=holder.subject).values_list("type_code", flat=True))
    if not wanted.type_codes or set(wanted.type_codes) - held:
        raise InvalidInput(errors=[{"field": "type_codes", "message": "您没有这类证照"}])
    agent = await _agent(wanted.agent_name, wanted.agent_number)
    if agent == holder.subject:
        raise MandateRefused
    mandate_id = uuid7()
    giver = await people.person(holder.subject)
    async with db.unit_of_work():
        await db.lock(f"licences.entrust:{holder.subject}")
        live = Mandate.filter(holder_id=holder.subject, ended_at=None, ends_on__gte=today)
        if await live.count() >= MOST_ENTRUSTED:
            raise MandateRefused("有效授权数量已达上限")
        await Mandate.create(
            id=mandate_id,
            holder_id=holder.subject,
            agent_id=agent,
            relation=wanted.relation,
            type_codes=sorted(set(wanted.type_codes)),
            purpose=wanted.purpose,
            created_at=clock.now(),
            ends_on=wanted.ends_on,
        )
        audit.record(
            holder,
            "licences.entrusted",
            f"mandate:{mandate_id}",
            owner=holder.subject,
            purpose=wanted.purpose,
        )
        announce(
            LicencesEntrusted(
                mandate_id=mandate_id,
                holder_id=holder.subject,
                agent_id=agent,
                holder_masked=people.masked_name(giver.name),
                purpose=wanted.purpose,
            )
        )
    return await _facts(await Mandate.get(id=mandate_id), holder.subject)


async def _agent(name: str, number: str) -> UUID:
    found = await people.find_by_id_number(number.strip().upper())
    # One answer for both: nobody learns by trying whose a number is.
    if found is None or (await people.person(found)).name != name:
        raise NoSuchAgent
    return found


async def _facts(row: Mandate, side: UUID) -> MandateFacts:
    given = row.holder_id == side
    other = await people.person(row.agent_id if given else row.holder_id)
    return MandateFacts(
        row.id,
        given,
        people.masked_name(other.name),
        row.relation,
        tuple(row.type_codes),
        row.purpose,
        row.ends_on,
        entrusted_on(row.ends_on, row.ended_at, clock.today()),
        row.created_at,
    )


async def mandates_of(person_id: UUID, *, limit: int = 50) -> list[MandateFacts]:
    """What a person entrusted to others and was entrusted with, newest first."""
    given = await Mandate.filter(holder_id=person_id).order_by("-id").limit(limit)
    held = await Mandate.filter(agent_id=person_id).order_by("-id").limit(limit)
    return [await _facts(row, person_id) for row in (*given, *held)]


async def end_mandate(principal: Principal, mandate_id: UUID) -> None:
    """End an authorisation at once, from either side; raises `NoSuchMandate`."""
    row = await Mandate.get_or_none(id=mandate_id, ended_at=None)
    if row is None or principal.subject not in {row.holder_id, row.agent_id}:
        raise NoSuchMandate
    async with db.unit_of_work():
        if not await Mandate.filter(id=mandate_id, ended_at=None).update(ended_at=clock.now()):
            raise NoSuchMandate
        audit.record(
            principal,
            "licences.mandate_ended",
            f"mandate:{mandate_id}",
            owner=row.holder_id,
            purpose=row.purpose,
        )


async def entrusted_licences(agent: Principal) -> list[tuple[MandateFacts, LicenceFacts]]:
    """The valid licences somebody may show for others today."""
    found = []
    for row in await _live(agent.subject):
        mandate = await _facts(row, agent.subject)
        held = await Licence.filter(
            holder_id=row.holder_id, type_code__in=row.type_codes, state="valid"
        ).order_by("-id")
        found += [(mandate, facts) for one in held if (facts := facts_of(one)).state == "valid"]
    return found


async def _live(agent_id: UUID) -> list[Mandate]:
    return await Mandate.filter(
        agent_id=agent_id, ended_at=None, ends_on__gte=clock.today()
    ).order_by("-id")


async def mandate_for(agent_id: UUID, licence: Licence) -> Mandate | None:
    """The live authorisation under which somebody may show this licence today."""
    for row in await _live(agent_id):
        if row.holder_id == licence.holder_id and licence.type_code in row.type_codes:
            return row
    return None


async def still_entrusted(mandate_id: UUID) -> MandateFacts | None:
    """A live authorisation from its holder's side; None once it ended."""
    row = await Mandate.get(id=mandate_id)
    facts = await _facts(row, row.holder_id)
    return facts if facts.live else None
