"""The courier: takes signed orders once per reference, and pushes signed notices.

模拟快递公司: nothing leaves this machine. `POST /__notice {waybill, notice, state, at, …}` pushes
one notice, in whatever order and as often as it is called.
"""

import secrets
from typing import Any

import httpx
import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.http.simulating import refuse_production, run_simulator
from app_server.logistics.providers.courier import NOTICES, CourierSettings, is_signed, signed

Order = dict[str, Any]


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    account = CourierSettings()
    app: Sanic[Any, Any] = Sanic("simulator_courier", configure_logging=False)
    app.config.AUTO_EXTEND = False
    orders: dict[str, Order] = {}

    @app.post("/orders")
    async def take(request: Request) -> HTTPResponse:
        if not is_signed(account, "/orders", request.body.decode(), request.headers):
            return HTTPResponse("signature", 403)
        told = orjson.loads(request.body)
        if not told["recipient"].get("address"):
            return HTTPResponse("no address", 422)
        fresh = told | {"waybill": f"SIM{secrets.randbelow(10**12):012d}"}
        return _answer(orders.setdefault(told["reference"], fresh))

    @app.get("/orders/<reference:str>")
    async def find(request: Request, reference: str) -> HTTPResponse:
        if not is_signed(account, f"/orders/{reference}", "", request.headers):
            return HTTPResponse("signature", 403)
        held = orders.get(reference)
        return _answer(held) if held else HTTPResponse("unknown", 404)

    @app.post("/__notice")
    async def push(request: Request) -> HTTPResponse:
        told = orjson.loads(request.body)
        order = next(o for o in orders.values() if o["waybill"] == told["waybill"])
        body = orjson.dumps({"contents_digest": order["contents_digest"]} | told).decode()
        async with httpx.AsyncClient(trust_env=False) as client:
            reply = await client.post(
                order["notify_url"], content=body, headers=signed(account, NOTICES, body)
            )
        return HTTPResponse(reply.text, reply.status_code)

    return app


def _answer(order: Order) -> HTTPResponse:
    body = orjson.dumps({"waybill": order["waybill"]})
    return HTTPResponse(body, 200, {"X-Simulator": "courier"}, "application/json")


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
