"""WeChat mini-program log-in: `sns/jscode2session` over our own client.

wechatpy fetches a token it does not need for this call and ignores time-outs
(payments-channels.md §1.2), so it does not make it. The session key never leaves this file.
"""

from functools import lru_cache
from typing import Any

import httpx
import orjson
from pydantic_settings import SettingsConfigDict

from app_server.kernel.settings import VendorSettings
from auth.grants.providers.channel import ChannelDown, ChannelUser, CodeRefused

# 40029 invalid code, 40163 used code, 40226 blocked user.
REFUSALS = {40029, 40163, 40226}


class WeChatSettings(VendorSettings):
    """The mini-program (`WECHAT_KEY_ID` is its app id, `WECHAT_SECRET` its secret)."""

    model_config = SettingsConfigDict(env_prefix="WECHAT_", extra="ignore", frozen=True)
    simulator = 3


class WeChat:
    """The WeChat API over one shared client."""

    def __init__(self, account: WeChatSettings) -> None:
        self._account = account
        self._client = httpx.AsyncClient(
            base_url=account.url, timeout=httpx.Timeout(4, connect=1), trust_env=False
        )

    async def user_of(self, code: str) -> ChannelUser:
        """jscode2session; on success `errcode` may be absent."""
        query = {
            "appid": self._account.key_id,
            "secret": self._account.secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        try:
            reply = await self._client.get("/sns/jscode2session", params=query)
            answer: dict[str, Any] = orjson.loads(reply.content)
        except (httpx.HTTPError, orjson.JSONDecodeError) as error:
            raise ChannelDown("wechat") from error
        problem = answer.get("errcode", 0)
        if problem in REFUSALS:
            raise CodeRefused(str(problem))
        if problem or not isinstance(answer.get("openid"), str):
            raise ChannelDown(f"wechat {problem}")
        return ChannelUser("wechat", self._account.key_id, answer["openid"])

    async def stable_token(self) -> tuple[str, int]:
        """`cgi-bin/stable_token` in ordinary mode: the app's token and its life in seconds.

        Raises `ChannelDown`. Ordinary mode answers the same token until it is nearly over.
        """
        body = {
            "grant_type": "client_credential",
            "appid": self._account.key_id,
            "secret": self._account.secret,
        }
        try:
            reply = await self._client.post("/cgi-bin/stable_token", json=body)
            answer: dict[str, Any] = orjson.loads(reply.content)
            return str(answer["access_token"]), int(answer["expires_in"])
        except (httpx.HTTPError, orjson.JSONDecodeError, KeyError, ValueError) as error:
            raise ChannelDown("wechat stable_token") from error


@lru_cache(maxsize=1)
def wechat() -> WeChat:
    """The WeChat of this instance."""
    return WeChat(WeChatSettings())
