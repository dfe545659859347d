"""Parts are lost and come back while the whole platform runs: nothing hangs, nothing is lost.

Short forms stand here; `WANSHI_FAULT_SECONDS=30` (make faults) keeps the database away as long as
the issue asks.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from app_server.cli.postgres import EmbeddedPostgres
from app_server.cli.valkey import EmbeddedValkey

PROJECT = Path(__file__).resolve().parents[2]
UP = [sys.executable, "-c", "from app_server.cli import main; main()", "up"]
AWAY = float(os.environ.get("WANSHI_FAULT_SECONDS", "4"))


@dataclass
class Running:
    """A platform whose database and cache this test holds in its hand."""

    up: "subprocess.Popen[bytes]"
    database: EmbeddedPostgres
    cache: EmbeddedValkey
    port: int

    def get(self, path: str, wait: float = 5) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=wait, trust_env=False)

    def sign_in(self) -> httpx.Response:
        return httpx.post(
            f"http://127.0.0.1:{self.port}/api/v1/sessions",
            json={"login": "13900000003", "password": "Wanshi-Demo-2026"},
            timeout=10,
            trust_env=False,
        )

    def await_ready(self, ready: bool, within: float) -> float:
        began = time.monotonic()
        while time.monotonic() - began < within:
            try:
                if (self.get("/readyz").status_code == 200) is ready:
                    return time.monotonic() - began
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"readiness was not {ready} within {within} s")


def free_base(count: int) -> int:
    for base in range(12_000 + os.getpid() % 97, 30_000, 137):
        if all(_free(base + n) for n in range(count)):
            return base
    raise AssertionError("no free ports")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    folder = Path(tempfile.mkdtemp(prefix="wanshi-faults-"))
    folder.chmod(0o755)
    database, cache = EmbeddedPostgres(folder), EmbeddedValkey(folder)
    base = free_base(40)
    environment = {
        **os.environ,
        "DATABASE_URL": database.start(),
        "REDIS_URL": cache.start(),
        "DATA_DIR": str(folder),
        "SECRETS_FILE": str(folder / "secrets.json"),
        "STORAGE_URL": f"file://{folder / 'objects'}",
        "PUBLIC_PORT": str(base),
        "STAFF_PORT": str(base + 1),
        "PARTNER_PORT": str(base + 2),
        "SIMULATOR_BASE_PORT": str(base + 3),
    }
    up = subprocess.Popen(UP, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
    platform = Running(up, database, cache, base)
    try:
        platform.await_ready(True, 60)
        yield platform
    finally:
        up.send_signal(signal.SIGINT)
        try:
            up.wait(30)
        finally:
            up.kill()
            cache.stop()
            database.stop()
            shutil.rmtree(folder, ignore_errors=True)


def holders_of(port: int) -> list[int]:
    """The processes that listen on a port."""
    wanted = f":{port:04X}"
    inodes = {
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[1].endswith(wanted) and line.split()[3] == "0A"
    }
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            links = [str(fd.readlink()) for fd in (process / "fd").iterdir()]
        except OSError:
            continue
        if any(f"socket:[{inode}]" in links for inode in inodes):
            found.append(int(process.name))
    return found


@pytest.mark.timeout(120)
def test_a_killed_web_worker_is_replaced_within_five_seconds_and_no_request_hangs(running):
    before = holders_of(running.port)
    assert len(before) >= 2
    os.kill(before[0], signal.SIGKILL)
    began, failures = time.monotonic(), 0
    while time.monotonic() - began < 5:
        try:
            assert running.get("/api/v1/platform", wait=3).status_code == 200
        except httpx.TimeoutException:
            pytest.fail("a request hung")
        except httpx.HTTPError:
            failures += 1  # a connection that was in the killed worker's own queue
        if len(holders_of(running.port)) >= 2 and before[0] not in holders_of(running.port):
            break
        time.sleep(0.05)
    else:
        pytest.fail("no replacement within five seconds")
    assert failures <= 3
    running.await_ready(True, 5)


@pytest.mark.timeout(120)
def test_without_redis_signing_in_fails_closed_reading_goes_on_and_all_comes_back(running):
    assert running.sign_in().status_code == 201
    running.cache.stop()
    refused = running.sign_in()
    assert (refused.status_code, refused.json()["code"]) == (503, "kernel.service_unavailable")
    assert running.get("/api/v1/portal/home?region=341600").status_code == 200
    assert running.get("/readyz").json() == {"database": True, "redis": False}
    running.cache.start()
    deadline = time.monotonic() + 15
    while running.sign_in().status_code != 201:
        assert time.monotonic() < deadline, "sign-in did not come back"
        time.sleep(0.3)


@pytest.mark.timeout(180)
def test_without_the_database_readiness_is_false_and_then_all_comes_back_by_itself(running):
    running.database.stop()
    running.await_ready(False, 10)
    gone = time.monotonic() + AWAY
    while time.monotonic() < gone:
        reply = running.get("/api/v1/items/11341602MBDM00012U4342000001000", wait=10)
        assert reply.status_code in {200, 503}, reply.text
        assert running.get("/livez").status_code == 200
        time.sleep(0.5)
    running.database.start()
    running.await_ready(True, 20)
    assert running.sign_in().status_code == 201
    assert running.get("/api/v1/portal/home?region=341600").status_code == 200
    assert running.up.poll() is None
