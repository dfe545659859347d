"""办件编号 = case number: 12-digit region, yyyyMMdd, seven digits, a check digit; 28 digits.

A process leases places of a region and day in blocks, by one short statement outside every
business transaction: writers never wait for each other, and what a stopped process did not use is
a gap. The place is no secret worth keeping, so it is not told: a keyed permutation of the day's ten
million places (a Feistel network over 2500 × 4000 with BLAKE2s under the index key) turns it into
the seven digits. Neither a neighbour's number nor how many there are can be reckoned from one's
own. The check digit is ISO 7064 MOD 11-2, as in GB 11643: it finds every wrong digit and every swap
of neighbours (MOD 11-10 misses swaps); a number whose check would be X is not given out.
"""

import asyncio
import hashlib
from collections.abc import Iterator
from contextvars import Context
from datetime import date, timedelta
from functools import lru_cache

from app_server.cases.errors import NumbersExhausted
from app_server.kernel import db
from app_server.kernel.crypto import blind_index

BLOCK = 100
PLACES = 10_000_000
OLD_LENGTH, LENGTH = 24, 28
_LEFT, _RIGHT, _ROUNDS = 2500, 4000, 6

Line = tuple[str, date]
_kept: dict[Line, list[str]] = {}
_leases: dict[Line, asyncio.Task[None]] = {}


async def draw(region: str, day: date) -> str:
    """A number nobody was given yet; raises `NumbersExhausted` after ten million on one day."""
    line = (f"{region[:6]:0<12}", day)
    while not _kept.get(line):
        lease = _leases.get(line)
        if lease is None or lease.done():
            # A context of its own: the lease commits at once, whatever transaction waits for it.
            loop = asyncio.get_running_loop()
            lease = _leases[line] = loop.create_task(_lease(line), context=Context())
        # One caller may go away; the others still wait for the lease.
        await asyncio.shield(lease)
    return _kept[line].pop()


def forget() -> None:
    """Lease afresh: a number of this process was taken (a database that was set back)."""
    _kept.clear()


async def _lease(line: Line) -> None:
    region, day = line
    for past in [known for known in _kept if known[1] < day - timedelta(days=1)]:
        del _kept[past]
        _leases.pop(past, None)
    end = await db.value(
        "INSERT INTO cases_number_block AS b (region, day, leased) VALUES ($1, $2, $3) "
        "ON CONFLICT (region, day) DO UPDATE SET leased = b.leased + $3 RETURNING leased",
        region,
        day,
        BLOCK,
    )
    if end > PLACES:
        raise NumbersExhausted
    _kept[line] = list(numbers_at(region, day, range(end - BLOCK, end)))


def numbers_at(region: str, day: date, places: range) -> Iterator[str]:
    """The numbers of some places of a region's day; places whose check digit is X have none."""
    key = bytes.fromhex(blind_index(f"{region}:{day:%Y%m%d}", "cases.number"))
    mixing = [hashlib.blake2s(b"%d:" % turn, key=key, digest_size=8) for turn in range(_ROUNDS)]
    head = f"{region}{day:%Y%m%d}"
    begun = _summed(head)
    for place in places:
        tail = f"{_permuted(mixing, place):07d}"
        check = _check(_summed(tail, begun))
        if check != "X":
            yield head + tail + check


def _permuted(mixing: list[hashlib.blake2s], place: int) -> int:
    left, right = divmod(place, _RIGHT)
    for turn, mixed in enumerate(mixing):
        this = mixed.copy()
        if turn % 2:
            this.update(b"%d" % left)
            right = (right + int.from_bytes(this.digest())) % _RIGHT
        else:
            this.update(b"%d" % right)
            left = (left + int.from_bytes(this.digest())) % _LEFT
    return left * _RIGHT + right


def check_digit(head: str) -> str:
    """ISO 7064 MOD 11-2 over digits: `0`–`9`, or `X` for ten."""
    return _check(_summed(head))


def _summed(digits: str, total: int = 0) -> int:
    for digit in digits:
        total = (total + int(digit)) * 2 % 11
    return total


def _check(total: int) -> str:
    return "0123456789X"[(12 - total) % 11]


def is_number(text: str) -> bool:
    """Whether a text is a case number of ours: 28 digits that check, or 24 as given before."""
    if not (text.isascii() and text.isdigit() and month_of(text)):
        return False
    return len(text) == OLD_LENGTH or check_digit(text[:-1]) == text[-1]


def month_of(case_no: str) -> str:
    """The month a number says it was given in, as `yyyyMM`; empty where it says none."""
    match len(case_no):
        case 28:
            found = case_no[12:18]
        case 24:
            found = f"20{case_no[12:16]}"
        case _:
            return ""
    return found if _is_month(found) else ""


@lru_cache(maxsize=256)
def _is_month(text: str) -> bool:
    digits = text.isascii() and text.isdigit()
    return digits and 2020 <= int(text[:4]) < 2100 and 1 <= int(text[4:]) <= 12
