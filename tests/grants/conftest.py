"""The provider on its real listeners, with issuers that can be reached."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app_server.kernel.settings import Settings
from tests.builders import grants


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
