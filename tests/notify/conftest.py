"""Nobody sleeps here, except where a test says so: tests pass at every hour of the day."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.builders.notify import awake


@pytest.fixture(autouse=True)
def nobody_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages go out at once."""
    awake(monkeypatch)


@pytest.fixture
async def vendor(database: None, listeners: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """A vendor that calls back."""
    async with httpx.AsyncClient(base_url=listeners["partner"], trust_env=False) as client:
        yield client
