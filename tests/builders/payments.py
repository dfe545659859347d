"""Bills for tests."""

from datetime import date

from app_server.kernel import db
from app_server.kernel.principal import Principal
from payments import service as payments
from tests.builders.staff import ORG

FINANCE_DEPARTMENT = Principal(kind="staff", name="财政")
COST = "103044001"
FINE = "103050101"
RENT = "B1000001"


async def listed(
    agency: str = ORG, code: str = COST, version: int | None = None, **more
) -> payments.FeeFacts:
    """A fee item on the list; with its version, a change of it."""
    told = {"name": "工本费", "fee_class": "treasury", "basis": "依据"} | more
    return await payments.list_fee(
        FINANCE_DEPARTMENT,
        payments.FeeWanted(agency_code=agency, code=code, valid_from=date(2020, 1, 1), **told),
        version,
    )


async def unpaid_bill(
    payer: Principal, fen: int = 2000, ref: str = "case-1", code: str = COST, **more
) -> str:
    """A bill of `fen` for this person; answers its number. What it charges is on the list."""
    assert payer.id is not None
    fine = {"is_fine": True, "late_per_mille": 30} if code == FINE else {}
    fee_class = "business" if code == RENT else "treasury"
    if code not in {one.code for one in await payments.fees(ORG)}:
        await listed(code=code, fee_class=fee_class, **fine)
    async with db.unit_of_work():
        return await payments.create_bill(
            person_id=payer.id,
            title="居住证补领工本费",
            items=[payments.BillItem("工本费", code, fen)],
            agency_code=ORG,
            agency_name="演示公安分局",
            region="341602",
            source="test",
            source_ref=ref,
            **more,
        )
