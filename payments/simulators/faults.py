"""What goes wrong between us and a channel, on demand: by count, or as a callback chooses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

Reply = tuple[int, dict[str, str], bytes]
CALL_FAULTS = (
    "request_lost", "answer_lost", "slow", "server_error", "garbage", "bad_signature", "busy",
)  # fmt: skip
NOTICE_FAULTS = (
    "notice_dropped", "notice_copies", "notice_late", "notice_reordered", "notice_forged",
)  # fmt: skip
KINDS = frozenset(CALL_FAULTS + NOTICE_FAULTS)


@dataclass
class Faults:
    """Which faults are due: `counts` of them one after the other, else as `choose` says."""

    counts: dict[str, int] = field(default_factory=dict)
    choose: Callable[[str], bool] | None = None

    def set(self, counts: Mapping[str, int]) -> None:
        """Have the next `n` of each kind happen; raises `KeyError` for an unknown kind."""
        if unknown := set(counts) - KINDS:
            raise KeyError(*sorted(unknown))
        self.counts.update(counts)

    def due(self, kind: str) -> bool:
        """Whether this kind happens now; a counted one is used up."""
        left = self.counts.get(kind, 0)
        if left > 0:
            self.counts[kind] = left - 1
            return True
        return self.choose is not None and self.choose(kind)


class World(Protocol):
    """What answers calls; it does `busy` and `bad_signature` itself, in its own words."""

    faults: Faults

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one call."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A reply on its way back; None was lost, `slow` comes after the caller's patience."""

    reply: Reply | None
    slow: bool = False


def carry(
    world: World, method: str, target: str, headers: Mapping[str, str], body: bytes
) -> Carried:
    """Bring a call to a world and its answer back, over a bad line.

    Only a lost request leaves no trace: behind every other fault the call was done.
    """
    if world.faults.due("request_lost"):
        return Carried(None)
    reply = world.handle(method, target, headers, body)
    if world.faults.due("answer_lost"):
        return Carried(None)
    if world.faults.due("server_error"):
        return Carried((502, {"content-type": "text/html"}, b"<html>bad gateway</html>"))
    if world.faults.due("garbage"):
        return Carried((reply[0], reply[1], b"\x00<<" + reply[2][: len(reply[2]) // 2]))
    return Carried(reply, slow=world.faults.due("slow"))
