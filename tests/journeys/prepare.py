"""What the identity story finds in a running platform besides the demo data.

An officer of the authority the resident files with, and a relying party that runs in a browser.
Run in the platform's environment: `python -m tests.journeys.prepare <redirect uri>`.
"""

import asyncio
import sys

from app_server.cli.backing import backing

OFFICE = ("11340700MBDM000630", "铜陵市人力资源和社会保障局（演示）", "340700")
OFFICER = "chen.labour"
PARTY = "journey-party"


async def prepare(redirect_uri: str) -> None:
    """Add the officer and register the party, through the services."""
    # The registry reads the settings when it is imported: only now do they name the database.
    from app_server import registry
    from app_server.kernel import db
    from app_server.kernel.principal import Principal
    from auth.grants import seed, service
    from auth.staff import service as staff

    registry.assemble()
    await registry.connect()
    try:
        org, org_name, region = OFFICE
        await staff.add_staff(
            login=OFFICER,
            name="陈劳动",
            org=org,
            org_name=org_name,
            region=region,
            roles=["case_officer", "case_approver"],
        )
        member = await staff.find_by_login(OFFICER)
        assert member is not None
        digest = await service.digest_of(seed.PASSWORD)
        async with db.unit_of_work():
            await service.set_password(member.id, digest)
        await service.register_relying_party(
            Principal(name="旅程"),
            service.RelyingParty(
                client_id=PARTY,
                name="亳州药材交易网（演示）",
                realm="residents",
                region="341600",
                redirect_uris=(redirect_uri,),
                login_scopes=("openid", "profile", "tier"),
                auth_method="none",
            ),
        )
    finally:
        await registry.disconnect()


if __name__ == "__main__":
    with backing():
        asyncio.run(prepare(sys.argv[1]))
