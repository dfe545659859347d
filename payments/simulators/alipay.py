"""Alipay as the product meets it: OpenAPI signed both ways, a cashier, notices, bills.

模拟网关: no money moves.
"""

from http import HTTPStatus
from typing import Any

import httpx
from sanic import HTTPResponse, Request, Sanic, redirect

from app_server.kernel.http.simulating import run_simulator
from app_server.kernel.rsa2 import private_key, public_key, simulated_keys
from payments.providers.alipay_account import (
    AlipayPayBusinessSettings,
    AlipayPaySettings,
    simulated_name,
)
from payments.simulators.alipay_books import Seller
from payments.simulators.alipay_world import AlipayWorld
from payments.simulators.channel_process import application, cashier, page, wall

GATES = ("/gateway.do", "/bill")


def seller(account: AlipayPaySettings) -> Seller:
    """A seller with the keys that were made for it on this machine."""
    keys = simulated_keys(simulated_name(account))
    return Seller(account, public_key(keys.our_public), private_key(keys.their_private))


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    accounts = (AlipayPaySettings(), AlipayPayBusinessSettings())
    world = AlipayWorld([seller(one) for one in accounts], wall, accounts[0].url)
    app = application("alipay-pay", world, _taken, GATES)

    @app.get("/cashier/<token:str>")
    async def show(_: Request, token: str) -> HTTPResponse:
        order = world.cashiers.get(token)
        if order is None:
            return HTTPResponse("没有这笔订单", 404)
        rows = {"商品": order["subject"], "商户订单号": order["out_trade_no"]}
        return cashier("支付宝", order["total_fen"], rows, waiting=not world.expired(order))

    @app.post("/cashier/<token:str>")
    async def pay(request: Request, token: str) -> HTTPResponse:
        order = world.cashiers.get(token)
        if order is None:
            return HTTPResponse("没有这笔订单", 404)
        if request.form and request.form.get("act") == "pay":
            world.pay(order["out_trade_no"])
        if not order["return_url"]:
            return page("支付宝", "<p>已完成，请返回原应用。</p>")
        return redirect(world.returned(order), status=HTTPStatus.SEE_OTHER)

    return app


def _taken(reply: httpx.Response) -> bool:
    return reply.content == b"success"


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
