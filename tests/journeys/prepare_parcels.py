"""What the parcel story finds: a filed application whose original has to reach the office.

Run in the platform's environment: `python -m tests.journeys.prepare_parcels`; prints its number.
"""

import asyncio

from app_server.cli.backing import backing

PHONE = "13900000002"
ITEM = "11340000MBDM00127R2340100015000"


async def prepare() -> None:
    """File it through the services, as the demo resident."""
    from app_server import registry
    from app_server.items import service as items
    from app_server.kernel.principal import Principal
    from auth.people import service as people
    from tests.builders.cases import submitted

    registry.assemble()
    await registry.connect()
    try:
        person = await people.find_by_login(PHONE)
        assert person is not None
        owner = Principal(kind="person", id=person, tier=2)
        print(await submitted(owner, await items.published(ITEM)))
    finally:
        await registry.disconnect()


if __name__ == "__main__":
    with backing():
        asyncio.run(prepare())
