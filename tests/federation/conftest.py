"""The province on its real listeners, with issuers that can be reached."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app_server.kernel.settings import Settings


@pytest.fixture
async def web(
    database: None, listeners: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a base address; every surface is its own origin, where it listens."""
    monkeypatch.setattr(Settings, "origin", lambda _, surface: listeners[surface])
    async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
        yield client
