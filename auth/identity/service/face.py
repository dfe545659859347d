"""The online real-person check: the face against the registry's photo, and a one-time code.

The reference always comes from the population registry, never from the person (R-ID-09). No
picture is stored: it is compared and dropped; what stays is the decision record (R-ID-10, 11).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from auth.identity.errors import (
    FaceCheckOver,
    FaceLocked,
    FaceNotYetPassed,
    LivenessNeeded,
    NoReferencePhoto,
    NoSuchFaceCheck,
)
from auth.identity.models import FaceCheck, FaceTry
from auth.identity.providers.face_engine import FaceDecision
from auth.identity.rules import FACE_CHECK_LIFE, FACE_CONSENT, FACE_TRIES, FACE_WINDOW
from auth.identity.service.acts import open_challenge
from auth.identity.service.evidence import add_evidence, tier_of_person
from auth.identity.service.registries import portrait_of
from auth.people import service as people


class FaceComparer(Protocol):
    """What this room needs of a face engine."""

    async def verify(self, probe: bytes, reference: bytes) -> FaceDecision:
        """Compare two pictures; raises coded problems for unusable ones."""


@dataclass(frozen=True, slots=True)
class FaceState:
    """Where a check stands."""

    id: UUID
    state: str
    expires_at: datetime
    attempts_left: int
    phone_masked: str
    tier: int


_comparer: FaceComparer | None = None


def compare_faces_with(comparer: FaceComparer) -> None:
    """Bind the face engine of this process."""
    global _comparer  # noqa: PLW0603 - one engine per process
    _comparer = comparer


async def _tries_left(person_id: UUID) -> int:
    used = await FaceTry.filter(person_id=person_id, at__gt=clock.now() - FACE_WINDOW).count()
    return max(0, FACE_TRIES - used)


async def live_check(principal: Principal, check_id: UUID) -> FaceCheck:
    """One's own check while it runs; raises `NoSuchFaceCheck`, `FaceCheckOver`."""
    check = await FaceCheck.get_or_none(id=check_id, person_id=principal.subject)
    if check is None:
        raise NoSuchFaceCheck
    if check.state in {"passed", "refused"} or check.expires_at <= clock.now():
        raise FaceCheckOver
    return check


async def _told(principal: Principal, check: FaceCheck) -> FaceState:
    facts = await people.person(principal.subject)
    return FaceState(
        check.id,
        check.state,
        check.expires_at,
        await _tries_left(principal.subject),
        facts.masked_phone,
        await tier_of_person(principal.subject),
    )


async def open_check(
    principal: Principal, consent_id: UUID, act_proof_id: UUID | None = None
) -> FaceState:
    """Begin a check under a separate consent, for one act where it is to prove one (R-ID-14).

    Raises `NoSuchAct`, `ActOver`, `ConsentMissing`, `FaceLocked`.
    """
    if act_proof_id:
        await open_challenge(principal, act_proof_id)
    await people.needed_consent(principal.subject, FACE_CONSENT, consent_id)
    if not await _tries_left(principal.subject):
        raise FaceLocked
    now = clock.now()
    check = await FaceCheck.create(
        person_id=principal.subject,
        consent_id=consent_id,
        act_proof_id=act_proof_id,
        created_at=now,
        expires_at=now + FACE_CHECK_LIFE,
    )
    return await _told(principal, check)


async def submit_photo(principal: Principal, check_id: UUID, photo: bytes) -> FaceState:
    """Compare a chosen picture with the registry's photo; every comparison counts as a try.

    Development only: a picture proves nothing about who holds the phone (`liveness.py` does).
    Raises `LivenessNeeded` in production, `FaceLocked`, `NoReferencePhoto`,
    `RegistryUnreachable`, and the engine's own coded problems (no face, several faces, blurred …),
    which cost a try as well.
    """
    if _comparer is None:
        raise RuntimeError("no face engine is bound")
    if load().production:
        raise LivenessNeeded
    check = await live_check(principal, check_id)
    facts = await people.person(principal.subject)
    try_id = await begin_try(principal, check)
    reference = await portrait_of(id_number=facts.id_number, name=facts.name)
    if reference is None:
        raise NoReferencePhoto
    decision = await _comparer.verify(photo, reference)
    await record_decision(principal, check, try_id, decision)
    return await _told(principal, await FaceCheck.get(id=check.id))


async def begin_try(principal: Principal, check: FaceCheck) -> UUID:
    """Count a try before the comparison; raises `FaceLocked`, `ConsentMissing`.

    Under a lock, so that parallel pictures cannot buy more tries than the limit.
    """
    await people.needed_consent(principal.subject, FACE_CONSENT, check.consent_id)
    async with db.unit_of_work():
        await db.lock(f"identity.face:{principal.subject}")
        if not await _tries_left(principal.subject):
            raise FaceLocked
        row = await FaceTry.create(
            person_id=principal.subject, check_id=check.id, at=clock.now(), passed=False
        )
    return row.id


async def record_decision(
    principal: Principal, check: FaceCheck, try_id: UUID, decision: FaceDecision
) -> None:
    """Write down what the engine decided; a pass opens the second means."""
    async with db.unit_of_work():
        await FaceTry.filter(id=try_id).update(passed=decision.passed)
        await FaceCheck.filter(id=check.id, state="open").update(
            state="matched" if decision.passed else "open",
            score=decision.score,
            second_score=decision.second_engine_score,
            engine=f"{decision.engine_id}:{decision.model_sha[:12]}",
            reasons=list(decision.reason_codes),
        )
        audit.record(
            principal,
            "identity.face_compared",
            f"face_check:{check.id}",
            owner=principal.subject,
            passed=decision.passed,
            engine=decision.engine_id,
        )


async def send_check_code(principal: Principal, check_id: UUID) -> FaceState:
    """Send the second means, a one-time code; raises `FaceNotYetPassed` before the face."""
    check = await live_check(principal, check_id)
    if check.state != "matched":
        raise FaceNotYetPassed
    facts = await people.person(principal.subject)
    await people.send_code(facts.phone, f"face:{check.id}"[:40])
    return await _told(principal, check)


async def confirm(principal: Principal, check_id: UUID, code: str) -> FaceState:
    """Finish with the code: tier 2 by face and code; raises `CodeRefused`."""
    check = await live_check(principal, check_id)
    if check.state != "matched":
        raise FaceNotYetPassed
    facts = await people.person(principal.subject)
    code_id = await people.check_code(facts.phone, f"face:{check.id}"[:40], code)
    async with db.unit_of_work():
        await people.consume_code(code_id)
        moved = await FaceCheck.filter(id=check.id, state="matched").update(state="passed")
        if not moved:
            raise FaceCheckOver
        await add_evidence(
            principal,
            principal.subject,
            "face_and_code",
            engine=check.engine,
            score=round(check.score or 0, 3),
        )
    return await _told(principal, await FaceCheck.get(id=check.id))


async def pass_by_voice(principal: Principal, check_id: UUID) -> None:
    """Finish with spoken digits in place of the code; joins the caller's unit of work.

    Raises `FaceCheckOver` unless the face matched and the check still runs.
    """
    check = await live_check(principal, check_id)
    async with db.unit_of_work():
        moved = await FaceCheck.filter(id=check.id, state="matched").update(state="passed")
        if not moved:
            raise FaceCheckOver
        await add_evidence(
            principal,
            principal.subject,
            "face_and_voice",
            engine=check.engine,
            score=round(check.score or 0, 3),
        )
