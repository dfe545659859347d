"""Demo officers for data, and a small catalogue over the simulated registries (演示目录)."""

from app_server.kernel import db
from app_server.kernel.outbox import announce
from app_server.kernel.settings import load
from app_server.sharing.events import DemoDue
from app_server.sharing.service import demo
from auth.grants import service as grants
from auth.staff import service as staff

PASSWORD = "Wanshi-Demo-2026"


async def seed() -> None:
    """Draft the demo catalogue; it is published once the registries answer."""
    if not load().simulators or load().production:
        return
    digest = await grants.digest_of(PASSWORD)
    for one in demo.told()["officers"]:
        staff_id = await staff.add_staff(
            login=one["login"],
            name=one["name"],
            org=one["org"],
            org_name=one["org_name"],
            region=one["region"],
            roles=[one["role"]],
        )
        if not await grants.has_password(staff_id):
            async with db.unit_of_work():
                await grants.set_password(staff_id, digest)
    if await demo.draft():
        async with db.unit_of_work():
            announce(DemoDue())
