"""The non-tax system as the product meets it: signed, stateful, with a cashier and notices.

模拟网关: no money moves. A notice is repeated on the real retry table, scaled by `SIM_CLOCK`
(seconds of theirs per second here), until it is answered with `success`. `POST /__fault` makes
the next calls fail: `{"drop_answers": n, "drop_notices": n, "notices": copies}`.
"""

import asyncio
import contextlib
import html
import os
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
from sanic import HTTPResponse, Request, Sanic, redirect

from app_server.kernel.http.simulating import BANNER, refuse_production, run_simulator
from payments.errors import BadNotice
from payments.providers.nontax import NonTaxSettings, envelope, opened
from payments.rules import yuan_from_fen

# Seconds between notices (WeChat Pay's public table serves as the measure).
RETRIES = (0, 15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600)


@dataclass
class State:
    """What the simulated system knows."""

    account: NonTaxSettings = field(default_factory=NonTaxSettings)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    cashiers: dict[str, str] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def fails(self, kind: str) -> bool:
        """Whether a fault of this kind is due now."""
        if self.faults.get(kind, 0) > 0:
            self.faults[kind] -= 1
            return True
        return False


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    app: Sanic[Any, Any] = Sanic("simulator_nontax", configure_logging=False)
    app.config.AUTO_EXTEND = False
    state = State()

    def signed(path: str, answer: dict[str, Any]) -> HTTPResponse:
        if state.fails("drop_answers"):
            return HTTPResponse(b"", 502)
        body = orjson.dumps(answer)
        headers = envelope(state.account, path, body) | {"X-Simulator": "nontax"}
        headers.pop("content-type")
        return HTTPResponse(body, 200, headers, "application/json")

    async def call(request: Request) -> HTTPResponse:
        try:
            asked = opened(
                state.account, request.path, dict(request.headers), request.body, datetime.now(UTC)
            )
        except BadNotice:
            return HTTPResponse(b'{"code":"SIGN_ERROR"}', 401)
        return signed(request.path, _CALLS[request.path](state, asked))

    for path in _CALLS:
        app.add_route(call, path, methods=["POST"], name=path.strip("/"))
    _add_cashier(app, state)

    @app.post("/__fault")
    async def fault(request: Request) -> HTTPResponse:
        state.faults.update(orjson.loads(request.body))
        return HTTPResponse("", 204)

    return app


def _create(state: State, asked: dict[str, Any]) -> dict[str, Any]:
    if asked.get("merchant") != state.account.merchant:
        return {"code": "MERCHANT_UNKNOWN"}
    number = str(asked["out_trade_no"])
    order = state.orders.get(number)
    if order is not None and order["amount_fen"] != asked["amount_fen"]:
        return {"code": "ORDER_DIFFERS"}
    if order is None:
        cashier = secrets.token_urlsafe(18)
        state.cashiers[cashier] = number
        order = asked | {"state": "WAIT", "trade_no": f"SIM{time.time_ns()}", "cashier": cashier}
        state.orders[number] = order
    base = state.account.url
    return {
        "code": "OK",
        "trade_no": order["trade_no"],
        "cashier_url": f"{base}/cashier/{order['cashier']}",
    }


def _told(order: dict[str, Any]) -> dict[str, Any]:
    names = ("merchant", "out_trade_no", "amount_fen", "state", "trade_no", "paid_at")
    return {"code": "OK"} | {name: order[name] for name in names if name in order}


def _query(state: State, asked: dict[str, Any]) -> dict[str, Any]:
    order = state.orders.get(str(asked["out_trade_no"]))
    if order is None:
        missing = {"state": "NOT_EXIST", "amount_fen": 0, "merchant": state.account.merchant}
        return {"code": "OK", "out_trade_no": asked["out_trade_no"]} | missing
    return _told(order)


def _close(state: State, asked: dict[str, Any]) -> dict[str, Any]:
    order = state.orders.get(str(asked["out_trade_no"]))
    if order is not None and order["state"] == "WAIT":
        order["state"] = "CLOSED"
    return _query(state, asked)


_CALLS = {"/orders": _create, "/query": _query, "/close": _close}


def _add_cashier(app: "Sanic[Any, Any]", state: State) -> None:
    @app.get("/cashier/<token:str>")
    async def page(_: Request, token: str) -> HTTPResponse:
        order = state.orders.get(state.cashiers.get(token, ""))
        if order is None:
            return HTTPResponse("没有这笔订单", 404)
        return HTTPResponse(_page(order), content_type="text/html; charset=utf-8")

    @app.post("/cashier/<token:str>")
    async def pay(request: Request, token: str) -> HTTPResponse:
        order = state.orders.get(state.cashiers.get(token, ""))
        if order is None:
            return HTTPResponse("没有这笔订单", 404)
        if request.form and request.form.get("act") == "pay" and order["state"] == "WAIT":
            order |= {"state": "PAID", "paid_at": int(time.time())}
            task = asyncio.create_task(_notify(state, order))
            state.tasks.add(task)
            task.add_done_callback(state.tasks.discard)
        return redirect(order["return_url"], status=303)


async def _notify(state: State, order: dict[str, Any]) -> None:
    scale = float(os.environ.get("SIM_CLOCK", "10"))
    notice = _told(order) | {"notice_id": f"N{order['trade_no']}"}
    body = orjson.dumps(notice)
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        for wait in RETRIES:
            await asyncio.sleep(wait / scale)
            if state.fails("drop_notices"):
                continue
            headers = envelope(state.account, "/callbacks/nontax", body)
            with contextlib.suppress(httpx.HTTPError):
                reply = await client.post(order["notify_url"], content=body, headers=headers)
                if reply.text == "success":
                    return


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
