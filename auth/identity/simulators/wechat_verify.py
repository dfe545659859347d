"""WeChat's face verification for mini-programs (模拟微信实人认证).

`POST /__codes {"openid"}` makes a log-in code; `POST /__finish {"verify_id", "verify_ret"}` ends a
check as `wx.requestFacialVerify` would on the phone.
"""

import secrets
from typing import Any

import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.crypto import same
from app_server.kernel.http.simulating import refuse_production, run_simulator
from auth.identity.providers.wechat_verify import WeChatVerifySettings, cert_hash

Check = dict[str, Any]


def _answer(body: dict[str, Any]) -> HTTPResponse:
    return HTTPResponse(
        orjson.dumps(body), 200, {"X-Simulator": "wechat_verify"}, "application/json"
    )


def _get_verify_id(checks: dict[str, Check], asked: Check) -> dict[str, Any]:
    info = asked.get("cert_info", {})
    if not 5 <= len(str(asked.get("out_seq_no", ""))) <= 32 or not asked.get("openid"):
        return {"errcode": 40097, "errmsg": "invalid args"}
    if info.get("cert_type") != "IDENTITY_CARD" or not (
        info.get("cert_name") and info.get("cert_no")
    ):
        return {"errcode": 40097, "errmsg": "invalid cert_info"}
    verify_id = secrets.token_urlsafe(48)
    checks[verify_id] = {
        "out_seq_no": asked["out_seq_no"],
        "openid": asked["openid"],
        "cert_hash": cert_hash(info),
        "verify_ret": 0,
    }
    return {"errcode": 0, "errmsg": "ok", "verify_id": verify_id, "expires_in": 3600}


def _query(checks: dict[str, Check], asked: Check) -> dict[str, Any]:
    check = checks.get(str(asked.get("verify_id")))
    if check is None or any(
        check[name] != asked.get(name) for name in ("out_seq_no", "openid", "cert_hash")
    ):
        return {"errcode": 84102, "errmsg": "verify_id not found"}
    return {"errcode": 0, "errmsg": "ok", "verify_ret": check["verify_ret"]}


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    account = WeChatVerifySettings()
    app: Sanic[Any, Any] = Sanic("simulator_wechat_verify", configure_logging=False)
    app.config.AUTO_EXTEND = False
    codes: dict[str, str] = {}
    checks: dict[str, Check] = {}
    token = secrets.token_urlsafe(40)

    def ours(asked: dict[str, Any]) -> bool:
        return asked.get("appid") == account.key_id and same(
            str(asked.get("secret", "")), account.secret
        )

    @app.post("/__codes")
    async def make(request: Request) -> HTTPResponse:
        code = secrets.token_urlsafe(24)
        codes[code] = orjson.loads(request.body)["openid"]
        return _answer({"code": code})

    @app.post("/__finish")
    async def finish(request: Request) -> HTTPResponse:
        told = orjson.loads(request.body)
        checks[told["verify_id"]]["verify_ret"] = told["verify_ret"]
        return _answer({})

    @app.get("/sns/jscode2session")
    async def session(request: Request) -> HTTPResponse:
        asked = {name: values[0] for name, values in request.get_args(True).items()}
        if not ours(asked):
            return _answer({"errcode": 40125, "errmsg": "invalid appsecret"})
        openid = codes.pop(asked.get("js_code", ""), None)
        if openid is None:
            return _answer({"errcode": 40029, "errmsg": "invalid code"})
        return _answer({"openid": openid, "session_key": secrets.token_urlsafe(18)})

    @app.post("/cgi-bin/stable_token")
    async def stable_token(request: Request) -> HTTPResponse:
        if not ours(orjson.loads(request.body)):
            return _answer({"errcode": 40125, "errmsg": "invalid appsecret"})
        return _answer({"access_token": token, "expires_in": 7200})

    @app.post("/cityservice/face/identify/<name:str>")
    async def face(request: Request, name: str) -> HTTPResponse:
        if not same(request.args.get("access_token", ""), token):
            return _answer({"errcode": 40001, "errmsg": "invalid credential"})
        act = {"getverifyid": _get_verify_id, "queryverifyinfo": _query}.get(name)
        if act is None:
            return HTTPResponse("", 404)
        return _answer(act(checks, orjson.loads(request.body)))

    return app


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
