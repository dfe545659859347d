"""WeChat mini-program log-in: `sns/jscode2session` over our own client.

wechatpy fetches a token it does not need for this call and ignores time-outs
(payments-channels.md §1.2), so it does not make it. The session key never leaves this file.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import httpx
import orjson
import xmltodict
from pydantic_settings import SettingsConfigDict
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from app_server.kernel import clock
from app_server.kernel.crypto import same
from app_server.kernel.settings import ConfigurationRefused, VendorSettings, load
from auth.grants.providers.channel import (
    ChannelDown,
    ChannelUser,
    CodeRefused,
    NoticeForged,
    Withdrawal,
)

# A user took the authorisation back, or closed the WeChat account (授权用户资料变更).
WITHDRAWN = frozenset({"user_authorization_revoke", "user_authorization_cancellation"})
PUSH_SKEW_S = 600

# 40029 invalid code, 40163 used code, 40226 blocked user.
REFUSALS = {40029, 40163, 40226}


@dataclass(frozen=True, slots=True)
class PushQuery:
    """What message push writes beside its body."""

    timestamp: str
    nonce: str
    msg_signature: str = ""
    signature: str = ""


class WeChatSettings(VendorSettings):
    """The mini-program (`WECHAT_KEY_ID` is its app id, `WECHAT_SECRET` its secret)."""

    model_config = SettingsConfigDict(env_prefix="WECHAT_", extra="ignore", frozen=True)
    simulator = 3

    # Of message push (消息推送) in secure mode, as set in the mini-program's console.
    push_token: str = "SIMPUSHTOKEN"  # noqa: S105 - the simulator's own, refused in production
    push_aes_key: str = "SIMULATORKEY" + "0" * 31

    def model_post_init(self, context: object) -> None:
        """Refuse the simulator's push keys where real people are served."""
        del context
        if load().production and (
            self.push_token.startswith("SIM") or self.push_aes_key.startswith("SIM")
        ):
            raise ConfigurationRefused(["WeChatSettings: 仍在使用模拟器的消息推送密钥"])


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
        union_id = str(answer.get("unionid", ""))
        return ChannelUser("wechat", self._account.key_id, answer["openid"], union_id=union_id)

    @property
    def crypto(self) -> WeChatCrypto:
        """Message push's signature and encryption."""
        account = self._account
        return WeChatCrypto(account.push_token, account.push_aes_key, account.key_id)

    def opened(self, query: PushQuery, body: bytes) -> str:
        """A pushed event in clear (secure mode only).

        Raises `NoticeForged` for a wrong signature, another app's, or one of long ago.
        """
        self._fresh(query.timestamp)
        try:
            sealed = xmltodict.parse(body, disable_entities=True)["xml"]
            return str(
                self.crypto.decrypt_message(
                    sealed, query.msg_signature, query.timestamp, query.nonce
                )
            )
        except Exception as error:  # wechatpy raises whatever its parsers and ciphers do
            raise NoticeForged(type(error).__name__) from error

    def withdrawal(self, text: str) -> Withdrawal | None:
        """What a pushed event says; None when it is of another kind. Raises `NoticeForged`."""
        try:
            told = _event(text)
            if str(told.get("Event", "")).lower() not in WITHDRAWN:
                return None
            at = datetime.fromtimestamp(int(told["CreateTime"]), UTC)
            names = (("openid", str(told["OpenID"])),)
        except Exception as error:  # wechatpy raises whatever its parsers and ciphers do
            raise NoticeForged(type(error).__name__) from error
        if told.get("AppID", self._account.key_id) != self._account.key_id:
            raise NoticeForged("app")
        return Withdrawal("wechat", self._account.key_id, names, at)

    def echo(self, query: PushQuery, given: str) -> str:
        """The answer to the address check when message push is set up; `NoticeForged`."""
        mark = WeChatSigner()
        mark.add_data(self._account.push_token, query.timestamp, query.nonce)
        if not same(mark.signature, query.signature):
            raise NoticeForged("signature")
        return given

    def _fresh(self, timestamp: str) -> None:
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
            raise NoticeForged("timestamp")
        if abs(clock.now().timestamp() - int(timestamp)) > PUSH_SKEW_S:
            raise NoticeForged("timestamp")

    async def stable_token(self) -> tuple[str, int]:
        """The mini program's token and its life in seconds; raises `ChannelDown`."""
        return await _stable_token(self._client, self._account)


async def stable_token(account: VendorSettings) -> tuple[str, int]:
    """The token of another app of ours and its life in seconds; raises `ChannelDown`."""
    async with httpx.AsyncClient(
        base_url=account.url, timeout=httpx.Timeout(4, connect=1), trust_env=False
    ) as client:
        return await _stable_token(client, account)


async def _stable_token(client: httpx.AsyncClient, account: VendorSettings) -> tuple[str, int]:
    # Ordinary mode answers the same token until it is nearly over.
    body = {
        "grant_type": "client_credential",
        "appid": account.key_id,
        "secret": account.secret,
    }
    try:
        reply = await client.post("/cgi-bin/stable_token", json=body)
        answer: dict[str, Any] = orjson.loads(reply.content)
        return str(answer["access_token"]), int(answer["expires_in"])
    except (httpx.HTTPError, orjson.JSONDecodeError, KeyError, ValueError) as error:
        raise ChannelDown("wechat stable_token") from error


def _event(text: bytes | str) -> dict[str, Any]:
    """An event in either of the formats the console offers."""
    plain = text.decode() if isinstance(text, bytes) else text
    if plain.lstrip().startswith("<"):
        found: dict[str, Any] = dict(xmltodict.parse(plain, disable_entities=True)["xml"])
    else:
        found = orjson.loads(plain)
    return {str(name).strip(): value for name, value in found.items()}


@lru_cache(maxsize=1)
def wechat() -> WeChat:
    """The WeChat of this instance."""
    return WeChat(WeChatSettings())
