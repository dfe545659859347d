"""What a channel took and gave back, by its own books: what judges of a test compare ours with."""

from dataclasses import asdict, dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Taking:
    """One order of a channel: what was paid, and what of it went back, by refund number."""

    out_trade_no: str
    merchant: str
    paid_fen: int
    refunds: dict[str, int]


class Keeps(Protocol):
    """Books that can be read."""

    def takings(self) -> list[Taking]:
        """All orders."""


def told(books: Keeps) -> list[dict[str, Any]]:
    """The books as a simulator's process hands them out."""
    return [asdict(one) for one in books.takings()]
