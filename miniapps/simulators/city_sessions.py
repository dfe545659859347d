"""What the demo back ends share: their refusals, their replies, and who is signed in."""

import re
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from sanic import HTTPResponse, Request

SESSION_S = 1800
PICTURE = re.compile(r"data:image/(?:jpeg|png|webp);base64,[A-Za-z0-9+/]+={0,2}")
MAX_PICTURE = 600_000


class Refused(Exception):
    """A request this back end does not grant; its text is for the resident."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(title)
        self.status = status


def told(body: Any, status: int = 200) -> HTTPResponse:
    """A JSON reply."""
    return HTTPResponse(orjson.dumps(body), status, content_type="application/json")


def given(request: Request) -> dict[str, Any]:
    """The request's body; raises `Refused` when it is no object."""
    body = orjson.loads(request.body or b"{}")
    if not isinstance(body, dict):
        raise Refused(400, "内容格式不正确")
    return body


def words(body: dict[str, Any], name: str, longest: int, shortest: int = 1) -> str:
    """A text of the body; raises `Refused` when it is missing or of another length."""
    text = body.get(name)
    if not isinstance(text, str) or not shortest <= len(text.strip()) <= longest:
        raise Refused(422, f"请检查填写的内容（{shortest}–{longest} 个字）")
    return text.strip()


def number(body: dict[str, Any], name: str, low: float, high: float) -> float:
    """A number of the body; raises `Refused` when it is none or out of bounds."""
    value = body.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise Refused(422, "位置不正确")
    return float(value)


def picture(body: dict[str, Any], name: str) -> str:
    """A picture as a data address; raises `Refused` when it is none or too large."""
    text = body.get(name)
    if not isinstance(text, str) or len(text) > MAX_PICTURE or not PICTURE.fullmatch(text):
        raise Refused(422, "请选择一张清晰的照片")
    return text


@dataclass
class Sessions:
    """One app's sessions, by the bearer token its page keeps in memory."""

    appid: str
    exchange: Callable[[str, str], Awaitable[str]]
    kept: dict[str, tuple[str, float]] = field(default_factory=dict)

    async def begin(self, ticket: Any) -> str:
        """A session for a ticket the platform confirms; raises `NotKnownError`, `Refused`."""
        if not isinstance(ticket, str) or not ticket:
            raise Refused(400, "缺少票据")
        openid = await self.exchange(self.appid, ticket)
        token = secrets.token_urlsafe(24)
        self.kept = {k: v for k, v in self.kept.items() if v[1] > time.monotonic()}
        self.kept[token] = (openid, time.monotonic() + SESSION_S)
        return token

    def openid(self, request: Request) -> str:
        """Who asks; raises `Refused` without a session that lasts."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        openid, until = self.kept.get(token, ("", 0.0))
        if until < time.monotonic():
            raise Refused(401, "登录已失效，请重新登录")
        return openid
