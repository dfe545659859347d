"""The provider on its real listeners, with issuers that can be reached."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from app_server.kernel.settings import Settings
from tests.builders import grants
from tests.conftest import PROJECT, WANSHI, _await_ready, _free_base


@pytest.fixture
async def web(
    database: None, listeners: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a base address; every surface is its own origin, where it listens."""
    monkeypatch.setattr(Settings, "origin", lambda _, surface: listeners[surface])
    async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
        yield client


@pytest.fixture
def issuer(web: httpx.AsyncClient, listeners: dict[str, str]) -> str:
    """The residents' issuer."""
    return listeners["public"]


@pytest.fixture
def register(web: httpx.AsyncClient, listeners: dict[str, str]) -> Any:
    """Register a relying party when awaited."""

    async def run(**changes: Any) -> grants.Party:
        surface = "staff" if changes.get("realm") == "staff" else "public"
        return await grants.party(listeners[surface], web, **changes)

    return run


@pytest.fixture(scope="session")
def two_processes(connected: None) -> Iterator[list[str]]:
    """Two web processes of the public surface on one database; their base URLs."""
    base = _free_base(2)
    ports = [base, base + 1]
    running = [
        subprocess.Popen([*WANSHI, "serve", "--port", str(port)], cwd=PROJECT) for port in ports
    ]
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    for url in urls:
        _await_ready(url)
    yield [f"{url}/api/v1" for url in urls]
    for process in running:
        process.terminate()
    for process in running:
        process.wait(20)
