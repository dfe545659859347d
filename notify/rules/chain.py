"""States of a delivery, the order of channels, quiet hours, and how carriers are weighed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from app_server.kernel import clock

# new → sent back to new: nothing left the building. failed → new: an operator replays it.
EDGES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "new": frozenset({"sent", "skipped"}),
        "sent": frozenset({"new", "sent", "accepted", "delivered", "failed", "unknown"}),
        "unknown": frozenset({"sent", "accepted", "delivered", "failed"}),
        "accepted": frozenset({"delivered", "failed"}),
        "failed": frozenset({"new"}),
        "delivered": frozenset(),
        "skipped": frozenset(),
    }
)

# Beside the inbox, nearest and cheapest first: the next one only when the one before failed.
OUTSIDE = ("push", "subscribe", "template", "alipay", "sms")


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nothing that can wait disturbs (China's clock); equal hours are none."""

    begins: int = 22
    ends: int = 7

    def holds(self, hour: int) -> bool:
        """Whether this hour is quiet."""
        if self.begins <= self.ends:
            return self.begins <= hour < self.ends
        return hour >= self.begins or hour < self.ends


def not_before(at: datetime, quiet: Quiet, *, urgent: bool) -> datetime:
    """When a message that is ready at `at` may go out."""
    here = clock.local(at)
    if urgent or not quiet.holds(here.hour):
        return at
    morning = here.replace(hour=quiet.ends, minute=0, second=0, microsecond=0)
    return (morning if morning > here else morning + timedelta(days=1)).astimezone(at.tzinfo)


FULL, LEAST = 100.0, 1.0
RECOVERY = timedelta(minutes=30)  # from nothing back to full trust


def drifted(weight: float, since: timedelta) -> float:
    """A carrier's weight after a while without news: it drifts back to full."""
    return min(FULL, weight + FULL * max(since, timedelta()) / RECOVERY)


def after_failure(weight: float) -> float:
    """Half the trust is lost; never all of it, else nobody would try again."""
    return max(LEAST, weight / 2)


def after_success(weight: float) -> float:
    """A success wins a tenth of full trust back."""
    return min(FULL, weight + FULL / 10)


def chosen(weights: Mapping[str, float], draw: float) -> list[str]:
    """All carriers, the first drawn by weight (`draw` in 0…1), the others heaviest first."""
    point = draw * sum(weights.values())
    rest = sorted(weights, key=lambda name: (-weights[name], name))
    for first in rest:
        point -= weights[first]
        if point < 0:
            break
    return [first, *(name for name in rest if name != first)] if rest else []
