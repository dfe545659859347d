"""SF (模拟顺丰): its one address, its digests, its codes; see `network` for the levers."""

import csv
import io
import time
from typing import Any

import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.crypto import same
from app_server.kernel.http.simulating import refuse_production, run_simulator
from app_server.logistics.providers.sf import (
    BILLS,
    CANCELLED_BEFORE,
    HEADER,
    MARK,
    SERVICE,
    STATES,
    USED_BEFORE,
    SfSettings,
    digest,
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
    settings = SfSettings()
    app: Sanic[Any, Any] = Sanic("simulator_sf", configure_logging=False)
    app.config.AUTO_EXTEND = False
    network = Network("SF", 1500, partner("/callbacks/sf"))

    def pushed(order: Order, event: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        body = orjson.dumps({"Body": {"WaybillRoute": [_route(order, event)]}})
        stamp = str(int(time.time() * 1000))
        return body, {
            "content-type": "application/json",
            "x-sf-timestamp": stamp,
            "x-sf-digest": digest(body.decode(), stamp, settings.secret),
        }

    add_levers(app, network, pushed)

    @app.post(SERVICE)
    async def service(request: Request) -> HTTPResponse:
        if ill := await faulty(network):
            return ill
        form: Any = request.form or {}
        if not _is_signed(settings, form):
            return _outer("A1006", "")
        told = orjson.loads(form["msgData"][0])
        code, answer = _serve(network, form["serviceCode"][0], told)
        inner = {"success": code == "S0000", "errorCode": code, "errorMsg": "", "msgData": answer}
        return after(network, _outer("A1000", orjson.dumps(inner).decode()))

    @app.post(BILLS)
    async def bill(request: Request) -> HTTPResponse:
        form: Any = request.form or {}
        if not _is_signed(settings, form):
            return HTTPResponse("signature", 403)
        told = orjson.loads(form["msgData"][0])
        return HTTPResponse(_file(network, told["day"], told["monthlyCard"]), 200)

    return app


def _is_signed(settings: SfSettings, form: Any) -> bool:
    expected = digest(form["msgData"][0], form["timestamp"][0], settings.secret)
    return bool(same(form["msgDigest"][0], expected) and form["partnerID"][0] == settings.key_id)


def _outer(code: str, data: str) -> HTTPResponse:
    told = {"apiResultCode": code, "apiErrorMsg": "", "apiResponseID": "sim", "apiResultData": data}
    return HTTPResponse(orjson.dumps(told), 200, {"X-Simulator": "sf"}, "application/json")


def _serve(network: Network, service: str, told: dict[str, Any]) -> Answer:
    if service == "EXP_RECE_CREATE_ORDER":
        return _create(network, told)
    if service == "EXP_RECE_SEARCH_ORDER_RESP":
        held = network.orders.get(told["orderId"])
        return ("S0000", _numbers(held)) if held else ("8024", {})
    if service == "EXP_RECE_UPDATE_ORDER":
        done = network.cancel(told["orderId"])
        codes = {"ok": "S0000", "gone": CANCELLED_BEFORE, "absent": "8024", "late": "8018"}
        return codes[done], {"orderId": told["orderId"], "resStatus": 2}
    if service == "EXP_EXCE_CHECK_PICKUP_TIME":
        free = network.takes(told["sendTime"])
        return "S0000", {"status": free, "startTm": "0800", "endTm": "2000"}
    if service == "EXP_RECE_SEARCH_ROUTES":
        held = network.by_waybill(told["trackingNumber"][0])
        routes = [_route(held, event) for event in held.events.values()] if held else []
        found = [{"mailNo": told["trackingNumber"][0], "routes": routes}]
        return "S0000", {"routeResps": found}
    return "8027", {}


def _create(network: Network, told: dict[str, Any]) -> Answer:
    if told["orderId"] in network.orders:
        return USED_BEFORE, {}
    if any(not end["address"] for end in told["contactInfoList"]):
        return "8003", {}
    mark = told["remark"].partition(f"{MARK}：")[2]
    window = told.get("sendStartTm", "")
    held = network.place(told["orderId"], mark, window, told["monthlyCard"])
    return ("S0000", _numbers(held)) if held else ("8196", {})


def _numbers(order: Order) -> dict[str, Any]:
    numbers = [{"waybillType": 1, "waybillNo": order.waybill}]
    return {"orderId": order.number, "filterResult": 2, "waybillNoInfoList": numbers}


def _route(order: Order, event: dict[str, Any]) -> dict[str, Any]:
    said = f"快件状态更新。{MARK}：{event['mark']}" if event["mark"] else "快件状态更新"
    return {
        "id": event["notice"],
        "mailno": order.waybill,
        "orderid": order.number,
        "acceptTime": event["at"],
        "acceptAddress": event["place"],
        "remark": said,
        "opCode": CODES[event["state"]],
    }


def _file(network: Network, day: str, account: str) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(HEADER)
    lines = network.billed(day, account)
    rows.writerows([w, n, day, _yuan(fen)] for w, n, fen in lines)
    rows.writerow(["合计", "", "", _yuan(sum(fen for *_, fen in lines))])
    return text.getvalue().encode("utf-8-sig")


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
