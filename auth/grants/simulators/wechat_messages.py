"""WeChat's subscribe messages: one consent, one message (模拟微信).

`POST /__consents {"openid", "template_id", "count"}` is what a user allowed in the pop-up;
`GET /__messages?openid=` what arrived; `POST /__tokens {"refused": true}` refuses every token.
"""

import secrets
from collections.abc import Callable
from typing import Any

import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.crypto import same

Answer = Callable[[dict[str, Any]], HTTPResponse]
MOST = 500


def add_routes(app: "Sanic[Any, Any]", token: dict[str, Any], answer: Answer) -> None:
    """Add the message API to the simulated WeChat."""
    consents: dict[tuple[str, str], int] = {}
    arrived: list[dict[str, Any]] = []
    token |= {"refused": False, "sends": 0}

    @app.post("/__consents")
    async def consent(request: Request) -> HTTPResponse:
        told = orjson.loads(request.body)
        consents[told["openid"], told["template_id"]] = told["count"]
        return answer({})

    @app.get("/__messages")
    async def messages(request: Request) -> HTTPResponse:
        mine = [one for one in arrived if one["touser"] == request.args.get("openid")]
        return answer({"messages": mine, "sends": token["sends"]})

    @app.post("/__tokens")
    async def tokens(request: Request) -> HTTPResponse:
        token["refused"], token["sends"] = orjson.loads(request.body)["refused"], 0
        return answer({})

    @app.post("/cgi-bin/message/subscribe/send")
    async def send(request: Request) -> HTTPResponse:
        token["sends"] += 1
        if token["refused"] or not same(request.args.get("access_token", ""), token["value"]):
            return answer({"errcode": 40001, "errmsg": "invalid credential"})
        message = orjson.loads(request.body)
        problem = _problem(message, consents)
        if problem:
            return answer({"errcode": problem, "errmsg": "refused"})
        consents[message["touser"], message["template_id"]] -= 1
        arrived.append(message)
        del arrived[:-MOST]
        return answer({"errcode": 0, "errmsg": "ok", "msgid": secrets.randbelow(10**15)})


def _problem(message: dict[str, Any], consents: dict[tuple[str, str], int]) -> int:
    if not message.get("touser"):
        return 40003
    if not message.get("template_id"):
        return 40037
    data = message.get("data")
    if not isinstance(data, dict) or not all(
        isinstance(one, dict) and isinstance(one.get("value"), str) and one["value"]
        for one in data.values()
    ):
        return 47003
    left = consents.get((message["touser"], message["template_id"]), 0)
    return 0 if left > 0 else 43101
