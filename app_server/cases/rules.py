"""Pure rules of cases: the state table, numbers, limits, and who stands where."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType

from app_server.cases.errors import NotInThisState
from app_server.kernel.clock import SHANGHAI, Calendar

STATES: Mapping[str, str] = MappingProxyType(
    {
        "submitted": "已提交",
        "correction_asked": "待补正",
        "fee_due": "待缴费",
        "accepted": "已受理",
        "approved": "准予",
        "refused": "不予",
        "closed": "已办结",
        "not_accepted": "不予受理",
        "withdrawn": "已撤回",
    }
)


@dataclass(frozen=True, slots=True)
class Move:
    """An edge of the state table: from where, to where, and what people call the deed."""

    come_from: frozenset[str]
    to: str
    deed: str


def _move(come_from: str, to: str, deed: str) -> Move:
    return Move(frozenset(come_from.split()), to, deed)


# The one table (domain.md §2.4). The clock of the limit runs from `accepted` to the decision.
MOVES: Mapping[str, Move] = MappingProxyType(
    {
        "ask_correction": _move("submitted", "correction_asked", "一次性告知补正"),
        "correct": _move("correction_asked", "submitted", "已补正"),
        "accept": _move("submitted", "accepted", "受理"),
        "deem_accepted": _move("submitted", "accepted", "逾期未告知，视为受理"),
        "ask_fee": _move("submitted", "fee_due", "待缴费"),
        "take_fee": _move("fee_due", "accepted", "已缴费，受理"),
        "decline": _move("submitted correction_asked", "not_accepted", "不予受理"),
        "approve": _move("accepted", "approved", "准予"),
        "refuse": _move("accepted", "refused", "不予"),
        "close": _move("approved refused", "closed", "办结"),
        "withdraw": _move("submitted correction_asked accepted", "withdrawn", "申请人撤回"),
    }
)

RUNNING = frozenset({"submitted", "correction_asked", "fee_due", "accepted", "approved", "refused"})

# Administrative Licensing Law art. 32: tell within five days what is missing, or it is accepted.
SILENCE_DAYS = 5
# No law fixes how long the applicant may take; the notice names this day (演示值).
CORRECTION_DAYS = 15


def checked_move(name: str, state: str) -> Move:
    """The edge, if it leaves from `state`; raises `NotInThisState`."""
    move = MOVES[name]
    if state not in move.come_from:
        raise NotInThisState(state=state)
    return move


def can(state: str, fee_fen: int) -> list[str]:
    """What the applicant may do now; a paid case is not simply withdrawn."""
    found = []
    if state in MOVES["withdraw"].come_from and not (state == "accepted" and fee_fen):
        found.append("withdraw")
    if state == "correction_asked":
        found.append("correct")
    if state == "fee_due":
        found.append("pay")
    return found


def new_case_no(region: str, day: date) -> str:
    """A fresh 办件编号: 12-digit region, yyMMdd, six random digits; 24 digits (GB/T 39046).

    The first 12 digits are the division the other provinces' systems expect, so the number
    itself routes to its city. The tail is random, not counted: a neighbour's number cannot be
    reckoned from one's own, and a count would tell how busy an office is. Reading is guarded by
    ownership, never by the number; uniqueness is the database's, and a clash draws again.
    """
    return f"{region[:6]:0<12}{day:%y%m%d}{secrets.randbelow(1_000_000):06d}"


def due_on(calendar: Calendar, start: date, days: int, unit: str) -> tuple[date, bool]:
    """The last day of a promise, counted from the day after acceptance, and if provisional."""
    if unit == "day":
        return start + timedelta(days=days), False
    return calendar.add_working_days(start, days)


def days_left(calendar: Calendar, today: date, due: date, unit: str) -> int:
    """Days until the limit in its own unit; negative when it is past."""
    return (due - today).days if unit == "day" else calendar.working_days_between(today, due)


@lru_cache(maxsize=64)
def silence_ends(calendar: Calendar, received: date) -> datetime:
    """When the fifth working day after receipt is over (Administrative Licensing Law art. 32)."""
    last, _ = calendar.add_working_days(received, SILENCE_DAYS)
    return datetime.combine(last + timedelta(days=1), time.min, SHANGHAI)


def region_pattern(region: str) -> str:
    """The LIKE pattern of every division a region covers."""
    if region.endswith("0000"):
        return region[:2] + "%"
    return (region[:4] if region.endswith("00") else region) + "%"
