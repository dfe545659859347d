"""Nobody sleeps here, except where a test says so: tests pass at every hour of the day."""

import pytest

from tests.builders.notify import awake


@pytest.fixture(autouse=True)
def nobody_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages go out at once."""
    awake(monkeypatch)
