"""EMS (模拟邮政速递): one address, sealed bodies, its codes; see `network` for the levers."""

import base64
import uuid
from typing import Any

import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.http.simulating import refuse_production, run_simulator
from app_server.logistics.providers.ems import (
    BILL,
    CANCELLED_BEFORE,
    MARK,
    NOT_FOUND,
    SERVICE,
    STATES,
    EmsSettings,
    opened,
    sealed,
)
from app_server.logistics.simulators.network import (
    Network,
    Order,
    add_levers,
    after,
    faulty,
    partner,
)

CODES = {state: code for code, state in reversed(STATES.items())}
Answer = tuple[str, dict[str, Any]]


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    settings = EmsSettings()
    app: Sanic[Any, Any] = Sanic("simulator_ems", configure_logging=False)
    app.config.AUTO_EXTEND = False
    network = Network("EM", 1200, partner("/callbacks/ems"))

    def pushed(order: Order, event: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        told = {
            "method": "040002",
            "msgType": "0",
            "serialNo": uuid.uuid4().hex,
            "timeStamp": event["at"],
            "version": "v1.0.0",
            "logitcsInterface": sealed(_route(order, event), settings.secret),
        }
        return orjson.dumps(told), {"content-type": "application/json"}

    add_levers(app, network, pushed)

    @app.post(SERVICE)
    async def service(request: Request) -> HTTPResponse:
        if ill := await faulty(network):
            return ill
        form: Any = request.form or {}
        try:
            told = opened(form["logitcsInterface"][0], settings.secret)
        except ValueError:
            return _outer("B00001", {})
        if form["authorization"][0] != settings.key_id:
            return _outer("B00002", {})
        code = form["apiCode"][0]
        if code == settings.order_query_code:
            return after(network, _outer(*_find(network, told)))
        return after(network, _outer(*_serve(network, code, told)))

    return app


def _outer(code: str, answer: dict[str, Any]) -> HTTPResponse:
    body = orjson.dumps(answer).decode()
    told = {"retCode": code, "retMsg": "", "retBody": body, "serialNo": uuid.uuid4().hex}
    return HTTPResponse(orjson.dumps(told), 200, {"X-Simulator": "ems"}, "application/json")


def _find(network: Network, told: dict[str, Any]) -> Answer:
    held = network.orders.get(told["logisticsOrderNo"])
    return ("00000", {"waybillNo": held.waybill}) if held else (NOT_FOUND, {})


def _serve(network: Network, code: str, told: dict[str, Any]) -> Answer:
    if code == "020003":
        return _create(network, told)
    if code == "020006":
        done = network.cancel(told["logisticsOrderNo"])
        codes = {"ok": "00000", "gone": CANCELLED_BEFORE, "absent": NOT_FOUND, "late": "B00120"}
        return codes[done], {}
    if code == "030005":
        return "00000", {"status": "0" if network.takes(told["pickupPreBeginTime"]) else "10"}
    if code == "040001":
        held = network.by_waybill(told["waybillNo"])
        routes = [_route(held, event) for event in held.events.values()] if held else []
        return "00000", {"responseItems": routes}
    if code == BILL:
        return "00000", {
            "file": base64.b64encode(_file(network, told["day"], told["settlementCode"])).decode()
        }
    return "B00099", {}


def _create(network: Network, told: dict[str, Any]) -> Answer:
    held = network.orders.get(told["logisticsOrderNo"])
    if held is None:
        if not told["receiver"]["address"] or not told["sender"]["address"]:
            return "B00101", {}
        mark = told["note"].partition(f"{MARK}：")[2]
        window = told.get("pickupPreBeginTime", "")
        held = network.place(told["logisticsOrderNo"], mark, window, told["settlementCode"])
    return ("00000", {"waybillNo": held.waybill}) if held else ("B00102", {})


def _route(order: Order, event: dict[str, Any]) -> dict[str, Any]:
    said = f"邮件状态更新。{MARK}：{event['mark']}" if event["mark"] else "邮件状态更新"
    return {
        "waybillNo": order.waybill,
        "orderNo": order.number,
        "opCode": CODES[event["state"]],
        "opTime": event["at"],
        "opOrgCode": event["notice"],
        "opOrgCity": event["place"],
        "opDesc": said,
    }


def _file(network: Network, day: str, account: str) -> bytes:
    lines = network.billed(day, account)
    rows = [f"{w}|{n}|{day}|{fen}" for w, n, fen in lines]
    rows.append(f"合计|{len(lines)}||{sum(fen for *_, fen in lines)}")
    return "\n".join(rows).encode("gb18030")


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
