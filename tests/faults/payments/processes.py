"""Payments through real processes: `python -m tests.faults.payments.processes` (ORDERS=2000).

Three simulators, a web process and a worker, each on its own, over sockets; people pay by HTTP.
With KILLS=200 web and worker are killed (mortal.py) while it goes on. Then time is helped along
(what rests until later is due now, what was never paid is past its time) and the same judge looks.
"""

import asyncio
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx

from app_server.kernel import db
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from app_server.registry import SIMULATORS
from payments import service as payments
from payments.errors import NotRefundable
from payments.simulators.takings import Taking
from tests.builders.payments import COST
from tests.builders.people import bearer
from tests.builders.staff import ORG
from tests.conftest import PROJECT, _free_base
from tests.faults.payments import drive
from tests.faults.payments.judge import Verdict, judge
from tests.faults.payments.stories import OFFICERS

ORDERS = int(os.environ.get("ORDERS", "2000"))
KILLS = int(os.environ.get("KILLS", "0"))
CHANCE = float(os.environ.get("CHANCE", "0.012"))
AT_ONCE = 12
PEOPLE = 200
START_S = 90
PATIENCE_S = float(os.environ.get("PATIENCE", "300"))
# A bill's people press a button at most so often in a minute (the route's own limit).
CHANNELS = {
    "wechat": ("wechatpay", ("h5", "native")),
    "alipay": ("alipay_pay", ("page", "h5")),
    "nontax": ("nontax", ("h5", "page")),
}
FAULTS = ("answer_lost", "request_lost", "server_error", "garbage", "bad_signature", "busy",
          "notice_dropped", "notice_copies", "notice_late", "notice_forged")  # fmt: skip
# Time helped along: what rests until later is due now; a lease ten seconds old is nobody's.
HURRY = """
UPDATE kernel_delivery SET run_at = least(run_at, now()),
  lease_until = CASE WHEN lease_until < now() + interval '50 s' THEN NULL ELSE lease_until END
WHERE state IN ('ready', 'parked') AND (run_at > now() OR lease_until IS NOT NULL)
"""
EXPIRE = """
UPDATE payments_order SET expires_at = now() - interval '6 minutes' WHERE expires_at > now()
"""
UNDONE = """
SELECT (SELECT count(*) FROM kernel_delivery WHERE state = 'ready' AND handler LIKE 'payments.%')
  + (SELECT count(*) FROM kernel_event WHERE NOT relayed)
  + (SELECT count(*) FROM payments_order WHERE state IN ('created', 'paying', 'closing'))
  + (SELECT count(*) FROM payments_attempt WHERE state IN ('new', 'sent', 'waiting'))
  + (SELECT count(*) FROM payments_refund WHERE state IN ('new', 'sent', 'processing'))
"""


@dataclass
class Street:
    """The running processes, and what people met."""

    public: str
    logs: Path
    dice: random.Random
    met: Counter[str] = field(default_factory=Counter)
    injected: Counter[str] = field(default_factory=Counter)

    @property
    def deaths(self) -> Counter[str]:
        """How often a process died, by point."""
        told = (self.logs / "out").read_text()
        return Counter(re.findall(r"^died (\w+)$", told, re.MULTILINE))


@contextmanager
def running(kills: int, seed: int = 1) -> Iterator[Street]:
    """Simulators, web and worker as processes."""
    base = _free_base(2)
    logs = Path(tempfile.mkdtemp(prefix="wanshi-payments-"))
    ports = {"PUBLIC_PORT": str(base), "PARTNER_PORT": str(base + 1), "SIM_CLOCK": "600"}
    # Sessions are opened here and used there: one issuer.
    ports |= {"PUBLIC_ORIGIN": load().origin("public")}
    fate = {"MORTAL_CHANCE": str(CHANCE if kills else 0), "MORTAL_LIVES": str(kills // 2)}
    environment = {**os.environ, **ports, **fate, "MORTAL_SEED": str(seed)}
    names = [name for name, _ in CHANNELS.values()]
    order = (sys.executable, "-m", "tests.faults.payments.mortal", "web", "worker", *names)
    with (logs / "out").open("wb") as out:
        process = subprocess.Popen(
            order, cwd=PROJECT, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        _await_ready(f"http://127.0.0.1:{base}", START_S)
        for name in names:
            _await_ready(f"http://127.0.0.1:{SIMULATORS[name].port}", START_S)
        yield Street(f"http://127.0.0.1:{base}/api/v1", logs, random.Random(seed))
    finally:
        _end(process)


def _await_ready(url: str, within: float) -> None:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{url}/readyz", timeout=3, trust_env=False).status_code == 200:
                return
        time.sleep(0.2)
    raise RuntimeError(f"{url} did not become ready")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass
class Payer:
    """Somebody with a browser."""

    street: Street
    http: httpx.AsyncClient
    headers: dict[str, str]
    bill_no: str

    async def asks(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        """A request, tried again as people do; None when it never came through."""
        for turn in range(25):
            key = {"idempotency-key": f"faults-{self.street.dice.getrandbits(64):016x}"}
            try:
                url = f"{self.street.public}{path}"
                reply = await self.http.request(method, url, headers=self.headers | key, **more)
            except httpx.TransportError as error:
                self.street.met[type(error).__name__] += 1
            else:
                if reply.status_code < 400:
                    return reply
                told = reply.json().get("code", str(reply.status_code))
                self.street.met[told] += 1
                if told == "payments.bill_not_payable":
                    return None
                assert reply.status_code not in {401, 403, 422}, reply.text
            await asyncio.sleep(0.1 + 0.1 * turn)
        return None

    async def starts(self, channel: str) -> str:
        """Begin to pay; the number the channel knows, or nothing."""
        simulator, products = CHANNELS[channel]
        product = self.street.dice.choice(products)
        body = {"channel": channel, "product": product}
        reply = await self.asks("POST", f"/bills/{self.bill_no}/orders", json=body)
        go = reply.json().get("go") if reply is not None else None
        if not go:
            return ""
        if channel == "alipay":
            # The page opens there: that is when the order is placed.
            await self._there("GET", go["told"]["url"])
        if channel == "nontax":
            return str(go["told"]["url"])
        del simulator
        return str(
            await db.value(
                "SELECT a.out_trade_no FROM payments_attempt a JOIN payments_order o "
                "ON o.id = a.order_id JOIN payments_bill b ON b.id = o.bill_id "
                "WHERE b.bill_no = $1 AND a.channel = $2 ORDER BY a.id DESC LIMIT 1",
                self.bill_no,
                channel,
            )
        )

    async def pays(self, channel: str, number: str) -> None:
        """Pay there, if there is something to pay."""
        if not number:
            return
        if channel == "nontax":
            await self._there("POST", number, data={"act": "pay"})
            return
        url = f"http://127.0.0.1:{SIMULATORS[CHANNELS[channel][0]].port}/__pay"
        await self._there("POST", url, json={"out_trade_no": number})

    async def _there(self, method: str, url: str, **more: Any) -> None:
        try:
            await self.http.request(method, url, **more)
        except httpx.TransportError as error:
            # A line to a simulator is cut by its own faults.
            self.street.met[f"there {type(error).__name__}"] += 1

    async def sees_it_paid(self) -> bool:
        """Until the bill says so."""
        for _ in range(200):
            state = "SELECT state FROM payments_bill WHERE bill_no = $1"
            if await db.value(state, self.bill_no) == "paid":
                return True
            await asyncio.sleep(0.2)
        return False

    async def gets_back(self, fen: int) -> None:
        """Two officers; their own desks are not what is killed here."""
        try:
            asked = await payments.ask_refund(OFFICERS[0], self.bill_no, fen, "多缴退回")
        except NotRefundable:
            return
        await payments.decide_refund(OFFICERS[1], asked.out_refund_no, asked.version, agreed=True)


async def _story(payer: Payer, story: int, fen: int) -> None:
    names = list(CHANNELS)
    channel = names[story % 3]
    other = names[(story + payer.street.dice.choice((1, 2))) % 3]
    kind = story // 3 % 5
    number = await payer.starts(channel)
    if kind == 1:
        return
    if kind == 4:
        second = await payer.starts(other)
        await asyncio.gather(payer.pays(channel, number), payer.pays(other, second))
        return
    await payer.pays(channel, number)
    if kind in {2, 3} and number and await payer.sees_it_paid():
        await payer.gets_back(fen if kind == 2 else fen // 3)
        if kind == 3:
            await payer.gets_back(fen // 3 + 1)


@asynccontextmanager
async def _bad_lines(
    street: Street, http: httpx.AsyncClient, *, often: float
) -> AsyncIterator[None]:
    """Now and then each channel is told to do something wrong."""

    async def spoil() -> None:
        while True:
            await asyncio.sleep(often)
            simulator, _ = CHANNELS[street.dice.choice(list(CHANNELS))]
            kind, count = street.dice.choice(FAULTS), street.dice.randint(1, 4)
            url = f"http://127.0.0.1:{SIMULATORS[simulator].port}/__fault"
            try:
                await http.post(url, json={kind: count})
                street.injected[kind] += count
            except httpx.TransportError:
                continue

    spoiling = asyncio.create_task(spoil())
    try:
        yield
    finally:
        spoiling.cancel()


async def drive_through(street: Street, people: list[Principal], orders: int) -> Verdict:
    """Have people pay, wait until all is quiet, and judge."""
    turns = asyncio.Semaphore(AT_ONCE)
    headers = {one.subject: await bearer(one) for one in people}
    async with httpx.AsyncClient(timeout=15, trust_env=False) as http:

        async def one(number: int) -> None:
            async with turns:
                who, fen = people[number % len(people)], 300 + street.dice.randrange(100_000)
                bill_no = await _bill(who, number, fen)
                await _story(Payer(street, http, headers[who.subject], bill_no), number, fen)

        async with _bad_lines(street, http, often=0.2):
            await asyncio.gather(*(one(number) for number in range(orders)))
        print("all have paid who will;", dict(street.met.most_common(6)), flush=True)
        books = await _quiet(http)
    takings = {
        name: [Taking(**one) for one in cast("list[dict[str, Any]]", told["takings"])]
        for name, told in books.items()
    }
    return await judge(db.rows, takings, cast("Any", books["nontax"]["receipts"]))


async def _bill(who: Principal, number: int, fen: int) -> str:
    async with db.unit_of_work():
        return await payments.create_bill(
            person_id=who.subject,
            title="居住证补领工本费",
            items=[payments.BillItem("工本费", COST, fen)],
            agency_code=ORG,
            agency_name="演示公安分局",
            region="341602",
            source="faults",
            source_ref=f"{number}",
        )


async def _quiet(http: httpx.AsyncClient) -> dict[str, dict[str, object]]:
    """Help time along until nothing is under way; the channels' books then."""
    deadline, books = time.monotonic() + PATIENCE_S, dict[str, dict[str, object]]()
    await db.execute(EXPIRE)
    for turn in range(10**6):
        await db.execute(HURRY)
        if turn % 4 == 3:
            await payments.sweep()
        await asyncio.sleep(0.5)
        books = await _books(http)
        told = sum(cast("int", one["notices"]) for one in books.values())
        if not told and await db.value(UNDONE) == 0 and await _receipted():
            break
        if turn % 10 == 0:
            print(f"... {await db.value(UNDONE)} under way, {told} notices", flush=True)
        if time.monotonic() > deadline:
            break
    return books


async def _receipted() -> bool:
    return not await db.value(
        "SELECT count(*) FROM kernel_delivery WHERE state = 'parked' AND handler LIKE 'payments.%'"
    )


async def _books(http: httpx.AsyncClient) -> dict[str, dict[str, object]]:
    return {
        name: (await http.get(f"http://127.0.0.1:{SIMULATORS[simulator].port}/__books")).json()
        for name, (simulator, _) in CHANNELS.items()
    }


async def test_processes(connected: None, emptying: None) -> None:
    """The long form."""
    people = await drive.payers(PEOPLE)
    began = time.perf_counter()
    with running(KILLS) as street:
        verdict = await drive_through(street, people, ORDERS)
        deaths = street.deaths
    took = time.perf_counter() - began
    print(
        f"\n{ORDERS:,} stories, {verdict.orders:,} orders, {verdict.facts:,} facts, "
        f"{verdict.paid:,} payments, {verdict.refunded:,} refunds; {took:,.0f} s"
    )
    print("asked for", dict(sorted(street.injected.items())))
    print("people met", dict(street.met.most_common()))
    print(f"{deaths.total()} deaths", dict(sorted(deaths.items())))
    print(verdict)
    for kind, told in verdict.examples.items():
        print(f"    {kind}: " + "\n      ".join(told))
    assert verdict.clean
    assert deaths.total() >= KILLS * 0.9


if __name__ == "__main__":
    # Afresh: the settings are read when the application is imported, and it is by now.
    order = [sys.executable, "-m", "pytest", "-qs", "-p", "no:cacheprovider", "-o", "timeout=0"]
    os.execv(sys.executable, [*order, __file__])  # noqa: S606 - ourselves
