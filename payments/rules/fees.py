"""What may be charged, and what lateness adds (R-PAY-06, R-PAY-07).

A fine that is late grows by three per cent of itself a day, and never by more than itself
(行政处罚法 2021, 第七十二条); a fee grows as its fee item says.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

FeeClass = Literal["treasury", "business"]
FINE_PER_MILLE_A_DAY = 30
ORDER_LIFE = timedelta(minutes=30)
NOTICE_SKEW = timedelta(minutes=5)
MAX_NOTICE = 64 * 1024


@dataclass(frozen=True, slots=True)
class BillItem:
    """One line of a bill in fen: the charge, and what lateness added to it so far."""

    name: str
    code: str
    amount_fen: int
    overdue_fen: int = 0
    penalty_fen: int = 0

    @property
    def total_fen(self) -> int:
        """All of the line."""
        return self.amount_fen + self.overdue_fen + self.penalty_fen


@dataclass(frozen=True, slots=True)
class Lateness:
    """What a day of lateness costs in thousandths of the charge; `penalty` where it is a fine."""

    per_mille: int
    penalty: bool


def late_by(amount_fen: int, due: date | None, today: date, lateness: Lateness) -> int:
    """What lateness adds to a charge: whole days after `due`, rounded down, at most the charge."""
    if due is None or today <= due or not lateness.per_mille:
        return 0
    days = (today - due).days
    return min(amount_fen, amount_fen * lateness.per_mille * days // 1000)


def grown(item: BillItem, due: date | None, today: date, lateness: Lateness) -> BillItem:
    """The line as it stands today."""
    late = late_by(item.amount_fen, due, today, lateness)
    fine = lateness.penalty
    return BillItem(item.name, item.code, item.amount_fen, 0 if fine else late, late if fine else 0)


def total_of(items: list[BillItem]) -> int:
    """What a bill of these lines asks for; raises `ValueError` unless every charge is positive."""
    if not items or any(item.amount_fen <= 0 for item in items):
        raise ValueError("a bill has lines, and each is more than nothing")
    return sum(item.total_fen for item in items)


def item_of(told: dict[str, Any]) -> BillItem:
    """A line as it is stored."""
    return BillItem(**told)
