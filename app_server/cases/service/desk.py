"""The officer's desk: cases of one's organisation and region, read on the record."""

from dataclasses import dataclass
from uuid import UUID

from app_server.cases.errors import NoSuchCase
from app_server.cases.rules import region_pattern
from app_server.cases.service.reading import SELECT, CaseRow, OwnView, days_left, opened
from app_server.kernel import audit, db
from app_server.kernel.principal import Principal

PAGE = 30
PURPOSE = "办件审查"

_ONE = f"{SELECT} WHERE case_no=$1 AND org=$2 AND region LIKE $3"
_DESK = (
    "SELECT id, case_no, item_name, applicant, state, submitted_at, due_on, limit_unit, region, "
    "version FROM cases_case WHERE org=$1 AND region LIKE $2 "
    "AND ($3 = '' OR state = $3) AND ($5::uuid IS NULL OR id < $5) "
    "AND ($4 = '' OR case_no LIKE $4 || '%' OR position($4 in item_name) > 0) "
    "ORDER BY id DESC LIMIT $6"
)


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A case in the officer's list; the applicant's name is masked there."""

    row: CaseRow
    days_left: int | None


async def desk(officer: Principal, state: str, text: str, after: UUID | None) -> list[DeskRow]:
    """One page of the cases an officer may work on, newest first."""
    found = await db.rows(
        _DESK,
        officer.org,
        region_pattern(officer.region),
        state,
        # Digits and words only: what LIKE would read as a pattern is no case number.
        text.replace("%", "").replace("_", "").replace("\\", ""),
        after,
        PAGE,
    )
    return [DeskRow(row, await days_left(row)) for row in found]


async def read_for_officer(officer: Principal, case_no: str) -> OwnView:
    """A full case for its officer; the applicant will see who looked, and why.

    Raises `NoSuchCase`. The record commits with the look itself: no record, no look.
    """
    row = await audit.row_on_record(
        officer,
        "cases.read",
        f"case:{case_no}",
        PURPOSE,
        _ONE,
        case_no,
        officer.org,
        region_pattern(officer.region),
    )
    if row is None:
        raise NoSuchCase
    return await opened(row)


async def after_deed(officer: Principal, case_no: str) -> OwnView:
    """The case an officer has just acted on; the deed itself is the record (`cases.moved`)."""
    return await opened(await _one(officer, case_no))


async def _one(officer: Principal, case_no: str) -> CaseRow:
    row: CaseRow | None = await db.row(_ONE, case_no, officer.org, region_pattern(officer.region))
    if row is None:
        raise NoSuchCase
    return row
