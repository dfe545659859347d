"""One platform as `wanshi up` starts it, and one phone on which the story is told."""

import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app_server import registry
from tests.builders.films import write_poses

PROJECT = Path(__file__).resolve().parents[2]
SHELL = PROJECT / "h5_shell"
UP = (sys.executable, "-c", "from app_server.cli import main; main()", "up")
# What the other tests told their own process; this platform must start from nothing.
OURS = ("DATABASE_URL", "REDIS_URL", "STORAGE_URL", "EVENTS_URL", "WANSHI_TEST_PARTS")
LOGS = PROJECT / "build" / "journey-log"
FILM = PROJECT / "build" / "film"
READY_SECONDS = 90
SIMULATORS = 40
JIFFIES = os.sysconf("SC_CLK_TCK")


def taken_away() -> float:
    """Seconds the machine has been kept from running anything: others had it, or it waited.

    Time the host gave to other guests, and time in which no process at all could go on for want of
    memory or disk. A story is measured against what its machine really gave it.
    """
    total = 0.0
    for kind in ("io", "memory"):
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/pressure/{kind}").read_text().splitlines()
            full = next(line for line in lines if line.startswith("full"))
            total += int(full.rpartition("=")[2]) / 1_000_000
    with contextlib.suppress(OSError):
        steal = int(Path("/proc/stat").read_text().split("\n", 1)[0].split()[8])
        total += steal / JIFFIES / (os.cpu_count() or 1)
    return total


@dataclass(frozen=True)
class Platform:
    """Where a running platform listens."""

    public: int
    staff: int
    partner: int
    simulators: int
    environment: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def ports(self) -> dict[str, int]:
        """Where it listens, as the browser is told."""
        return {k: v for k, v in vars(self).items() if isinstance(v, int)}


def free_ports(count: int) -> int:
    """The first of so many ports in a row on which nobody listens."""
    # Below the range from which the kernel takes ports for outgoing connections: one of ours
    # could else be taken between this look and the platform's start.
    # Stories told side by side look in lanes of their own.
    lane = 20_000 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 2 * 6_000
    while True:
        base = random.randrange(lane, lane + 6_000 - count)
        if all(_is_free(base + n) for n in range(count)):
            return base


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False


def _ready(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    with contextlib.closing(line), contextlib.suppress(OSError, http.client.HTTPException):
        line.request("GET", "/readyz")
        return line.getresponse().status == http.client.OK
    return False


@contextlib.contextmanager
def running() -> Iterator[Platform]:
    """The whole platform in a folder of its own, brought up and down by `wanshi up`."""
    for page in ("resident", "console"):
        if not (SHELL / page / "dist" / "index.html").is_file():
            pytest.fail(f"the {page} front end is not built; run `make setup`")
    base = free_ports(3 + SIMULATORS)
    data = Path(tempfile.mkdtemp(prefix="wanshi-journey-"))
    # As root the database runs as another user, who must be able to reach its folder.
    data.chmod(0o755)
    environment = {k: v for k, v in os.environ.items() if k not in OURS} | {
        "DATA_DIR": str(data),
        "SECRETS_FILE": str(data / "secrets.json"),
        "PUBLIC_PORT": str(base),
        "STAFF_PORT": str(base + 1),
        "PARTNER_PORT": str(base + 2),
        "SIMULATOR_BASE_PORT": str(base + 3),
    }
    where = Platform(base, base + 1, base + 2, base + 3, environment)
    with (data / "up.log").open("w") as log:
        up = subprocess.Popen(UP, cwd=PROJECT, env=environment, stdout=log, stderr=log)
    try:
        _await(up, where, data / "up.log")
        yield where
    finally:
        up.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            up.wait(30)
        up.kill()
        if (data / "log").is_dir():
            shutil.copytree(data / "log", LOGS, dirs_exist_ok=True)
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """A platform for one story."""
    with running() as where:
        yield where


def _await(up: "subprocess.Popen[bytes]", where: Platform, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    base = where.simulators
    simulated = [base + number for _, _, number, _ in registry.SIMULATED]
    waiting = [where.public, where.staff, where.partner, *simulated]
    while waiting := [port for port in waiting if not _ready(port)]:
        if up.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the platform did not come up:\n{log.read_text()}")
        time.sleep(0.1)


@dataclass
class Phone:
    """The browser process that tells the story, chapter by chapter."""

    process: "subprocess.Popen[str]"
    began: float = field(default_factory=time.monotonic)
    stopped_at: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    waited: float = 0.0

    @property
    def whole(self) -> float:
        """How long the story took so far, without what the machine was kept from running."""
        return sum(self.seconds.values()) - self.waited

    def answer(self) -> dict[str, Any]:
        """The next answer of the driver."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            errors = self.process.stderr.read() if self.process.stderr else ""
            pytest.fail(f"the browser driver ended:\n{errors[-2000:]}")
        told: dict[str, Any] = json.loads(line)
        return told

    def tell(self, chapter: str) -> dict[str, Any]:
        """Live through a chapter; its facts. A story goes on only from where it stands."""
        if self.stopped_at:
            pytest.skip(f"the story stopped at “{self.stopped_at}”")
        assert self.process.stdin is not None
        began, kept = time.monotonic(), taken_away()
        self.stopped_at = chapter
        self.process.stdin.write(chapter + "\n")
        self.process.stdin.flush()
        told = self.answer()
        self.seconds[chapter] = time.monotonic() - began
        self.waited += min(taken_away() - kept, self.seconds[chapter])
        assert told["ok"], f"{told['error']}\n  at {told.get('at')}\n  {told.get('complaints')}"
        assert told["complaints"] == [], "the browser complained"
        self.stopped_at = ""
        facts: dict[str, Any] = told["facts"]
        return facts


@pytest.fixture(scope="module")
def story_settings() -> dict[str, Any]:
    """What a story tells the browser besides; a module with more to tell overrides it."""
    return {}


@pytest.fixture(scope="module")
def phone(platform: Platform, story_settings: dict[str, Any]) -> Iterator[Phone]:
    """A phone-sized Chromium in the hands of one resident."""
    node = shutil.which("node", path=f"{PROJECT / '.venv' / 'bin'}:{os.environ['PATH']}")
    if node is None:
        pytest.fail("no Node; run `make setup`")
    write_poses(FILM, ("biden.jpg", "obama.jpg"))
    process = subprocess.Popen(
        [node, "e2e/driver.mjs"],
        cwd=SHELL,
        env=os.environ
        | {"JOURNEY": json.dumps(platform.ports | {"film": str(FILM)} | story_settings)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    told = Phone(process)
    try:
        assert told.answer()["ok"]
        yield told
    finally:
        assert process.stdin is not None
        process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
