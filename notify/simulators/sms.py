"""dysmsapi, and Tencent's SMS API, as the product meets them: real signatures and answers.

模拟短信网关: no message leaves this machine. `GET /` is the pile of phones for the demo.
"""

import hashlib
import html
import time
from collections import deque
from datetime import UTC, datetime
from typing import Any

import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.acs3 import authorization
from app_server.kernel.crypto import same
from app_server.kernel.http.simulating import BANNER, refuse_production, run_simulator
from app_server.kernel.settings import load
from notify.providers.sms import SmsSettings
from notify.providers.sms_tencent import TencentSmsSettings
from notify.simulators import cmpp, sms_tencent

MOST = 500


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    account = SmsSettings()
    app: Sanic[Any, Any] = Sanic("simulator_sms", configure_logging=False)
    app.config.AUTO_EXTEND = False
    box: deque[dict[str, str]] = deque(maxlen=MOST)
    tencent = TencentSmsSettings()
    faults: deque[str] = deque()

    @app.before_server_start
    async def open_line(app: "Sanic[Any, Any]", _: object) -> None:
        app.ctx.cmpp = await cmpp.listen(load().simulator_base_port + cmpp.NUMBER, box)

    @app.post("/__fault")
    async def fault(request: Request) -> HTTPResponse:
        # `lost`: the message goes out, the answer does not come back; `away`: nothing is done.
        faults.extend(orjson.loads(request.body))
        return _answer({})

    @app.post("/")
    async def call(request: Request) -> HTTPResponse:
        fault = faults.popleft() if faults else ""
        if fault == "away":
            return _answer(
                {"Code": "Throttling.User", "Response": {"Error": {"Code": "LimitExceeded"}}}
            )
        told = await serve(request)
        return HTTPResponse("<html>502</html>", 502) if fault == "lost" else told

    async def serve(request: Request) -> HTTPResponse:
        if "x-tc-action" in request.headers:
            return _answer({"Response": sms_tencent.answered(request, tencent, box)})
        query = {name: values[0] for name, values in request.get_args(True).items()}
        if refusal := _refuse(request, query, account):
            return _answer({"Code": refusal}, 403)
        if request.headers.get("x-acs-action") == "SendSms":
            return _answer(_send(query, box))
        return _answer(_details(query, box))

    @app.get("/messages")
    async def messages(request: Request) -> HTTPResponse:
        phone = request.args.get("phone", "")
        found = [m for m in box if not phone or m["PhoneNum"] == phone]
        return HTTPResponse(orjson.dumps(found[::-1]), content_type="application/json")

    @app.get("/")
    async def page(_: Request) -> HTTPResponse:
        return HTTPResponse(_page(box), content_type="text/html; charset=utf-8")

    return app


def _refuse(request: Request, query: dict[str, str], account: SmsSettings) -> str:
    headers = {
        name: value
        for name, value in request.headers.items()
        if name == "host" or name.startswith("x-acs-")
    }
    try:
        sent = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        expected = authorization(
            key_id=account.key_id,
            secret=account.secret,
            method="POST",
            query=query,
            headers=headers,
        )
    except (KeyError, ValueError):
        return "MissingParameter"
    if headers["x-acs-content-sha256"] != hashlib.sha256(request.body).hexdigest():
        return "InvalidContent"
    if abs((datetime.now(UTC) - sent).total_seconds()) > 900:
        return "InvalidTimeStamp.Expired"
    if not same(request.headers.get("authorization", ""), expected):
        return "SignatureDoesNotMatch"
    return ""


def _send(query: dict[str, str], box: deque[dict[str, str]]) -> dict[str, Any]:
    phone = query.get("PhoneNumbers", "")
    if not (len(phone) == 11 and phone.isascii() and phone.isdigit()):
        return {"Code": "isv.MOBILE_NUMBER_ILLEGAL"}
    text = orjson.loads(query.get("TemplateParam", "{}")).get("text", "")
    biz = f"SIM{time.time_ns()}"
    box.append(
        {
            "PhoneNum": phone,
            "Content": f"【{query.get('SignName', '')}】{text}",
            "OutId": query.get("OutId", ""),
            "BizId": biz,
            "SendDate": datetime.now().astimezone().isoformat(timespec="seconds"),
        }
    )
    return {"Code": "OK", "Message": "OK", "BizId": biz}


def _details(query: dict[str, str], box: deque[dict[str, str]]) -> dict[str, Any]:
    found = [m for m in box if m["PhoneNum"] == query.get("PhoneNumber")]
    return {"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": found}}


def _answer(body: dict[str, Any], status: int = 200) -> HTTPResponse:
    return HTTPResponse(
        orjson.dumps(body), status, {"X-Simulator": "sms"}, content_type="application/json"
    )


def _page(box: deque[dict[str, str]]) -> str:
    rows = "".join(
        f"<article><b>{html.escape(m['PhoneNum'])}</b> <time>{html.escape(m['SendDate'])}</time>"
        f"<p>{html.escape(m['Content'])}</p></article>"
        for m in reversed(box)
    )
    return (
        "<!doctype html><html lang=zh-CN><meta charset=utf-8><title>模拟短信网关</title>"
        "<meta name=viewport content='width=device-width'><meta http-equiv=refresh content=3>"
        "<style>body{font:16px/1.6 system-ui;max-width:40rem;margin:0 auto;padding:1rem}"
        "article{background:#f4f4f2;border-radius:12px;padding:.6rem 1rem;margin:.8rem 0}"
        "time{color:#666;font-size:.85rem}p{margin:.3rem 0}</style>"
        f"{BANNER}<h1>短信收件箱</h1>{rows or '<p>还没有短信。</p>'}</html>"
    )


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
