"""Notices a channel still has to tell, repeated on its own table until they are answered."""

import heapq
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from payments.simulators.faults import Faults

COPIES = 3
LATENESS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One sending of a notice, signed as it leaves; a forged one is nobody's and has no turn."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    number: int | None


@dataclass
class _Told:
    url: str
    write: Callable[[bool], tuple[Mapping[str, str], bytes]]
    tries: int = 0
    queued: bool = True


@dataclass
class Notices:
    """The queue; `waits` are the seconds before each try, the last one over is given up."""

    waits: tuple[int, ...]
    faults: Faults
    _queue: list[tuple[datetime, int]] = field(default_factory=list)
    _told: dict[int, _Told] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def add(
        self, url: str, now: datetime, write: Callable[[bool], tuple[Mapping[str, str], bytes]]
    ) -> None:
        """Have something told; `write(forged)` signs it at each sending."""
        if not url:
            return
        number = next(self._numbers)
        self._told[number] = _Told(url, write)
        late = LATENESS if self.faults.due("notice_late") else timedelta(0)
        heapq.heappush(self._queue, (now + timedelta(seconds=self.waits[0]) + late, number))

    def due(self, now: datetime) -> list[Outgoing]:
        """What leaves now; each of it is `answered` afterwards, else it never comes again."""
        sent: list[Outgoing] = []
        while self._queue and self._queue[0][0] <= now:
            _, number = heapq.heappop(self._queue)
            if number not in self._told:
                # A copy of it was taken meanwhile.
                continue
            told = self._told[number]
            told.queued = False
            if self.faults.due("notice_forged"):
                sent.append(Outgoing(told.url, *told.write(True), None))
            if self.faults.due("notice_dropped"):
                self._again(number, now)
                continue
            copies = COPIES if self.faults.due("notice_copies") else 1
            sent += [Outgoing(told.url, *told.write(False), number)] * copies
        if self.faults.due("notice_reordered"):
            sent.reverse()
        return sent

    def answered(self, outgoing: Outgoing, now: datetime, *, ok: bool) -> None:
        """Take a notice off the list, or come again by the table; in the end give up."""
        number = outgoing.number
        if number is None or number not in self._told:
            return
        if ok:
            del self._told[number]
        elif not self._told[number].queued:
            self._again(number, now)

    def _again(self, number: int, now: datetime) -> None:
        told = self._told[number]
        told.tries += 1
        if told.tries >= len(self.waits):
            del self._told[number]
        else:
            told.queued = True
            heapq.heappush(self._queue, (now + timedelta(seconds=self.waits[told.tries]), number))

    def __len__(self) -> int:
        return len(self._told)
