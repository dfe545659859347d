"""The live check: a film of the face, made to an order nobody knew before (R-ID-10).

Each step is handed out when the one before it is judged. Frames are bound to the film by a key
that came with it, read by the face workers, and dropped; what they showed stays until the film
ends. A film that fails says only that it failed: why is for the record, not for an attacker.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog
from tortoise.exceptions import IntegrityError

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import same
from app_server.kernel.principal import Principal
from auth.identity.errors import (
    FaceCheckOver,
    FrameRefused,
    LivenessOver,
    NoReferencePhoto,
    NoSuchLiveness,
)
from auth.identity.models import FaceCheck, Liveness, LivenessFrame
from auth.identity.providers.face_engine import FaceDecision, Template
from auth.identity.rules import (
    ACTION_NAMES,
    ARRIVAL,
    FACING,
    FEWEST_FRAMES,
    FLASH_COLOURS,
    LIVENESS_LIFE,
    LIVENESS_TRACE,
    MOST_FRAMES,
    SAME_FACE,
    SAME_FACE_TURNED,
    WINDOW_MS,
    Glimpse,
    draw_steps,
    judge_step,
)
from auth.identity.service.face import begin_try, live_check, record_decision
from auth.identity.service.face_templates import keep_template, kept_template
from auth.identity.service.registries import portrait_of
from auth.people import service as people

log = structlog.get_logger(__name__)

DESCRIBED_EVERY = 3  # every third frame is compared with the others: a second head is seen
BEST_FRAMES = 3


class FilmReader(Protocol):
    """What this room needs of the face engine."""

    async def glimpse(
        self, frame: bytes, at_ms: int, *, describe: bool
    ) -> tuple[Glimpse, Template | None]:
        """What a frame shows; raises coded problems for unusable ones."""

    async def likeness(self, mean_of: list[Template], others: list[Template]) -> list[float]:
        """Cosine of each to the mean of the first ones."""

    async def template_of(self, reference: bytes) -> Template:
        """The template of a registry photo."""

    async def decide(self, templates: list[Template], reference: Template) -> FaceDecision:
        """Whether the mean of the templates is the person of the reference."""


@dataclass(frozen=True, slots=True)
class Step:
    """What the person is asked for now; frames count from zero."""

    index: int
    kind: str
    name: str
    window_ms: int
    colours: list[str]
    fewest_frames: int
    most_frames: int


@dataclass(frozen=True, slots=True)
class LivenessState:
    """Where a film stands; `key` (hex) is told once, at its beginning."""

    id: UUID
    state: str
    steps_total: int
    expires_at: datetime
    step: Step | None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as it was sent: which, when by the phone's own clock, and its binding."""

    step: int
    number: int
    at_ms: int
    mac: str
    picture: bytes


_reader: FilmReader | None = None


def read_films_with(reader: FilmReader) -> None:
    """Bind the face engine of this process."""
    global _reader  # noqa: PLW0603 - one engine per process
    _reader = reader


def _bound() -> FilmReader:
    if _reader is None:
        raise RuntimeError("no face engine is bound")
    return _reader


async def open_liveness(principal: Principal, check_id: UUID) -> LivenessState:
    """Begin a film for an open face check; it counts as one of the tries.

    Raises `NoSuchFaceCheck`, `FaceCheckOver`, `FaceLocked`, `ConsentMissing`.
    """
    check = await live_check(principal, check_id)
    if check.state != "open":
        raise FaceCheckOver
    try_id = await begin_try(principal, check)
    key, now = secrets.token_bytes(32), clock.now()
    row = await Liveness.create(
        person_id=principal.subject,
        check_id=check.id,
        try_id=try_id,
        key=key.hex(),
        steps=[
            step | {"window_ms": WINDOW_MS[0] + secrets.randbelow(WINDOW_MS[1] - WINDOW_MS[0])}
            for step in draw_steps(secrets.choice)
        ],
        step_began_at=now,
        created_at=now,
        expires_at=now + LIVENESS_LIFE,
    )
    return _told(row, key.hex())


def _told(row: Liveness, key: str = "") -> LivenessState:
    step = None
    if row.state == "open":
        asked = row.steps[row.at_step]
        colours = asked.get("colours", ())
        step = Step(
            row.at_step,
            asked["kind"],
            ACTION_NAMES[asked["kind"]],
            asked["window_ms"],
            ["#{:02x}{:02x}{:02x}".format(*FLASH_COLOURS[c]) for c in colours],
            len(colours) or FEWEST_FRAMES,
            len(colours) or MOST_FRAMES,
        )
    return LivenessState(row.id, row.state, len(row.steps), row.expires_at, step, key)


async def _open(principal: Principal, liveness_id: UUID) -> Liveness:
    row = await Liveness.get_or_none(id=liveness_id, person_id=principal.subject)
    if row is None:
        raise NoSuchLiveness
    if row.state != "open" or row.expires_at <= clock.now():
        raise LivenessOver
    return row


async def add_frame(principal: Principal, liveness_id: UUID, frame: Frame) -> None:
    """Take one frame of the present step.

    Raises `LivenessOver`, `FrameRefused` (another step, too late, too many, a wrong binding, a
    frame that was shown before), and the engine's own problems (no face, several …), which cost
    nothing but the frame.
    """
    row = await _open(principal, liveness_id)
    sha256 = hashlib.sha256(frame.picture).hexdigest()
    _must_belong(row, frame, sha256)
    described = row.at_step == 0 or frame.number % DESCRIBED_EVERY == 0
    seen, template = await _bound().glimpse(frame.picture, frame.at_ms, describe=described)
    try:
        await LivenessFrame.create(
            liveness_id=row.id,
            step=frame.step,
            number=frame.number,
            sha256=sha256,
            seen=asdict(seen),
            template=_packed(template) if template else None,
            received_at=clock.now(),
        )
    except IntegrityError as error:
        raise FrameRefused(reason="shown_before") from error


def binding(key: str, liveness_id: UUID, frame: Frame, sha256: str) -> str:
    """The HMAC-SHA256 (hex) that ties a frame to its film, step, number and time."""
    said = f"{liveness_id}|{frame.step}|{frame.number}|{frame.at_ms}|{sha256}"
    return hmac.digest(bytes.fromhex(key), said.encode(), "sha256").hex()


def _must_belong(row: Liveness, frame: Frame, sha256: str) -> None:
    asked = row.steps[row.at_step]
    if not same(binding(row.key, row.id, frame, sha256), frame.mac):
        raise FrameRefused(reason="not_bound")
    if frame.step != row.at_step:
        raise FrameRefused(reason="another_step")
    if frame.number >= (len(asked.get("colours", ())) or MOST_FRAMES):
        raise FrameRefused(reason="too_many")
    if frame.at_ms > asked["window_ms"] or clock.now() > _closes(row):
        raise FrameRefused(reason="too_late")


def _closes(row: Liveness) -> datetime:
    window = timedelta(milliseconds=row.steps[row.at_step]["window_ms"])
    return row.step_began_at + window + ARRIVAL


async def finish_step(principal: Principal, liveness_id: UUID, index: int) -> LivenessState:
    """Judge the present step, and hand out the next or end the film.

    The last step also compares the face with the registry's photo. Raises `LivenessOver`.
    """
    row = await _open(principal, liveness_id)
    if index != row.at_step:
        raise LivenessOver
    frames = await LivenessFrame.filter(liveness_id=row.id).order_by("step", "number")
    asked = row.steps[index]
    flaw = judge_step(asked["kind"], asked.get("colours", ()), _of(frames, 0), _of(frames, index))
    if flaw:
        return await _failed(principal, row, flaw)
    if index + 1 < len(row.steps):
        return await _next_step(row)
    return await _ended(principal, row, frames)


def _of(frames: list[LivenessFrame], step: int) -> list[Glimpse]:
    found = [frame.seen for frame in frames if frame.step == step and frame.seen]
    return [
        Glimpse(**(seen | {"colour": tuple(seen["colour"]), "grey": tuple(seen["grey"])}))
        for seen in found
    ]


async def _next_step(row: Liveness) -> LivenessState:
    moved = await Liveness.filter(id=row.id, state="open", at_step=row.at_step).update(
        at_step=row.at_step + 1, step_began_at=clock.now()
    )
    if not moved:
        raise LivenessOver
    return _told(await Liveness.get(id=row.id))


async def _ended(principal: Principal, row: Liveness, frames: list[LivenessFrame]) -> LivenessState:
    frontal = [f for f in frames if f.step == 0 and f.template]
    if flaw := await _another_face(frontal, frames):
        return await _failed(principal, row, flaw)
    best = sorted(frontal, key=lambda f: -float(_quality(f)))[:BEST_FRAMES]
    shown = [_unpacked(f) for f in best]
    reference = await _reference(principal, shown[0])
    decision = await _bound().decide(shown, reference)
    if not decision.passed:
        return await _failed(principal, row, "another_person", decision)
    closed = await _closed(principal, row, "passed", "", decision)
    await keep_template(principal, reference)
    return closed


async def _reference(principal: Principal, like: Template) -> Template:
    """The registry's photo as a template: the kept one, or asked for (R-ID-09)."""
    kept = await kept_template(principal.subject, like.engine_id, like.model_sha)
    if kept is not None:
        return kept
    facts = await people.person(principal.subject)
    portrait = await portrait_of(id_number=facts.id_number, name=facts.name)
    if portrait is None:
        raise NoReferencePhoto
    return await _bound().template_of(portrait)


def _quality(frame: LivenessFrame) -> float:
    return float((frame.seen or {}).get("quality", 0))


async def _another_face(frontal: list[LivenessFrame], frames: list[LivenessFrame]) -> str:
    others = [f for f in frames if f.template]
    if not frontal:
        return "no_frontal_face"
    found = await _bound().likeness([_unpacked(f) for f in frontal], [_unpacked(f) for f in others])
    for frame, likeness in zip(others, found, strict=True):
        turned = abs(float((frame.seen or {})["turn"])) > FACING
        if likeness < (SAME_FACE_TURNED if turned else SAME_FACE):
            return "another_face"
    return ""


async def _failed(
    principal: Principal, row: Liveness, flaw: str, decision: FaceDecision | None = None
) -> LivenessState:
    return await _closed(principal, row, "failed", flaw, decision)


async def _closed(
    principal: Principal, row: Liveness, state: str, flaw: str, decision: FaceDecision | None
) -> LivenessState:
    """End the film; what was seen of the face goes with it."""
    async with db.unit_of_work():
        moved = await Liveness.filter(id=row.id, state="open").update(state=state, reason=flaw)
        if not moved:
            raise LivenessOver
        await LivenessFrame.filter(liveness_id=row.id).update(seen=None, template=None)
        if decision is not None:
            check = await FaceCheck.get(id=row.check_id)
            await record_decision(principal, check, row.try_id, decision)
        audit.record(
            principal,
            "identity.liveness_ended",
            f"liveness:{row.id}",
            owner=row.person_id,
            state=state,
            reason=flaw,
        )
    row.state = state
    return _told(row)


async def forget_films() -> int:
    """Empty films whose time is up, and drop digests older than a week; answers how many rows."""
    now = clock.now()
    emptied = await db.execute(
        "UPDATE identity_liveness_frame f SET seen=NULL, template=NULL FROM identity_liveness l "
        "WHERE l.id=f.liveness_id AND l.expires_at < $1 AND f.seen IS NOT NULL",
        now,
    )
    dropped = await db.execute(
        "DELETE FROM identity_liveness_frame WHERE received_at < $1", now - LIVENESS_TRACE
    )
    return emptied + dropped


def _packed(template: Template) -> str:
    vector = base64.b64encode(template.embedding).decode()
    return f"{template.engine_id} {template.model_sha} {vector}"


def _unpacked(frame: LivenessFrame) -> Template:
    engine, model, vector = str(frame.template).split(" ")
    return Template(engine, model, base64.b64decode(vector))
