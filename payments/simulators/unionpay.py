"""UnionPay as the product meets it: signed forms, a cashier that comes back by a POST, notices.

模拟网关: no money moves.
"""

import html
from typing import Any

import httpx
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.http.simulating import run_simulator
from app_server.kernel.rsa2 import public_key
from payments.providers.unionpay_account import (
    UnionPayBusinessSettings,
    UnionPaySettings,
    simulated_unionpay,
)
from payments.simulators.channel_process import application, cashier, page, wall
from payments.simulators.unionpay_world import UnionMerchant, UnionPayWorld

GATES = ("/", "/gateway/api/<name:str>")


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    made, accounts = simulated_unionpay(), (UnionPaySettings(), UnionPayBusinessSettings())
    merchants = [UnionMerchant(one, public_key(made.our_public)) for one in accounts]
    world = UnionPayWorld(merchants, made, wall, accounts[0].url)
    app = application("unionpay", world, _taken, GATES)

    @app.get("/cashier/<token:str>")
    async def show(_: Request, token: str) -> HTTPResponse:
        order = world.cashiers.get(token)
        if order is None:
            return HTTPResponse("没有这笔订单", 404)
        rows = {"商品": order.get("orderDesc", ""), "商户订单号": order["orderId"]}
        open_ = order["state"] == "" and not world.expired(order)
        return cashier("银联", int(order["txnAmt"]), rows, waiting=open_)

    @app.post("/cashier/<token:str>")
    async def pay(request: Request, token: str) -> HTTPResponse:
        order = world.cashiers.get(token)
        if order is None:
            return HTTPResponse("没有这笔订单", 404)
        if request.form and request.form.get("act") == "pay":
            world.pay(order["orderId"])
        if not order.get("frontUrl"):
            return page("银联", "<p>已完成，请返回原应用。</p>")
        return _back(order["frontUrl"], world.returned(order))

    return app


def _back(url: str, fields: dict[str, str]) -> HTTPResponse:
    """The browser posts what it was told to the merchant's page, as UnionPay's does."""
    told = "".join(
        f"<input type=hidden name={html.escape(name)} value='{html.escape(value)}'>"
        for name, value in fields.items()
    )
    form = f"<form id=f method=post action='{html.escape(url)}'>{told}<button>返回</button></form>"
    return page("银联", f"{form}<script>f.submit()</script>")


def _taken(reply: httpx.Response) -> bool:
    return reply.status_code == httpx.codes.OK


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
