"""How the demo cities' back ends ask the platform who opened their app, each in its own protocol.

模拟后台: the requests are those real cities' servers send; only their keys are made up.
"""

import hashlib
import hmac
import secrets
import time
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import orjson

from app_server.kernel.settings import load
from miniapps.rules.signing_requests import NAMES, signature_of, signed_headers

KEYS = Path(__file__).parents[1] / "data" / "demo_facades.json"
SHANGHAI = ZoneInfo("Asia/Shanghai")
IRS = "/restapi/prod/IC33000020220329000007/uc/sso/access_token"
IRS_USER = "/restapi/prod/IC33000020220329000008/uc/sso/getUserInfo"


class NotKnownError(Exception):
    """The platform refused what the page brought, or did not answer; `status` is for the page."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(title)
        self.status = status


@lru_cache(maxsize=1)
def _keys() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = orjson.loads(KEYS.read_bytes())["keys"]
    return found


def key_of(appid: str, kind: str) -> tuple[str, str]:
    """An app's public name and secret in one protocol."""
    name, secret = _keys()[appid][kind]
    return name, secret


async def _asked(method: str, path: str, **more: Any) -> Any:
    try:
        async with httpx.AsyncClient(
            base_url=load().origin("partner"), timeout=5, trust_env=False
        ) as client:
            reply = await client.request(method, path, **more)
            told = reply.json()
    except (httpx.HTTPError, ValueError) as error:
        raise NotKnownError(502, "暂时连不上统一身份平台") from error
    return told if isinstance(told, dict) else {}


def _known(openid: Any) -> str:
    if not isinstance(openid, str) or not openid:
        raise NotKnownError(401, "登录没有成功：票据无效")
    return openid


async def by_native(appid: str, ticket: str) -> str:
    """The visitor of a ticket, by a signed request in the platform's own protocol.

    These back ends serve people whose identity is known: the first tier at least.
    """
    name, secret = key_of(appid, "native")
    path, body = "/partner/v1/tickets/exchange-signed", orjson.dumps({"ticket": ticket})
    headers = signed_headers(name, secret, "POST", path, "", datetime.now(UTC))
    text = f"{headers[NAMES['signature']]}\n{hashlib.sha256(body).hexdigest()}\n"
    headers[NAMES["signature"]] = hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()
    headers["content-type"] = "application/json"
    visitor = await _asked("POST", path, content=body, headers=headers)
    openid = _known(visitor.get("openid"))
    if not visitor.get("tier"):
        raise NotKnownError(403, "请先在平台完成实名认证")
    return openid


async def by_irs(appid: str, ticket: str) -> str:
    """The visitor of a ticket, as behind 浙里办's gateway: a token first, then its person."""
    name, secret = key_of(appid, "irs")

    async def asked(path: str, body: dict[str, str]) -> dict[str, Any]:
        headers = signed_headers(name, secret, "POST", path, "", datetime.now(UTC))
        told = (await _asked("POST", path, json=body, headers=headers)).get("data")
        return told if isinstance(told, dict) else {}

    token = (await asked(IRS, {"ticketId": ticket, "appId": appid})).get("accessToken")
    person = (await asked(IRS_USER, {"token": _known(token)})).get("personInfo") or {}
    return _known(person.get("userId"))


async def by_croods(appid: str, token: str) -> str:
    """The visitor of a croods token, as 皖事通's services ask."""
    name, secret = key_of(appid, "croods")
    now = str(int(time.time() * 1000))
    sign = hmac.new(secret.encode(), f"{name}{token}{now}".encode(), "sha256").hexdigest()
    body = {"serviceId": name, "token": token, "time": now, "sign": sign}
    told = (await _asked("POST", "/croods/user", json=body)).get("data") or {}
    return _known((told.get("perUserVo") or {}).get("userId"))


async def by_simpleauth(appid: str, ticket: str) -> str:
    """The visitor of a ticket by simpleauth: md5 over code, password and Beijing's time."""
    name, secret = key_of(appid, "simpleauth")

    async def asked(**more: str) -> dict[str, Any]:
        now = datetime.now(SHANGHAI).strftime("%Y%m%d%H%M%S")
        sign = hashlib.md5(f"{name}{secret}{now}".encode(), usedforsecurity=False).hexdigest()
        form = {"servicecode": name, "time": now, "sign": sign, "datatype": "json"} | more
        told: dict[str, Any] = await _asked("POST", "/sso/servlet/simpleauth", data=form)
        return told

    token = (await asked(method="ticketValidation", st=ticket)).get("token")
    return _known((await asked(method="getUserInfo", token=_known(token))).get("userid"))


async def page_signature(appid: str, url: str) -> dict[str, str]:
    """What `wx.config` takes for one page: signed with the ticket of WeChat's protocol."""
    name, secret = key_of(appid, "weixin")
    asked = {"grant_type": "client_credential", "appid": name, "secret": secret}
    token = (await _asked("POST", "/cgi-bin/stable_token", json=asked)).get("access_token", "")
    params = {"access_token": token, "type": "jsapi"}
    ticket = (await _asked("GET", "/cgi-bin/ticket/getticket", params=params)).get("ticket")
    if not ticket:
        raise NotKnownError(502, "没有取得签名用的票据")
    now, nonce = str(int(time.time())), secrets.token_hex(8)
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={now}&url={url.partition('#')[0]}"
    signature = hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 - WeChat's protocol says so
    return {"appId": name, "timestamp": now, "nonceStr": nonce, "signature": signature}


def gateway_fault(appid: str, method: str, path: str, query: str, headers: Any) -> str:
    """Why a request did not come from the platform's gateway, or an empty text."""
    name, secret = key_of(appid, "gateway")
    given = {part: headers.get(header, "") for part, header in NAMES.items()}
    if given["key"] != name:
        return "Invalid access key"
    expected = signature_of(secret, method, path, query, name, given["date"])
    if not hmac.compare_digest(given["signature"].encode(), expected.encode()):
        return "Invalid signature"
    return ""
