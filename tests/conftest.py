"""Real parts for every test: PostgreSQL, Valkey, the simulators, and the listeners.

They are started once per process, before the application is imported, because the registry reads
its settings at import. Tests that ask for `database` find empty tables.
"""

import asyncio
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

PROJECT = Path(__file__).resolve().parents[1]
WANSHI = (sys.executable, "-c", "from app_server.cli import main; main()")
LONG = {
    "test_documents_under_fire.py",
    "test_two_instances.py",
    "test_command_line.py",
    "test_convergence.py",
    "test_city_back_ends.py",
    "test_embedded_parts.py",
    "test_store.py",
}
MARKS = {"journeys": "journey", "faults": "alone"}
# These two stories are promised within ninety seconds: nothing else may take their time.
TIMED = {"test_resident_story.py", "test_identity_story.py"}
_stop: list[Any] = []


def _free_base(count: int) -> int:
    """A port after which `count` more are free, below those that outgoing connections take.

    Processes that run side by side look in lanes of their own.
    """
    lane = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    while True:
        base = 10_000 + lane % 4 * 5_000 + secrets.randbelow(4_900)
        if all(_is_free(base + n) for n in range(count)):
            return base


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def pytest_configure(config: pytest.Config) -> None:
    """Start the parts and say where they are, before anything reads the settings."""
    leads_others = config.getoption("numprocesses") and not hasattr(config, "workerinput")
    if leads_others or os.environ.get("WANSHI_TEST_PARTS"):
        return
    from app_server.cli.postgres import EmbeddedPostgres
    from app_server.cli.valkey import EmbeddedValkey

    # A folder of this run alone: two runs at once must not take each other's database away. The
    # server's own user must be able to enter it.
    folder = Path(tempfile.mkdtemp(prefix="wanshi-tests-"))
    folder.chmod(0o755)
    _stop.append(("folder", lambda: shutil.rmtree(folder, ignore_errors=True)))
    for name, part, variable in (
        ("postgres", EmbeddedPostgres, "DATABASE_URL"),
        ("valkey", EmbeddedValkey, "REDIS_URL"),
    ):
        running = part(folder)  # type: ignore[operator]
        os.environ[variable] = running.start()
        _stop.append((name, running.stop))
    os.environ["SECRETS_FILE"] = str(folder / "secrets.json")
    os.environ["STORAGE_URL"] = f"file://{folder / 'objects'}"
    os.environ["SIMULATOR_BASE_PORT"] = str(_free_base(40))
    os.environ["METRICS_TOKEN"] = "a-token-for-the-scraper-of-tests"
    os.environ["WANSHI_TEST_PARTS"] = "1"
    # Who tests the browser's look at packages says so.
    os.environ["PACKAGE_BROWSER"] = ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole platforms with browsers run by themselves; those that lose their parts, alone.

    Files of few and long tests come first: at the end one process would wait for the other.
    """
    items.sort(key=lambda item: item.path.name not in LONG)
    for item in items:
        if item.path.name in TIMED:
            item.add_marker("alone")
        if item.path.parent.name in MARKS:
            item.add_marker(MARKS[item.path.parent.name])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    del config
    for _, stop in reversed(_stop):
        stop()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared material beside the checkout; users do not have it."""
    folder = PROJECT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the shared material is not on this machine")
    return folder


@pytest.fixture(scope="session")
def simulators() -> Iterator[dict[str, str]]:
    """All simulators as processes of their own; `{name: base URL}`."""
    from app_server.registry import SIMULATORS

    # The department systems need this run's listeners: tests/staff starts them afresh.
    started = {n: s for n, s in SIMULATORS.items() if not n.startswith("department_")}
    process = subprocess.Popen([*WANSHI, "simulator", *started], cwd=PROJECT)
    urls = {name: f"http://127.0.0.1:{s.port}" for name, s in started.items()}
    try:
        for url in urls.values():
            _await_ready(url)
        yield urls
    finally:
        process.terminate()
        process.wait(20)


def _await_ready(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} did not become ready")


@pytest.fixture(scope="session")
async def connected() -> AsyncIterator[None]:
    """The application assembled and connected to a migrated database."""
    from app_server import registry

    registry.assemble()
    await registry.migrate()
    await registry.connect()
    yield
    await registry.disconnect()


KEPT = ["tortoise_migrations", "kernel_calendar_day", "kernel_calendar_year"]
# Emptying a hundred tables that are empty takes 95 ms; asking each whether it is, 2 ms. The
# append-only triggers guard DELETE; TRUNCATE is the owner's right.
EMPTY = """
CREATE OR REPLACE FUNCTION tests_empty(kept text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE name text; held boolean; filled text[] := '{}';
BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname='public' LOOP
    CONTINUE WHEN name = ANY(kept);
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO held;
    IF held THEN filled := filled || quote_ident(name); END IF;
  END LOOP;
  IF cardinality(filled) > 0 THEN
    EXECUTE 'TRUNCATE ' || array_to_string(filled, ', ') || ' RESTART IDENTITY CASCADE';
  END IF;
END $$
"""


@pytest.fixture(scope="session")
async def emptying(connected: None) -> None:
    """The function that empties the tables."""
    from app_server.kernel import db

    await db.execute(EMPTY)


@pytest.fixture
async def carriers(
    simulators: dict[str, str], listeners: dict[str, str], database: None
) -> dict[str, str]:
    """Both carriers' simulators, emptied, which push to this run's partner surface."""
    from app_server.logistics.providers.carriers import carriers as ports
    from tests.builders.logistics import contract

    # Clients belong to the loop and the settings they were made in.
    ports.cache_clear()
    urls = {name: simulators[name] for name in ("ems", "sf")}
    async with httpx.AsyncClient(trust_env=False) as client:
        for name, url in urls.items():
            push_to = f"{listeners['partner']}/partner/v1/callbacks/{name}"
            await client.post(f"{url}/__lever", json={"push_to": push_to, "forget": True})
    await contract()
    return urls


@pytest.fixture
def courier(carriers: dict[str, str]) -> str:
    """The first carrier's simulator, under a contract for the whole province; its base URL."""
    return carriers["ems"]


async def empty() -> None:
    """Empty tables (the calendar stays) and an empty Redis."""
    from app_server.kernel import db
    from app_server.kernel.cache import redis

    await db.execute("SELECT tests_empty($1::text[])", KEPT)
    await redis().flushdb()
    from auth.edge import service as edge

    edge._known.clear()


@pytest.fixture
async def database(emptying: None) -> None:
    """Empty tables (the calendar stays) and an empty Redis."""
    await empty()


@pytest.fixture(scope="session")
async def listeners(connected: None) -> AsyncIterator[dict[str, str]]:
    """The three surfaces on real sockets in this loop; `{surface: base URL}`."""
    from app_server.kernel.settings import load
    from app_server.main import application, listen

    urls, servers = {}, []
    for surface in ("public", "staff", "partner"):
        app = application(surface, load(), manage_database=False)  # type: ignore[arg-type]
        # Sanic rewrites its own methods at start, which works for one application a process.
        app.config.TOUCHUP = False
        sock = listen(0)
        server = await app.create_server(sock=sock, return_asyncio_server=True, access_log=False)
        assert server is not None
        await server.startup()
        await server.before_start()
        await server.start_serving()
        await server.after_start()
        urls[surface] = f"http://127.0.0.1:{sock.getsockname()[1]}"
        servers.append(server)
    yield urls
    for server in servers:
        await server.before_stop()
        # close() alone: awaiting it would wait for clients' idle connections.
        server.close()
        await server.after_stop()


@pytest.fixture
async def public(database: None, listeners: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the public surface."""
    async with _client(listeners["public"] + "/api/v1") as client:
        yield client


@pytest.fixture
async def staff_surface(
    database: None, listeners: dict[str, str]
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the staff surface."""
    async with _client(listeners["staff"] + "/staff/v1") as client:
        yield client


@pytest.fixture
async def partner(database: None, listeners: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the partner surface."""
    async with _client(listeners["partner"] + "/partner/v1") as client:
        yield client


def _client(base: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=base, timeout=20, trust_env=False)


@pytest.fixture
async def rep(simulators: dict[str, str], database: None) -> Any:
    """A resident whom the population registry knows, to represent an organisation."""
    from tests.builders.identity import in_registry
    from tests.builders.people import resident

    person = await resident(tier=2)
    await in_registry(simulators, person)
    return person


@pytest.fixture
async def org(simulators: dict[str, str], rep: Any) -> Any:
    """A registered company of `rep`, on the first level."""
    from tests.builders.organisations import company

    return await company(simulators, rep)


@pytest.fixture
def deliver(simulators: dict[str, str]) -> Any:
    """Relay and run everything the outbox holds, in this process, when awaited.

    Deliveries go to the world outside, so it is there.
    """
    del simulators
    from app_server.kernel import outbox

    async def run(rounds: int = 50) -> None:
        for _ in range(rounds):
            busy = await outbox.relay() > 0
            while await outbox.handle_one():
                busy = True
            while await outbox.perform_one():
                busy = True
            if not busy:
                return
            await asyncio.sleep(0)

    return run
