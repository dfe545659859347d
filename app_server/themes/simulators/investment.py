"""The investment platform: keeps what it is told of projects, tells back, and signs people on.

模拟投资项目在线审批监管平台: nothing leaves this machine. `POST /__notice {project_code, …}` pushes
one signed notice to where it was told; `GET /__progress` shows what it took; `POST /__faults
{"lose_answers": n, "down": n, "refuse": n}` makes the next requests fail. `/sign-on` signs a
browser on through the platform's OpenID provider.
"""

import secrets
from html import escape
from typing import Any

import httpx
import orjson
from sanic import HTTPResponse, Request, Sanic, html
from sanic.response import redirect

from app_server.kernel.http.simulating import refuse_production, run_simulator
from app_server.themes.providers.investment import (
    NOTICES,
    InvestmentSettings,
    is_signed,
    signed,
)
from app_server.themes.simulators.sign_on import SignOn, SignOnFailed

LABEL = {"X-Simulator": "investment"}
NAME = "模拟投资项目在线审批监管平台"
COOKIE = "investment_state"


def _json(told: Any, status: int = 200) -> HTTPResponse:
    return HTTPResponse(orjson.dumps(told), status, LABEL, "application/json")


def _page(text: str, status: int = 200) -> HTTPResponse:
    head = f"<!doctype html><html lang=zh-CN><meta charset=utf-8><title>{NAME}</title>"
    return html(f"{head}<h1>{NAME}</h1><p>{text}</p>", status, LABEL)


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    account = InvestmentSettings()
    app: Sanic[Any, Any] = Sanic("simulator_investment", configure_logging=False)
    app.config.AUTO_EXTEND = False
    taken: dict[str, dict[str, Any]] = {}
    faults: dict[str, int] = {}
    asked: list[str] = []

    def fails(name: str) -> bool:
        faults[name] = faults.get(name, 0) - 1
        return faults[name] >= 0

    @app.post("/progress")
    async def take(request: Request) -> HTTPResponse:
        if not is_signed(account, "POST", "/progress", request.body.decode(), request.headers):
            return _json({"error": "signature"}, 403)
        if fails("down"):
            return _json({"error": "down"}, 503)
        if fails("refuse"):
            return _json({"error": "refused"}, 422)
        told = orjson.loads(request.body)
        held = taken.setdefault(told["delivery"], told | {"times": 0})
        held["times"] += 1
        # Taken, but nobody is told: the connection breaks off.
        return _json({"error": "lost"}, 504) if fails("lose_answers") else _json({}, 201)

    @app.get("/progress/<delivery:str>")
    async def ask(request: Request, delivery: str) -> HTTPResponse:
        if not is_signed(account, "GET", f"/progress/{delivery}", "", request.headers):
            return _json({"error": "signature"}, 403)
        asked.append(delivery)
        return _json({}, 200 if delivery in taken else 404)

    @app.post("/__faults")
    async def fault(request: Request) -> HTTPResponse:
        faults.update(orjson.loads(request.body))
        return _json(faults)

    @app.get("/__progress")
    async def show(_: Request) -> HTTPResponse:
        return _json({"progress": list(taken.values()), "asked": asked})

    @app.post("/__notice")
    async def push(request: Request) -> HTTPResponse:
        told = orjson.loads(request.body)
        code = told["project_code"]
        url = next(t["notify_url"] for t in taken.values() if t["project_code"] == code)
        body = orjson.dumps({"number": secrets.token_hex(8)} | told).decode()
        async with httpx.AsyncClient(trust_env=False) as client:
            reply = await client.post(
                url, content=body, headers=signed(account, "POST", NOTICES, body)
            )
        return HTTPResponse(reply.text, reply.status_code, LABEL, "application/json")

    _add_sign_on(app)
    return app


def _add_sign_on(app: "Sanic[Any, Any]") -> None:
    party = SignOn()

    @app.get("/sign-on")
    async def begin(_: Request) -> HTTPResponse:
        try:
            url, state = await party.authorization_url()
        except SignOnFailed as error:
            return _page(escape(str(error)), 502)
        reply = redirect(url, LABEL)
        reply.add_cookie(COOKIE, state, httponly=True, samesite="Lax", secure=False, path="/")
        return reply

    @app.get("/callback")
    async def back(request: Request) -> HTTPResponse:
        given = {name: request.args.get(name) for name in ("code", "state", "iss", "error")}
        try:
            claims = await party.finish(given, request.cookies.get(COOKIE) or "")
        except SignOnFailed as error:
            return _page(escape(str(error)), 403)
        who = escape(str(claims.get("name", "")) or "已登录用户")
        return _page(f"欢迎，{who}。您已通过统一身份认证登录。")

    @app.get("/")
    async def start(_: Request) -> HTTPResponse:
        return _page('<a href="/sign-on">统一身份认证登录</a>')


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
