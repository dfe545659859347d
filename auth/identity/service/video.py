"""An officer on video (R-ID-14): asked for, claimed, recorded, confirmed or refused.

There is always this way without a face engine. Both sides are on record: who asked, who looked,
what was said about it, and the recording's hash.
"""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import Conflict
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.kernel.storage import storage
from auth.identity.errors import (
    ActNotProven,
    ActOver,
    NoReferencePhoto,
    NoSuchVideoSession,
    RecordingMissing,
    RegistryUnreachable,
)
from auth.identity.events import VideoSessionEnded
from auth.identity.models import ActProof, VideoSession
from auth.identity.providers.registries import registries
from auth.identity.rules import VIDEO_EDGES, VIDEO_WAIT, checked_edge
from auth.identity.service.acts import ACT_NAMES, Ground, challenge, offer_method
from auth.people import service as people

PAGE = 50
# What a recording is, its own bytes say: ending, type, mark, and where the mark stands.
RECORDINGS = (
    ("webm", "video/webm", b"\x1a\x45\xdf\xa3", 0),
    ("mp4", "video/mp4", b"ftyp", 4),
)


@dataclass(frozen=True, slots=True)
class VideoCall:
    """A session as an officer sees it; the name is whole once it is theirs."""

    session: VideoSession
    act_name: str
    about: str
    person_name: str
    id_number_masked: str


class OfficerOnVideo:
    """An officer compared person, card and registry photo, and confirmed."""

    code = "video"
    name = "视频人工核验"
    face = False

    async def obstacle(self, person_id: UUID) -> str:
        """Open to everybody."""
        del person_id
        return ""

    async def prove(
        self, principal: Principal, challenge: ActProof, given: dict[str, str]
    ) -> Ground:
        """Take up what the officer confirmed; it is as old as their word."""
        del given
        session = await VideoSession.get_or_none(
            act_proof_id=challenge.id, person_id=principal.subject, state="confirmed"
        )
        if session is None:
            raise ActNotProven(reason="not_confirmed")
        facts = {
            "officer": str(session.officer_id),
            "region": session.region,
            "recording_sha256": session.recording_sha256,
        }
        return Ground(session.id, facts, session.ended_at)


async def ask_for_officer(principal: Principal, proof_id: UUID) -> VideoSession:
    """Stand in the queue for one's own challenge; raises `NoSuchAct`, `ActOver`.

    Asking twice is asking once. The challenge waits as long as the queue may.
    """
    row = await challenge(principal, proof_id)
    held = await VideoSession.get_or_none(act_proof_id=row.id)
    if held is not None:
        return held
    now = clock.now()
    try:
        async with db.unit_of_work():
            longer = await ActProof.filter(id=row.id, state="open", expires_at__gt=now).update(
                expires_at=now + VIDEO_WAIT
            )
            if not longer:
                raise ActOver
            return await VideoSession.create(
                act_proof_id=row.id,
                person_id=principal.subject,
                created_at=now,
                expires_at=now + VIDEO_WAIT,
            )
    except IntegrityError:
        return await VideoSession.get(act_proof_id=row.id)


async def own_session(principal: Principal, proof_id: UUID) -> VideoSession:
    """How one's own video session stands; raises `NoSuchVideoSession`."""
    row = await VideoSession.get_or_none(act_proof_id=proof_id, person_id=principal.subject)
    if row is None:
        raise NoSuchVideoSession
    return row


async def calls_before(row: VideoSession) -> int:
    """How many still wait who came before; 0 for whoever waits no longer."""
    if row.state != "waiting":
        return 0
    return await VideoSession.filter(
        state="waiting", expires_at__gt=clock.now(), created_at__lt=row.created_at
    ).count()


async def cancel_call(principal: Principal, proof_id: UUID) -> None:
    """Leave the queue, or the call; raises `NoSuchVideoSession`, `NotInThisState`, `Conflict`."""
    row = await own_session(principal, proof_id)
    await _moved(principal, row, "cancelled", ended_at=clock.now())


async def waiting_calls(officer: Principal) -> list[VideoCall]:
    """Who waits, oldest first, and what this officer has claimed."""
    rows = await VideoSession.filter(
        state__in=("waiting", "claimed"), expires_at__gt=clock.now()
    ).order_by("created_at")
    mine = [r for r in rows if r.state == "waiting" or r.officer_id == officer.id]
    return [await _call(row, masked=True) for row in mine[:PAGE]]


async def claim_call(officer: Principal, session_id: UUID) -> VideoCall:
    """Take a waiting person; of several officers one does. `NoSuchVideoSession`, `Conflict`."""
    row = await _one(session_id)
    await _moved(
        officer,
        row,
        "claimed",
        officer_id=officer.subject,
        officer_name=officer.name,
        region=officer.region,
        claimed_at=clock.now(),
    )
    return await call_of(officer, session_id)


async def call_of(officer: Principal, session_id: UUID) -> VideoCall:
    """One's claimed call with the person's whole name; the look is on their record."""
    row = await _mine(officer, session_id)
    async with db.single_statement():
        audit.record(
            officer,
            "identity.video_seen",
            f"video:{row.id}",
            owner=row.person_id,
            purpose="视频核验",
        )
    return await _call(row, masked=False)


async def portrait_of_call(officer: Principal, session_id: UUID) -> bytes:
    """The registry's photo of the person on video, passed on and not kept.

    Raises `NoSuchVideoSession`, `RegistryUnreachable`, `NoReferencePhoto`.
    """
    row = await _mine(officer, session_id)
    facts = await people.person(row.person_id)
    async with db.single_statement():
        audit.record(
            officer,
            "identity.portrait_seen",
            f"video:{row.id}",
            owner=row.person_id,
            purpose="视频核验",
        )
    try:
        photo = await registries().portrait(id_number=facts.id_number, name=facts.name)
    except OSError as error:
        raise RegistryUnreachable from error
    if photo is None:
        raise NoReferencePhoto
    return photo


async def keep_recording(officer: Principal, session_id: UUID, recording: bytes) -> str:
    """Store what was recorded; answers its SHA-256. A later upload replaces it until the end.

    Raises `NoSuchVideoSession`, `RecordingMissing` for what is no recording, `Conflict`.
    """
    row = await _mine(officer, session_id)
    known = [r for r in RECORDINGS if recording[r[3] : r[3] + len(r[2])] == r[2]]
    if not known:
        raise RecordingMissing("文件不是视频录像")
    ending, kind, *_ = known[0]
    digest = hashlib.sha256(recording).hexdigest()
    key = f"identity/video/{row.id.hex}-{digest[:16]}.{ending}"
    await storage().put(key, recording, kind)
    kept = await VideoSession.filter(id=row.id, state="claimed").update(
        recording_key=key, recording_sha256=digest, recording_size=len(recording)
    )
    if not kept:
        raise Conflict
    return digest


async def end_call(
    officer: Principal, session_id: UUID, *, confirmed: bool, reason: str
) -> VideoSession:
    """Confirm (only what was recorded) or refuse, with the reason.

    Raises `NoSuchVideoSession`, `RecordingMissing`, `NotInThisState`, `Conflict`.
    """
    row = await _mine(officer, session_id)
    if confirmed and not row.recording_key:
        raise RecordingMissing
    to = "confirmed" if confirmed else "refused"
    async with db.unit_of_work():
        await _moved(officer, row, to, reason=reason, ended_at=clock.now())
        announce(VideoSessionEnded(session_id=row.id, person_id=row.person_id, outcome=to))
    return await _one(session_id)


async def _moved(by: Principal, row: VideoSession, to: str, **changes: Any) -> None:
    checked_edge(VIDEO_EDGES, row.state, to)
    async with db.unit_of_work():
        moved = await VideoSession.filter(
            id=row.id, state=row.state, expires_at__gt=clock.now()
        ).update(state=to, **changes)
        if not moved:
            raise Conflict
        audit.record(
            by,
            f"identity.video_{to}",
            f"video:{row.id}",
            owner=row.person_id,
            purpose=str(changes.get("reason", "")),
        )


async def _one(session_id: UUID) -> VideoSession:
    row = await VideoSession.get_or_none(id=session_id)
    if row is None:
        raise NoSuchVideoSession
    return row


async def _mine(officer: Principal, session_id: UUID) -> VideoSession:
    row = await VideoSession.get_or_none(id=session_id, officer_id=officer.subject)
    if row is None:
        raise NoSuchVideoSession
    return row


async def _call(row: VideoSession, *, masked: bool) -> VideoCall:
    proof = await ActProof.get(id=row.act_proof_id)
    facts = await people.person(row.person_id)
    return VideoCall(
        session=row,
        act_name=ACT_NAMES.get(proof.act, proof.act),
        about=proof.about,
        person_name=facts.display_name if masked else facts.name,
        id_number_masked=facts.masked_id_number,
    )


offer_method(OfficerOnVideo())
