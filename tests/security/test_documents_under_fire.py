"""schemathesis over the documents, as nobody, a resident and an officer: no surprise in any reply.

Bounded here; `make fuzz` runs it long (`WANSHI_FUZZ_EXAMPLES`).
"""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from app_server.main import openapi
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

EXAMPLES = int(os.environ.get("WANSHI_FUZZ_EXAMPLES", "6"))
PREFIX = {"public": "/api/v1", "staff": "/staff/v1", "partner": "/partner/v1"}


async def fire(surface: str, url: str, headers: dict[str, str], folder: Path) -> tuple[int, str]:
    """Run schemathesis against a surface; its exit code and what it printed."""
    document = openapi(surface)  # type: ignore[arg-type]
    # Ending the session under test would make every later call the same refusal.
    for ending in ("/sessions/current", "/me/sessions", "/my/sessions"):
        document["paths"].pop(f"{PREFIX[surface]}{ending}", None)
    # A stream of events stays open for minutes by design; tests/notify/test_live.py reads it.
    document["paths"].pop("/api/v1/me/live", None)
    path = folder / f"{surface}.json"
    path.write_text(json.dumps(document))
    arguments = [
        str(Path(sys.executable).with_name("schemathesis")), "run", str(path), "--url", url,
        "--max-examples", str(EXAMPLES), "--seed", "20261122", "--workers", "1",
        "--checks", "all", "--phases", "examples,coverage,fuzzing",
        "--exclude-checks", "ignored_auth,positive_data_acceptance,missing_required_header",
        "--suppress-health-check", "all", "--request-timeout", "15", "--no-color",
    ]  # fmt: skip
    for name, value in headers.items():
        arguments += ["--header", f"{name}: {value}"]
    process = await asyncio.create_subprocess_exec(
        *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=folder
    )
    told, _ = await process.communicate()
    return process.returncode or 0, told.decode(errors="replace")


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("surface", "who"),
    [
        ("public", "nobody"),
        ("public", "resident"),
        ("staff", "nobody"),
        ("staff", "officer"),
        ("partner", "nobody"),
    ],
)
async def test_no_reply_surprises_whoever_reads_the_document(
    surface, who, database, listeners, simulators, tmp_path, monkeypatch
):
    from app_server.kernel import ratelimit

    async def free(*_: object) -> None:
        """No limit: the shapes behind it are what is tried here."""

    monkeypatch.setattr(ratelimit, "take", free)
    headers: dict[str, str] = {}
    if who == "resident":
        headers = await bearer(await resident(tier=2))
    if who == "officer":
        headers = await bearer(await officer())
    code, told = await fire(surface, listeners[surface], headers, tmp_path)
    # What failed stands before pages of advice.
    assert code == 0, told[told.find(" FAILURES ") :][:6000]
