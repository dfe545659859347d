"""铜陵便民's own back end, as a city would run one that joins by interface (R-POR-15).

模拟后台: accounts, stations and notices are made up. It answers only requests that the platform
signed (X-BG-HMAC), and learns who asks only by exchanging the ticket that came with a request.
"""

import re
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.crypto import same
from app_server.kernel.http.simulating import refuse_production, run_simulator
from app_server.kernel.settings import load
from miniapps.rules import client_id_of
from miniapps.rules.signing_requests import NAMES, signature_of, skewed

APPID = "ah340700services"
KEYS = Path(__file__).parents[1] / "data" / "demo_back_ends.json"
PAGE = 10
WATER = {
    "70001234": ("汪**", "2026-10", 14, "41.30"),
    "70005678": ("章*", "2026-10", 6, "17.70"),
}
STREETS = ("长江中路", "淮河大道", "义安大道", "翠湖四路", "石城大道", "铜官大道")
PLACES = ("市政务中心", "人民医院", "天井湖公园", "铜陵学院", "火车站", "体育中心", "万达广场")
STATIONS = [
    {
        "name": f"{place}站",
        "address": f"铜官区{STREETS[n % len(STREETS)]} {n * 7 + 3} 号",
        "bikes": n * 5 % 18,
        "free": 20 - n * 5 % 18,
    }
    for n, place in enumerate(f"{name}{side}" for side in "东西南北" for name in PLACES)
]
OUTAGES = [
    {
        "title": "天井湖社区计划停水",
        "area": "天井湖社区 1–18 栋",
        "time": "2026-11-24 08:00 至 18:00",
        "why": "供水管道改造",
    },
    {
        "title": "义安区五松镇停水抢修",
        "area": "五松镇长安路以北",
        "time": "2026-11-23 20:00 至次日 04:00",
        "why": "阀门更换",
    },
]


class NotKnown(Exception):
    """The ticket was refused, or the platform does not answer."""


def build() -> "Sanic[Any, Any]":
    """The back end's application."""
    refuse_production()
    app: Sanic[Any, Any] = Sanic("simulator_tongling", configure_logging=False)
    app.config.AUTO_EXTEND = False
    keys = orjson.loads(KEYS.read_bytes())[APPID]

    @app.on_request
    async def only_the_platform(request: Request) -> HTTPResponse | None:
        if request.path == "/readyz":
            return None
        given = {part: request.headers.get(name, "") for part, name in NAMES.items()}
        if not same(given["key"], keys["access_key"]):
            return _told({"message": "Invalid access key"}, 401)
        if skewed(given["date"], datetime.now(UTC)):
            return _told({"message": "Clock skew exceeded"}, 401)
        expected = signature_of(
            keys["secret"],
            request.method,
            request.path,
            request.query_string,
            given["key"],
            given["date"],
        )
        if not same(given["signature"], expected):
            return _told({"message": "Invalid signature"}, 401)
        return None

    _add_routes(app, keys)
    return app


def _add_routes(app: "Sanic[Any, Any]", keys: dict[str, str]) -> None:
    @app.get("/water")
    async def water(request: Request) -> HTTPResponse:
        found = WATER.get(request.args.get("account", ""))
        if found is None:
            return _told({"message": "没有这个户号，请核对水费单"}, 404)
        owner, month, used, amount = found
        told = {"owner": owner, "month": month, "used": f"{used} 吨", "amount": f"{amount} 元"}
        return _told({"data": told | {"paid": False}})

    @app.get("/bikes")
    async def bikes(request: Request) -> HTTPResponse:
        after = request.args.get("after", "0")
        start = int(after) if re.fullmatch("[0-9]{1,4}", after) else 0
        more = str(start + PAGE) if start + PAGE < len(STATIONS) else None
        return _told({"data": {"stations": STATIONS[start : start + PAGE], "next": more}})

    @app.get("/outages")
    async def outages(request: Request) -> HTTPResponse:
        del request
        return _told({"notices": OUTAGES})

    @app.post("/repairs")
    async def repairs(request: Request) -> HTTPResponse:
        asked = orjson.loads(request.body)
        if asked.get("day", "") < datetime.now(UTC).date().isoformat():
            return _told({"message": "上门日期不能早于今天"}, 422)
        try:
            who = await _who(keys, request.headers.get("x-wanshi-ticket", ""))
        except NotKnown:
            return _told({"message": "没有确认您的身份，请重新提交"}, 403)
        number = f"TL{secrets.randbelow(10**8):08d}"
        said = f"已受理，受理号 {number}，师傅将在 {asked['day']} 上门。"
        return _told({"message": said, "number": number, "who": who[:6]}, 200)


async def _who(keys: dict[str, str], ticket: str) -> str:
    """The number the platform knows somebody by in this app."""
    base = f"{load().origin('partner')}/partner/v1"
    known = {"client_id": client_id_of(APPID), "client_secret": keys["client_secret"]}
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        try:
            token = (await client.post(f"{base}/tokens", json=known)).json()["access_token"]
            reply = await client.post(
                f"{base}/tickets/exchange",
                json={"ticket": ticket},
                headers={"authorization": f"Bearer {token}"},
            )
            openid: str = reply.json()["openid"]
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise NotKnown from error
    return openid


def _told(body: dict[str, Any], status: int = 200) -> HTTPResponse:
    headers = {"x-simulator": "tongling", "cache-control": "no-store"}
    return HTTPResponse(orjson.dumps(body), status, headers, "application/json")


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
