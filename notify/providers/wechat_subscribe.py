"""WeChat subscribe messages (`cgi-bin/message/subscribe/send`) over our own client."""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

import httpx
import orjson
from pydantic_settings import SettingsConfigDict

from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from app_server.kernel.settings import VendorSettings
from notify.providers import NotSent

NO_QUOTA = 43101
TOKEN_REFUSED = {40001, 40014, 42001}
# openid, no quota or refused, template, page, parameters: the same again would be refused again.
_REFUSALS = {40003, NO_QUOTA, 40037, 41030, 47003, 43107, 43108}
_UNSENT = {45009, 45011, 48001}  # limits, and rights that are missing
UNREACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# The present token; given one that was refused, another.
Token = Callable[[str], Awaitable[str]]


class WeChatMessageSettings(VendorSettings):
    """The mini-program that sends (`WECHAT_MESSAGE_KEY_ID` is its app id, as `WECHAT_KEY_ID`)."""

    model_config = SettingsConfigDict(env_prefix="WECHAT_MESSAGE_", extra="ignore", frozen=True)
    simulator = 3

    miniprogram_state: str = "formal"


class WeChatSubscribe:
    """The message API over one shared client; the token is the platform's one (auth.grants)."""

    def __init__(self, account: WeChatMessageSettings) -> None:
        self._account = account
        self._client = httpx.AsyncClient(
            base_url=account.url, timeout=httpx.Timeout(5, connect=1), trust_env=False
        )

    @property
    def app_id(self) -> str:
        """Whose openids we need."""
        return self._account.key_id

    async def send(self, token: Token, openid: str, filled: dict[str, str]) -> Outcome | NotSent:
        """Send once; with a fresh token once more where the first was refused, never oftener."""
        used = await token("")
        problem, reference = await self._call(used, openid, filled)
        if problem in TOKEN_REFUSED and (fresh := await token(used)) != used:
            problem, reference = await self._call(fresh, openid, filled)
        if problem == 0:
            return Ok(reference)
        if problem in _REFUSALS:
            return Rejected(str(problem))
        if problem in TOKEN_REFUSED | _UNSENT:
            return NotSent(str(problem))
        return NotSent("unreachable") if problem == UNREACHABLE else Unknown(reference)

    async def _call(self, token: str, openid: str, filled: dict[str, str]) -> tuple[int, str]:
        fields = {n: {"value": v} for n, v in filled.items() if n not in {"template_id", "page"}}
        asked = {
            "touser": openid,
            "template_id": filled["template_id"],
            "page": filled.get("page", ""),
            "miniprogram_state": self._account.miniprogram_state,
            "lang": "zh_CN",
            "data": fields,
        }
        try:
            reply = await self._client.post(
                "/cgi-bin/message/subscribe/send", params={"access_token": token}, json=asked
            )
            answer: dict[str, Any] = orjson.loads(reply.content)
            return int(answer["errcode"]), str(answer.get("msgid", answer["errcode"]))
        except UNREACHED:
            return UNREACHABLE, ""
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return LOST, "no answer"


UNREACHABLE, LOST = -1001, -1002


@lru_cache(maxsize=1)
def wechat_subscribe() -> WeChatSubscribe:
    """The message API of this instance."""
    return WeChatSubscribe(WeChatMessageSettings())
