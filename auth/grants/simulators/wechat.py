"""WeChat's `jscode2session`: codes are single use and belong to one app (模拟微信).

`POST /__codes {"openid": …}` makes a code, as the WeChat client would for its user.
"""

import secrets
from typing import Any

import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.crypto import same
from app_server.kernel.http.simulating import refuse_production, run_simulator
from auth.grants.providers.wechat import WeChatSettings


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    account = WeChatSettings()
    app: Sanic[Any, Any] = Sanic("simulator_wechat", configure_logging=False)
    app.config.AUTO_EXTEND = False
    codes: dict[str, str] = {}
    used: set[str] = set()

    def answer(body: dict[str, Any]) -> HTTPResponse:
        return HTTPResponse(
            orjson.dumps(body), 200, {"X-Simulator": "wechat"}, "text/plain; charset=utf-8"
        )

    @app.post("/__codes")
    async def make(request: Request) -> HTTPResponse:
        code = secrets.token_urlsafe(24)
        codes[code] = orjson.loads(request.body)["openid"]
        return answer({"code": code})

    token: dict[str, Any] = {"value": secrets.token_urlsafe(40), "asked": 0}

    @app.post("/cgi-bin/stable_token")
    async def stable_token(request: Request) -> HTTPResponse:
        asked = orjson.loads(request.body)
        if asked.get("appid") != account.key_id:
            return answer({"errcode": 40013, "errmsg": "invalid appid"})
        if not same(str(asked.get("secret", "")), account.secret):
            return answer({"errcode": 40125, "errmsg": "invalid appsecret"})
        token["asked"] += 1
        return answer({"access_token": token["value"], "expires_in": 7200})

    @app.get("/__asked")
    async def count(_: Request) -> HTTPResponse:
        return answer({"asked": token["asked"]})

    @app.get("/sns/jscode2session")
    async def session(request: Request) -> HTTPResponse:
        if request.args.get("appid") != account.key_id:
            return answer({"errcode": 40013, "errmsg": "invalid appid"})
        if not same(request.args.get("secret", ""), account.secret):
            return answer({"errcode": 40125, "errmsg": "invalid appsecret"})
        code = request.args.get("js_code", "")
        if code in used:
            return answer({"errcode": 40163, "errmsg": "code been used"})
        if code not in codes:
            return answer({"errcode": 40029, "errmsg": "invalid code"})
        used.add(code)
        return answer({"openid": codes.pop(code), "session_key": secrets.token_urlsafe(18)})

    return app


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
