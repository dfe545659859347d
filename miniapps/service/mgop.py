"""浙里办's gateway (mgop) on the app's own origin, in front of the back end its manifest names.

The protocol is the vendor's: a token in a cookie that scripts read, md5 over token, key, api, time
and data, and result codes instead of statuses (miniapp-host.md §2.1). The signature needs no
secret: it shows that the caller could read the origin's cookies, so no other site speaks for it.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import orjson

from app_server.kernel import clock, ratelimit
from app_server.kernel.crypto import same, signature
from app_server.kernel.errors import TooManyRequests
from app_server.kernel.http import RawReply
from miniapps import rules
from miniapps.models import Version
from miniapps.providers.back_ends import BackEndBusy, BackEndFailed, BackEndLate, Incoming
from miniapps.service.asking import ask
from miniapps.service.manifest import Manifest
from miniapps.service.manifest_back_ends import GatewayRoute
from miniapps.service.origin import OriginRequest

COOKIE = "_mgw_tk"
ADAPTERS = "mgop.gov.jsadapter.query"
LIFE_S = 3600
MAX_BODY = 64 * 1024
CALLS = ratelimit.Limit("miniapp-mgop", 100, 10)

_WORDS: Mapping[int, str] = MappingProxyType(
    {
        1000: "调用成功",
        1001: "没有权限调用",
        1002: "调用太频繁",
        3000: "不支持的请求方法",
        3001: "请求数据过大",
        3002: "数据格式有误",
        3004: "缺少请求参数",
        3006: "应用没有登记这个接口",
        4001: "后台响应超时",
        4002: "后台暂时不可用",
        9001: "令牌为空",
        9002: "令牌无效",
        9003: "令牌已过期",
    }
)
_CALLBACK = re.compile(r"[A-Za-z_$][A-Za-z0-9_$.]{0,63}")
# What a browser or a proxy puts there is not the page's word; ours must not be forged.
_KEPT_BACK = re.compile(
    r"(accept|sec|x-forwarded|x-real|x-bg|x-wanshi|proxy|if|cf)(-|$).*|"
    r"host|connection|content-.*|cookie|origin|referer|user-agent|te|trailer|upgrade|via|"
    r"transfer-encoding|keep-alive|forwarded|priority|dnt|expect|range|x-trace-id|istesturl"
)


class _Refused(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(_WORDS[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call as the page made it."""

    api: str
    data: str
    token: str
    callback: str
    test: bool


async def answer(appid: str, code: int, request: OriginRequest) -> RawReply:
    """What the gateway of an app's version answers to a call of its page; never raises."""
    given = request.asked()
    callback = given.get("callback", "")
    if not (request.method == "GET" and _CALLBACK.fullmatch(callback)):
        callback = ""
    api = given.get("api", "")[:100]
    try:
        asked = _read(appid, request, given, callback)
        await ratelimit.take(CALLS, asked.token)
        return _told(api, 1000, callback, await _answered(appid, code, request, asked))
    except TooManyRequests:
        return _told(api, 1002, callback)
    except _Refused as refused:
        fresh = _fresh(appid, request.host) if refused.code >= 9001 else ""
        return _told(api, refused.code, callback, cookie=fresh)


def _read(appid: str, request: OriginRequest, given: Mapping[str, str], callback: str) -> _Asked:
    if request.method not in {"GET", "POST"}:
        raise _Refused(3000)
    if len(request.body) > MAX_BODY:
        raise _Refused(3001)
    token = _token(appid, request)
    if not all(given.get(name) for name in ("ak", "api", "ts", "sign")):
        raise _Refused(3004)
    # The newer SDK signs no data; the older one sends it in the query and signs it.
    signed = given.get("data", "null")
    text = f"token={token}&ak={given['ak']}&api={given['api']}&ts={given['ts']}&data={signed}"
    expected = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    if not same(given["sign"].lower(), expected):
        raise _Refused(9002)
    data = request.body.decode("utf-8", "replace") if request.method == "POST" else signed
    return _Asked(given["api"], data, token, callback, request.header("istesturl") == "1")


def _token(appid: str, request: OriginRequest) -> str:
    cookie = request.cookie(COOKIE)
    if not cookie:
        raise _Refused(9001)
    token, _, rest = cookie.partition("_")
    until, _, mark = rest.partition(".")
    if not until.isascii() or not until.isdigit() or len(until) > 12:
        raise _Refused(9002)
    if not same(mark, _mark(appid, request.host, token, until)):
        raise _Refused(9002)
    if int(until) <= clock.now().timestamp():
        raise _Refused(9003)
    return token


def _mark(appid: str, host: str, token: str, until: str) -> str:
    return signature("miniapps.mgop", appid, host, token, until)


def _fresh(appid: str, host: str) -> str:
    """A new token; the browser lets go of it when it is over, so that its script asks anew."""
    token, until = secrets.token_hex(16), str(int(clock.now().timestamp()) + LIFE_S)
    value = f"{token}_{until}.{_mark(appid, host, token, until)}"
    return f"{COOKIE}={value}; Path=/; Max-Age={LIFE_S}; Secure; SameSite=Lax"


async def _answered(appid: str, code: int, request: OriginRequest, asked: _Asked) -> Any:
    if asked.api == ADAPTERS:
        # Which script adapts to which container: ours stands in every page already.
        return []
    version = await Version.get_or_none(appid=appid, code=code)
    manifest = Manifest.model_validate(version.manifest) if version else None
    routes = {route.api: route for route in manifest.compat.gateway} if manifest else {}
    route = routes.get(asked.api)
    if version is None or route is None:
        raise _Refused(3006)
    on_trial = version.state in rules.TRIED
    if asked.test and not (on_trial and route.test_url):
        raise _Refused(1001)
    return await _forwarded(appid, request, asked, route)


async def _forwarded(appid: str, request: OriginRequest, asked: _Asked, route: GatewayRoute) -> Any:
    try:
        data = orjson.loads(asked.data or "null")
    except orjson.JSONDecodeError as error:
        raise _Refused(3002) from error
    url = (route.test_url if asked.test else None) or route.url
    headers = _passed_on(request.headers)
    body = b""
    if route.method == "POST":
        headers["content-type"], body = "application/json", orjson.dumps(data)
    elif data:
        if not isinstance(data, dict):
            raise _Refused(3002)
        url = f"{url}?{urlencode({k: _plain(v) for k, v in data.items()})}"
    try:
        reply = await ask(appid, route.method, url, headers=headers, body=body)
    except BackEndLate as error:
        raise _Refused(4001) from error
    except BackEndBusy as error:
        raise _Refused(1002) from error
    except BackEndFailed as error:
        raise _Refused(4002) from error
    return _read_reply(reply)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers the page set itself, as far as they are few and small."""
    own = {k: v for k, v in headers.items() if not _KEPT_BACK.fullmatch(k) and v.isascii()}
    if len(own) > 20 or sum(len(k) + len(v) for k, v in own.items()) > 8192:
        raise _Refused(3001)
    return own


def _read_reply(reply: Incoming) -> Any:
    if reply.status >= 400:
        raise _Refused(4002)
    try:
        return orjson.loads(reply.body or b"null")
    except orjson.JSONDecodeError as error:
        raise _Refused(4002) from error


def _told(api: str, code: int, callback: str, data: Any = None, *, cookie: str = "") -> RawReply:
    told = {"api": api, "rs": code, "ret": [f"{code}::{_WORDS[code]}"], "data": data}
    body = orjson.dumps(told if data is not None else told | {"data": {}})
    headers = {"cache-control": "no-store", "cross-origin-resource-policy": "same-origin"}
    if cookie:
        headers["set-cookie"] = cookie
    if callback:
        # U+2028 and U+2029 end a line of JavaScript before ES2019.
        text = body.decode().replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        script = f"/**/{callback}({text})".encode()
        return RawReply(script, rules.CONTENT_TYPES["js"], 200, headers)
    return RawReply(body, "application/json", 200, headers)
