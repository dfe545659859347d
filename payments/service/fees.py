"""The list of what executing units may charge; what is not on it is refused (R-PAY-06)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app_server.kernel import audit, clock, db, regions
from app_server.kernel.errors import InvalidInput, PreconditionFailed
from app_server.kernel.principal import Principal
from payments.errors import FeeNotListed, NoSuchFeeItem
from payments.models import FeeItem
from payments.rules import FINE_PER_MILLE_A_DAY, BillItem, FeeClass

_AGENCY = re.compile(r"[0-9A-Z]{18}", re.ASCII)
_CODE = re.compile(r"[0-9A-Za-z]{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FeeWanted:
    """A fee item as the finance department lists it; `late_per_mille` is a day's surcharge."""

    agency_code: str
    code: str
    name: str
    fee_class: FeeClass
    basis: str
    valid_from: date
    valid_to: date | None = None
    most_fen: int | None = None
    late_per_mille: int = 0
    is_fine: bool = False


@dataclass(frozen=True, slots=True)
class FeeFacts(FeeWanted):
    """A fee item as it stands on the list."""

    version: int = 1


async def list_fee(by: Principal, wanted: FeeWanted, version: int | None = None) -> FeeFacts:
    """Put a fee item on the list, or change the one of that code (then `version` must be its).

    Raises `NoSuchFeeItem` for what can be no code, `PreconditionFailed` (also for a version of
    what is not there), `InvalidInput` for a fine whose surcharge is not the law's, or days
    turned round.
    """
    if wanted.is_fine and wanted.late_per_mille not in {0, FINE_PER_MILLE_A_DAY}:
        raise InvalidInput(
            errors=[{"field": "late_per_mille", "message": "罚款每日加处千分之三十"}]
        )
    if not _AGENCY.fullmatch(wanted.agency_code) or not _CODE.fullmatch(wanted.code):
        raise NoSuchFeeItem
    if wanted.valid_to is not None and wanted.valid_to < wanted.valid_from:
        told = {"field": "valid_to", "message": "不能早于开始日期"}
        raise InvalidInput(errors=[told])
    async with db.unit_of_work():
        key = {"agency_code": wanted.agency_code, "code": wanted.code}
        row = await FeeItem.select_for_update().get_or_none(**key)
        if row is None:
            if version is not None:
                raise PreconditionFailed
            row = FeeItem(**key)
        elif version != row.version:
            raise PreconditionFailed
        else:
            row.version += 1
        row.update_from_dict(
            {
                "name": wanted.name,
                "fee_class": wanted.fee_class,
                "basis": wanted.basis,
                "valid_from": wanted.valid_from,
                "valid_to": wanted.valid_to,
                "most_fen": wanted.most_fen,
                "late_per_mille": wanted.late_per_mille,
                "is_fine": wanted.is_fine,
            }
        )
        await row.save()
        audit.record(by, "payments.fee_listed", f"fee:{wanted.agency_code}/{wanted.code}")
    return _facts(row)


def _facts(row: FeeItem) -> FeeFacts:
    return FeeFacts(
        row.agency_code,
        row.code,
        row.name,
        "treasury" if row.fee_class == "treasury" else "business",
        row.basis,
        row.valid_from,
        row.valid_to,
        row.most_fen,
        row.late_per_mille,
        row.is_fine,
        row.version,
    )


async def ensure_fees(by: Principal, wanted: Sequence[FeeWanted]) -> None:
    """Put on the list what is not there yet (demo data)."""
    for one in wanted:
        if not await FeeItem.exists(agency_code=one.agency_code, code=one.code):
            await list_fee(by, one)


async def fees(agency_code: str) -> list[FeeFacts]:
    """What one executing unit may charge, in the order of codes."""
    return [_facts(row) for row in await FeeItem.filter(agency_code=agency_code).order_by("code")]


async def agencies(region: str) -> list[str]:
    """The codes of the executing units that a treasury of this region keeps a list for."""
    # An organisation's code bears its division in places three to eight (GB 32100).
    rows = await db.rows(
        "SELECT DISTINCT agency_code FROM payments_fee_item "
        "WHERE substr(agency_code, 3, 6) LIKE $1 || '%' ORDER BY 1",
        regions.prefix_of(region),
    )
    return [str(row["agency_code"]) for row in rows]


async def checked_class(agency_code: str, items: Sequence[BillItem]) -> FeeClass:
    """The class these lines settle as; raises `FeeNotListed`, also for lines of two classes."""
    today = clock.today()
    codes = [item.code for item in items]
    rows = {row.code: row for row in await FeeItem.filter(agency_code=agency_code, code__in=codes)}
    classes: set[FeeClass] = set()
    for item in items:
        row = rows.get(item.code)
        if row is None or not _in_force(row, today):
            raise FeeNotListed(fee_code=item.code)
        if row.most_fen is not None and item.amount_fen > row.most_fen:
            raise FeeNotListed(fee_code=item.code, most_fen=row.most_fen)
        classes.add("treasury" if row.fee_class == "treasury" else "business")
    if len(classes) != 1:
        raise FeeNotListed(reason="一张缴款单只能有一类收费")
    return classes.pop()


async def unlisted(agency_code: str, items: Sequence[BillItem]) -> list[str]:
    """The names of lines that could not be charged today (R-PAY-06), by whoever plans to."""
    found = []
    for item in items:
        try:
            await checked_class(agency_code, [item])
        except FeeNotListed:
            found.append(item.name)
    return found


def _in_force(row: FeeItem, today: date) -> bool:
    return row.valid_from <= today and (row.valid_to is None or today <= row.valid_to)
