"""The state table of versions, and how long launches and tickets live."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

REVIEWER = "miniapp_reviewer"

TICKET_LIFE = timedelta(seconds=60)
LAUNCH_LIFE = timedelta(hours=12)
KEEP_LAUNCHES = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Move:
    """An edge of the state table: from where, and to where."""

    come_from: str
    to: str


# A version is a draft while its files are being stored; its content never changes after that.
MOVES: Mapping[str, Move] = MappingProxyType(
    {
        "upload": Move("draft", "uploaded"),
        "approve": Move("uploaded", "approved"),
        "release": Move("approved", "released"),
    }
)
