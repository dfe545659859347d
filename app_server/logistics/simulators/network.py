"""What both carriers are behind their own protocols: orders, windows, ways, days, and ill days.

模拟快递网络: nothing leaves this machine. Both have the same levers: `/__notice` pushes an event in
whatever order and as often as it is called; `/__lever` says where pushes go (the real carriers'
consoles do that), makes the next calls fail, fills a window, alters a day's bill.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.settings import load
from app_server.logistics.providers.courier import stamped
from app_server.logistics.rules import MARK_SIGNS

CAPACITY = 20
Push = Callable[["Order", dict[str, Any]], tuple[bytes, dict[str, str]]]


@dataclass
class Order:
    """An order as the carrier holds it."""

    number: str
    waybill: str
    mark: str
    window: str
    account: str
    cancelled: bool = False
    events: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def picked_up_on(self) -> str:
        """The day it is billed."""
        days = [e["at"][:10] for e in self.events.values() if e["state"] != "ordered"]
        return min(days, default="")


@dataclass
class Network:
    """One carrier's memory."""

    prefix: str
    postage_fen: int
    push_to: str
    orders: dict[str, Order] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    fault: str = ""
    times: int = 0

    def place(self, number: str, mark: str, window: str, account: str) -> Order | None:
        """Take an order; None when its window is full."""
        if window and not self.takes(window):
            return None
        waybill = f"{self.prefix}{secrets.randbelow(10**12):012d}"
        self.orders[number] = Order(number, waybill, mark, window, account)
        self.taken[window] = self.taken.get(window, 0) + 1
        return self.orders[number]

    def takes(self, window: str) -> bool:
        """Whether a window has room."""
        return self.taken.get(window, 0) < self.limits.get(window, CAPACITY)

    def cancel(self, number: str) -> str:
        """Take an order back: `ok`, `gone`, `absent`, or `late` when it was picked up."""
        order = self.orders.get(number)
        if order is None:
            return "absent"
        if order.cancelled:
            return "gone"
        if order.picked_up_on:
            return "late"
        order.cancelled = True
        self.taken[order.window] -= 1
        return "ok"

    def by_waybill(self, waybill: str) -> Order | None:
        """The order of a waybill."""
        return next((o for o in self.orders.values() if o.waybill == waybill), None)

    def billed(self, day: str, account: str) -> list[tuple[str, str, int]]:
        """The day's lines of one monthly account, altered as was asked."""
        told = self.changes.get(day, {})
        lines = [
            (o.waybill, o.number, int(told.get("change", {}).get(o.waybill, self.postage_fen)))
            for o in self.orders.values()
            if o.picked_up_on == day
            and o.account == account
            and o.waybill not in told.get("drop", [])
        ]
        repeated = [line for line in lines if line[0] in told.get("repeat", [])]
        return [*lines, *repeated, *((a["waybill"], "", a["fen"]) for a in told.get("add", []))]

    def struck(self) -> str:
        """The fault this call meets, if one was ordered."""
        if not self.times:
            return ""
        self.times -= 1
        return self.fault


def add_levers(app: "Sanic[Any, Any]", network: Network, pushed: Push) -> None:
    """The levers both carriers have; `pushed` writes an event as the carrier would."""

    @app.post("/__notice")
    async def notice(request: Request) -> HTTPResponse:
        told = orjson.loads(request.body)
        order = network.by_waybill(told["waybill"])
        if order is None:
            return HTTPResponse("unknown", 404)
        mark = told.get("contents_digest", "")[:MARK_SIGNS] or order.mark
        event = {
            "notice": f"{order.waybill}-{told['notice']}"[-60:],
            "state": told["state"],
            "at": _china(told["at"]),
            "place": told.get("place", ""),
            "mark": mark if told["state"] == "delivered" else "",
        }
        # The same notice again is the same event, whatever is said now.
        event = order.events.setdefault(told["notice"], event)
        body, headers = pushed(order, event)
        async with httpx.AsyncClient(trust_env=False) as client:
            reply = await client.post(network.push_to, content=body, headers=headers)
        return HTTPResponse(reply.text, reply.status_code)

    @app.post("/__lever")
    async def lever(request: Request) -> HTTPResponse:
        told = orjson.loads(request.body)
        network.push_to = told.get("push_to", network.push_to)
        network.fault, network.times = told.get("fault", ""), told.get("times", 0)
        network.limits |= told.get("limits", {})
        network.changes |= told.get("bill", {})
        if told.get("forget"):
            network.orders.clear()
            network.taken.clear()
            network.limits.clear()
            network.changes.clear()
        return HTTPResponse(b"{}", 200, content_type="application/json")

    @app.get("/__orders")
    async def orders(_: Request) -> HTTPResponse:
        found = [
            {"order_no": o.number, "waybill": o.waybill, "cancelled": o.cancelled}
            for o in network.orders.values()
        ]
        return HTTPResponse(orjson.dumps(found), 200, content_type="application/json")


async def faulty(network: Network) -> HTTPResponse | None:
    """The answer of a carrier that is ill before it looks at anything."""
    fault = network.struck()
    if fault == "error":
        return HTTPResponse("busy", 503)
    if fault == "garbage":
        return HTTPResponse("<html>", 200)
    if fault == "slow":
        await asyncio.sleep(6)
    if fault == "lost":
        network.fault = "lost_after"
    return None


def after(network: Network, reply: HTTPResponse) -> HTTPResponse:
    """The answer to a call that was done but whose answer is lost on the way back."""
    if network.fault != "lost_after":
        return reply
    network.fault = ""
    return HTTPResponse("gateway time-out", 504)


def partner(path: str) -> str:
    """Where pushes go unless told otherwise."""
    return f"{load().origin('partner')}/partner/v1{path}"


def _china(at: str) -> str:
    return stamped(datetime.fromisoformat(at))
