"""Whether two pictures show the same person: what every face engine does, and who asks it.

1:1 only. There is no search over many faces here, and there will be none. The engines live in
pool workers; this module imports neither OpenCV nor dlib, so a web process stays small.
"""

import hashlib
import importlib
import logging
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from app_server.kernel.errors import Problem
from app_server.kernel.pool import ProcessPool
from auth.identity.rules import Glimpse

R = TypeVar("R")
Point = tuple[float, float]

log = logging.getLogger(__name__)

# Cosine thresholds of YuNet + SFace int8bq. FMR = strangers accepted, FNMR = owners refused, on
# the LFW official 6,000 pairs with 9.16 M impostor pairs (shared/reference/face.md §3a, §6).
# An operator recalibrates them on consented local photographs before launch.
THRESHOLD_MEDIUM = 0.363  # FMR 8e-4 (0.20 % on Chinese faces): step-up to read one's own data
THRESHOLD_DEFAULT = 0.414  # FMR 1e-4 (0 of 6,496 Chinese impostors), FNMR 2.6 %
THRESHOLD_STRICT = 0.467  # FMR 1e-5, FNMR 5.4 %: payments, licences; give it three frames

MAX_FRAMES = 5

DRIVERS = {
    "sface": "auth.identity.providers.face_sface:SFaceEngine",
    "dlib": "auth.identity.providers.face_dlib:DlibEngine",
}
PRIMARY = "sface"  # at dlib's default tolerance 39.6 % of Chinese strangers pass: never decides
SECOND = "dlib"

_PROJECT = Path(__file__).resolve().parents[3]


class ModelError(RuntimeError):
    """A model file is missing or is not the pinned one: the engine refuses to start."""


class EngineMismatchError(ValueError):
    """Templates of different engines or models were to be compared."""


@dataclass(frozen=True, slots=True)
class Template:
    """What is kept of a face: a unit vector (float32, little endian) and what made it."""

    engine_id: str
    model_sha: str
    embedding: bytes


@dataclass(frozen=True, slots=True)
class Face:
    """One face in an upright, sanitised picture; all lengths in pixels of that picture.

    `pts5`: eye, eye, nose, mouth corner, mouth corner, left before right as the viewer sees
    them. `quality` is 0..1, for choosing the best of several frames. `turned` is by how many
    degrees clockwise the picture had to be turned (0, 90, 180, 270).
    """

    box: tuple[float, float, float, float]
    pts5: tuple[Point, Point, Point, Point, Point]
    quality: float
    turned: int
    template: Template

    @property
    def engine_id(self) -> str:
        """The engine that saw this face."""
        return self.template.engine_id

    @property
    def embedding(self) -> bytes:
        """The unit vector of the template."""
        return self.template.embedding

    @property
    def roll(self) -> float:
        """Degrees by which the line of the eyes leans; 0 when level."""
        (ax, ay), (bx, by) = self.pts5[:2]
        return math.degrees(math.atan2(by - ay, bx - ax))

    @property
    def turn(self) -> float:
        """Where the nose stands between the eyes: within ±0.16 facing us, ±0.7 in half profile."""
        (ax, ay), (bx, by), (nose, _) = self.pts5[:3]
        return (nose - (ax + bx) / 2) / max(math.hypot(bx - ax, by - ay), 1.0)


class FaceEngine(Protocol):
    """One way to see and compare faces. Not thread-safe: one instance per worker process."""

    id: str
    model_sha: str

    def analyse(self, image: bytes) -> Face:
        """Sanitise the picture and find its one face. Raises `ImageRefused`, `FaceRefused`."""

    def compare(self, a: Template, b: Template) -> float:
        """Likeness, higher is more alike. Raises `EngineMismatchError` for foreign templates."""

    def mean(self, templates: Sequence[Template]) -> Template:
        """One template for several frames of one person (more robust than any of them)."""


@dataclass(frozen=True, slots=True)
class FaceDecision:
    """The outcome of one comparison, complete enough for the audit row; it holds no pixels.

    `reason_codes` is empty for a plain pass; `second_engine_score` is written down, never used.
    """

    passed: bool
    score: float
    threshold: float
    engine_id: str
    model_sha: str
    second_engine_score: float | None = None
    reason_codes: tuple[str, ...] = ()


class MotionReads(Protocol):
    """What a worker reads film frames with (`face_motion.MotionReader`)."""

    def read(self, image: bytes, at_ms: int, describe: bool) -> tuple[Glimpse, Template | None]:
        """One frame, and the face's template if asked."""


class FaceVerifier:
    """The async front of the engines: every call runs in a worker of `face_pool`.

    Beside what each method names, all raise `PoolBusy`, `PoolTimeout` or `PoolLost` (503).
    """

    def __init__(self, pool: ProcessPool) -> None:
        self._pool = pool

    async def verify(
        self,
        probe: bytes | Sequence[bytes],
        reference: bytes | Template,
        *,
        threshold: float = THRESHOLD_DEFAULT,
    ) -> FaceDecision:
        """Whether the probe (one picture, or 2..5 frames) shows the person of the reference.

        Raises `ImageRefused` or `FaceRefused` when a picture cannot be compared at all: then
        there is no score and no decision, and the person may simply try again.
        """
        probes = (probe,) if isinstance(probe, bytes) else tuple(probe)
        if not 1 <= len(probes) <= MAX_FRAMES:
            message = f"1 to {MAX_FRAMES} probe pictures, not {len(probes)}"
            raise ValueError(message)
        return await self._pool.run(_verify, probes, reference, threshold)

    async def glimpse(
        self, frame: bytes, at_ms: int, *, describe: bool
    ) -> tuple[Glimpse, Template | None]:
        """What a film frame shows, and its template if asked. Raises as `analyse` does."""
        return await self._pool.run(_glimpse, frame, at_ms, describe)

    async def decide(
        self,
        templates: Sequence[Template],
        reference: Template,
        *,
        threshold: float = THRESHOLD_DEFAULT,
    ) -> FaceDecision:
        """Whether the mean of 1..5 templates is the person of the reference."""
        if not 1 <= len(templates) <= MAX_FRAMES:
            message = f"1 to {MAX_FRAMES} templates, not {len(templates)}"
            raise ValueError(message)
        return await self._pool.run(_decide, tuple(templates), reference, threshold)

    async def likeness(
        self, mean_of: Sequence[Template], others: Sequence[Template]
    ) -> list[float]:
        """Cosine of each of `others` to the mean of the first ones."""
        return await self._pool.run(_likeness, tuple(mean_of), tuple(others))

    async def template_of(self, reference: bytes) -> Template:
        """The template of a registry photo. Raises as `analyse` does, about the reference."""
        return await self._pool.run(_template_of, reference)

    async def analyse(self, image: bytes) -> Face:
        """The one face of a picture. Raises `ImageRefused`, `FaceRefused`."""
        return await self._pool.run(_analyse, image)

    async def compare(self, a: Template, b: Template) -> float:
        """Likeness of two templates. Raises `EngineMismatchError`."""
        return await self._pool.run(_compare, a, b)


def face_pool(
    models: Path | None = None,
    *,
    second_engine: bool = False,
    workers: int = 2,
    queue_limit: int = 32,
    deadline: float = 5.0,
) -> ProcessPool:
    """A pool whose workers carry the engines; `start()` fails if a model is not the pinned one.

    `models` defaults to `$WANSHI_MODELS`, else `var/assets/models`. The second engine costs
    another 130 MB a worker and 170 CPU ms a verification of two pictures.
    """
    return ProcessPool(
        "face",
        workers=workers,
        initializer=load_engines,
        initargs=(models or default_models(), second_engine),
        queue_limit=queue_limit,
        deadline=deadline,
    )


def default_models() -> Path:
    """Where the model files are when nobody says otherwise."""
    return Path(os.environ.get("WANSHI_MODELS") or _PROJECT / "var" / "assets" / "models")


def open_engine(name: str, models: Path | None = None) -> FaceEngine:
    """The engine called `name` ("sface", "dlib"), ready. Raises `ModelError`.

    Drivers are imported here and not above, because only a worker needs what they pull in.
    """
    module, _, factory = DRIVERS[name].partition(":")
    engine: FaceEngine = getattr(importlib.import_module(module), factory)(models)
    return engine


def read_model(path: Path, digest: str) -> bytes:
    """The bytes of a model file, or `ModelError` if their SHA-256 is not `digest` (hex)."""
    if not path.is_file():
        message = f"model file missing: {path}; run deploy/fetch_assets.py models"
        raise ModelError(message)
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != digest:
        message = f"model file changed: {path} has sha256 {found}, pinned is {digest}"
        raise ModelError(message)
    return data


def same_engine(engine: FaceEngine, *templates: Template) -> None:
    """Raise `EngineMismatchError` unless this very engine and model made all the templates."""
    for template in templates:
        if (template.engine_id, template.model_sha) != (engine.id, engine.model_sha):
            message = f"{engine.id} cannot read a template of {template.engine_id}"
            raise EngineMismatchError(message)


# What follows runs inside the workers.

_engines: dict[str, FaceEngine] = {}
_motion: list[MotionReads] = []


def load_engines(models: Path, second_engine: bool) -> None:
    """Prepare this process to compare faces. Raises `ModelError`."""
    for name in (PRIMARY, SECOND) if second_engine else (PRIMARY,):
        _engines[name] = open_engine(name, models)
    module = importlib.import_module("auth.identity.providers.face_motion")
    _motion[:] = [module.MotionReader(_engines[PRIMARY])]


def _analyse(image: bytes) -> Face:
    return _engines[PRIMARY].analyse(image)


def _compare(a: Template, b: Template) -> float:
    return _engines[PRIMARY].compare(a, b)


def _glimpse(frame: bytes, at_ms: int, describe: bool) -> tuple[Glimpse, Template | None]:
    reader: MotionReads = _motion[0]
    return reader.read(frame, at_ms, describe)


def _template_of(reference: bytes) -> Template:
    return _named("reference", _engines[PRIMARY].analyse, reference).template


def _likeness(mean_of: tuple[Template, ...], others: tuple[Template, ...]) -> list[float]:
    engine = _engines[PRIMARY]
    middle = engine.mean(mean_of)
    return [engine.compare(middle, other) for other in others]


def _decide(templates: tuple[Template, ...], reference: Template, threshold: float) -> FaceDecision:
    engine = _engines[PRIMARY]
    score = engine.compare(engine.mean(templates), reference)
    passed = score >= threshold
    return FaceDecision(
        passed=passed,
        score=score,
        threshold=threshold,
        engine_id=engine.id,
        model_sha=engine.model_sha,
        reason_codes=() if passed else ("face.below_threshold",),
    )


def _verify(
    probes: tuple[bytes, ...], reference: bytes | Template, threshold: float
) -> FaceDecision:
    engine = _engines[PRIMARY]
    seen = [_named("probe", engine.analyse, picture).template for picture in probes]
    if isinstance(reference, bytes):
        known = _named("reference", engine.analyse, reference).template
    else:
        known = reference
    score = engine.compare(engine.mean(seen), known)
    passed = score >= threshold
    second, remarks = _second_opinion(probes[0], reference)
    return FaceDecision(
        passed=passed,
        score=score,
        threshold=threshold,
        engine_id=engine.id,
        model_sha=engine.model_sha,
        second_engine_score=second,
        reason_codes=(() if passed else ("face.below_threshold",)) + remarks,
    )


def _second_opinion(
    probe: bytes, reference: bytes | Template
) -> tuple[float | None, tuple[str, ...]]:
    """The other engine's score for the log; whatever goes wrong there changes no decision."""
    engine = _engines.get(SECOND)
    if engine is None or isinstance(reference, Template):
        return None, ()
    try:
        first, other = engine.analyse(probe), engine.analyse(reference)
        return engine.compare(first.template, other.template), ()
    except Exception as error:  # noqa: BLE001 - a log value must not fail a verification
        log.warning("second face engine gave no score: %r", error)
        return None, ("face.second_engine_silent",)


def _named(picture: str, func: Callable[[bytes], R], image: bytes) -> R:
    """Say in a refusal which of the pictures it was about: the two have different owners."""
    try:
        return func(image)
    except Problem as problem:
        problem.facts["picture"] = picture
        raise
