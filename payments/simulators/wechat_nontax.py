"""WeChat's non-tax platform as the product meets it: orders, a cashier, refunds, statements.

模拟网关: no money moves.
"""

from http import HTTPStatus
from typing import Any

import httpx
from sanic import HTTPResponse, Request, Sanic, redirect

from app_server.kernel.http.simulating import run_simulator
from payments.providers.wechat_nontax_account import WeChatNonTaxSettings
from payments.simulators.channel_process import application, cashier, wall
from payments.simulators.wechat_nontax_world import WeChatNonTaxWorld

GATES = ("/nontax/<name:str>",)


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    account = WeChatNonTaxSettings()
    world = WeChatNonTaxWorld(account, wall, account.url)
    app = application("wechat-nontax", world, _taken, GATES)

    @app.get("/cashier")
    async def show(request: Request) -> HTTPResponse:
        order = world.orders.get(str(request.args.get("order_id", "")))
        if order is None:
            return HTTPResponse("没有这笔订单", 404)
        rows = {"缴费项目": order["desc"], "执收单位编码": order["department_code"]}
        waiting = not world.expired(order)
        return cashier("微信非税缴费", order["fee"], rows, waiting=waiting)

    @app.post("/cashier")
    async def pay(request: Request) -> HTTPResponse:
        order = world.orders.get(str(request.args.get("order_id", "")))
        if order is None:
            return HTTPResponse("没有这笔订单", 404)
        if request.form and request.form.get("act") == "pay":
            world.pay(order["order_no"])
        back = str(request.args.get("return_url", "/cashier"))
        return redirect(back, status=HTTPStatus.SEE_OTHER)

    return app


def _taken(reply: httpx.Response) -> bool:
    return reply.status_code == httpx.codes.OK


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
