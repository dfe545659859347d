"""Tickets in other platforms' protocols: each proves its caller its own way, then asks `tickets`.

Facts of the protocols: miniapp-host.md §2.1 and §2.2. What a back end learns is the same in all of
them; only names, numbers and levels differ. A ticket is refused in one word whatever is wrong with
it, so the vendors' finer codes (expired, of another app) are not told apart.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from app_server.kernel import clock
from app_server.kernel.crypto import same, sha256_hex
from app_server.kernel.principal import Principal
from miniapps.errors import TicketRefused
from miniapps.models import FacadeKey
from miniapps.rules.signing_requests import NAMES, signature_of, skewed
from miniapps.service import tickets
from miniapps.service.facade_keys import caller_of, facade_key

# Where a form carries its time by itself, in Beijing's clock and without a zone.
_WINDOW = timedelta(minutes=5)
_TICKET = re.compile(r"[A-Za-z0-9_-]{43}")


class SignatureRefused(Exception):
    """The request is not by whom it says; its text is what the vendor's gateway would answer."""


# --- 浙里办 simpleauth: md5 over code, password and time --------------------------------------

LEVELS: Mapping[int, str] = MappingProxyType({0: "1", 1: "2", 2: "3", 3: "3"})
_SIMPLE = {"0": "成功", "6002": "票据无效", "6004": "票据格式错误", "6099": "签名错误"}


async def simple_auth(given: Mapping[str, str]) -> dict[str, str]:
    """What `simpleauth` answers: a token for a ticket, or the person of a token."""
    caller = await _simple_caller(given)
    if caller is None:
        return _simple("6099")
    try:
        if given.get("method") == "ticketValidation":
            ticket = given.get("st", "")
            if not _TICKET.fullmatch(ticket):
                return _simple("6004")
            return _simple("0", token=await tickets.exchange_for_token(caller, ticket))
        if given.get("method") == "getUserInfo":
            visitor = await tickets.visitor_of_token(caller, given.get("token", ""))
            return _simple("0", **_simple_person(visitor))
    except TicketRefused:
        return _simple("6002")
    return _simple("6099")


async def _simple_caller(given: Mapping[str, str]) -> Principal | None:
    key = await facade_key(given.get("servicecode", ""), "simpleauth")
    time = given.get("time", "")
    if key is None or not re.fullmatch(r"[0-9]{14}", time):
        return None
    try:
        told = datetime.strptime(time, "%Y%m%d%H%M%S").replace(tzinfo=clock.SHANGHAI)
    except ValueError:
        return None
    text = f"{key.access_key}{key.secret}{time}"
    expected = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    if abs(clock.now() - told) > _WINDOW or not same(given.get("sign", "").lower(), expected):
        return None
    return caller_of(key)


def _simple(result: str, **more: str) -> dict[str, str]:
    return {"result": result, "errmsg": _SIMPLE[result]} | more


def _simple_person(visitor: tickets.Visitor) -> dict[str, str]:
    told = {
        "userid": visitor.openid,
        "authlevel": None if visitor.tier is None else LEVELS[visitor.tier],
        "username": visitor.name,
        "idtype": "1" if visitor.id_number else None,
        "idnum": visitor.id_number,
        "mobile": visitor.phone,
    }
    return {name: value or "" for name, value in told.items()}


# --- IRS v2: X-BG-HMAC in front of two interfaces ---------------------------------------------


@dataclass(frozen=True, slots=True)
class Signed:
    """A request as its signature covers it."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""


async def signed_by(request: Signed, kind: str) -> FacadeKey:
    """The key that signed a request; raises `SignatureRefused` with the gateway's own words."""
    given = {part: request.headers.get(name, "") for part, name in NAMES.items()}
    key = await facade_key(given["key"], kind)
    if key is None:
        raise SignatureRefused("Invalid access key")
    if given["algorithm"].lower() != "hmac-sha256":
        raise SignatureRefused("Invalid signature")
    if skewed(given["date"], clock.now()):
        raise SignatureRefused("Clock skew exceeded")
    expected = signature_of(
        key.secret, request.method, request.path, request.query, key.access_key, given["date"]
    )
    if kind == "native":
        # Our own protocol signs the body as well, which the vendor's does not.
        expected = native_signature(key.secret, expected, request.body)
    if not same(given["signature"], expected):
        raise SignatureRefused("Invalid signature")
    return key


def native_signature(secret: str, head: str, body: bytes) -> str:
    """The signature of our own protocol: over the vendor's and the body's SHA-256, hex."""
    text = f"{head}\n{sha256_hex(body)}\n"
    return hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()


async def irs_token(key: FacadeKey, ticket: str, appid: str) -> dict[str, Any]:
    """An access token for a ticket."""
    if appid not in {key.appid, key.access_key}:
        return _irs_refusal("C-USER-SSO-TICKET-INVALID", "票据无效")
    try:
        token = await tickets.exchange_for_token(caller_of(key), ticket)
    except TicketRefused:
        return _irs_refusal("C-USER-SSO-TICKET-INVALID", "票据无效")
    return {"success": True, "errorCode": None, "errorMsg": None, "data": {"accessToken": token}}


async def irs_user(key: FacadeKey, token: str) -> dict[str, Any]:
    """The person an access token stands for."""
    try:
        visitor = await tickets.visitor_of_token(caller_of(key), token)
    except TicketRefused:
        return _irs_refusal("C-USER-SSO-TOKEN-INVALID", "令牌无效")
    person = {
        "userId": visitor.openid,
        "userName": visitor.name,
        "idType": "IDENTITY_CARD" if visitor.id_number else None,
        "idNo": visitor.id_number,
        "phone": visitor.phone,
        "authLevel": None if visitor.tier is None else LEVELS[visitor.tier],
    }
    data = {"userType": "PERSON", "personInfo": person, "legalPersonInfo": None}
    return {"success": True, "errorCode": None, "errorMsg": None, "data": data}


def _irs_refusal(code: str, words: str) -> dict[str, Any]:
    return {"success": False, "errorCode": code, "errorMsg": words, "data": None}


# --- 皖事通 croods: a token and the service's number ------------------------------------------

# No public text of the province's own interface was found: that a token and SERVICEID give
# `perUserVo` with name, credentNo and bindPhone is known from city code; the envelope, the proof
# (HMAC-SHA256 over serviceId, token and time) and the codes, which are the container's, are ours.
_CROODS = {10000: "成功", 40001: "令牌无效", 40003: "签名错误"}
CROODS_LEVELS: Mapping[int, str] = MappingProxyType({0: "L0", 1: "L1", 2: "L2", 3: "L3"})


async def croods_user(service_id: str, token: str, time: str, sign: str) -> dict[str, Any]:
    """The person of a croods token, which is a ticket of ours; `time` is in milliseconds."""
    key = await facade_key(service_id, "croods")
    if key is None or not croods_signed(key, token, time, sign):
        return _croods(40003)
    try:
        visitor = await tickets.exchange(caller_of(key), token)
    except TicketRefused:
        return _croods(40001)
    person = {
        "userId": visitor.openid,
        "name": visitor.name,
        "credentNo": visitor.id_number,
        "bindPhone": visitor.phone,
        "realLevel": None if visitor.tier is None else CROODS_LEVELS[visitor.tier],
    }
    return _croods(10000, {"perUserVo": person})


def croods_signed(key: FacadeKey, token: str, time: str, sign: str) -> bool:
    """Whether this key signed, within the window."""
    if not re.fullmatch(r"[0-9]{13}", time):
        return False
    late = abs(clock.now().timestamp() - int(time) / 1000) > _WINDOW.total_seconds()
    text = f"{key.access_key}{token}{time}"
    expected = hmac.new(key.secret.encode(), text.encode(), "sha256").hexdigest()
    return not late and same(sign.lower(), expected)


def _croods(code: int, data: Any = None) -> dict[str, Any]:
    return {"code": code, "message": _CROODS[code], "data": data}


KIND_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "native": "本平台签名请求",
        "simpleauth": "浙里办 simpleauth",
        "irs": "浙里办 IRS 网关",
        "croods": "皖事通 croods",
        "weixin": "微信 JSSDK",
        "gateway": "平台调用应用后台",
    }
)
