"""How is my case? One row by one index; everything else the process remembers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from app_server.cases import rules
from app_server.cases.errors import ActingEnded, NoSuchCase
from app_server.cases.service.capacity import may_read, shown
from app_server.cases.service.numbers import month_of
from app_server.cases.service.proofs import Chain, chain_of
from app_server.forms import service as forms
from app_server.items import service as items
from app_server.kernel import clock, db, working_days
from app_server.kernel.crypto import unseal
from auth.organisations import service as organisations
from auth.organisations.errors import NoSuchOrganisation

PAGE = 20
CaseRow = Mapping[str, Any]

_STANDING = (
    "id, case_no, person_id, item_code, item_name, region, department, state, outcome, "
    "submitted_at, accepted_at, due_on, limit_unit, timeline, correction, bill, fee_fen, "
    "licence_id, version, applicant, organisation_id, due_provisional, "
    "handling->'originals'->>'state' AS papers"
)
SELECT = (
    f"SELECT {_STANDING}, delegation_id, item_version, data, sources, materials, form_code, "
    "form_version, evidence_head, clock, handling, channel, intake_region FROM cases_case"
)
_MINE = "WHERE case_no=$1 AND (person_id=$2 OR organisation_id IS NOT NULL)"
_OWN = f"SELECT {_STANDING} FROM cases_case {_MINE}"
_OWN_APPLICATION = f"{SELECT} {_MINE}"
Find = Callable[[str], Awaitable[CaseRow | None]]
_LIST = (
    "SELECT id, case_no, item_name, state, submitted_at, due_on, limit_unit, region "
    "FROM cases_case WHERE {} AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"
)
_LIST_OWN = _LIST.format("person_id=$1 AND organisation_id IS NULL")
_LIST_ORGANISATION = _LIST.format("organisation_id=$1 AND ($4::uuid IS NULL OR person_id=$4)")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands, without what was filled in.

    JSON stays text until somebody asks: the most frequent reader passes it on as it is.
    """

    row: CaseRow
    days_left: int | None

    def part(self, name: str) -> Any:
        """A JSON column, or None: `timeline`, `materials`, `correction`, `bill`, `sources`."""
        text = self.row[name]
        return orjson.loads(text) if text else None


@dataclass(frozen=True, slots=True)
class OwnView(Standing):
    """A case with what was filled in, decrypted."""

    data_text: str
    form: forms.FormFacts
    evidence: Chain | None
    to_site_times: int
    organisation: dict[str, Any] | None
    item: items.ItemFacts

    @property
    def data(self) -> dict[str, Any]:
        """What was filled in."""
        found: dict[str, Any] = orjson.loads(self.data_text)
        return found


async def by_number(case_no: str, find: Find) -> CaseRow | None:
    """The row a query finds, with the month of the number for the end of its WHERE.

    As text, not as a parameter: the statement then knows its one partition and neither plans nor
    locks any other. A number of another system may name another month than our row's: asked again.
    """
    month = within(month_of(case_no))
    row = await find(month)
    return await find("") if row is None and month else row


@lru_cache(maxsize=128)
def within(month: str) -> str:
    """The bounds of a month's ids as SQL text; empty for no month."""
    if not month:
        return ""
    year, number = int(month[:4]), int(month[4:])
    following = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=clock.SHANGHAI)
    first = datetime(year, number, 1, tzinfo=clock.SHANGHAI)
    return f" AND id >= '{_first_id(first)}' AND id < '{_first_id(following)}'"


def _first_id(at: datetime) -> UUID:
    """The smallest UUIDv7 of an instant, as `cases_month_start` reckons it."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


async def own_case(person_id: UUID, case_no: str) -> Standing:
    """How a person's own case stands; raises `NoSuchCase`, also for another person's.

    One's own is also what one filed for an organisation, and what was filed for one that one
    represents (`capacity.may_read`).
    """
    row = await by_number(case_no, lambda month: db.row(_OWN + month, case_no, person_id))
    if row is None or not await may_read(person_id, row):
        raise NoSuchCase
    return Standing(row, await days_left(row))


async def own_application(person_id: UUID, case_no: str) -> OwnView:
    """What a person filled in and handed in; raises `NoSuchCase`."""
    row = await by_number(
        case_no, lambda month: db.row(_OWN_APPLICATION + month, case_no, person_id)
    )
    if row is None or not await may_read(person_id, row):
        raise NoSuchCase
    return await opened(row)


async def opened(row: CaseRow) -> OwnView:
    """A row of `SELECT`, with its data decrypted."""
    item = await items.version(row["item_code"], row["item_version"])
    evidence = await chain_of(row["id"], row["evidence_head"]) if row["evidence_head"] else None
    return OwnView(
        row=row,
        data_text=unseal(row["data"], "cases_case.data"),
        form=await forms.form(row["form_code"], row["form_version"]),
        days_left=await days_left(row),
        evidence=evidence,
        # Proved as if in person (R-ID-16): nobody is asked to come.
        to_site_times=0 if evidence else item.to_site_times,
        organisation=await shown(row),
        item=item,
    )


async def days_left(row: CaseRow) -> int | None:
    """Days until the promise ends, while the clock runs."""
    if row["state"] not in rules.COUNTING or row["due_on"] is None:
        return None
    calendar = await working_days.calendar()
    return rules.days_left(calendar, clock.today(), row["due_on"], row["limit_unit"])


async def own_cases(
    person_id: UUID, after: UUID | None, organisation_id: UUID | None = None
) -> list[tuple[CaseRow, int | None]]:
    """One page of a person's cases, newest first, with the days left.

    Acting for an organisation: its cases, all of them for the representative, one's own for a
    delegate. Raises `ActingEnded`.
    """
    if organisation_id is None:
        found = await db.rows(_LIST_OWN, person_id, after, PAGE)
    else:
        try:
            ground = await organisations.acting(person_id, organisation_id)
        except NoSuchOrganisation as error:
            raise ActingEnded from error
        mine = person_id if ground.delegated else None
        found = await db.rows(_LIST_ORGANISATION, organisation_id, after, PAGE, mine)
    return [(row, await days_left(row)) for row in found]
