"""Seals, officers of seals, and leave, for tests."""

from datetime import timedelta
from uuid import UUID

from app_server.kernel import clock
from app_server.kernel.principal import Principal
from app_server.seals import service as seals
from app_server.seals.service import Ground, LeaveWanted, SealWanted
from tests.builders.staff import ORG, officer

GROUND = Ground("亳建函〔2026〕12号")


async def keeper(login: str = "keeper") -> Principal:
    return await officer("seal_keeper", login=login)


async def authority(login: str = "authority") -> Principal:
    return await officer("seal_authority", login=login, region="340000", org="11340000MB0000000M")


async def applied(by: Principal, name: str = "演示住房城乡建设局") -> UUID:
    wanted = SealWanted(ORG, "演示住房城乡建设局", "341602", name)
    return await seals.apply(by, wanted, GROUND)


async def issued(by: Principal, head: Principal, second: Principal) -> UUID:
    """An issued seal, walked through its life by three officers."""
    for algorithm in ("sm2", "p256"):
        await seals.found_authority(head, algorithm)
    seal_id = await applied(by)
    for name, who in (
        ("approve", head),
        ("make", head),
        ("record", second),
        ("issue", by),
    ):
        await seals.take(who, seal_id, name, GROUND)
    return seal_id


def leave(holder: str, **changes) -> LeaveWanted:
    today = clock.today()
    options = {
        "holder": holder,
        "document_type": "11340000MB0000000M001",
        "item": "",
        "allowed": 0,
        "valid_from": today,
        "valid_to": today + timedelta(days=365),
    }
    return LeaveWanted(**(options | changes))
