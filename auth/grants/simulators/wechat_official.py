"""WeChat's official account: followers and template messages (模拟公众号).

`POST /__followers {"openid", "unionid", "follows", "to"}` follows or leaves, and pushes that event
to our callback; `POST /__finish {"msgid", "status", "to"}` pushes what became of a message;
`GET /__templates?openid=` is what arrived; `POST /__template_faults [errcode…]` answers those.
"""

import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import xmltodict
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.crypto import same

Answer = Callable[[dict[str, Any]], HTTPResponse]
Push = Callable[[str, str], Awaitable[dict[str, Any]]]
MOST = 500
SAME_S = 600  # within which the same client_msg_id is one message


def _event(openid: str, event: str, **more: str) -> str:
    fields = {
        "ToUserName": "gh_simulated",
        "FromUserName": openid,
        "CreateTime": str(int(time.time())),
        "MsgType": "event",
        "Event": event,
        **more,
    }
    return str(xmltodict.unparse({"xml": fields}, full_document=False))


def add_routes(app: "Sanic[Any, Any]", token: dict[str, Any], answer: Answer, push: Push) -> None:
    """Add the official account to the simulated WeChat."""
    followers: dict[str, str] = {}
    arrived: list[dict[str, Any]] = []
    faults: list[int] = []

    _add_api(app, token, answer, (followers, arrived, faults))

    @app.post("/__followers")
    async def follow(request: Request) -> HTTPResponse:
        told = orjson.loads(request.body)
        followers.pop(told["openid"], None)
        if told["follows"]:
            followers[told["openid"]] = told.get("unionid", "")
        if not told.get("to"):
            return answer({})
        event = "subscribe" if told["follows"] else "unsubscribe"
        return answer(await push(told["to"], _event(told["openid"], event, EventKey="")))

    @app.post("/__finish")
    async def finish(request: Request) -> HTTPResponse:
        told = orjson.loads(request.body)
        (message,) = [one for one in arrived if str(one["msgid"]) == str(told["msgid"])]
        more = {"MsgID": str(told["msgid"]), "Status": told["status"]}
        event = _event(message["touser"], "TEMPLATESENDJOBFINISH", **more)
        return answer(await push(told["to"], event))

    @app.post("/__template_faults")
    async def template_fault(request: Request) -> HTTPResponse:
        faults[:] = orjson.loads(request.body)
        return answer({})

    @app.post("/__spoil")
    async def spoil(_: Request) -> HTTPResponse:
        # The token that everybody holds is refused from now on; a new one is given out.
        token["value"] = secrets.token_urlsafe(40)
        return answer({})

    @app.get("/__templates")
    async def templates(request: Request) -> HTTPResponse:
        mine = [one for one in arrived if one["touser"] == request.args.get("openid")]
        return answer({"messages": mine})


def _add_api(
    app: "Sanic[Any, Any]",
    token: dict[str, Any],
    answer: Answer,
    kept: tuple[dict[str, str], list[dict[str, Any]], list[int]],
) -> None:
    followers, arrived, faults = kept

    def refused(request: Request) -> bool:
        given = request.args.get("access_token", "")
        return bool(token["refused"]) or not same(given, token["value"])

    @app.get("/cgi-bin/user/info")
    async def user(request: Request) -> HTTPResponse:
        if refused(request):
            return answer({"errcode": 40001, "errmsg": "invalid credential"})
        openid = request.args.get("openid", "")
        if openid not in followers:
            return answer({"subscribe": 0, "openid": openid})
        union = {"unionid": followers[openid]} if followers[openid] else {}
        return answer({"subscribe": 1, "openid": openid, "language": "zh_CN"} | union)

    @app.post("/cgi-bin/message/template/send")
    async def send_template(request: Request) -> HTTPResponse:
        if refused(request):
            return answer({"errcode": 40001, "errmsg": "invalid credential"})
        if faults:
            return answer({"errcode": faults.pop(0), "errmsg": "refused"})
        message = orjson.loads(request.body)
        if problem := _problem(message, followers):
            return answer({"errcode": problem, "errmsg": "refused"})
        message |= {"msgid": secrets.randbelow(10**15), "at": time.time()}
        known = [
            one
            for one in arrived
            if one.get("client_msg_id") == message.get("client_msg_id")
            and message["at"] - one["at"] < SAME_S
        ]
        if message.get("client_msg_id") and known:
            return answer({"errcode": 0, "errmsg": "ok", "msgid": known[0]["msgid"]})
        arrived.append(message)
        del arrived[:-MOST]
        return answer({"errcode": 0, "errmsg": "ok", "msgid": message["msgid"]})


def _problem(message: dict[str, Any], followers: dict[str, str]) -> int:
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
    return 0 if message["touser"] in followers else 43004
