"""States of a parcel: notices may come late, twice and in any order."""

import hashlib
from collections.abc import Mapping, Sequence

import orjson

STATE_NAMES = {
    "ordering": "正在下单",
    "ordered": "待揽收",
    "picked_up": "已揽收",
    "in_transit": "运输中",
    "out_for_delivery": "派送中",
    "delivered": "已签收",
    "returned": "已退回",
    "refused": "下单失败",
}
# Notices only ever carry a parcel forward; a late one is kept on record and moves nothing.
RANK = {state: rank for rank, state in enumerate(STATE_NAMES) if state != "refused"}
NOTICED = frozenset({"picked_up", "in_transit", "out_for_delivery", "delivered", "returned"})
FINAL = frozenset({"delivered", "returned", "refused"})
MAX_NOTICE = 8 * 1024
NOTICE_AGE_S = 300


def before(state: str) -> list[str]:
    """The states a parcel may be in when a notice of `state` moves it."""
    return [s for s, rank in RANK.items() if rank < RANK[state] and s not in FINAL]


def digest_of(contents: Sequence[Mapping[str, str]]) -> str:
    """SHA-256 of a list of contents: its order does not matter."""
    lines = sorted(orjson.dumps(dict(line), option=orjson.OPT_SORT_KEYS) for line in contents)
    return hashlib.sha256(b"\n".join(lines)).hexdigest()
