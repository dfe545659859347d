"""Alipay certification: `alipay.user.certify.open.initialize`, `.certify` and `.query`.

What the person's phone reports proves nothing: only the query from server to server counts
(payments-channels.md §7). The certify call is a signed address the browser opens.
"""

import json
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import httpx
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
from auth.identity.providers.certifier import (
    Applicant,
    Asked,
    Begun,
    CertifierDown,
    NotVouched,
    NotYet,
    Vouched,
)

SERVICE = "alipay.user.certify.open."


class AlipayCertifySettings(VendorSettings):
    """The certifying app (`ALIPAY_CERTIFY_KEY_ID` is its app id) and both sides' keys (PEM)."""

    model_config = SettingsConfigDict(env_prefix="ALIPAY_CERTIFY_", extra="ignore", frozen=True)
    simulator = 14

    app_private_key: str = ""
    alipay_public_key: str = ""
    biz_code: str = "FACE"


class AlipayCertify:
    """The OpenAPI gateway over one shared client."""

    asks_first: tuple[Asked, ...] = ()
    asks_last: tuple[Asked, ...] = ()

    def __init__(self, account: AlipayCertifySettings) -> None:
        self._account = account
        self._ours, self._theirs = key_pair(
            account.app_private_key, account.alipay_public_key, simulated="alipay-certify"
        )
        self._client = httpx.AsyncClient(
            base_url=account.url, timeout=httpx.Timeout(4, connect=1), trust_env=False
        )

    async def begin(
        self, who: Applicant, number: str, given: dict[str, str], return_url: str
    ) -> Begun:
        """Initialize, and the signed address of the certify page."""
        del given
        node = await self._call(
            "initialize",
            {
                "outer_order_no": number,
                "biz_code": self._account.biz_code,
                "identity_param": {
                    "identity_type": "CERT_INFO",
                    "cert_type": "IDENTITY_CARD",
                    "cert_name": who.name,
                    "cert_no": who.id_number,
                },
                "merchant_config": {"return_url": return_url},
            },
        )
        certify_id = str(node["certify_id"])
        query = self._signed("certify", {"certify_id": certify_id})
        url = f"{self._account.url}/gateway.do?{urlencode(query)}"
        return Begun("redirect", {"certify_id": certify_id}, url=url)

    async def result(
        self, who: Applicant, number: str, reference: dict[str, str], given: dict[str, str]
    ) -> Vouched:
        """Query; another number in the answer is somebody else, another name is news."""
        del number, given
        node = await self._call("query", {"certify_id": reference["certify_id"]})
        if node.get("passed") != "T":
            if node.get("fail_reason") in {None, "", "NOT_FINISHED"}:
                raise NotYet
            raise NotVouched(str(node["fail_reason"]))
        # Most scenes leave identity_info empty: then the pair we sent is the pair vouched for.
        told = json.loads(node.get("identity_info") or "{}")
        if told.get("cert_no", who.id_number) != who.id_number:
            raise NotVouched("another_number")
        return Vouched(str(told.get("cert_name", who.name)), reference["certify_id"][-8:])

    def _signed(self, method: str, content: dict[str, Any]) -> dict[str, str]:
        params = {
            "app_id": self._account.key_id,
            "method": SERVICE + method,
            "charset": "utf-8",
            "sign_type": "RSA2",
            "version": "1.0",
            # Alipay reads the time as GMT+8, wherever this runs.
            "timestamp": clock.local(clock.now()).strftime("%Y-%m-%d %H:%M:%S"),
            "biz_content": json.dumps(content, ensure_ascii=False),
        }
        return params | {"sign": sign(self._ours, to_sign(params))}

    async def _call(self, method: str, content: dict[str, Any]) -> dict[str, Any]:
        name = f"{SERVICE}{method}".replace(".", "_") + "_response"
        try:
            reply = await self._client.post("/gateway.do", data=self._signed(method, content))
            node, mark = signed_node(reply.text, name)
        except (httpx.HTTPError, ValueError) as error:
            raise CertifierDown("alipay certify") from error
        if not verifies(self._theirs, node, mark):
            raise CertifierDown("alipay certify: signature")
        answer: dict[str, Any] = json.loads(node)
        if answer.get("code") != "10000":
            raise _refusal(str(answer.get("sub_code", "")))
        return answer


def _refusal(code: str) -> Exception:
    if code in {"INVALID_PARAMETER", "CERTIFY_ID_IS_NOT_EXIST", "CERTIFY_ID_EXPIRED"}:
        return NotVouched(code)
    return CertifierDown(f"alipay certify {code}")


@lru_cache(maxsize=1)
def alipay_certify() -> AlipayCertify:
    """The certifying Alipay of this instance."""
    return AlipayCertify(AlipayCertifySettings())
