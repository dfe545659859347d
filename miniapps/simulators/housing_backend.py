"""亳州公租房's own back end, as a city would run one: it trusts the partner surface, no browser.

模拟后台: the progress it shows is made up. It takes a ticket from its H5 page, exchanges it server
to server with its client credentials, and keeps its own session. It answers only its own app's
origin. Nothing here knows a name or an ID number.
"""

import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson
from sanic import HTTPResponse, Request, Sanic
from sanic.response import BaseHTTPResponse

from app_server.kernel.http.simulating import refuse_production, run_simulator
from app_server.kernel.settings import load
from miniapps.rules import app_origin, client_id_of

APPID = "ah341600housing"
CLIENTS = Path(__file__).parents[1] / "data" / "demo_clients.json"
TIER_NAMES = ("未实名", "初级实名", "中级实名", "高级实名")
SESSION_S = 1800
STEPS = ("申请已登记", "社区初审", "区住建局复审", "公示", "轮候配租")


@dataclass
class State:
    """The back end's access token and its visitors' sessions."""

    token: str = ""
    token_until: float = 0.0
    sessions: dict[str, tuple[dict[str, Any], float]] = field(default_factory=dict)


class ExchangeFailed(Exception):
    """The platform refused the ticket, or did not answer; `status` is told to the page."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(title)
        self.status = status


def build() -> "Sanic[Any, Any]":
    """The back end's application."""
    refuse_production()
    app: Sanic[Any, Any] = Sanic("simulator_housing", configure_logging=False)
    app.config.AUTO_EXTEND = False
    state = State()
    settings = load()
    origin = app_origin(APPID, settings.origin("public"), settings.miniapp_domain)

    @app.on_request
    async def only_our_app(request: Request) -> HTTPResponse | None:
        asked = request.headers.get("origin", "")
        if asked not in {"", origin}:
            return _told({"title": "来源不被允许"}, 403)
        return HTTPResponse(b"", 204) if request.method == "OPTIONS" else None

    async def cross_origin(request: Request, response: BaseHTTPResponse) -> None:
        response.headers.update(
            {"vary": "origin", "x-simulator": "housing", "cache-control": "no-store"}
        )
        if request.headers.get("origin", "") == origin:
            response.headers.update(
                {
                    "access-control-allow-origin": origin,
                    "access-control-allow-headers": "authorization, content-type",
                    "access-control-allow-methods": "GET, POST",
                    "access-control-max-age": "600",
                }
            )

    app.register_middleware(cross_origin, "response")
    _add_routes(app, state)
    return app


def _add_routes(app: "Sanic[Any, Any]", state: State) -> None:
    @app.post("/sessions")
    async def sign_in(request: Request) -> HTTPResponse:
        try:
            ticket = str(orjson.loads(request.body)["ticket"])
        except (ValueError, KeyError, TypeError):
            return _told({"title": "缺少票据"}, 400)
        try:
            visitor = await _exchanged(state, ticket)
        except ExchangeFailed as error:
            return _told({"title": str(error)}, error.status)
        session = secrets.token_urlsafe(24)
        state.sessions = {k: v for k, v in state.sessions.items() if v[1] > time.monotonic()}
        state.sessions[session] = (visitor, time.monotonic() + SESSION_S)
        return _told({"session": session, **_greeting(visitor)}, 201)

    @app.get("/application")
    async def application(request: Request) -> HTTPResponse:
        session = request.headers.get("authorization", "").removeprefix("Bearer ")
        visitor, until = state.sessions.get(session, ({}, 0.0))
        if until < time.monotonic():
            return _told({"title": "登录已失效"}, 401)
        return _told(_progress(visitor["openid"]))

    # Sanic answers 405 before any middleware's say unless the method has a route.
    async def preflight(_: Request, path: str) -> HTTPResponse:
        del path
        return HTTPResponse(b"", 204)

    app.add_route(preflight, "/<path:path>", methods=["OPTIONS"], name="preflight")


async def _exchanged(state: State, ticket: str) -> dict[str, Any]:
    base = f"{load().origin('partner')}/partner/v1"
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        try:
            token = await _token(state, client, base)
            reply = await client.post(
                f"{base}/tickets/exchange",
                json={"ticket": ticket},
                headers={"authorization": f"Bearer {token}"},
            )
        except httpx.HTTPError as error:
            raise ExchangeFailed(502, "暂时连不上统一身份平台") from error
    if reply.status_code != 200:
        state.token_until = 0.0 if reply.status_code == 401 else state.token_until
        raise ExchangeFailed(401, str(reply.json().get("title", "登录失败")))
    visitor: dict[str, Any] = reply.json()
    return visitor


async def _token(state: State, client: httpx.AsyncClient, base: str) -> str:
    if time.monotonic() < state.token_until:
        return state.token
    known = orjson.loads(CLIENTS.read_bytes())["clients"][APPID]
    reply = await client.post(
        f"{base}/tokens",
        json={"client_id": client_id_of(APPID), "client_secret": known["secret"]},
    )
    if reply.status_code != 201:
        raise ExchangeFailed(502, "应用凭证未登记")
    granted = reply.json()
    state.token = str(granted["access_token"])
    state.token_until = time.monotonic() + granted["expires_in_s"] - 30
    return state.token


def _greeting(visitor: dict[str, Any]) -> dict[str, Any]:
    short = visitor["openid"][:6].upper()
    tier = visitor["tier"] or 0
    return {
        "greeting": f"您好，住户 {short}",
        "openid_short": short,
        "tier": tier,
        "tier_name": TIER_NAMES[tier],
    }


def _progress(openid: str) -> dict[str, Any]:
    # The same person always sees the same made-up place in the line.
    number = int(openid[:6], 16)
    at = 1 + number % (len(STEPS) - 1)
    return {
        "number": f"演示-{number % 100000:05d}",
        "ahead": number % 180 + 12,
        "steps": [{"name": name, "done": i < at, "now": i == at} for i, name in enumerate(STEPS)],
    }


def _told(body: dict[str, Any], status: int = 200) -> HTTPResponse:
    return HTTPResponse(orjson.dumps(body), status, content_type="application/json")


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
