"""Alipay mini-program template messages (`alipay.open.app.mini.templatemessage.send`).

The official SDK's classes carry the fields; signing, verifying and transport are ours.
"""

import json
from functools import lru_cache

import httpx
from alipay.aop.api.domain.AlipayOpenAppMiniTemplatemessageSendModel import (
    AlipayOpenAppMiniTemplatemessageSendModel,
)
from alipay.aop.api.request.AlipayOpenAppMiniTemplatemessageSendRequest import (
    AlipayOpenAppMiniTemplatemessageSendRequest,
)
from pydantic_settings import SettingsConfigDict

from app_server.kernel import clock
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from app_server.kernel.rsa2 import key_pair, sign, signed_node, to_sign, verifies
from app_server.kernel.settings import VendorSettings
from notify.providers import NotSent

NODE = "alipay_open_app_mini_templatemessage_send_response"
UNREACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# 20000: the service is away, it may have sent; 10000: sent. Everything else was refused.
SENT, AWAY = "10000", "20000"


class AlipayMessageSettings(VendorSettings):
    """The mini-program that sends (as `ALIPAY_KEY_ID`) and the key pair of both sides (PEM)."""

    model_config = SettingsConfigDict(env_prefix="ALIPAY_MESSAGE_", extra="ignore", frozen=True)
    simulator = 4

    app_private_key: str = ""
    alipay_public_key: str = ""


class AlipayTemplate:
    """The OpenAPI gateway over one shared client."""

    def __init__(self, account: AlipayMessageSettings) -> None:
        self._account = account
        self._ours, self._theirs = key_pair(
            account.app_private_key, account.alipay_public_key, simulated="alipay"
        )
        self._client = httpx.AsyncClient(
            base_url=account.url, timeout=httpx.Timeout(5, connect=1), trust_env=False
        )

    @property
    def app_id(self) -> str:
        """Whose open ids we need."""
        return self._account.key_id

    async def send(self, open_id: str, filled: dict[str, str]) -> Outcome | NotSent:
        """Send once."""
        model = AlipayOpenAppMiniTemplatemessageSendModel()
        model.to_open_id = open_id
        model.user_template_id = filled["template_id"]
        model.page = filled.get("page", "")
        fields = {n: {"value": v} for n, v in filled.items() if n not in {"template_id", "page"}}
        model.data = json.dumps(fields, ensure_ascii=False)
        request = AlipayOpenAppMiniTemplatemessageSendRequest()
        request.biz_model = model
        params = request.get_params() | {
            "app_id": self._account.key_id,
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": clock.local(clock.now()).strftime("%Y-%m-%d %H:%M:%S"),
        }
        params["sign"] = sign(self._ours, to_sign(params))
        try:
            reply = await self._client.post("/gateway.do", data=params)
            return self._read(reply.text)
        except UNREACHED:
            return NotSent("unreachable")
        except (httpx.HTTPError, ValueError):
            return Unknown("no answer")

    def _read(self, text: str) -> Outcome:
        whole = json.loads(text)
        node, mark = signed_node(text, NODE if NODE in whole else "error_response")
        # A forged "sent" must not end the chain; a forged refusal only makes it longer.
        if not verifies(self._theirs, node, mark):
            return Unknown("signature")
        told = json.loads(node)
        code = str(told.get("code", ""))
        if code == SENT:
            return Ok()
        why = str(told.get("sub_code") or code)
        return Unknown(why) if code == AWAY else Rejected(why)


@lru_cache(maxsize=1)
def alipay_template() -> AlipayTemplate:
    """The template messages of this instance."""
    return AlipayTemplate(AlipayMessageSettings())
