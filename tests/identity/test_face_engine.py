"""Comparing faces with the real engines and real photographs."""

import asyncio
import importlib
import io
import os
import shutil
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageEnhance, ImageFile, ImageFilter, ImageOps

from app_server.kernel import images
from app_server.kernel.pool import PoolStartError, ProcessPool
from auth.identity.providers import face_dlib
from auth.identity.providers import face_engine as faces
from auth.identity.providers import face_refusals as refusals
from auth.identity.providers.face_sface import SFACE, YUNET

PHOTOS = Path(__file__).resolve().parents[2] / "var" / "assets" / "photos"
MODELS = faces.default_models()

pytestmark = pytest.mark.skipif(
    not ((MODELS / SFACE).is_file() and (PHOTOS / "obama.jpg").is_file()),
    reason="no models or photographs; run deploy/fetch_assets.py models photos",
)

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(scope="module")
def sface() -> faces.FaceEngine:
    """The deciding engine, in this process."""
    return faces.open_engine("sface", MODELS)


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """One event loop for the module, since the pool belongs to one."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="module")
def pool(run: Run) -> Iterator[ProcessPool]:
    """Two workers with both engines."""
    pool = faces.face_pool(MODELS, second_engine=True)
    run(pool.start())
    yield pool
    run(pool.close())


@pytest.fixture(scope="module")
def verifier(pool: ProcessPool) -> faces.FaceVerifier:
    """What the service will hold."""
    return faces.FaceVerifier(pool)


def photo(name: str) -> bytes:
    """A photograph as it came."""
    return (PHOTOS / f"{name}.jpg").read_bytes()


def altered(name: str, change: Callable[[Image.Image], Image.Image]) -> bytes:
    """A photograph after something happened to it."""
    target = io.BytesIO()
    picture = Image.open(io.BytesIO(photo(name))).convert("RGB")
    picture.thumbnail((960, 960))
    change(picture).save(target, "JPEG", quality=92)
    return target.getvalue()


def two_people(share: float = 1.0) -> bytes:
    """One man beside another, who may stand further back."""
    one = Image.open(io.BytesIO(photo("obama"))).convert("RGB").resize((480, 600))
    other = Image.open(io.BytesIO(photo("biden"))).convert("RGB").crop((150, 0, 850, 875))
    other = other.resize((int(480 * share), int(600 * share)))
    canvas = Image.new("RGB", (960, 600), "grey")
    canvas.paste(one, (0, 0))
    canvas.paste(other, (480, 0))
    target = io.BytesIO()
    canvas.save(target, "JPEG", quality=92)
    return target.getvalue()


def test_two_photographs_of_one_man_pass(run: Run, verifier: faces.FaceVerifier) -> None:
    decision = run(verifier.verify(photo("obama2"), photo("obama")))
    assert decision.passed
    assert decision.score > faces.THRESHOLD_STRICT
    assert decision.threshold == faces.THRESHOLD_DEFAULT
    assert decision.reason_codes == ()
    assert decision.engine_id == "opencv-yunet-sface-int8bq"
    assert decision.second_engine_score == pytest.approx(0.63, abs=0.08)


def test_another_man_does_not_pass(run: Run, verifier: faces.FaceVerifier) -> None:
    decision = run(verifier.verify(photo("biden"), photo("obama")))
    assert not decision.passed
    assert decision.score < faces.THRESHOLD_MEDIUM
    assert decision.reason_codes == ("face.below_threshold",)


def test_the_second_engines_opinion_changes_nothing(run: Run, verifier: faces.FaceVerifier) -> None:
    """obama3 against a threshold above SFace's score: dlib likes it, and is not asked."""
    decision = run(verifier.verify(photo("obama3"), photo("obama"), threshold=0.95))
    assert not decision.passed
    assert decision.second_engine_score > 0.6


def test_three_frames_against_a_stored_template_pass_and_need_no_second_engine(
    run: Run, verifier: faces.FaceVerifier, sface: faces.FaceEngine
) -> None:
    stored = sface.analyse(photo("obama")).template
    frames = [photo("obama2"), photo("obama3"), altered("obama2", ImageOps.mirror)]
    together = run(verifier.verify(frames, stored, threshold=faces.THRESHOLD_STRICT))
    alone = run(verifier.verify(frames[0], stored, threshold=faces.THRESHOLD_STRICT))
    assert together.passed
    assert together.score > alone.score
    assert together.second_engine_score is None


@pytest.mark.parametrize("count", [0, 6])
def test_no_frame_and_too_many_frames_are_a_mistake_of_the_caller(
    run: Run, verifier: faces.FaceVerifier, count: int
) -> None:
    with pytest.raises(ValueError, match="probe pictures"):
        run(verifier.verify([photo("obama")] * count, photo("obama")))


@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("name", ["obama", "obama2", "obama3", "biden"])
def test_a_photograph_lying_on_its_side_is_recognised(
    sface: faces.FaceEngine, name: str, degrees: int
) -> None:
    upright = sface.analyse(photo(name))
    lying = sface.analyse(altered(name, lambda p: p.rotate(degrees, expand=True)))
    assert upright.turned == 0
    assert lying.turned == degrees
    assert sface.compare(upright.template, lying.template) > 0.9


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda p: Image.new("RGB", p.size, "grey"), refusals.NoFace),
        (lambda p: p.filter(ImageFilter.GaussianBlur(12)), refusals.FaceBlurred),
        (lambda p: ImageEnhance.Brightness(p).enhance(0.1), refusals.FaceTooDark),
        (lambda p: p.resize((p.width // 4, p.height // 4)), refusals.FaceTooSmall),
        (lambda p: p.rotate(40), refusals.FaceTilted),
    ],
    ids=["a wall", "a blur", "the dark", "a distance", "a leaning head"],
)
def test_a_picture_that_cannot_be_compared_is_refused_with_advice(
    sface: faces.FaceEngine,
    change: Callable[[Image.Image], Image.Image],
    refusal: type[refusals.FaceRefused],
) -> None:
    with pytest.raises(refusal) as caught:
        sface.analyse(altered("obama", change))
    assert caught.value.code.startswith("face.")
    assert caught.value.status == 422


def test_two_people_in_the_picture_are_refused(sface: faces.FaceEngine) -> None:
    with pytest.raises(refusals.SeveralFaces):
        sface.analyse(two_people())


def test_somebody_far_behind_is_no_rival(sface: faces.FaceEngine) -> None:
    face = sface.analyse(two_people(share=0.2))
    assert sface.compare(face.template, sface.analyse(photo("obama")).template) > 0.7


def test_a_refusal_says_which_picture_it_is_about(run: Run, verifier: faces.FaceVerifier) -> None:
    for probe, reference, named in (
        (two_people(), photo("obama"), "probe"),
        (photo("obama"), b"not a picture", "reference"),
    ):
        with pytest.raises((refusals.FaceRefused, images.ImageRefused)) as caught:
            run(verifier.verify(probe, reference))
        assert caught.value.facts["picture"] == named


def test_a_face_carries_what_a_liveness_session_needs(sface: faces.FaceEngine) -> None:
    face = sface.analyse(photo("obama"))
    assert abs(face.turn) < 0.16
    assert abs(face.roll) < 5
    assert 0.5 < face.quality <= 1
    assert len(face.embedding) == 512
    blurred = sface.analyse(altered("obama", lambda p: p.filter(ImageFilter.GaussianBlur(3))))
    assert blurred.quality < face.quality


def test_templates_of_different_engines_are_never_compared(sface: faces.FaceEngine) -> None:
    ours = sface.analyse(photo("obama")).template
    for foreign in (
        faces.Template("dlib-hog-resnet-v1", ours.model_sha, ours.embedding),
        faces.Template(ours.engine_id, "0" * 64, ours.embedding),
    ):
        with pytest.raises(faces.EngineMismatchError):
            sface.compare(ours, foreign)
        with pytest.raises(faces.EngineMismatchError):
            sface.mean([ours, foreign])


def test_a_damaged_template_is_not_compared(sface: faces.FaceEngine) -> None:
    ours = sface.analyse(photo("obama")).template
    with pytest.raises(ValueError, match="128 float32"):
        sface.compare(ours, faces.Template(ours.engine_id, ours.model_sha, bytes(512)))


@pytest.mark.parametrize("broken", [SFACE, YUNET])
def test_a_changed_model_file_keeps_the_pool_from_starting(
    tmp_path: Path, run: Run, broken: str
) -> None:
    for name in (SFACE, YUNET):
        shutil.copy(MODELS / name, tmp_path)
    (tmp_path / broken).write_bytes((tmp_path / broken).read_bytes() + b"\0")

    async def started() -> None:
        pool = faces.face_pool(tmp_path, workers=1)
        try:
            await pool.start()
        finally:
            await pool.close()

    with pytest.raises(PoolStartError, match="model file changed"):
        run(started())
    (tmp_path / broken).unlink()
    with pytest.raises(PoolStartError, match="model file missing"):
        run(started())


def test_importing_dlib_leaves_pillow_strict_and_the_process_alive() -> None:
    faces.open_engine("dlib")
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def test_a_library_that_quits_at_import_is_an_error_of_the_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def quitting(name: str) -> None:
        raise SystemExit(name)

    monkeypatch.setattr(importlib, "import_module", quitting)
    with pytest.raises(faces.ModelError):
        face_dlib.DlibEngine()


@pytest.mark.alone
def test_a_worker_killed_in_the_middle_loses_no_verification(
    run: Run,
    pool: ProcessPool,
    verifier: faces.FaceVerifier,
) -> None:
    async def with_a_murder() -> list[faces.FaceDecision]:
        jobs = [
            asyncio.create_task(verifier.verify(photo("obama2"), photo("obama"))) for _ in range(8)
        ]
        await asyncio.sleep(0.15)
        os.kill(pool.pids()[0], signal.SIGKILL)
        return await asyncio.gather(*jobs)

    assert all(decision.passed for decision in run(with_a_murder()))


@pytest.mark.alone
def test_the_event_loop_stays_free_while_faces_are_compared(
    run: Run, verifier: faces.FaceVerifier
) -> None:
    async def longest_stalls() -> list[float]:
        jobs = [
            asyncio.create_task(verifier.verify(photo("obama2"), photo("obama"))) for _ in range(10)
        ]
        stalls = []
        while not all(job.done() for job in jobs):
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            stalls.append(time.perf_counter() - began - 0.005)
        return sorted(stalls)

    stalls = run(longest_stalls())
    assert stalls[int(len(stalls) * 0.95)] < 0.05
