"""The housing story's resident has the second tier already; getting it is another story's.

Run in the platform's environment: `python -m tests.journeys.prepare_housing`.
"""

import asyncio

from app_server.cli.backing import backing

PHONE = "13900000003"


async def prepare() -> None:
    """Give the demo resident without a home of their own the second tier, through the services."""
    from app_server import registry
    from app_server.kernel import db
    from app_server.kernel.principal import Principal
    from auth.identity import service as identity
    from auth.people import service as people

    registry.assemble()
    await registry.connect()
    try:
        person_id = await people.find_by_login(PHONE)
        assert person_id is not None
        async with db.unit_of_work():
            who = Principal(kind="person", id=person_id, tier=1)
            await identity.add_evidence(who, person_id, "face_and_code")
    finally:
        await registry.disconnect()


if __name__ == "__main__":
    with backing():
        asyncio.run(prepare())
