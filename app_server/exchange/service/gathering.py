"""The province's side of convergence: lines of the cities, kept, compared by day, put right.

The comparison reckons from the columns as they stand, so that a line somebody altered by hand is
found as one that is missing. What differs is fetched again from the city it happened in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import structlog

from app_server.exchange.errors import PeerMessageRefused, ProvinceOnly
from app_server.exchange.events import DayCheckDue
from app_server.exchange.providers.wire import OtherDown
from app_server.exchange.rules import (
    LATE_AFTER,
    LINE_FIELDS,
    day_digest,
    id_of,
    is_line,
    line_digest,
    told_at,
)
from app_server.exchange.service import channel, converging
from app_server.kernel import audit, clock, db, regions
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from auth.federation import service as federation
from auth.federation.errors import NoSuchPlatform
from auth.federation.service.messages import Message

log = structlog.get_logger(__name__)

MOST_LINES = 200
LAST_DAYS = 7
_COLUMNS = tuple(name for name in LINE_FIELDS if name not in {"id", "at"})
_KEPT = ", ".join(f"{name}=EXCLUDED.{name}" for name in _COLUMNS)
_INSERT = (
    f"INSERT INTO exchange_city_line AS l (key, city, day, {', '.join(_COLUMNS)}, event_at, "
    "received_at, late) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14) "
    f"ON CONFLICT (key) DO UPDATE SET city=EXCLUDED.city, day=EXCLUDED.day, {_KEPT}, "
    "event_at=EXCLUDED.event_at "
    # The same line again changes nothing: when it came first is kept.
    f"WHERE (l.city, l.day, l.event_at, {', '.join('l.' + c for c in _COLUMNS)}) IS DISTINCT FROM "
    f"(EXCLUDED.city, EXCLUDED.day, EXCLUDED.event_at, "
    f"{', '.join('EXCLUDED.' + c for c in _COLUMNS)})"
)
# The newest line of each case says how it stands.
_STAND = (
    "INSERT INTO exchange_city_case AS c (id, city, case_no, state, item_code, item_name, org, "
    "region, last_key, at) SELECT gen_random_uuid(), x.city, x.case_no, x.to_state, x.item_code, "
    "x.item_name, x.org, x.region, x.key, x.event_at::timestamptz FROM (SELECT DISTINCT ON "
    "(case_no) * FROM exchange_city_line WHERE city=$1 AND case_no = ANY($2::text[]) "
    "ORDER BY case_no, key DESC) AS x ON CONFLICT (city, case_no) DO UPDATE SET "
    "state=EXCLUDED.state, item_code=EXCLUDED.item_code, item_name=EXCLUDED.item_name, "
    "org=EXCLUDED.org, region=EXCLUDED.region, last_key=EXCLUDED.last_key, at=EXCLUDED.at"
)


async def take_lines(message: Message, told: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what a city tells; the same again, and any order, ends the same."""
    if message.sender.level != "city":
        raise PeerMessageRefused
    return {"taken": await keep_lines(message.sender.code, told["lines"])}


async def keep_lines(city: str, lines: Sequence[Any]) -> int:
    """Keep a city's lines; answers how many changed something."""
    if len(lines) > MOST_LINES or not all(is_line(one) for one in lines):
        raise PeerMessageRefused
    # A city also takes in what is decided elsewhere in the province (异地通办).
    if not all(regions.covers(load().platform_region, one["region"][:6]) for one in lines):
        raise PeerMessageRefused
    taken = 0
    # In the order of keys, and one message of a city at a time: none can lock another crosswise.
    async with db.unit_of_work():
        await db.lock(f"exchange.city:{city}")
        for one in sorted(lines, key=lambda told: told["id"]):
            taken += await _keep(city, one)
        await db.execute(_STAND, city, sorted({one["case_no"] for one in lines}))
    return taken


async def _keep(city: str, one: Mapping[str, str]) -> int:
    line_id = UUID(one["id"])
    made, now = told_at(line_id), clock.now()
    return await db.execute(
        _INSERT,
        f"{city}{line_id.hex}",
        city,
        made.date(),
        *(one[name] for name in _COLUMNS),
        one["at"],
        now,
        now - made > LATE_AFTER,
    )


KINDS: dict[str, channel.Answering] = {
    "case_lines": take_lines,
    "case_day": converging.own_day,
    "case_keys": converging.own_keys,
    "case_lines_wanted": converging.own_lines,
}


async def answer_platform(token: str, body: bytes) -> tuple[bytes, dict[str, str]]:
    """Our answer to another platform; raises `PeerMessageRefused`."""
    return await channel.answer(token, body, KINDS)


@dataclass(slots=True)
class Found:
    """What a comparison found, and how often."""

    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)

    @property
    def wanted(self) -> list[str]:
        """What has to be fetched."""
        return self.missing + self.altered


async def check_day(city: str, day_text: str) -> Outcome:
    """Compare a city's day with ours and put right what differs; outside any transaction."""
    day = date.fromisoformat(day_text)
    try:
        theirs = await channel.ask(city, "case_day", {"day": day_text})
        ours = await _held(city, day)
        found = Found()
        if theirs["digest"] != day_digest(ours.values()):
            found = await _compared(city, day, ours)
            await _mended(city, found)
            ours = await _held(city, day)
        digest = day_digest(ours.values())
        await _note(city, day, found, digest, len(ours), agrees=theirs["digest"] == digest)
    except NoSuchPlatform:
        return Rejected("no such platform")
    except (OtherDown, channel.PeerRefused) as error:
        return Unknown(str(error))
    except (KeyError, TypeError, ValueError, PeerMessageRefused) as error:
        return Rejected(f"not a city's answer: {type(error).__name__}")
    return Ok("agrees" if not found.wanted and not found.extra else "put right")


async def _held(city: str, day: date) -> dict[str, str]:
    """The digests of a day as the columns stand now, by id."""
    rows = await db.rows(
        f"SELECT key, {', '.join(_COLUMNS)}, event_at FROM exchange_city_line "
        "WHERE city=$1 AND day=$2",
        city,
        day,
    )
    found = {}
    for row in rows:
        told = {name: row[name] for name in _COLUMNS}
        told |= {"id": str(UUID(row["key"][6:])), "at": row["event_at"]}
        found[told["id"]] = line_digest(told)
    return found


async def _compared(city: str, day: date, ours: Mapping[str, str]) -> Found:
    found, seen, after, more = Found(), set(), None, True
    while more:
        page = await channel.ask(city, "case_keys", {"day": day.isoformat(), "after": after})
        for key, digest in page["keys"]:
            if id_of(key) is None or (after is not None and key <= after):
                raise ValueError("keys out of order")
            after = key
            seen.add(key)
            if key not in ours:
                found.missing.append(key)
            elif ours[key] != digest:
                found.altered.append(key)
        more = bool(page["more"])
        if more and not page["keys"]:
            raise ValueError("an empty page")
    found.extra = sorted(set(ours) - seen)
    return found


async def _mended(city: str, found: Found) -> None:
    for start in range(0, len(found.wanted), MOST_LINES):
        ids = found.wanted[start : start + MOST_LINES]
        told = await channel.ask(city, "case_lines_wanted", {"ids": ids})
        if {one["id"] for one in told["lines"]} - set(ids):
            raise ValueError("lines nobody asked for")
        before = await _cases_of(city, ids)
        await keep_lines(city, told["lines"])
        await _stand_again(city, before)
    if found.extra:
        before = await _cases_of(city, found.extra)
        await db.execute(
            "DELETE FROM exchange_city_line WHERE city=$1 AND key = ANY($2::text[])",
            city,
            [f"{city}{UUID(key).hex}" for key in found.extra],
        )
        await _stand_again(city, before)


async def _cases_of(city: str, ids: Sequence[str]) -> list[str]:
    rows = await db.rows(
        "SELECT DISTINCT case_no FROM exchange_city_line WHERE city=$1 AND key = ANY($2::text[])",
        city,
        [f"{city}{UUID(key).hex}" for key in ids],
    )
    return [row["case_no"] for row in rows]


async def _stand_again(city: str, numbers: Sequence[str]) -> None:
    """Reckon anew how cases stand whose lines changed under them."""
    async with db.unit_of_work():
        await db.execute(
            "DELETE FROM exchange_city_case WHERE city=$1 AND case_no = ANY($2::text[])",
            city,
            list(numbers),
        )
        await db.execute(_STAND, city, list(numbers))


async def _note(
    city: str, day: date, found: Found, digest: str, lines: int, *, agrees: bool
) -> None:
    counts = (len(found.missing), len(found.altered), len(found.extra))
    if any(counts) or not agrees:
        log.warning("city_day_differed", city=city, day=day.isoformat(), counts=counts)
    await db.execute(
        "INSERT INTO exchange_city_day AS d (id, city, day, lines, digest, agrees, missing, "
        "altered, extra, checked_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) "
        "ON CONFLICT (city, day) DO UPDATE SET lines=EXCLUDED.lines, digest=EXCLUDED.digest, "
        "agrees=EXCLUDED.agrees, checked_at=EXCLUDED.checked_at, "
        # What was ever found stays counted.
        "missing=d.missing + EXCLUDED.missing, altered=d.altered + EXCLUDED.altered, "
        "extra=d.extra + EXCLUDED.extra",
        uuid7(),
        city,
        day,
        lines,
        digest,
        agrees,
        *counts,
        clock.now(),
    )


async def check_last_days() -> None:
    """Have the last days of every city compared (nightly, in the job's unit of work)."""
    if load().platform_tier != "province":
        return
    for platform in await federation.platforms():
        if platform.level == "city" and platform.state == "active":
            for back in range(1, LAST_DAYS + 1):
                day = clock.today() - timedelta(days=back)
                announce(DayCheckDue(city=platform.code, day=day.isoformat()))


async def order_check(by: Principal, city: str, day: date) -> None:
    """Have one city's day compared now; raises `ProvinceOnly`, `NoSuchPlatform`."""
    if load().platform_tier != "province":
        raise ProvinceOnly
    await federation.platform(city)
    async with db.unit_of_work():
        announce(DayCheckDue(city=city, day=day.isoformat()))
        audit.record(by, "exchange.day_check_ordered", f"city:{city}", day=day.isoformat())


_STATISTICS = (
    "SELECT l.city, l.day, count(*) FILTER (WHERE l.move = 'submit') AS received, "
    "count(*) FILTER (WHERE l.to_state = 'closed' AND l.from_state <> 'closed') AS closed, "
    "count(*) AS lines, count(*) FILTER (WHERE l.late) AS late, d.agrees, d.checked_at, "
    "coalesce(d.missing, 0) AS missing, coalesce(d.altered, 0) AS altered, "
    "coalesce(d.extra, 0) AS extra FROM exchange_city_line l "
    "LEFT JOIN exchange_city_day d ON d.city = l.city AND d.day = l.day "
    "WHERE l.day BETWEEN $1 AND $2 AND ($3 = '' OR l.city = $3) "
    "GROUP BY l.city, l.day, d.agrees, d.checked_at, d.missing, d.altered, d.extra "
    "ORDER BY l.day DESC, l.city LIMIT 1000"
)


async def statistics(first: date, last: date, city: str) -> list[Mapping[str, Any]]:
    """Received and closed per city and day, with how the comparison stands."""
    return list(await db.rows(_STATISTICS, first, last, city))
