"""What the processes of both channels share: the line with its faults, notices, the cashier's page.

模拟网关: no money moves. Notices are repeated on the channel's own table, whose clock runs
`SIM_CLOCK` times as fast as ours. `POST /__fault {kind: n}` has the next n of a kind happen
(payments/simulators/faults.py); `POST /__pay {"out_trade_no": …}` pays as a phone would;
`GET /__books` is what the channel took and gave back.
"""

import asyncio
import contextlib
import html
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, cast

import httpx
import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.http.simulating import BANNER, refuse_production
from payments.rules import yuan_from_fen
from payments.simulators.faults import World, carry
from payments.simulators.notices import Notices, Outgoing
from payments.simulators.takings import Keeps, told

POLL_S = 0.05
SLOW_S = 6
LABEL = BANNER.replace("模拟环境 · 仅供演示，与真实机构无关", "模拟网关 不发生真实扣款")
Taken = Callable[[httpx.Response], bool]
_STYLE = (
    "body{font:17px/1.6 system-ui;max-width:28rem;margin:0 auto;padding:1rem;background:#f4f3ef;"
    "color:#1d2733}main{background:#fff;border-radius:16px;padding:1.4rem;margin-top:1rem}"
    "h1{font-size:1.1rem;margin:0}b{display:block;font-size:2.4rem;margin:.6rem 0 1rem}dl{margin:0}"
    "dt{color:#5d6875;font-size:.9rem}dd{margin:0 0 .7rem;overflow-wrap:anywhere}"
    "button{width:100%;padding:.9rem;font:inherit;border:0;border-radius:12px;background:#1f3a5f;"
    "color:#fff;margin-top:.8rem}.quiet{background:#e7e9ec;color:#1d2733}"
)


class ChannelWorld(World, Keeps, Protocol):
    """A world with people who pay and notices that leave."""

    notices: Notices

    def pay(self, out_trade_no: str) -> bool:
        """Somebody pays."""

    def due(self, now: datetime) -> list[Outgoing]:
        """What leaves now."""


def wall() -> datetime:
    """Their clock is ours; only notices run faster."""
    return datetime.now(UTC)


def application(
    name: str, world: ChannelWorld, taken: Taken, gates: Sequence[str]
) -> "Sanic[Any, Any]":
    """The simulator's application: the gates a channel has, its faults, its notices."""
    refuse_production()
    app: Sanic[Any, Any] = Sanic(f"simulator_{name}", configure_logging=False)
    app.config.AUTO_EXTEND = False

    async def call(request: Request, **_: str) -> HTTPResponse | None:
        return await _carried(name, world, request)

    for number, gate in enumerate(gates):
        app.add_route(call, gate, methods=["GET", "POST"], name=f"gate_{number}")

    @app.post("/__fault")
    async def fault(request: Request) -> HTTPResponse:
        try:
            world.faults.set(orjson.loads(request.body))
        except (KeyError, TypeError, ValueError):
            return HTTPResponse("没有这种故障", 400)
        return HTTPResponse("", 204)

    @app.post("/__pay")
    async def phone(request: Request) -> HTTPResponse:
        asked = orjson.loads(request.body)
        return HTTPResponse("", 204 if world.pay(str(asked["out_trade_no"])) else 404)

    @app.get("/__books")
    async def books(_: Request) -> HTTPResponse:
        return HTTPResponse(orjson.dumps(told(world)), content_type="application/json")

    @app.after_server_start
    async def begin(_: Any) -> None:
        app.add_task(_tell(world, taken), name="tell")

    @app.before_server_stop
    async def end(_: Any) -> None:
        await app.cancel_task("tell", raise_exception=False)

    return app


async def _carried(name: str, world: World, request: Request) -> HTTPResponse | None:
    target = request.raw_url.decode("latin-1")
    carried = carry(world, request.method, target, dict(request.headers.items()), request.body)
    if carried.reply is None:
        # Gone on the way: the connection breaks, nothing is said.
        cast("asyncio.Transport", request.transport).abort()
        return HTTPResponse("", 502)
    if carried.slow:
        await asyncio.sleep(SLOW_S)
    status, headers, body = carried.reply
    headers = headers | {"X-Simulator": name}
    kind = headers.pop("content-type", None)
    return HTTPResponse(body, status, headers, kind)


async def _tell(world: ChannelWorld, taken: Taken) -> None:
    scale, begun = float(os.environ.get("SIM_CLOCK", "10")), wall()

    def soon() -> datetime:
        return begun + (wall() - begun) * scale

    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:

        async def send(told: Outgoing) -> None:
            ok = False
            with contextlib.suppress(httpx.HTTPError):
                reply = await client.post(told.url, content=told.body, headers=dict(told.headers))
                ok = taken(reply)
            world.notices.answered(told, soon(), ok=ok)

        while True:
            await asyncio.sleep(POLL_S)
            await asyncio.gather(*(send(told) for told in world.due(soon())))


def cashier(name: str, fen: int, rows: Mapping[str, str], *, waiting: bool) -> HTTPResponse:
    """The page on which an order is paid, or not."""
    told = "".join(f"<dt>{_safe(k)}</dt><dd>{_safe(v)}</dd>" for k, v in rows.items())
    buttons = (
        "<button name=act value=pay>确认支付</button>"
        "<button name=act value=cancel class=quiet>暂不支付</button>"
        if waiting
        else "<p>该订单已处理。</p><button name=act value=back>返回</button>"
    )
    body = f"<b>¥ {yuan_from_fen(fen)}</b><dl>{told}</dl><form method=post>{buttons}</form>"
    return page(f"{name}收银台", body)


def page(title: str, body: str) -> HTTPResponse:
    """Any page of a simulated channel, under its label."""
    return HTTPResponse(
        "<!doctype html><html lang=zh-CN><meta charset=utf-8>"
        f"<title>模拟{_safe(title)}</title>"
        "<meta name=viewport content='width=device-width,initial-scale=1'>"
        f"<style>{_STYLE}</style>{LABEL}<main><h1>模拟{_safe(title)}</h1>{body}</main></html>",
        content_type="text/html; charset=utf-8",
    )


def _safe(text: object) -> str:
    return html.escape(str(text))
