"""A flood of forged notices: `python -m tests.bench.forged` (RATE=1000 LASTS=60).

Two web processes take the partner surface's door, as in production. This process sends forged
notices of WeChat Pay and Alipay at a fixed rate (spoilt signatures, unknown serials, old stamps,
weaker digests) and ten genuine ones a second beside them. Prints the rate really reached, what was
answered, and how long genuine notices waited, counted from when they should have left.
"""

import asyncio
import base64
import os
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from app_server.kernel import clock, db
from app_server.kernel.telemetry import set_up_logging
from payments import providers
from payments import service as payments
from payments.providers.alipay import Alipay
from payments.providers.alipay_account import AlipayPaySettings
from payments.providers.gateway import Payer
from payments.providers.wechatpay import WeChatPay
from payments.providers.wechatpay_account import WeChatPaySettings
from payments.simulators import alipay as alipay_simulator
from payments.simulators import wechatpay as wechat_simulator
from payments.simulators.alipay_world import AlipayWorld
from payments.simulators.channel_process import application
from payments.simulators.faults import Reply
from payments.simulators.notices import Outgoing
from payments.simulators.wechatpay_world import WeChatPayWorld
from tests.builders.channels import in_memory
from tests.builders.payments import COST, ORG
from tests.conftest import PROJECT, _free_base
from tests.faults.payments import drive
from tests.faults.payments.processes import _await_ready

RATE, LASTS = int(os.environ.get("RATE", "1000")), int(os.environ.get("LASTS", "60"))
GENUINE_A_SECOND, LINES, START_S = 10, 64, 90
WEBS = 2
PATHS = {"wechat": "/callbacks/wechatpay", "alipay": "/callbacks/alipay"}


class Counted(WeChatPayWorld):
    """WeChat Pay that counts how often it is asked for its keys."""

    asked_for_keys = 0

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """As ever."""
        self.asked_for_keys += target.startswith("/v3/certificates")
        return super().handle(method, target, headers, body)


@dataclass
class Flood:
    """What was sent and what came back."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    accepted: int = 0
    waits: list[float] = field(default_factory=list)
    refused: int = 0


class Line:
    """One connection kept open; as little work as can be, so that the rate is reached."""

    def __init__(self, port: int) -> None:
        self.port, self.reader, self.writer = port, None, None  # type: ignore[var-annotated]

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """Send and read the answer in full."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = 0
        for row in head.lower().split(b"\r\n"):
            if row.startswith(b"content-length:"):
                length = int(row[15:])
        body = await self.reader.readexactly(length) if length else b""
        return int(head[9:12]), body


def request_of(channel: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """A notice as bytes on the wire."""
    rows = [f"POST {PATHS[channel]} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(body)}"]
    rows += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(rows).encode() + b"\r\n\r\n" + body


def forgeries(channel: str, told: Outgoing) -> list[bytes]:
    """What nobody at the channel signed, in several ways."""
    mark = base64.b64encode(secrets.token_bytes(256)).decode()
    made = []
    if channel == "wechat":
        changes: list[dict[str, str]] = [
            {"Wechatpay-Signature": mark},
            {"Wechatpay-Serial": secrets.token_hex(20).upper()},
            {"Wechatpay-Serial": secrets.token_hex(20).upper(), "Wechatpay-Signature": mark},
            {"Wechatpay-Timestamp": "1577808000"},
            {"Wechatpay-Nonce": secrets.token_hex(16)},
            {"Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + mark},
        ]
        made = [(dict(told.headers) | change, told.body) for change in changes]
        made.append((dict(told.headers), told.body.replace(b"SUCCESS", b"SUCCES5")))
    else:
        body = told.body
        made = [
            (dict(told.headers), body.replace(b"total_amount=", b"total_amount=1")),
            (dict(told.headers), body.replace(b"RSA2", b"RSA")),
            (dict(told.headers), body[: body.index(b"sign=")] + b"sign=" + mark.encode()),
            (dict(told.headers), body + b"&trade_status=TRADE_SUCCESS"),
        ]
    return [request_of(channel, headers, body) for headers, body in made]


async def orders(worlds: Mapping[str, Any], count: int) -> None:
    """So many orders at each channel, every one paid there."""
    people = await drive.payers(5)
    for number in range(count * 2):
        channel = list(worlds)[number % 2]
        who = people[number % len(people)]
        async with db.unit_of_work():
            bill = await payments.create_bill(
                person_id=who.subject,
                title="居住证补领工本费",
                items=[payments.BillItem("工本费", COST, 2000)],
                agency_code=ORG,
                agency_name="演示公安分局",
                region="341602",
                source="bench",
                source_ref=str(number),
            )
        product: Any = {"wechat": "native", "alipay": "mini"}[channel]
        payer = Payer(providers.gateway(channel, "treasury").app_id(product), "oSIMULATED")
        await payments.start_order(who, bill, payments.Wish(channel, product, payer))
    for row in await db.rows("SELECT channel, out_trade_no FROM payments_attempt"):
        assert worlds[row["channel"]].pay(row["out_trade_no"])


async def flooded(port: int, forged: list[bytes], flood: Flood, until: float) -> None:
    """One line of the flood: always the next that is due."""
    line, begun = Line(port), time.perf_counter()
    while True:
        turn = flood.sent
        flood.sent += 1
        due = begun + turn / RATE
        if due >= until:
            flood.sent -= 1
            return
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        status, body = await line.send(forged[turn % len(forged)])
        flood.statuses[status] += 1
        flood.accepted += status < 300 or body == b"success"


async def genuine(port: int, true: list[bytes], flood: Flood, until: float) -> None:
    """The genuine ones, each at its time whether or not the one before was answered."""
    begun = time.perf_counter()

    async def one(request: bytes, due: float) -> None:
        status, body = await Line(port).send(request)
        flood.waits.append(time.perf_counter() - due)
        flood.refused += not (status == 204 or body == b"success")

    tasks = []
    for turn, request in enumerate(true):
        due = begun + turn / GENUINE_A_SECOND
        if due >= until:
            break
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(request, due)))
    await asyncio.gather(*tasks)


async def test_bench(connected: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prepare, flood, and look at what came of it."""
    set_up_logging("critical")
    base = _free_base(3)
    wechat = WeChatPaySettings(endpoint=f"http://127.0.0.1:{base + 2}")
    shop = AlipayPaySettings()
    worlds = {
        "wechat": Counted([wechat_simulator.merchant(wechat)], clock.now),
        "alipay": AlipayWorld([alipay_simulator.seller(shop)], clock.now, shop.url),
    }
    doors = {
        "wechat": WeChatPay(wechat, in_memory(worlds["wechat"])),
        "alipay": Alipay(shop, in_memory(worlds["alipay"])),
    }
    for name, door in doors.items():
        monkeypatch.setitem(providers.GATEWAYS, name, lambda _, door=door: door)
    await orders(worlds, GENUINE_A_SECOND * LASTS // 2)
    environment = os.environ | {
        "PUBLIC_PORT": str(base),
        "PARTNER_PORT": str(base + 1),
        "WECHATPAY_ENDPOINT": wechat.url,
        "WECHATPAY_CERTIFICATES": "true",
    }
    web = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.payments.mortal", *["web"] * WEBS],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    app = application("wechatpay", worlds["wechat"], lambda _: True, wechat_simulator.GATES)
    app.config.TOUCHUP = False
    try:
        # Not its start-up: the notices are ours to send.
        keys = await app.create_server(
            host="127.0.0.1", port=base + 2, return_asyncio_server=True, access_log=False
        )
        assert keys is not None
        await keys.startup()
        await keys.start_serving()
        await asyncio.to_thread(_await_ready, f"http://127.0.0.1:{base + 1}", START_S)
        flood = await _flood(base + 1, worlds)
        keys.close()
    finally:
        web.send_signal(signal.SIGTERM)
        web.wait(10)
    await _show(flood, worlds["wechat"])


async def _flood(port: int, worlds: Mapping[str, Any]) -> Flood:
    forged, true = [], []
    for channel, world in worlds.items():
        told = world.due(clock.now())
        forged += forgeries(channel, told[0])
        true += [request_of(channel, one.headers, one.body) for one in told]
    secrets.SystemRandom().shuffle(true)
    flood, until = Flood(), time.perf_counter() + LASTS
    lines = (flooded(port, forged, flood, until) for _ in range(LINES))
    await asyncio.gather(genuine(port, true, flood, until), *lines)
    return flood


async def _show(flood: Flood, wechat: Counted) -> None:
    waits = sorted(flood.waits)
    p50, p99 = (waits[int(len(waits) * part)] * 1000 for part in (0.5, 0.99))
    paid = await db.value("SELECT count(*) FROM payments_bill WHERE state = 'paid'")
    answered = flood.statuses.total()
    print(f"\n{answered:,} forged in {LASTS} s: {answered / LASTS:,.0f} a second (goal 1,000)")
    print("answered", dict(flood.statuses), f"accepted {flood.accepted} (goal 0)")
    print(f"asked for keys {wechat.asked_for_keys} times by {WEBS} processes (goal ≤ 1 each)")
    print(
        f"{len(waits)} genuine, {flood.refused} refused, p50 {p50:.1f} ms, p99 {p99:.1f} ms "
        f"(goal 200), {paid} bills paid"
    )
    assert flood.accepted == 0
    assert flood.refused == 0
    assert wechat.asked_for_keys <= WEBS
    assert paid == len(waits)


if __name__ == "__main__":
    order = [sys.executable, "-m", "pytest", "-qs", "-p", "no:cacheprovider", "-o", "timeout=600"]
    os.execv(sys.executable, [*order, __file__])  # noqa: S606 - ourselves, with fresh settings
