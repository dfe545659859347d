"""What the money story finds: a bill for every channel, owed by the demo resident.

Run in the platform's environment: `python -m tests.journeys.prepare_money`.
"""

import asyncio

from app_server.cli.backing import backing

PHONE = "13900000002"
POLICE = ("11341602MBDM00020N", "亳州市公安局谯城分局（演示）")
PERMIT = "103044205"
WAYS = ("微信支付", "支付宝", "云闪付")


async def prepare() -> None:
    """Make the bills through the services."""
    from app_server import registry
    from app_server.kernel import db
    from auth.people import service as people
    from payments import service as payments

    registry.assemble()
    await registry.connect()
    try:
        person = await people.find_by_login(PHONE)
        assert person is not None
        for way in WAYS:
            async with db.unit_of_work():
                await payments.create_bill(
                    person_id=person,
                    title=f"居住证工本费（{way}）",
                    items=[payments.BillItem("居住证工本费", PERMIT, 2000)],
                    agency_code=POLICE[0],
                    agency_name=POLICE[1],
                    region="341602",
                    source="journey",
                    source_ref=way,
                )
    finally:
        await registry.disconnect()


if __name__ == "__main__":
    with backing():
        asyncio.run(prepare())
