"""WeChat face verification for government mini-programs: `getverifyid`, `queryverifyinfo`.

The mini-program gives its log-in code, we learn the openid ourselves, and `wx.requestFacialVerify`
runs with the verify_id; the answer of `queryverifyinfo` alone counts. This app's access token is
its own: grants, which keeps the log-in app's, stands above this context.
"""

import base64
import hashlib
import time
from functools import lru_cache
from typing import Any

import httpx
import orjson
from pydantic_settings import SettingsConfigDict

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

FACE = "/cityservice/face/identify"
PASSED = 10000
# The person turned back or was interrupted: they may go on with the same verify_id.
UNFINISHED = range(90000, 90200)
TOKEN_EARLY_S = 300
STALE_TOKEN = {40001, 42001}


class WeChatVerifySettings(VendorSettings):
    """The mini-program with the face permission (`WECHAT_VERIFY_KEY_ID` is its app id)."""

    model_config = SettingsConfigDict(env_prefix="WECHAT_VERIFY_", extra="ignore", frozen=True)
    simulator = 15


def cert_info(who: Applicant) -> dict[str, str]:
    """The certificate data as both calls name it."""
    return {"cert_type": "IDENTITY_CARD", "cert_name": who.name, "cert_no": who.id_number}


def cert_hash(info: dict[str, str]) -> str:
    """SHA-256 over the base64 of the certificate data as JSON, in the order of `cert_info`.

    WeChat tells licensed apps the exact rule when they join; the pages that everybody may read
    only say "made from the certificate data". This function is the one place to adjust.
    """
    return hashlib.sha256(base64.b64encode(orjson.dumps(info))).hexdigest()


class WeChatVerify:
    """The WeChat API over one shared client."""

    asks_first: tuple[Asked, ...] = (
        Asked("login_code", "微信登录凭证", r"^[A-Za-z0-9_-]{8,128}$", "由小程序 wx.login 取得"),
    )
    asks_last: tuple[Asked, ...] = ()

    def __init__(self, account: WeChatVerifySettings) -> None:
        self._account = account
        self._token = ("", 0.0)
        self._client = httpx.AsyncClient(
            base_url=account.url, timeout=httpx.Timeout(4, connect=1), trust_env=False
        )

    async def begin(
        self, who: Applicant, number: str, given: dict[str, str], return_url: str
    ) -> Begun:
        """Getverifyid for the person who holds this log-in code."""
        del return_url
        openid = await self._openid(given["login_code"])
        body = {"out_seq_no": number, "cert_info": cert_info(who), "openid": openid}
        answer = await self._face("getverifyid", body)
        if answer.get("errcode"):
            raise NotVouched(str(answer["errcode"]))
        verify_id = str(answer["verify_id"])
        return Begun(
            "params", {"verify_id": verify_id, "openid": openid}, params={"verifyId": verify_id}
        )

    async def result(
        self, who: Applicant, number: str, reference: dict[str, str], given: dict[str, str]
    ) -> Vouched:
        """queryverifyinfo: 10000 is the only yes."""
        del given
        body = {**reference, "out_seq_no": number, "cert_hash": cert_hash(cert_info(who))}
        answer = await self._face("queryverifyinfo", body)
        if answer.get("errcode"):
            raise NotVouched(str(answer["errcode"]))
        told = int(answer.get("verify_ret", 0))
        if told == PASSED:
            return Vouched(who.name, reference["verify_id"][-8:])
        if told == 0 or told in UNFINISHED:
            raise NotYet
        raise NotVouched(str(told))

    async def _openid(self, code: str) -> str:
        query = {
            "appid": self._account.key_id,
            "secret": self._account.secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        answer = await self._sent("GET", "/sns/jscode2session", params=query)
        if answer.get("errcode"):
            raise NotVouched(str(answer["errcode"]))
        return str(answer["openid"])

    async def _face(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        for _ in range(2):
            token = {"access_token": await self._access_token()}
            answer = await self._sent("POST", f"{FACE}/{name}", params=token, json=body)
            if answer.get("errcode") not in STALE_TOKEN:
                return answer
            self._token = ("", 0.0)
        raise CertifierDown(f"wechat {answer.get('errcode')}")

    async def _access_token(self) -> str:
        token, until = self._token
        if time.monotonic() < until:
            return token
        body = {
            "grant_type": "client_credential",
            "appid": self._account.key_id,
            "secret": self._account.secret,
        }
        answer = await self._sent("POST", "/cgi-bin/stable_token", json=body)
        try:
            token = str(answer["access_token"])
            life = int(answer["expires_in"]) - TOKEN_EARLY_S
        except (KeyError, ValueError) as error:
            raise CertifierDown("wechat stable_token") from error
        self._token = (token, time.monotonic() + max(30, life))
        return token

    async def _sent(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            reply = await self._client.request(method, path, **options)
            answer: dict[str, Any] = orjson.loads(reply.content)
        except (httpx.HTTPError, orjson.JSONDecodeError) as error:
            raise CertifierDown("wechat verify") from error
        if answer.get("errcode") == -1:
            raise CertifierDown("wechat verify is busy")
        return answer


@lru_cache(maxsize=1)
def wechat_verify() -> WeChatVerify:
    """The verifying WeChat of this instance."""
    return WeChatVerify(WeChatVerifySettings())
