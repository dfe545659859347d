"""Figures of the face engines on this machine: .venv/bin/python -m tests.bench.face

Needs the models and photographs of deploy/fetch_assets.py. Goals (face.md §6): a verification
against a stored template costs at most 60 CPU ms (p50) and 120 ms wall (p95, idle); 28 a second
on two cores; event-loop stall p99 at most 20 ms.
"""

import asyncio
import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from app_server.kernel import images
from auth.identity.providers import face_engine as faces
from tests.builders import films

PHOTOS = Path(__file__).resolve().parents[2] / "var" / "assets" / "photos"
NAMES = ("obama", "obama2", "obama3", "biden")
REPEATS = 40
LOAD_SECONDS = 10.0
CLIENTS = 8


def say(text: str) -> None:
    """One line of figures."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def quantiles(milliseconds: Sequence[float]) -> str:
    """Median, 95th and 99th percentile."""
    cuts = statistics.quantiles(milliseconds, n=100)
    return f"p50 {cuts[49]:.1f}  p95 {cuts[94]:.1f}  p99 {cuts[98]:.1f} ms"


def probe() -> bytes:
    """A photograph as a phone's front camera would send it: 720 x 960, about 150 KB."""
    picture = Image.open(PHOTOS / "obama2.jpg").convert("RGB").crop((0, 180, 626, 1015))
    target = io.BytesIO()
    picture.resize((720, 960)).save(target, "JPEG", quality=90)
    return target.getvalue()


def cpu(title: str, job: Callable[[], object]) -> None:
    """CPU milliseconds of a job in this process, on one core."""
    job()
    spent = []
    for _ in range(REPEATS):
        began = time.process_time()
        job()
        spent.append((time.process_time() - began) * 1000)
    say(f"{title:<46} {quantiles(spent)}")


def engines() -> faces.Template:
    """What each step costs, and how alike the photographs are. Gives a template to store."""
    picture = probe()
    sface, dlib = faces.open_engine("sface"), faces.open_engine("dlib")
    stored = sface.analyse((PHOTOS / "obama.jpg").read_bytes()).template
    sideways = images.sanitise(picture).jpeg
    sideways = _turned(sideways)
    cpu("sanitise 720x960", lambda: images.sanitise(picture))
    cpu("sface: sanitise, detect, embed", lambda: sface.analyse(picture))
    cpu("sface: the same lying on its side", lambda: sface.analyse(sideways))
    cpu(
        "sface: against a stored template",
        lambda: sface.compare(sface.analyse(picture).template, stored),
    )
    cpu("dlib: sanitise, detect, embed", lambda: dlib.analyse(picture))
    for engine in (sface, dlib):
        seen = [engine.analyse((PHOTOS / f"{name}.jpg").read_bytes()).template for name in NAMES]
        for name, row in zip(NAMES, seen, strict=True):
            scores = "  ".join(f"{engine.compare(row, other):6.3f}" for other in seen)
            say(f"{engine.id:<28} {name:<8} {scores}")
    return stored


def _turned(jpeg: bytes) -> bytes:
    target = io.BytesIO()
    Image.open(io.BytesIO(jpeg)).rotate(90, expand=True).save(target, "JPEG", quality=90)
    return target.getvalue()


async def pooled(stored: faces.Template, *, second_engine: bool) -> None:
    """Wall time idle, then throughput, waiting time and loop stall under load."""
    pool = faces.face_pool(second_engine=second_engine)
    began = time.perf_counter()
    await pool.start()
    label = "both engines" if second_engine else "sface alone"
    say(f"[{label}] pool of 2 up in {time.perf_counter() - began:.2f} s")
    reference = (PHOTOS / "obama.jpg").read_bytes() if second_engine else stored
    verifier, picture = faces.FaceVerifier(pool), probe()
    idle = [await _timed(verifier, picture, reference) for _ in range(REPEATS)]
    say(f"[{label}] one verification, idle              {quantiles(idle)}")
    waits: list[float] = []
    end = time.perf_counter() + LOAD_SECONDS

    async def client() -> None:
        while time.perf_counter() < end:
            waits.append(await _timed(verifier, picture, reference))

    ticker = asyncio.create_task(_stalls(end))
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    say(f"[{label}] {CLIENTS} clients: {len(waits) / LOAD_SECONDS:.1f}/s  {quantiles(waits)}")
    say(f"[{label}] event-loop stall under load         {quantiles(await ticker)}")
    say(f"[{label}] worker memory {', '.join(_memory(pid) for pid in pool.pids())}")
    await pool.close()


async def _timed(
    verifier: faces.FaceVerifier, picture: bytes, reference: bytes | faces.Template
) -> float:
    began = time.perf_counter()
    await verifier.verify(picture, reference)
    return (time.perf_counter() - began) * 1000


async def _stalls(end: float) -> list[float]:
    stalls = []
    while time.perf_counter() < end:
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        stalls.append(max(0.0, time.perf_counter() - began - 0.005) * 1000)
    return stalls


def _memory(pid: int) -> str:
    status = Path(f"/proc/{pid}/status").read_text()
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    now, peak = (int(lines[name].split()[0]) // 1024 for name in ("VmRSS", "VmHWM"))
    return f"{now} MB (peak {peak})"


def film() -> None:
    """What one live check costs: a film of all steps, every third frame described."""
    faces.load_engines(faces.default_models(), second_engine=False)
    portrait = faces._template_of((PHOTOS / "obama.jpg").read_bytes())
    frames = [
        picture
        for step in ("look_straight", "turn_right", "open_mouth")
        for picture in films.film("obama.jpg", {"kind": step})
    ] + [films.frame("obama.jpg", seed=n) for n in range(8)]

    def session() -> None:
        seen = [faces._glimpse(p, n, n < 5 or n % 3 == 0) for n, p in enumerate(frames)]
        templates = [t for _, t in seen if t][:3]
        faces._decide(tuple(templates), portrait, faces.THRESHOLD_DEFAULT)

    cpu(f"live check, {len(frames)} frames and the decision", session)
    cpu("one frame of it", lambda: faces._glimpse(frames[0], 0, False))
    cpu("one frame described", lambda: faces._glimpse(frames[0], 0, True))


def main() -> None:
    """Print everything once."""
    load = os.getloadavg()[0]
    say(f"{os.cpu_count()} cores, load {load:.1f} before we start")
    stored = engines()
    film()
    asyncio.run(pooled(stored, second_engine=False))
    asyncio.run(pooled(stored, second_engine=True))


if __name__ == "__main__":
    main()
