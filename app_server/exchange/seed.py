"""A demo subscription (演示订阅): one item's accepted cases go to the simulated approval system."""

from app_server.exchange import service
from app_server.exchange.service.demo import CODE, ITEM, NAME, ORG, REGION, demo_key, url
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from app_server.kernel.signing_keys import public_jwk

SEEDER = Principal(name="演示数据")


async def seed() -> None:
    """Register the simulated system; a second run changes nothing."""
    if not load().simulators or load().production:
        return
    if any(row.code == CODE for row in await service.systems()):
        return
    wanted = service.SystemWanted(
        name=NAME,
        org=ORG,
        region=REGION,
        items=(ITEM,),
        url=url(),
        jwks=(public_jwk(demo_key()),),
    )
    await service.register_system(SEEDER, CODE, wanted)
