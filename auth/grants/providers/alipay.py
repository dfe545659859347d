"""Alipay mini-program log-in: `alipay.system.oauth.token`.

The official SDK's request and response classes carry the fields; signing, verifying and transport
are ours. The success answer has no `code` field.
"""

import json
from datetime import UTC, datetime
from functools import lru_cache

import httpx
from alipay.aop.api.request.AlipaySystemOauthTokenRequest import AlipaySystemOauthTokenRequest
from alipay.aop.api.response.AlipaySystemOauthTokenResponse import AlipaySystemOauthTokenResponse
from pydantic_settings import SettingsConfigDict

from app_server.kernel import clock
from app_server.kernel.rsa2 import (
    key_pair,
    sign,
    signed_node,
    to_sign,
    verifies,
)
from app_server.kernel.settings import VendorSettings
from auth.grants.providers.channel import (
    ChannelDown,
    ChannelUser,
    CodeRefused,
    NoticeForged,
    Withdrawal,
)

NODE = "alipay_system_oauth_token_response"
CANCELLED = "alipay.open.auth.userauth.cancelled"


class AlipaySettings(VendorSettings):
    """The mini-program (`ALIPAY_KEY_ID` is its app id) and the key pair of both sides (PEM)."""

    model_config = SettingsConfigDict(env_prefix="ALIPAY_", extra="ignore", frozen=True)
    simulator = 4

    app_private_key: str = ""
    alipay_public_key: str = ""


class Alipay:
    """The OpenAPI gateway over one shared client."""

    def __init__(self, account: AlipaySettings) -> None:
        self._account = account
        self._ours, self._theirs = key_pair(
            account.app_private_key, account.alipay_public_key, simulated="alipay"
        )
        self._client = httpx.AsyncClient(
            base_url=account.url, timeout=httpx.Timeout(4, connect=1), trust_env=False
        )

    async def user_of(self, code: str) -> ChannelUser:
        """system.oauth.token; `open_id` is preferred to the older `user_id`."""
        request = AlipaySystemOauthTokenRequest()
        request.grant_type, request.code = "authorization_code", code
        node = await self._call(request.get_params())
        told = AlipaySystemOauthTokenResponse()
        told.parse_response_content(node)
        for id_kind in ("open_id", "user_id"):
            if openid := getattr(told, id_kind):
                return ChannelUser("alipay", self._account.key_id, str(openid), id_kind)
        raise ChannelDown("alipay: no user in the answer")

    def withdrawal(self, notice: dict[str, str]) -> Withdrawal | None:
        """What a message of the open platform says; None when it is of another kind.

        Raises `NoticeForged`. The platform signs with `sign_type` among the parameters on newer
        versions and without it on older ones (its rsaCheckV2 and rsaCheckV1).
        """
        mark = notice.get("sign", "")
        older = {name: value for name, value in notice.items() if name != "sign_type"}
        if notice.get("sign_type") != "RSA2" or not any(
            verifies(self._theirs, to_sign(signed), mark) for signed in (notice, older)
        ):
            raise NoticeForged("signature")
        if notice.get("app_id") != self._account.key_id:
            raise NoticeForged("app")
        if notice.get("msg_method") != CANCELLED:
            return None
        try:
            told = json.loads(notice["biz_content"])
            at = datetime.fromtimestamp(int(told["cancel_time"]) / 1000, UTC)
        except (KeyError, ValueError, TypeError, OverflowError) as error:
            raise NoticeForged("content") from error
        names = tuple((kind, str(told[kind])) for kind in ("open_id", "user_id") if told.get(kind))
        return Withdrawal("alipay", self._account.key_id, names, at)

    async def _call(self, params: dict[str, str]) -> str:
        params = params | {
            "app_id": self._account.key_id,
            "charset": "utf-8",
            "sign_type": "RSA2",
            # Alipay reads the time as GMT+8, wherever this runs.
            "timestamp": clock.local(clock.now()).strftime("%Y-%m-%d %H:%M:%S"),
        }
        params["sign"] = sign(self._ours, to_sign(params))
        try:
            reply = await self._client.post("/gateway.do", data=params)
            whole = json.loads(reply.text)
            name = NODE if NODE in whole else "error_response"
            node, mark = signed_node(reply.text, name)
        except (httpx.HTTPError, ValueError) as error:
            raise ChannelDown("alipay") from error
        if name == "error_response":
            told = json.loads(node)
            if told.get("sub_code") in {"isv.code-invalid", "isv.code-used"}:
                raise CodeRefused(told["sub_code"])
            raise ChannelDown(f"alipay {told.get('sub_code')}")
        if not verifies(self._theirs, node, mark):
            raise ChannelDown("alipay: signature")
        return node.decode()


@lru_cache(maxsize=1)
def alipay() -> Alipay:
    """The Alipay of this instance."""
    return Alipay(AlipaySettings())
