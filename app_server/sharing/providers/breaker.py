"""A circuit breaker: a registry that is ill is left alone for a moment (R-ID-36)."""

import time
from collections.abc import Callable


class Breaker:
    """Opens after `most` failures in a row for `rest` seconds; then one caller may try.

    While it is open callers learn at once that there is no answer, instead of each waiting for
    the time-out and keeping a connection meanwhile.
    """

    def __init__(
        self, most: int = 5, rest: float = 10.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._rest, self._clock = most, rest, clock
        self._failures = 0
        self._open_until = 0.0

    def admits(self) -> bool:
        """Whether a call may go out now; after the rest one probe goes and the others wait."""
        if self._failures < self._most:
            return True
        now = self._clock()
        if now < self._open_until:
            return False
        self._open_until = now + self._rest
        return True

    def failed(self) -> None:
        """A call timed out or met a broken registry."""
        self._failures += 1
        if self._failures >= self._most:
            self._open_until = self._clock() + self._rest

    def answered(self) -> None:
        """A call was answered: the circuit is closed."""
        self._failures = 0
