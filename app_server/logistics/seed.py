"""Demo contracts: the province with two carriers, and one organisation whose residents pay."""

from datetime import date

from app_server.kernel.principal import Principal
from app_server.logistics import service
from payments import service as payments

SEEDER = Principal(name="演示数据", region="340000")
SINCE = date(2026, 1, 1)
TEACHERS = "11340000MBDM00127R"
POSTAGE = "B9000001"
OFFICE = {
    "office_name": "安徽省政务服务中心收发室（演示）",
    "office_phone": "0551-00000000",
    "office_address": "安徽省合肥市演示路 1 号政务服务中心",
}


def _contract(**more: object) -> service.ContractWanted:
    told: dict[str, object] = {"region": "340000", "org": "", "valid_from": SINCE} | OFFICE
    return service.ContractWanted(**(told | more))  # type: ignore[arg-type]


async def seed() -> None:
    """Enter the contracts; a second run changes nothing."""
    fee = payments.FeeWanted(
        agency_code=TEACHERS,
        code=POSTAGE,
        name="快递邮费",
        fee_class="business",
        basis="寄递服务合同（演示值）",
        valid_from=SINCE,
        most_fen=5000,
    )
    await payments.ensure_fees(SEEDER, [fee])
    held = {(one.org, one.carrier) for one in await service.contracts(SEEDER)}
    ems = {"carrier": "ems", "postage_fen": 1200, "priority": 1}
    sf = {"carrier": "sf", "postage_fen": 1500, "priority": 2}
    agency: dict[str, object] = {"payer": "agency"}
    resident = {"org": TEACHERS, "payer": "resident", "fee_code": POSTAGE}
    for wanted in (
        _contract(**ems, **agency, customer_code="DEMO-EMS", monthly_account="3400000001"),
        _contract(**sf, **agency, customer_code="DEMO-SF", monthly_account="5510000001"),
        _contract(**ems, **resident, customer_code="DEMO-EMS-T", monthly_account="3400000002"),
    ):
        if (wanted.org, wanted.carrier) not in held:
            await service.put_contract(SEEDER, wanted)
