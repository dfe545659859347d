"""The two demo department systems as processes of their own, speaking to this run's listeners."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

PROJECT_COMMAND = (sys.executable, "-c", "from app_server.cli import main; main()", "simulator")


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="module")
def running_systems(listeners: dict[str, str]) -> Iterator[dict[str, str]]:
    """`{"unified": url, "mapped": url}`, running."""
    from app_server.kernel.settings import PROJECT, load

    env = os.environ | {"PARTNER_ORIGIN": listeners["partner"], "STAFF_ORIGIN": listeners["staff"]}
    urls = {"unified": load().simulator_url(21), "mapped": load().simulator_url(22)}
    processes = [
        subprocess.Popen([*PROJECT_COMMAND, f"department_{name}"], cwd=PROJECT, env=env)
        for name in urls
    ]
    deadline = time.monotonic() + 30
    while not all(_ready(url) for url in urls.values()):
        assert time.monotonic() < deadline, "the department systems did not start"
        time.sleep(0.05)
    yield urls
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(10)


@pytest.fixture
def department_systems(running_systems: dict[str, str]) -> dict[str, str]:
    """`{"unified": url, "mapped": url}`, knowing nobody."""
    httpx.post(f"{running_systems['unified']}/__forget", trust_env=False).raise_for_status()
    return running_systems
