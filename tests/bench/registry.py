"""How fast the list of services is with 1,200 of them: `python -m tests.bench.registry`.

A scratch database with 1,200 apps over sixteen cities; the public surface in a process of its
own; one client that waits for each answer. Goal: p95 below 100 ms (R-POR-23, R-POR-24).
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

COUNT, ASKED, GOAL_MS = 1200, 200, 100.0
PATHS = {
    "list, a city": "/miniapps?region=341600&limit=50",
    "list, the province": "/miniapps?region=340000&limit=50",
    "list, a late page": "/miniapps?region=340000&limit=50&after=1ah341500app00900",
    "groups, a city": "/miniapps/groups?region=341600",
    "groups, the province": "/miniapps/groups?region=340000",
    "search, a city": "/miniapps?region=341600&q=水费",
    "search, the province": "/miniapps?region=340000&q=公积金",
    "category": "/miniapps?region=340000&category=housing",
}


async def prepare() -> None:
    """The apps."""
    from app_server import registry
    from tests.builders.many_apps import put, source

    registry.assemble()
    await registry.migrate()
    await registry.connect()
    await put(source(COUNT))
    await registry.disconnect()


async def measured(port: int) -> bool:
    """Print the figures of every path; whether all meet the goal."""
    good = True
    base = f"http://127.0.0.1:{port}/api/v1"
    async with httpx.AsyncClient(base_url=base, timeout=10, trust_env=False) as client:
        for name, path in PATHS.items():
            spent = []
            for _ in range(ASKED):
                began = time.perf_counter()
                reply = await client.get(path)
                spent.append((time.perf_counter() - began) * 1000)
                reply.raise_for_status()
            cuts = statistics.quantiles(spent, n=100)
            good &= cuts[94] < GOAL_MS
            line = f"{name:24} p50 {cuts[49]:6.1f}  p95 {cuts[94]:6.1f}  p99 {cuts[98]:6.1f} ms"
            sys.stdout.write(f"{line} (goal p95 < {GOAL_MS:.0f})\n")
    return good


def main() -> None:
    """Start the parts, measure, stop them."""
    from app_server.cli.postgres import EmbeddedPostgres
    from app_server.cli.valkey import EmbeddedValkey

    folder = Path(tempfile.mkdtemp(prefix="wanshi-bench-"))
    folder.chmod(0o755)
    postgres, valkey = EmbeddedPostgres(folder), EmbeddedValkey(folder)
    os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = postgres.start(), valkey.start()
    os.environ["SECRETS_FILE"] = str(folder / "secrets.json")
    os.environ["STORAGE_URL"] = f"file://{folder / 'objects'}"
    from tests.bench.http import SERVE, await_port, free_port, start

    try:
        asyncio.run(prepare())
        port = free_port()
        server = start(SERVE, "public", str(port))
        try:
            asyncio.run(await_port(port))
            good = asyncio.run(measured(port))
        finally:
            server.terminate()
            server.wait(15)
    finally:
        valkey.stop()
        postgres.stop()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
