"""What a channel took and gave back, by its own books: what judges of a test compare ours with."""

from dataclasses import asdict, dataclass
from typing import Any, Protocol

from payments.simulators.notices import Notices


@dataclass(frozen=True, slots=True)
class Taking:
    """One order of a channel: what was paid, and what of it went back, by refund number."""

    out_trade_no: str
    merchant: str
    paid_fen: int
    refunds: dict[str, int]


class Keeps(Protocol):
    """Books that can be read, and notices that still have to be told."""

    notices: Notices

    def takings(self) -> list[Taking]:
        """All orders."""


def told(books: Keeps) -> dict[str, Any]:
    """The books as a simulator's process hands them out."""
    return {
        "takings": [asdict(one) for one in books.takings()],
        "notices": len(books.notices),
        "receipts": getattr(books, "receipts", {}),
    }
