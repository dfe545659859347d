"""Demo accounts (演示账号): officers get passwords, and two residents exist from the start.

The resident of the story, 李明轩, is left to register by himself.
"""

from app_server.kernel import db
from app_server.kernel.principal import Principal
from auth.grants import service
from auth.grants.rules import TERMS_VERSION
from auth.identity import service as identity
from auth.people import service as people
from auth.staff import service as staff

PASSWORD = "Wanshi-Demo-2026"
OFFICERS = ("zhao.housing", "sun.police", "qian.review")
RESIDENTS = (
    (people.NewPerson("王秀兰", "341602195608122629", "female", "汉族", "13900000002"), 2),
    (people.NewPerson("周浩然", "341602197805193310", "male", "回族", "13900000003"), 1),
)
SEEDER = Principal(name="演示数据")


async def seed() -> None:
    """Give the demo accounts their passwords; a second run changes nothing."""
    digest = await service.digest_of(PASSWORD)
    for login in OFFICERS:
        member = await staff.find_by_login(login)
        if member is not None and not await service.has_password(member.id):
            async with db.unit_of_work():
                await service.set_password(member.id, digest)
    for who, tier in RESIDENTS:
        if await people.find_by_login(who.phone) is None:
            await _add(who, tier, digest)


async def _add(who: people.NewPerson, tier: int, digest: str) -> None:
    async with db.unit_of_work():
        person_id = await people.add_person(who)
        await service.set_password(person_id, digest)
        await people.grant_consent(Principal(kind="person", id=person_id), "terms", TERMS_VERSION)
        sources = ("population_four_fields", "realname_window")[:tier]
        for source in sources:
            await identity.add_evidence(SEEDER, person_id, source, demo=True)
