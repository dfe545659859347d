"""Fees: charged after the decision, and never before it."""

from app_server.cases.events import FeeDue
from app_server.cases.models import Case
from app_server.cases.service.steps import SYSTEM, move, news
from app_server.items import service as items
from app_server.kernel import db
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from payments import service as payments


async def ask_fee(case: Case, item: items.ItemFacts) -> None:
    """Have a bill made and wait for it, in the decision's unit of work."""
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
        await move(Principal(), case, "ask_fee", by=SYSTEM, changes={"bill": bill})
        announce(FeeDue(**news(case), bill_no=bill_no, amount_fen=item.fee_fen))
