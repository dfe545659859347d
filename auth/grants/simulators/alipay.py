"""Alipay's OpenAPI gateway for `system.oauth.token`, with real RSA2 both ways (模拟支付宝).

`POST /__codes {"open_id": …}` makes a code, as the Alipay client would for its user.
`POST /__cancel {"open_id": …, "to": …}` sends our callback the signed message that a user took the
authorisation back, and answers what the callback said.
"""

import json
import secrets
import time
from datetime import datetime, timedelta
from typing import Any

import httpx
import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.clock import SHANGHAI
from app_server.kernel.http.simulating import refuse_production, run_simulator
from app_server.kernel.rsa2 import (
    private_key,
    public_key,
    sign,
    simulated_keys,
    to_sign,
    verifies,
)
from auth.grants.providers.alipay import CANCELLED, NODE, AlipaySettings
from auth.grants.simulators import alipay_messages

SKEW = timedelta(minutes=15)


def _refusal(
    params: dict[str, str], app_id: str, theirs: RSAPublicKey, codes: dict[str, str], used: set[str]
) -> str:
    if params.get("app_id") != app_id:
        return "isv.invalid-app-id"
    if params.get("sign_type") != "RSA2":
        return "isv.invalid-signature-type"
    if not verifies(theirs, to_sign(params), params.get("sign", "")):
        return "isv.invalid-signature"
    try:
        sent = datetime.strptime(f"{params['timestamp']} +0800", "%Y-%m-%d %H:%M:%S %z")
    except (KeyError, ValueError):
        return "isv.invalid-timestamp"
    if abs(sent - datetime.now(SHANGHAI)) > SKEW:
        return "isv.invalid-timestamp"
    if params.get("method") == alipay_messages.METHOD:
        return ""
    if params.get("code") in used:
        return "isv.code-used"
    return "" if params.get("code") in codes else "isv.code-invalid"


def _answer(name: str, node: dict[str, Any], ours: RSAPrivateKey) -> HTTPResponse:
    text = json.dumps(node, ensure_ascii=False)
    return HTTPResponse(
        f'{{"{name}":{text},"sign":"{sign(ours, text.encode())}"}}',
        200,
        {"X-Simulator": "alipay"},
        "text/html;charset=utf-8",
    )


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    account, keys = AlipaySettings(), simulated_keys("alipay")
    app: Sanic[Any, Any] = Sanic("simulator_alipay", configure_logging=False)
    app.config.AUTO_EXTEND = False
    ours, theirs = private_key(keys.their_private), public_key(keys.our_public)
    codes: dict[str, str] = {}
    used: set[str] = set()
    messages = alipay_messages.add_routes(app)

    @app.post("/__codes")
    async def make(request: Request) -> HTTPResponse:
        code = secrets.token_hex(16)
        codes[code] = orjson.loads(request.body)["open_id"]
        return HTTPResponse(orjson.dumps({"code": code}))

    @app.post("/__cancel")
    async def cancel(request: Request) -> HTTPResponse:
        wanted = orjson.loads(request.body)
        message = cancelled(account.key_id, wanted["open_id"], int(time.time() * 1000))
        message["sign"] = sign(ours, to_sign(message))
        async with httpx.AsyncClient(timeout=5, trust_env=False) as http:
            told = await http.post(wanted["to"], data=message)
        return HTTPResponse(orjson.dumps({"status": told.status_code, "body": told.text}))

    @app.post("/gateway.do")
    async def gateway(request: Request) -> HTTPResponse:
        form: dict[str, Any] = dict(request.form or {})
        params = {name: str(values[0]) for name, values in form.items()}
        if problem := _refusal(params, account.key_id, theirs, codes, used):
            told = {"code": "40002", "msg": "Invalid Arguments", "sub_code": problem}
            return _answer("error_response", told, ours)
        if params["method"] == alipay_messages.METHOD:
            return _answer(alipay_messages.NODE, alipay_messages.sent(params, messages), ours)
        used.add(params["code"])
        node = {
            "access_token": secrets.token_urlsafe(20),
            "open_id": codes.pop(params["code"]),
            "expires_in": 1296000,
            "re_expires_in": 2592000,
            "refresh_token": secrets.token_urlsafe(20),
        }
        return _answer(NODE, node, ours)

    return app


def cancelled(app_id: str, open_id: str, at_ms: int) -> dict[str, str]:
    """The platform's message that a user took the authorisation back, unsigned."""
    content = {"cancel_time": at_ms, "open_id": open_id, "app_id": app_id}
    return {
        "version": "1.1",
        "msg_method": CANCELLED,
        "utc_timestamp": str(at_ms),
        "sign_type": "RSA2",
        "notify_id": secrets.token_hex(17),
        "charset": "UTF-8",
        "biz_content": json.dumps(content),
        "app_id": app_id,
    }


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
