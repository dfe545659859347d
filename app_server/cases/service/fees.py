"""Fees: the bill is asked for with the acceptance, and its payment starts the clock."""

from app_server.cases.events import FeeDue
from app_server.cases.models import Case
from app_server.cases.service.steps import move, news
from app_server.items import service as items
from app_server.kernel import db
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from payments import service as payments


async def ask_fee(
    principal: Principal, case: Case, *, by: str, note: str = "", expected: int | None = None
) -> None:
    """Have a bill made and wait for it, in the caller's unit of work."""
    item = await items.version(case.item_code, case.item_version)
    async with db.unit_of_work():
        bill_no = await payments.create_bill(
            person_id=case.person_id,
            title=case.item_name,
            items=[
                payments.BillItem(name=line.name, code=line.code, amount_fen=line.amount_fen)
                for line in item.fee
            ],
            agency_code=case.org,
            agency_name=case.department,
            region=case.region,
            source="cases",
            source_ref=case.case_no,
        )
        bill = {"bill_no": bill_no, "amount_fen": item.fee_fen, "state": "unpaid"}
        await move(
            principal,
            case,
            "ask_fee",
            by=by,
            note=note,
            expected=expected,
            changes={"bill": bill},
        )
        announce(FeeDue(**news(case), bill_no=bill_no, amount_fen=item.fee_fen))
