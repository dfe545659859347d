"""The whole platform in this test's hand: its database and cache can be taken away."""

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


@pytest.fixture(scope="session")
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
