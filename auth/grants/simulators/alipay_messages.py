"""Alipay's mini-program template messages (模拟支付宝); `GET /__messages?open_id=` shows them."""

import json
from typing import Any

import orjson
from sanic import HTTPResponse, Request, Sanic

METHOD = "alipay.open.app.mini.templatemessage.send"
NODE = "alipay_open_app_mini_templatemessage_send_response"
MOST = 500


def add_routes(app: "Sanic[Any, Any]") -> list[dict[str, Any]]:
    """Show what arrived; answers the list that `sent` fills."""
    arrived: list[dict[str, Any]] = []

    @app.get("/__messages")
    async def messages(request: Request) -> HTTPResponse:
        mine = [one for one in arrived if one["to_open_id"] == request.args.get("open_id")]
        return HTTPResponse(orjson.dumps(mine), content_type="application/json")

    return arrived


def sent(params: dict[str, str], arrived: list[dict[str, Any]]) -> dict[str, Any]:
    """The answer to one message; those that begin with `off-` switched messages off."""
    content = json.loads(params["biz_content"])
    to = str(content.get("to_open_id", ""))
    if not to or to.startswith("off-"):
        refusal = {"sub_code": "USER_TEMPLATE_ILLEGAL", "sub_msg": "不可发送"}
        return {"code": "40004", "msg": "Business Failed"} | refusal
    arrived.append(content)
    del arrived[:-MOST]
    return {"code": "10000", "msg": "Success"}
