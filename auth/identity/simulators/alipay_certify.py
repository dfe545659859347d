"""Alipay's gateway for `alipay.user.certify.open.*`, with real RSA2 both ways (模拟支付宝).

The certify address opens a page on which the person ends the check well or badly. For tests,
`POST /__finish {"certify_id", "passed", "cert_name"?}` does what the page's buttons do.
"""

import html
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.clock import SHANGHAI
from app_server.kernel.http.simulating import BANNER, refuse_production, run_simulator
from app_server.kernel.rsa2 import (
    private_key,
    public_key,
    sign,
    simulated_keys,
    to_sign,
    verifies,
)
from auth.identity.providers.alipay_certify import SERVICE, AlipayCertifySettings

SKEW = timedelta(minutes=15)
Check = dict[str, Any]


def _refusal(params: dict[str, str], app_id: str, theirs: Any) -> str:
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
    return "" if abs(sent - datetime.now(SHANGHAI)) <= SKEW else "isv.invalid-timestamp"


def _initialize(checks: dict[str, Check], content: Check) -> Check:
    who = content.get("identity_param", {})
    if who.get("cert_type") != "IDENTITY_CARD" or not who.get("cert_name"):
        return {"code": "40004", "msg": "Business Failed", "sub_code": "INVALID_PARAMETER"}
    certify_id = secrets.token_hex(16)
    checks[certify_id] = {
        "who": who,
        "return_url": content.get("merchant_config", {}).get("return_url", ""),
        "passed": None,
        "info": "",
    }
    return {"code": "10000", "msg": "Success", "certify_id": certify_id}


def _query(checks: dict[str, Check], content: Check) -> Check:
    check = checks.get(content.get("certify_id", ""))
    if check is None:
        return {"code": "40004", "msg": "Business Failed", "sub_code": "CERTIFY_ID_IS_NOT_EXIST"}
    done = check["passed"]
    node = {"code": "10000", "msg": "Success", "passed": "T" if done else "F"}
    if done is False:
        node["fail_reason"] = "FACE_MISMATCH"
    if check["info"]:
        node["identity_info"] = check["info"]
    return node


def _page(certify_id: str, check: Check) -> str:
    back = html.escape(check["return_url"] or "/")
    name = html.escape(check["who"]["cert_name"][:1] + "**")
    button = (
        "<button name=passed value={0} style='font:inherit;padding:.8rem 2rem;margin:.5rem;"
        "border:0;border-radius:999px;background:{2};color:#fff'>{1}</button>"
    )
    return (
        "<!doctype html><html lang=zh-CN><meta charset=utf-8><title>模拟支付宝身份认证</title>"
        "<meta name=viewport content='width=device-width'>"
        "<style>body{font:18px/1.6 system-ui;max-width:32rem;margin:0 auto;padding:1rem}</style>"
        f"{BANNER}<h1>身份认证</h1><p>正在为 {name} 进行实名认证。</p>"
        f"<form method=post action=/__finish><input type=hidden name=certify_id value={certify_id}>"
        f"<input type=hidden name=back value='{back}'>"
        + button.format("true", "认证通过", "#1a56db")
        + button.format("false", "认证不通过", "#6b7280")
        + "</form></html>"
    )


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    account, keys = AlipayCertifySettings(), simulated_keys("alipay-certify")
    app: Sanic[Any, Any] = Sanic("simulator_alipay_certify", configure_logging=False)
    app.config.AUTO_EXTEND = False
    ours, theirs = private_key(keys.their_private), public_key(keys.our_public)
    checks: dict[str, Check] = {}

    def answer(name: str, node: Check) -> HTTPResponse:
        text = json.dumps(node, ensure_ascii=False)
        return HTTPResponse(
            f'{{"{name}":{text},"sign":"{sign(ours, text.encode())}"}}',
            200,
            {"X-Simulator": "alipay_certify"},
            "text/html;charset=utf-8",
        )

    @app.post("/gateway.do")
    async def gateway(request: Request) -> HTTPResponse:
        form: dict[str, Any] = dict(request.form or {})
        params = {name: str(values[0]) for name, values in form.items()}
        method = params.get("method", "")
        name = method.replace(".", "_") + "_response"
        if problem := _refusal(params, account.key_id, theirs):
            return answer(name, {"code": "40002", "msg": "Invalid", "sub_code": problem})
        content = orjson.loads(params["biz_content"])
        act = {"initialize": _initialize, "query": _query}.get(method.removeprefix(SERVICE))
        if act is None:
            return answer(name, {"code": "40002", "sub_code": "isv.invalid-method"})
        return answer(name, act(checks, content))

    @app.get("/gateway.do")
    async def certify(request: Request) -> HTTPResponse:
        params = {name: values[0] for name, values in request.get_args(True).items()}
        content = orjson.loads(params.get("biz_content", "{}"))
        check = checks.get(content.get("certify_id", ""))
        if _refusal(params, account.key_id, theirs) or check is None:
            return HTTPResponse("invalid", 400)
        return HTTPResponse(
            _page(content["certify_id"], check), content_type="text/html; charset=utf-8"
        )

    @app.post("/__finish")
    async def finish(request: Request) -> HTTPResponse:
        form = request.form
        told = {k: v[0] for k, v in form.items()} if form else orjson.loads(request.body)
        check = checks[told["certify_id"]]
        check["passed"] = told["passed"] in {True, "true"}
        if name := told.get("cert_name"):
            check["info"] = json.dumps({**check["who"], "cert_name": name})
        back = {"location": check["return_url"]} if told.get("back") else {}
        return HTTPResponse("", 303 if back else 204, back)

    return app


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
