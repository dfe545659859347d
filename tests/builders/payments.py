"""Bills for tests."""

from app_server.kernel import db
from app_server.kernel.principal import Principal
from payments import service as payments
from tests.builders.staff import ORG


async def unpaid_bill(payer: Principal, fen: int = 2000, ref: str = "case-1") -> str:
    """A bill of `fen` for this person; answers its number."""
    assert payer.id is not None
    async with db.unit_of_work():
        return await payments.create_bill(
            person_id=payer.id,
            title="居住证补领工本费",
            items=[payments.BillItem("工本费", "103044001", fen)],
            agency_code=ORG,
            agency_name="演示公安分局",
            region="341602",
            source="test",
            source_ref=ref,
        )
