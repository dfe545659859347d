"""WeChat's `jscode2session`: codes are single use and belong to one app (模拟微信).

`POST /__codes {"openid": …, "unionid": …}` makes a code, as the WeChat client would for its user.
`POST /__revoke {"openid": …, "event": …, "to": …}` pushes an event to our callback, signed and
sealed as message push does in secure mode, and answers what the callback said.
"""

import secrets
import time
from functools import partial
from typing import Any

import httpx
import orjson
import xmltodict
from sanic import HTTPResponse, Request, Sanic
from wechatpy.crypto import WeChatCrypto

from app_server.kernel.crypto import same
from app_server.kernel.http.simulating import refuse_production, run_simulator
from auth.grants.providers.wechat import WeChatSettings
from auth.grants.simulators import wechat_messages, wechat_official


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    account = WeChatSettings()
    app: Sanic[Any, Any] = Sanic("simulator_wechat", configure_logging=False)
    app.config.AUTO_EXTEND = False
    codes: dict[str, dict[str, str]] = {}
    used: set[str] = set()

    def answer(body: dict[str, Any]) -> HTTPResponse:
        return HTTPResponse(
            orjson.dumps(body), 200, {"X-Simulator": "wechat"}, "text/plain; charset=utf-8"
        )

    @app.post("/__codes")
    async def make(request: Request) -> HTTPResponse:
        code = secrets.token_urlsafe(24)
        codes[code] = orjson.loads(request.body)
        return answer({"code": code})

    @app.post("/__revoke")
    async def revoke(request: Request) -> HTTPResponse:
        wanted = orjson.loads(request.body)
        event = event_xml(account.key_id, wanted["openid"], wanted["event"], str(int(time.time())))
        return answer(await _push(account, wanted["to"], event))

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

    wechat_messages.add_routes(app, token, answer)
    wechat_official.add_routes(app, token, answer, partial(_push, account))

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
        return answer(codes.pop(code) | {"session_key": secrets.token_urlsafe(18)})

    return app


async def _push(account: WeChatSettings, to: str, event: str) -> dict[str, Any]:
    """An event pushed in secure mode."""
    stamp, nonce = str(int(time.time())), secrets.token_hex(5)
    crypto = WeChatCrypto(account.push_token, account.push_aes_key, account.key_id)
    body = crypto.encrypt_message(event, nonce, stamp)
    marks = {
        "timestamp": stamp,
        "nonce": nonce,
        "encrypt_type": "aes",
        "msg_signature": xmltodict.parse(body)["xml"]["MsgSignature"],
    }
    async with httpx.AsyncClient(timeout=5, trust_env=False) as http:
        told = await http.post(to, params=marks, content=body, headers={"content-type": "text/xml"})
    return {"status": told.status_code, "body": told.text}


def event_xml(app_id: str, openid: str, event: str, created: str) -> str:
    """An event of 授权用户资料变更, as WeChat writes it."""
    fields = {
        "ToUserName": "gh_simulated",
        "FromUserName": "o-wechat-team",
        "CreateTime": created,
        "MsgType": "event",
        "Event": event,
        "OpenID": openid,
        "AppID": app_id,
        "RevokeInfo": "1",
    }
    return str(xmltodict.unparse({"xml": fields}, full_document=False))


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
