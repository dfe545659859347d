"""WeChat's JSSDK: access tokens and tickets for back ends, and the signature over each call.

Both are reckoned from the app's key and a slot of two hours, so nothing is stored that could be
stolen, and a key that ends takes them with it. Signing: sha1 over jsapi_ticket, noncestr,
timestamp and url without its fragment (WeChat's JSSDK document, appendix 1).
"""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from app_server.kernel import clock
from app_server.kernel.crypto import blind_index, same
from miniapps import rules
from miniapps.models import FacadeKey
from miniapps.service.facade_keys import facade_key

KIND = "weixin"
_PARTS = ("appId", "timestamp", "nonceStr", "signature", "url")


def _slot(at: float) -> int:
    return int(at // rules.JSAPI_LIFE_S)


def _slots() -> list[int]:
    """The present slot, and the one before for as long as signatures of it may be under way."""
    now = clock.now().timestamp()
    return sorted({_slot(now), _slot(now - rules.JSAPI_GRACE_S)}, reverse=True)


def left_s() -> int:
    """How long what is given out now is good for."""
    return rules.JSAPI_LIFE_S - int(clock.now().timestamp()) % rules.JSAPI_LIFE_S


def _token(access_key: str, slot: int) -> str:
    return f"{access_key}.{blind_index(f'{access_key}:{slot}', 'miniapps.weixin_token')}"


def _ticket(access_key: str, slot: int) -> str:
    return blind_index(f"{access_key}:{slot}", "miniapps.jsapi_ticket")


async def access_token(appid: str, secret: str) -> str | None:
    """An access token for whoever knows the key's secret; None for anybody else."""
    key = await facade_key(appid, KIND)
    if key is None or not same(secret, key.secret):
        return None
    return _token(key.access_key, _slots()[0])


async def key_of_token(token: str) -> FacadeKey | None:
    """The key a token is of, while both are good."""
    key = await facade_key(token.partition(".")[0], KIND)
    if key is None:
        return None
    return key if any(same(token, _token(key.access_key, slot)) for slot in _slots()) else None


def jsapi_ticket(key: FacadeKey) -> str:
    """The ticket a back end signs its pages' calls with."""
    return _ticket(key.access_key, _slots()[0])


async def is_signed(appid: str, origin: str, proof: Mapping[str, Any]) -> bool:
    """Whether this app's back end signed this page's calls (checked call by call)."""
    given = {part: proof.get(part) for part in _PARTS}
    if not all(isinstance(text, str) and 0 < len(text) <= 2000 for text in given.values()):
        return False
    url = str(given["url"]).partition("#")[0]
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    key = await facade_key(str(given["appId"]), KIND)
    if key is None or key.appid != appid or f"{parts.scheme}://{parts.netloc}" != origin:
        return False
    return any(
        same(str(given["signature"]).lower(), _signature(key.access_key, slot, given, url))
        for slot in _slots()
    )


def _signature(access_key: str, slot: int, given: Mapping[str, Any], url: str) -> str:
    text = (
        f"jsapi_ticket={_ticket(access_key, slot)}&noncestr={given['nonceStr']}"
        f"&timestamp={given['timestamp']}&url={url}"
    )
    return hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 - WeChat's protocol says so
