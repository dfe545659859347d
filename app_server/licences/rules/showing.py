"""How long what is shown or shared lives, and what may happen to a request for fields."""

from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

# R-LIC-12: at most a minute.
SHOW_LIFE = timedelta(seconds=60)
OFFLINE_TYPE = "licence-show+jwt"
# How long a holder has to answer, and a verifier to read after a yes.
ANSWER_LIFE, READ_LIFE = timedelta(minutes=10), timedelta(minutes=30)
# The longest that somebody may be entrusted, and with how many at a time.
ENTRUST_LIFE, MOST_ENTRUSTED = timedelta(days=366), 20

RELATION_NAMES = MappingProxyType({"family": "家庭成员", "agent": "代办人"})
REQUEST_NAMES = MappingProxyType(
    {
        "asked": "待确认",
        "agreed": "已同意",
        "refused": "已拒绝",
        "read": "已查看",
        "withdrawn": "已撤回",
        "lapsed": "已超时",
    }
)
REQUEST_EDGES = MappingProxyType(
    {
        "asked": frozenset({"agreed", "refused", "withdrawn", "lapsed"}),
        "agreed": frozenset({"read", "withdrawn", "lapsed"}),
        "refused": frozenset[str](),
        "read": frozenset[str](),
        "withdrawn": frozenset[str](),
        "lapsed": frozenset[str](),
    }
)


def request_state(state: str, expires_at: datetime, now: datetime) -> str:
    """The state at an instant: what was not answered or read in time has lapsed."""
    return "lapsed" if REQUEST_EDGES[state] and expires_at <= now else state


def sources(to: str) -> list[str]:
    """The states from which a request may come to this one."""
    return [state for state, ends in REQUEST_EDGES.items() if to in ends]


def entrusted_on(ends_on: date, ended_at: datetime | None, today: date) -> bool:
    """Whether an authorisation counts on a day; its last day does."""
    return ended_at is None and today <= ends_on


def offline_payload(issuer: str, facts: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What a signed code says to a verifier without a network, for a minute."""
    at = int(now.timestamp())
    return {"iss": issuer, "iat": at, "exp": at + int(SHOW_LIFE.total_seconds()), "licence": facts}
