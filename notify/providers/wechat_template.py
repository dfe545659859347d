"""Template messages of the official account (公众号模板消息) over our own client."""

from functools import lru_cache
from typing import Any

import httpx
import orjson

from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from notify.providers import NotSent
from notify.providers.wechat_callback import WeChatOfficialSettings
from notify.providers.wechat_subscribe import LOST, TOKEN_REFUSED, UNREACHABLE, UNREACHED, Token

NOT_FOLLOWING = 43004
# openid, follower, template, fields: the same again would be refused again.
_REFUSALS = {40003, NOT_FOLLOWING, 40036, 40037, 47001, 47003}
_UNSENT = {45009, 45011, 48001}  # limits, and rights that are missing
_OUTSIDE_DATA = frozenset({"template_id", "page", "url"})


class WeChatTemplate:
    """The official account's API over one shared client."""

    def __init__(self, account: WeChatOfficialSettings) -> None:
        self.account = account
        self._client = httpx.AsyncClient(
            base_url=account.url, timeout=httpx.Timeout(5, connect=1), trust_env=False
        )

    async def send(
        self, token: Token, openid: str, filled: dict[str, str], out_id: str
    ) -> Outcome | NotSent:
        """Send once; with a fresh token once more where the first was refused, never oftener."""
        asked = self._asked(openid, filled, out_id)
        used = await token("")
        problem, reference = await self._post(used, asked)
        if problem in TOKEN_REFUSED and (fresh := await token(used)) != used:
            problem, reference = await self._post(fresh, asked)
        if problem == 0:
            return Ok(reference)
        if problem in _REFUSALS:
            return Rejected(str(problem))
        if problem in TOKEN_REFUSED | _UNSENT:
            return NotSent(str(problem))
        return NotSent("unreachable") if problem == UNREACHABLE else Unknown(reference)

    async def union_id(self, token: Token, openid: str) -> str | None:
        """What all our apps call a follower; empty for none, None when nobody could be asked."""
        used = await token("")
        answer = await self._user(used, openid)
        if answer.get("errcode", 0) in TOKEN_REFUSED and (fresh := await token(used)) != used:
            answer = await self._user(fresh, openid)
        if answer.get("errcode", 0):
            return None
        return str(answer.get("unionid", "")) if answer.get("subscribe") else ""

    def _asked(self, openid: str, filled: dict[str, str], out_id: str) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "touser": openid,
            "template_id": filled["template_id"],
            # WeChat drops a second message with the same one within ten minutes.
            "client_msg_id": out_id,
            "data": {n: {"value": v} for n, v in filled.items() if n not in _OUTSIDE_DATA},
        }
        if filled.get("url"):
            asked["url"] = filled["url"]
        if filled.get("page") and self.account.mini_app_id:
            asked["miniprogram"] = {
                "appid": self.account.mini_app_id,
                "pagepath": filled["page"],
            }
        return asked

    async def _post(self, token: str, asked: dict[str, Any]) -> tuple[int, str]:
        try:
            reply = await self._client.post(
                "/cgi-bin/message/template/send", params={"access_token": token}, json=asked
            )
            answer: dict[str, Any] = orjson.loads(reply.content)
            return int(answer["errcode"]), str(answer.get("msgid", answer["errcode"]))
        except UNREACHED:
            return UNREACHABLE, ""
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return LOST, "no answer"

    async def _user(self, token: str, openid: str) -> dict[str, Any]:
        query = {"access_token": token, "openid": openid, "lang": "zh_CN"}
        try:
            answer = orjson.loads(
                (await self._client.get("/cgi-bin/user/info", params=query)).content
            )
        except (httpx.HTTPError, ValueError):
            return {"errcode": LOST}
        return answer if isinstance(answer, dict) else {"errcode": LOST}


@lru_cache(maxsize=1)
def wechat_template() -> WeChatTemplate:
    """The template messages of this instance."""
    return WeChatTemplate(WeChatOfficialSettings())
