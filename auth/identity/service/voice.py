"""The voice: random digits spoken aloud, as the second means of a face check or as a voiceprint.

The digits are drawn here and said once, so a recording made before is worthless (R-ID-10). A
voiceprint (声纹) is enrolled under a separate consent and lies with the speech service under an
opaque reference; here is only that it exists (R-ID-14).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.principal import Principal
from auth.identity.errors import (
    ActNotProven,
    FaceNotYetPassed,
    NoSuchVoiceCheck,
    NoVoiceprint,
    SpeechUnreachable,
    VoiceCheckOver,
    VoiceprintNeedsTier,
)
from auth.identity.models import ActProof, VoiceCheck, Voiceprint
from auth.identity.providers.speech import SpeechDown, speech
from auth.identity.rules import (
    VOICE_CONFIDENCE,
    VOICE_CONSENT,
    VOICE_DIGITS,
    VOICE_EDGES,
    VOICE_LIFE,
    VOICE_LIKENESS,
    VOICE_TRIES,
    checked_edge,
)
from auth.identity.service.acts import Ground, check_named, offer_method, open_challenge
from auth.identity.service.evidence import tier_of_person
from auth.identity.service.face import live_check, pass_by_voice
from auth.people import service as people

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class VoiceState:
    """Where a voice check stands; `digits` are to be read aloud, one after another."""

    id: UUID
    purpose: str
    state: str
    digits: str
    tries_left: int
    expires_at: datetime


def _told(row: VoiceCheck) -> VoiceState:
    return VoiceState(
        row.id, row.purpose, row.state, row.digits, VOICE_TRIES - row.tries, row.expires_at
    )


async def open_voice_check(
    principal: Principal, purpose: str, consent_id: UUID, about: UUID | None = None
) -> VoiceState:
    """Draw digits to be spoken, for a face check that matched, an enrolment, or an act.

    `about` is the face check or the act's challenge. Raises `ConsentMissing`, `FaceNotYetPassed`,
    `NoSuchAct`, `ActOver`, `NoVoiceprint`, `VoiceprintNeedsTier`.
    """
    await people.needed_consent(principal.subject, VOICE_CONSENT, consent_id)
    if purpose == "second_means":
        check = await live_check(principal, about or UUID(int=0))
        if check.state != "matched":
            raise FaceNotYetPassed
    elif purpose == "enrol" and await tier_of_person(principal.subject) < 2:
        raise VoiceprintNeedsTier
    elif purpose == "act":
        await open_challenge(principal, about or UUID(int=0))
        if not await has_voiceprint(principal.subject):
            raise NoVoiceprint
    now = clock.now()
    row = await VoiceCheck.create(
        person_id=principal.subject,
        purpose=purpose,
        face_check_id=about if purpose == "second_means" else None,
        act_proof_id=about if purpose == "act" else None,
        # No digit twice in a row: the ear, like the machine, would take it for one.
        digits=_drawn(),
        created_at=now,
        expires_at=now + VOICE_LIFE,
    )
    return _told(row)


def _drawn() -> str:
    found = ""
    while len(found) < VOICE_DIGITS:
        digit = str(secrets.randbelow(10))
        if not found.endswith(digit):
            found += digit
    return found


async def hear(principal: Principal, check_id: UUID, recording: bytes) -> VoiceState:
    """Judge a recording; a pass does what the check was opened for.

    Raises `NoSuchVoiceCheck`, `VoiceCheckOver`, `SpeechUnreachable`.
    """
    row = await VoiceCheck.get_or_none(id=check_id, person_id=principal.subject)
    if row is None:
        raise NoSuchVoiceCheck
    await _count_try(row)
    try:
        spoken = await speech().heard(recording)
        right = spoken.digits == row.digits and spoken.confidence >= VOICE_CONFIDENCE
        likeness = None
        if right and row.purpose == "act":
            likeness = await speech().likeness(reference_of(principal.subject), recording)
            right = likeness >= VOICE_LIKENESS
        if right and row.purpose == "enrol":
            await speech().enrol(reference_of(principal.subject), recording)
    except SpeechDown as error:
        raise SpeechUnreachable from error
    return await _judged(principal, row, right, hashlib.sha256(recording).hexdigest(), likeness)


async def _count_try(row: VoiceCheck) -> None:
    counted = await db.execute(
        "UPDATE identity_voice_check SET tries = tries + 1 WHERE id=$1 AND state='open' "
        "AND expires_at > $2 AND tries < $3",
        row.id,
        clock.now(),
        VOICE_TRIES,
    )
    if not counted:
        raise VoiceCheckOver
    row.tries += 1


async def _judged(
    principal: Principal, row: VoiceCheck, right: bool, digest: str, likeness: float | None
) -> VoiceState:
    state = "passed" if right else ("open" if row.tries < VOICE_TRIES else "refused")
    if state == "open":
        return _told(row)
    checked_edge(VOICE_EDGES, "open", state)
    async with db.unit_of_work():
        moved = await VoiceCheck.filter(id=row.id, state="open").update(
            state=state, recording_sha256=digest, likeness=likeness
        )
        if not moved:
            raise VoiceCheckOver
        audit.record(
            principal, "identity.voice_heard", f"voice:{row.id}", owner=row.person_id, state=state
        )
        if state == "passed" and row.purpose == "enrol":
            await Voiceprint.update_or_create(
                {"enrolled_at": clock.now(), "removed_at": None}, person_id=row.person_id
            )
        if state == "passed" and row.face_check_id:
            await pass_by_voice(principal, row.face_check_id)
    row.state = state
    return _told(row)


def reference_of(person_id: UUID) -> str:
    """The name under which the speech service knows a voice; it tells nothing about whose."""
    return blind_index(str(person_id), "identity.voiceprint")[:32]


async def has_voiceprint(person_id: UUID) -> bool:
    """Whether a voice is enrolled."""
    return await Voiceprint.exists(person_id=person_id, removed_at=None)


async def remove_voiceprint(person_id: UUID) -> bool:
    """Delete a voiceprint, there first and then here; whether there was one.

    Raises `SpeechDown`: then it still stands, and is deleted at the next try.
    """
    if not await has_voiceprint(person_id):
        return False
    await speech().forget(reference_of(person_id))
    async with db.unit_of_work():
        await Voiceprint.filter(person_id=person_id).update(removed_at=clock.now())
        owner = Principal(kind="person", id=person_id)
        audit.record(owner, "identity.voiceprint_removed", "voiceprint", owner=person_id)
    return True


class VoiceprintMethod:
    """A passed voice check that was opened for this very act (R-ID-14)."""

    code = "voiceprint"
    name = "声纹核验"
    face = False

    async def obstacle(self, person_id: UUID) -> str:
        """Closed to those who have not enrolled their voice."""
        return "" if await has_voiceprint(person_id) else "您还没有登记声纹"

    async def prove(
        self, principal: Principal, challenge: ActProof, given: dict[str, str]
    ) -> Ground:
        """Look the passed check up; raises `ActNotProven`."""
        row = await VoiceCheck.get_or_none(
            id=check_named(given),
            person_id=principal.subject,
            state="passed",
            act_proof_id=challenge.id,
        )
        if row is None:
            raise ActNotProven(reason="no_check_for_this_act")
        return Ground(row.id, {"likeness": round(row.likeness or 0, 3)})


offer_method(VoiceprintMethod())
