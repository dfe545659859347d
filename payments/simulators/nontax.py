"""The non-tax system as the product meets it: signed, stateful, with a cashier and notices.

模拟网关: no money moves. A notice is repeated on the real retry table, scaled by `SIM_CLOCK`
(seconds of theirs per second here), until it is answered with `success`. `POST /__fault` makes
the next calls fail: `{"answer_lost": n, "notice_dropped": n, …}` (`payments.simulators.faults`).
"""

import asyncio
import contextlib
import html
import os
from typing import Any

import httpx
import orjson
from sanic import HTTPResponse, Request, Sanic, redirect

from app_server.kernel import clock
from app_server.kernel.http.simulating import BANNER, refuse_production, run_simulator
from payments.providers.nontax import NonTaxSettings
from payments.rules import yuan_from_fen
from payments.simulators.faults import carry
from payments.simulators.nontax_world import NonTaxWorld
from payments.simulators.takings import told

POLL_S = 0.05
SLOW_S = 6


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    app: Sanic[Any, Any] = Sanic("simulator_nontax", configure_logging=False)
    app.config.AUTO_EXTEND = False
    account = NonTaxSettings()
    world = NonTaxWorld(account, clock.now, account.url)

    @app.post("/<path:path>")
    async def call(request: Request, path: str) -> HTTPResponse:
        del path
        headers = {name.lower(): value for name, value in request.headers.items()}
        carried = carry(world, "POST", request.path, headers, request.body)
        if carried.reply is None:
            return HTTPResponse(b"", 502)
        if carried.slow:
            await asyncio.sleep(SLOW_S)
        status, headers, body = carried.reply
        headers = dict(headers) | {"X-Simulator": "nontax"}
        kind = headers.pop("content-type", "application/json")
        return HTTPResponse(body, status, headers, kind)

    @app.post("/__fault")
    async def fault(request: Request) -> HTTPResponse:
        world.faults.set(orjson.loads(request.body))
        return HTTPResponse("", 204)

    @app.get("/__books")
    async def books(_: Request) -> HTTPResponse:
        return HTTPResponse(orjson.dumps(told(world)), content_type="application/json")

    @app.after_server_start
    async def begin(_: Any) -> None:
        app.add_task(_tell(world))

    _add_cashier(app, world)
    return app


def _add_cashier(app: "Sanic[Any, Any]", world: NonTaxWorld) -> None:
    @app.get("/cashier/<token:str>")
    async def page(_: Request, token: str) -> HTTPResponse:
        order = world.orders.get(world.cashiers.get(token, ""))
        if order is None:
            return HTTPResponse("没有这笔订单", 404)
        return HTTPResponse(_page(order), content_type="text/html; charset=utf-8")

    @app.post("/cashier/<token:str>")
    async def pay(request: Request, token: str) -> HTTPResponse:
        order = world.orders.get(world.cashiers.get(token, ""))
        if order is None:
            return HTTPResponse("没有这笔订单", 404)
        if request.form and request.form.get("act") == "pay":
            world.pay(order["out_trade_no"])
        return redirect(order["return_url"], status=303)


async def _tell(world: NonTaxWorld) -> None:
    """Notices leave as their table says, by a clock that runs `SIM_CLOCK` times as fast."""
    scale = float(os.environ.get("SIM_CLOCK", "10"))
    began = clock.now()
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        while True:
            await asyncio.sleep(POLL_S)
            now = began + (clock.now() - began) * scale
            for sent in world.notices.due(now):
                ok = False
                with contextlib.suppress(httpx.HTTPError):
                    reply = await client.post(
                        sent.url, content=sent.body, headers=dict(sent.headers)
                    )
                    ok = reply.text == "success"
                world.notices.answered(sent, now, ok=ok)


def _page(order: dict[str, Any]) -> str:
    amount = yuan_from_fen(int(order["amount_fen"]))
    open_ = order["state"] == "WAIT"
    buttons = (
        "<button name=act value=pay>确认支付</button>"
        "<button name=act value=cancel class=quiet>暂不支付</button>"
        if open_
        else "<p>该订单已处理。</p><button name=act value=back>返回</button>"
    )
    return (
        "<!doctype html><html lang=zh-CN><meta charset=utf-8><title>模拟收银台</title>"
        "<meta name=viewport content='width=device-width,initial-scale=1'>"
        "<style>body{font:17px/1.6 system-ui;max-width:28rem;margin:0 auto;padding:1rem;"
        "background:#f4f3ef;color:#1d2733}main{background:#fff;border-radius:16px;padding:1.4rem;"
        "margin-top:1rem}b{display:block;font-size:2.4rem;margin:.6rem 0 1rem}dl{margin:0}"
        "dt{color:#5d6875;font-size:.9rem}dd{margin:0 0 .7rem}button{width:100%;padding:.9rem;"
        "font:inherit;border:0;border-radius:12px;background:#1f3a5f;color:#fff;margin-top:.8rem}"
        ".quiet{background:#e7e9ec;color:#1d2733}</style>"
        f"{BANNER.replace('模拟环境 · 仅供演示，与真实机构无关', '模拟网关 不发生真实扣款')}"
        f"<main><h1 style='font-size:1.1rem;margin:0'>非税收入收银台</h1><b>¥ {amount}</b><dl>"
        f"<dt>缴款事项</dt><dd>{html.escape(str(order['title']))}</dd>"
        f"<dt>缴款识别码</dt><dd>{html.escape(str(order['pay_code']))}</dd></dl>"
        f"<form method=post>{buttons}</form></main></html>"
    )


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
