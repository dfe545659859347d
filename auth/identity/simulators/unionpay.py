"""UnionPay's gateway for the real-name check of a card (模拟银联).

The cards are fictional; `POST /__cards {"card_number", "name", "id_number", "phone"}` adds one.
"""

import base64
from typing import Any

import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.http.simulating import refuse_production, run_simulator
from app_server.kernel.rsa2 import private_key, public_key, sign, simulated_keys, verifies
from auth.identity.providers.unionpay import UnionPaySettings, mark_of

# Fictional cards of the demo people.
CARDS = {
    "6217000012345678": ("李明轩", "341602199003074511", "13900000001"),
    "6217000012345686": ("王秀兰", "341602195608122629", "13900000002"),
    "6217000012345694": ("周浩然", "341602197805193310", "13900000003"),
}


def _customer(text: str) -> dict[str, str]:
    plain = base64.b64decode(text).decode().strip("{}")
    return dict(pair.split("=", 1) for pair in plain.split("&"))


def _code(params: dict[str, str], cards: dict[str, tuple[str, str, str]]) -> tuple[str, str]:
    if (params.get("txnType"), params.get("txnSubType")) != ("72", "01"):
        return "10", "报文格式错误"
    told = _customer(params["customerInfo"])
    held = cards.get(params.get("accNo", ""))
    if held is None:
        return "61", "输入的卡号无效，请确认后输入"
    given = (told.get("customerNm"), told.get("certifId"), told.get("phoneNo"))
    return ("00", "成功") if given == held else ("66", "银行卡信息验证不通过")


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    account, keys = UnionPaySettings(), simulated_keys("unionpay")
    app: Sanic[Any, Any] = Sanic("simulator_unionpay", configure_logging=False)
    app.config.AUTO_EXTEND = False
    ours, theirs = private_key(keys.their_private), public_key(keys.our_public)
    cards = dict(CARDS)
    seen: set[str] = set()

    @app.post("/__cards")
    async def add(request: Request) -> HTTPResponse:
        card = orjson.loads(request.body)
        cards[card["card_number"]] = (card["name"], card["id_number"], card["phone"])
        return HTTPResponse("", 204)

    @app.post("/gateway/api/backTransReq.do")
    async def transact(request: Request) -> HTTPResponse:
        form: dict[str, Any] = dict(request.form or {})
        params = {name: str(values[0]) for name, values in form.items()}
        if not verifies(theirs, mark_of(params), params.get("signature", "")):
            code, text = "11", "验证签名失败"
        elif (params.get("merId"), params.get("certId")) != (account.key_id, account.cert_id):
            code, text = "13", "商户信息有误"
        elif params["orderId"] in seen:
            code, text = "12", "重复交易"
        else:
            seen.add(params["orderId"])
            code, text = _code(params, cards)
        reply = {
            "version": "5.1.0",
            "signMethod": "01",
            "merId": params.get("merId", ""),
            "orderId": params.get("orderId", ""),
            "respCode": code,
            "respMsg": text,
        }
        # UnionPay answers with bare k=v pairs, unescaped; a base64 sign keeps its + and =.
        reply["signature"] = sign(ours, mark_of(reply))
        body = "&".join(f"{name}={value}" for name, value in reply.items())
        return HTTPResponse(body, 200, {"X-Simulator": "unionpay"}, "text/html; charset=utf-8")

    return app


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
