"""The officer's lists and look: by reach, state, words and deadline; flat at any size.

红黄绿 = colour of the deadline (`deadline_on`, the day that counts next for the authority): red is
overdue, yellow has at most one working day or a fifth of the limit left, green has more. Where it
is the applicant's turn there is none.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from app_server.cases import rules
from app_server.cases.errors import NoSuchCase
from app_server.cases.rules import reach, region_pattern
from app_server.cases.service.numbers import is_number, month_of
from app_server.cases.service.reading import (
    SELECT,
    CaseRow,
    OwnView,
    by_number,
    days_left,
    opened,
    within,
)
from app_server.kernel import audit, clock, db, working_days
from app_server.kernel.principal import Principal

PAGE = 30
MOST_COUNTED = 100  # what is shown as "99+": counting stays cheap however much there is
PURPOSE = "办件审查"
LONGEST = 400  # days of a limit, as items allow them

Colour = Literal["", "red", "yellow", "green"]
Order = Literal["newest", "deadline"]

_COLUMNS = (
    "id, case_no, item_name, applicant, state, submitted_at, due_on, limit_unit, limit_days, "
    "region, version, silence_on, deadline_on"
)
# Up to which day a case is yellow; {0} is the first of three parameters: the horizons of 0, 1, 2 …
# working days, today, and the horizon of one working day.
_YELLOW_TO = (
    "(CASE WHEN state IN ('submitted', 'received') THEN {2}::date "
    "WHEN limit_unit = 'day' THEN {1}::date + greatest(1, coalesce(limit_days, 0) / 5) "
    "ELSE ({0}::date[])[greatest(1, coalesce(limit_days, 0) / 5) + 1] END)"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an officer asks of a list; empty is everything within reach."""

    scope: reach.Scope = "own"
    state: str = ""
    text: str = ""
    region: str = ""
    colour: Colour = ""
    order: Order = "newest"
    after: tuple[date | None, UUID] | None = None


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A case in the officer's list; the applicant's name is masked there."""

    row: CaseRow
    days_left: int | None
    colour: Colour


class Conditions:
    """The WHERE of one list and its parameters; reach comes first, always."""

    def __init__(self, officer: Principal, scope: reach.Scope) -> None:
        text, args = reach.clause(officer, scope, 1)
        self.parts, self.args = [text], list(args)

    def add(self, text: str, *args: Any) -> None:
        """One more condition; `{0}` … stand for its parameters."""
        first = len(self.args) + 1
        self.parts.append(text.format(*(f"${first + n}" for n in range(len(args)))))
        self.args += args

    @property
    def text(self) -> str:
        """All of them."""
        return " AND ".join(self.parts)


@dataclass(frozen=True, slots=True)
class Horizons:
    """Today, and the last day of a limit that has n working days left."""

    today: date
    days: list[date]

    def add_to(self, where: Conditions, colour: Colour) -> None:
        """Keep to one colour."""
        bound = (self.days, self.today, self.days[1])
        match colour:
            case "red":
                where.add("deadline_on < {0}", self.today)
            case "yellow":
                # The farthest day first: a range of the index, then the exact rule.
                where.add("deadline_on >= {0} AND deadline_on <= {1}", self.today, self._farthest)
                where.add(f"deadline_on <= {_YELLOW_TO}", *bound)
            case "green":
                where.add("deadline_on >= {0}", self.today)
                where.add(f"deadline_on > {_YELLOW_TO}", *bound)

    @property
    def _farthest(self) -> date:
        return max(self.days[-1], self.today + timedelta(days=LONGEST // 5))

    def colour(self, row: CaseRow) -> Colour:
        """The colour of a row, by the same rule as the condition."""
        deadline = row["deadline_on"]
        if deadline is None:
            return ""
        if deadline < self.today:
            return "red"
        fifth = max(1, (row["limit_days"] or 0) // 5)
        if row["state"] in {"submitted", "received"}:
            last = self.days[1]
        elif row["limit_unit"] == "day":
            last = self.today + timedelta(days=fifth)
        else:
            last = self.days[fifth]
        return "yellow" if deadline <= last else "green"


_horizons: dict[tuple[int, date], Horizons] = {}


async def horizons() -> Horizons:
    """The horizons of today; a process reckons them once a day and calendar."""
    calendar, today = await working_days.calendar(), clock.today()
    key = (id(calendar), today)
    if key not in _horizons:
        _horizons.clear()
        days = [today]
        for _ in range(LONGEST // 5):
            days.append(calendar.add_working_days(days[-1], 1)[0])
        _horizons[key] = Horizons(today, days)
    return _horizons[key]


async def desk(officer: Principal, wanted: Wanted) -> list[DeskRow]:
    """One page of the cases an officer may work on, in the order asked for."""
    ahead = await horizons()
    where = _where(officer, wanted, ahead)
    if wanted.order == "deadline":
        where.add("deadline_on IS NOT NULL")
        if wanted.after:
            where.add("(deadline_on, id) > ({0}::date, {1}::uuid)", *wanted.after)
        order = "deadline_on, id"
    else:
        if wanted.after:
            where.add("id < {0}::uuid", wanted.after[1])
        order = "id DESC"
    found = await db.rows(
        f"SELECT {_COLUMNS} FROM cases_case WHERE {where.text} ORDER BY {order} LIMIT {PAGE}",
        *where.args,
    )
    return [DeskRow(row, await days_left(row), ahead.colour(row)) for row in found]


def _where(officer: Principal, wanted: Wanted, ahead: Horizons) -> Conditions:
    where = Conditions(officer, wanted.scope)
    if wanted.state:
        where.add("state = {0}", wanted.state)
    if wanted.region:
        where.add("region LIKE {0}", region_pattern(wanted.region))
    ahead.add_to(where, wanted.colour)
    # Digits and words only: what LIKE would read as a pattern is no case number.
    text = wanted.text.strip().replace("%", "").replace("_", "").replace("\\", "")
    if is_number(text):
        where.add("case_no = {0}" + within(month_of(text)), text)
    elif text:
        where.add("(case_no LIKE {0} || '%' OR position({0} in item_name) > 0)", text)
    return where


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases wait, by state and by colour; never more than `MOST_COUNTED` is told."""

    states: dict[str, int]
    colours: dict[str, int]


async def counts(officer: Principal, scope: reach.Scope = "own") -> Counts:
    """The running cases within reach, counted up to a hundred of each kind."""
    ahead = await horizons()
    where = Conditions(officer, scope)
    where.add("state = wanted.state")
    by_state = await db.rows(
        f"SELECT wanted.state, found.n FROM unnest(${len(where.args) + 1}::text[]) AS "
        "wanted(state) CROSS JOIN LATERAL (SELECT count(*) AS n FROM (SELECT 1 FROM cases_case "
        f"WHERE {where.text} LIMIT {MOST_COUNTED}) AS few) AS found WHERE found.n > 0",
        *where.args,
        sorted(rules.RUNNING),
    )
    colours = {}
    for colour in ("red", "yellow", "green"):
        where = Conditions(officer, scope)
        ahead.add_to(where, colour)
        colours[colour] = await db.value(
            "SELECT count(*) FROM (SELECT 1 FROM cases_case "
            f"WHERE {where.text} LIMIT {MOST_COUNTED}) AS few",
            *where.args,
        )
    return Counts({row["state"]: row["n"] for row in by_state}, colours)


async def read_for_officer(officer: Principal, case_no: str) -> OwnView:
    """A full case for its officer; the applicant will see who looked, and why.

    Raises `NoSuchCase`. The record commits with the look itself: no record, no look.
    """
    condition, args = reach.anywhere(officer, 2)
    row = await by_number(
        case_no,
        lambda month: audit.row_on_record(
            officer,
            "cases.read",
            f"case:{case_no}",
            PURPOSE,
            f"{SELECT} WHERE case_no=$1 AND {condition}{month}",
            case_no,
            *args,
        ),
    )
    if row is None:
        raise NoSuchCase
    return await opened(row)


async def after_deed(officer: Principal, case_no: str) -> OwnView:
    """The case an officer has just acted on; the deed itself is the record (`cases.moved`)."""
    condition, args = reach.anywhere(officer, 2)
    row = await by_number(
        case_no,
        lambda month: db.row(f"{SELECT} WHERE case_no=$1 AND {condition}{month}", case_no, *args),
    )
    if row is None:
        raise NoSuchCase
    return await opened(row)
