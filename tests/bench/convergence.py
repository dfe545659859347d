"""How soon a city's case is seen at the province: `python -m tests.bench.convergence`.

Two instances, each with its own database and processes; the city's own worker tells. CASES=… (60
by default) cases are filed and accepted one after the other in the city; for each line the time
from its commit in the city to its commit at the province is measured. Then LINES=… (20,000) lines
are taken at once, to see how fast a backlog goes, and a day of that size is compared.
"""

import asyncio
import os
import statistics
import subprocess
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app_server.exchange import service
from app_server.exchange.models import CityLine
from app_server.exchange.rules import day_digest, line_digest, told_at
from app_server.exchange.service import gathering
from app_server.kernel import clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.settings import Settings
from tests.builders.federation import BOZHOU, HEFEI, PROJECT, WANSHI
from tests.builders.two_instances import until
from tests.exchange.test_convergence import beside, line

CASES = int(os.environ.get("CASES", "60"))
LINES = int(os.environ.get("LINES", "20000"))


def percentile(values: list[float], part: float) -> float:
    """The value below which a part of all lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


async def test_bench(
    connected: None, listeners: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """File in the city, look at the province."""
    monkeypatch.setattr(Settings, "origin", lambda _, surface: listeners[surface])
    async with beside(listeners) as (pair, there):
        log = (pair.city.folder / "worker.log").open("w")
        worker = subprocess.Popen(
            [*WANSHI, "worker"], cwd=PROJECT, env=pair.city.environment, stdout=log, stderr=log
        )
        try:
            await there.do("submit 1")
            await until(lambda: CityLine.exists(move="accept"), 30)
            for _ in range(CASES // 10):
                await there.do("submit 10")
            wanted = 2 + CASES // 10 * 20
            await until(lambda: _held(wanted), 30)
        finally:
            worker.terminate()
            await asyncio.to_thread(worker.wait, 15)
        rows = await CityLine.filter(city=BOZHOU).order_by("key")
        # By the id: when the step was written in the city, on the same machine's clock.
        took = [(row.received_at - told_at(UUID(row.key[6:]))).total_seconds() for row in rows[2:]]
        print(
            f"\n{len(took)} lines: median {statistics.median(took):.2f} s, "
            f"p95 {percentile(took, 0.95):.2f} s, longest {max(took):.2f} s"
        )
        assert percentile(took, 0.95) < 5
        await _backlog()


async def _held(count: int) -> bool:
    return bool(await CityLine.filter(city=BOZHOU).count() >= count)


async def _backlog() -> None:
    lines: list[dict[str, Any]] = [line(f"N{n // 3}") | {"id": str(uuid7())} for n in range(LINES)]
    began = time.perf_counter()
    for start in range(0, LINES, gathering.MOST_LINES):
        await service.keep_lines(HEFEI, lines[start : start + gathering.MOST_LINES])
    kept = time.perf_counter() - began
    began = time.perf_counter()
    held = await gathering._held(HEFEI, clock.today())
    same = day_digest(held.values()) == day_digest(line_digest(one) for one in lines)
    assert same
    took = time.perf_counter() - began
    size = await db.value("SELECT pg_total_relation_size('exchange_city_line')")
    print(
        f"{LINES} lines kept in {kept:.1f} s ({LINES / kept:.0f}/s); "
        f"a day of {LINES} reckoned in {timedelta(seconds=took).total_seconds():.2f} s; "
        f"{size / 1e6:.0f} MB"
    )


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__, "-s", "-o", "python_files=*.py", "--timeout=600"]))
