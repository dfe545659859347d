"""States of a parcel: notices may come late, twice and in any order."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta

import orjson

STATE_NAMES = {
    "postage_due": "待付邮费",
    "rebook": "待重新预约",
    "ordering": "正在下单",
    "ordered": "待揽收",
    "cancelling": "正在取消",
    "picked_up": "已揽收",
    "in_transit": "运输中",
    "out_for_delivery": "派送中",
    "delivered": "已签收",
    "returned": "已退回",
    "received": "已核收",
    "refused": "下单失败",
    "cancelled": "已取消",
}
# Notices only ever carry a parcel forward; a late one is kept on record and moves nothing.
NOTICED = ("picked_up", "in_transit", "out_for_delivery", "delivered", "returned")
FINAL = frozenset({"delivered", "returned", "received", "refused", "cancelled"})
RANK = {state: rank for rank, state in enumerate(STATE_NAMES) if state not in FINAL} | {
    "delivered": 90,
    "returned": 91,
}
# Until the courier has it, a resident may take a pick-up back or ask for another time.
CHANGEABLE = frozenset({"postage_due", "rebook", "ordered"})

# An order that was sent without an answer, and which the carrier says it never saw, may still be
# on its way (payments-channels.md §6.4, rule 6): only after this its denial is final.
SETTLED_AFTER = timedelta(seconds=60)
# So many orders in a row without an answer, the last within `OUT_FOR`: the carrier is out.
OUT_AFTER = 3
OUT_FOR = timedelta(seconds=60)
# A parcel on its way of which no push said anything for so long is asked about.
QUIET_AFTER = timedelta(hours=6)

MAX_NOTICE = 64 * 1024
NOTICE_AGE_S = 300
# What stands on the waybill for the list inside: enough to tell two lists apart.
MARK_SIGNS = 16


def before(state: str) -> list[str]:
    """The states a parcel may be in when a notice of `state` moves it."""
    return [s for s, rank in RANK.items() if rank < RANK[state] and s not in FINAL]


def digest_of(contents: Sequence[Mapping[str, str]]) -> str:
    """SHA-256 of a list of contents: its order does not matter."""
    lines = sorted(orjson.dumps(dict(line), option=orjson.OPT_SORT_KEYS) for line in contents)
    return hashlib.sha256(b"\n".join(lines)).hexdigest()
