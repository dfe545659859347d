"""WeChat Pay as the product meets it: API v3 signed both ways, a cashier, notices, bills.

模拟网关: no money moves. `/cashier` without an order is the simulated phone: it lists what waits.
"""

import html
from http import HTTPStatus
from typing import Any

import httpx
from sanic import HTTPResponse, Request, Sanic, redirect

from app_server.kernel.http.simulating import run_simulator
from app_server.kernel.rsa2 import private_key, public_key, simulated_keys
from payments.providers.wechatpay_account import (
    WeChatPayBusinessSettings,
    WeChatPaySettings,
    simulated_name,
)
from payments.rules import yuan_from_fen
from payments.simulators.channel_process import application, cashier, page, wall
from payments.simulators.wechatpay_books import Merchant
from payments.simulators.wechatpay_world import WeChatPayWorld

GATES = ("/v3/<path:path>",)


def merchant(account: WeChatPaySettings) -> Merchant:
    """A merchant with the keys that were made for it on this machine."""
    keys = simulated_keys(simulated_name(account))
    return Merchant(account, public_key(keys.our_public), private_key(keys.their_private))


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    accounts = (WeChatPaySettings(), WeChatPayBusinessSettings())
    world = WeChatPayWorld([merchant(one) for one in accounts], wall, accounts[0].url)
    app = application("wechatpay", world, _taken, GATES)

    @app.get("/cashier")
    async def show(request: Request) -> HTTPResponse:
        order = world.prepared.get(str(request.args.get("prepay_id", "")))
        if order is None:
            return _phone(world)
        rows = {"商品": order["description"], "商户订单号": order["out_trade_no"]}
        waiting = not world.expired(order)
        return cashier("微信支付", order["amount"]["total"], rows, waiting=waiting)

    @app.post("/cashier")
    async def pay(request: Request) -> HTTPResponse:
        order = world.prepared.get(str(request.args.get("prepay_id", "")))
        if order is None:
            return HTTPResponse("没有这笔订单", 404)
        if request.form and request.form.get("act") == "pay":
            world.pay(order["out_trade_no"])
        back = str(request.args.get("redirect_url", "/cashier"))
        return redirect(back, status=HTTPStatus.SEE_OTHER)

    return app


def _phone(world: WeChatPayWorld) -> HTTPResponse:
    waiting = [order for order in world.prepared.values() if not world.expired(order)]
    rows = "".join(
        f"<li><a href='/cashier?prepay_id={order['prepay_id']}'>"
        f"{html.escape(str(order['description']))} ¥ {yuan_from_fen(order['amount']['total'])}"
        "</a></li>"
        for order in waiting
    )
    return page("微信", f"<ul>{rows}</ul>" if rows else "<p>没有待支付的订单。</p>")


def _taken(reply: httpx.Response) -> bool:
    return reply.status_code in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
