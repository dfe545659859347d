"""Being vouched for by an outside party (R-ID-08): begin, go there, and ask its server.

Whatever the person's own device reports is worth nothing; `finish` asks the party. Each means
alone gives tier 2. What the party needs is passed on and not kept.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import orjson
import structlog

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import InvalidInput
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from auth.identity.errors import (
    CertificationLocked,
    CertificationOver,
    CertificationPending,
    CertificationRefused,
    CertifierUnreachable,
    NoSuchCertification,
    NoSuchMeans,
    UnderReview,
)
from auth.identity.models import Certification
from auth.identity.providers.certifier import (
    Applicant,
    Asked,
    Begun,
    Certifier,
    CertifierDown,
    NotVouched,
    NotYet,
    Vouched,
)
from auth.identity.providers.certifiers import CERTIFIERS
from auth.identity.rules import (
    CERTIFICATION_LIFE,
    CERTIFICATION_REFUSALS,
    CERTIFICATION_WINDOW,
    SOURCES,
)
from auth.identity.service.evidence import Proof, add_evidence, tier_of_person
from auth.identity.service.means import means_in_use
from auth.identity.service.reviews import must_not_be_under_review, open_review
from auth.people import service as people

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CertificationState:
    """Where a try stands, and how it goes on."""

    id: UUID
    means: str
    means_name: str
    state: str
    expires_at: datetime
    tier: int
    kind: str = ""
    url: str = ""
    params: dict[str, str] = field(default_factory=dict)
    fields: tuple[Asked, ...] = ()


def _certifier(means: str) -> Certifier:
    source = SOURCES.get(means)
    if source is None or source.provider not in CERTIFIERS:
        raise NoSuchMeans
    return CERTIFIERS[source.provider]()


def _checked(asked: tuple[Asked, ...], given: dict[str, str]) -> None:
    problems = [
        {"field": f"given.{a.name}", "message": f"{a.title}格式不正确"}
        for a in asked
        if not re.fullmatch(a.pattern, given.get(a.name, ""))
    ]
    known = {a.name for a in asked}
    problems += [
        {"field": f"given.{name}", "message": "不认识的字段"} for name in given if name not in known
    ]
    if problems:
        raise InvalidInput(errors=problems)


async def _who(person_id: UUID) -> Applicant:
    facts = await people.person(person_id)
    return Applicant(facts.name, facts.id_number, facts.phone)


def asks_of(means: str) -> tuple[Asked, ...]:
    """What a means needs before it can begin (a mini-program's log-in code)."""
    source = SOURCES[means]
    return CERTIFIERS[source.provider]().asks_first if source.provider in CERTIFIERS else ()


async def begin_certification(
    principal: Principal, means: str, given: dict[str, str]
) -> CertificationState:
    """Open a try; answers where the person goes or what they fill in.

    Raises `NoSuchMeans`, `MeansDisabled`, `UnderReview`, `CertificationLocked`, `InvalidInput`,
    `CertificationRefused`, `CertifierUnreachable`.
    """
    certifier = _certifier(means)
    await means_in_use(means)
    _checked(certifier.asks_first, given)
    await must_not_be_under_review(principal.subject)
    await _tries_left(principal.subject, means)
    number = uuid7()
    # The one return address of this try: nobody can name another.
    back = f"{load().origin('public')}/identity/certifications/{number}"
    try:
        begun = await certifier.begin(await _who(principal.subject), number.hex, given, back)
    except NotVouched as error:
        raise CertificationRefused(reason=str(error)) from error
    except CertifierDown as error:
        log.warning("certifier_unreachable", means=means, error=str(error))
        raise CertifierUnreachable from error
    now = clock.now()
    row = await Certification.create(
        id=number,
        person_id=principal.subject,
        means=means,
        reference=orjson.dumps(begun.reference).decode(),
        created_at=now,
        expires_at=now + CERTIFICATION_LIFE,
    )
    return await _state(row, certifier, begun)


async def certification(principal: Principal, certification_id: UUID) -> CertificationState:
    """Where one's own try stands; raises `NoSuchCertification`."""
    row = await _own(principal, certification_id)
    return await _state(row, _certifier(row.means), None)


async def finish_certification(
    principal: Principal, certification_id: UUID, given: dict[str, str]
) -> CertificationState:
    """Ask the party's server; its yes is evidence.

    Raises `NoSuchCertification`, `CertificationOver`, `CertificationPending` (go on there first),
    `CertificationRefused`, `CertificationLocked`, `CertifierUnreachable`, `UnderReview`.
    """
    row = await _own(principal, certification_id)
    if row.state != "open" or row.expires_at <= clock.now():
        raise CertificationOver
    await means_in_use(row.means)
    certifier = _certifier(row.means)
    _checked(certifier.asks_last, given)
    guessable = bool(certifier.asks_last)
    if guessable:
        await _count_try(row)
    try:
        vouched = await certifier.result(
            await _who(principal.subject), row.id.hex, orjson.loads(row.reference), given
        )
    except NotYet as error:
        raise CertificationPending from error
    except CertifierDown as error:
        log.warning("certifier_unreachable", means=row.means, error=str(error))
        if guessable:
            await Certification.filter(id=row.id).update(tries=0)
        raise CertifierUnreachable from error
    except NotVouched as error:
        await _refused(principal, row, str(error))
        raise CertificationRefused(reason=str(error)) from error
    await _passed(principal, row, vouched)
    return await _state(await _own(principal, row.id), certifier, None)


async def _passed(principal: Principal, row: Certification, vouched: Vouched) -> None:
    facts = await people.person(principal.subject)
    disagrees = vouched.said_name != facts.name
    async with db.unit_of_work():
        to = "refused" if disagrees else "passed"
        moved = await Certification.filter(id=row.id, state="open").update(
            state=to, reason="name_disagrees" if disagrees else "", ended_at=clock.now()
        )
        if not moved:
            raise CertificationOver
        if disagrees:
            # The party knows this very ID number by another name (R-ID-38).
            await open_review("person", facts.id, row.means, "population_four_fields")
        else:
            proof = Proof(said_name=vouched.said_name)
            disagrees = (
                await add_evidence(principal, facts.id, row.means, proof, mark=vouched.mark) is None
            )
    if disagrees:
        raise UnderReview


async def _refused(principal: Principal, row: Certification, reason: str) -> None:
    async with db.unit_of_work():
        await Certification.filter(id=row.id, state="open").update(
            state="refused", reason=reason[:60], tries=1, ended_at=clock.now()
        )
        audit.record(
            principal,
            "identity.certification_refused",
            f"certification:{row.id}",
            owner=row.person_id,
            means=row.means,
        )


async def _tries_left(person_id: UUID, means: str) -> None:
    used = await db.value(
        "SELECT coalesce(sum(tries), 0) FROM identity_certification WHERE person_id=$1 "
        "AND means=$2 AND state <> 'passed' AND created_at > $3",
        person_id,
        means,
        clock.now() - CERTIFICATION_WINDOW,
    )
    if used >= CERTIFICATION_REFUSALS:
        raise CertificationLocked(retry_after_s=int(CERTIFICATION_WINDOW.total_seconds()))


async def _count_try(row: Certification) -> None:
    # Counted before the party is asked, one person at a time: parallel guesses buy nothing.
    async with db.unit_of_work():
        await db.lock(f"identity.certification:{row.person_id}")
        await _tries_left(row.person_id, row.means)
        taken = await Certification.filter(id=row.id, state="open", tries=0).update(tries=1)
        if not taken:
            raise CertificationOver


async def _own(principal: Principal, certification_id: UUID) -> Certification:
    row = await Certification.get_or_none(id=certification_id, person_id=principal.subject)
    if row is None:
        raise NoSuchCertification
    return row


async def _state(
    row: Certification, certifier: Certifier, begun: Begun | None
) -> CertificationState:
    return CertificationState(
        id=row.id,
        means=row.means,
        means_name=SOURCES[row.means].name,
        state=row.state,
        expires_at=row.expires_at,
        tier=await tier_of_person(row.person_id),
        kind=begun.kind if begun else "",
        url=begun.url if begun else "",
        params=begun.params if begun else {},
        fields=certifier.asks_last if row.state == "open" else (),
    )
