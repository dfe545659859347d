"""Demo accounts (演示账号): officers get passwords, and two residents exist from the start.

The resident of the story, 李明轩, is left to register by himself.
"""

from app_server.kernel import db
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from auth.grants import service
from auth.grants.rules import TERMS_VERSION
from auth.identity import service as identity
from auth.people import service as people
from auth.staff import service as staff
from auth.staff.service.demo import CLIENT_SECRET, DEMO_SYSTEMS

PASSWORD = "Wanshi-Demo-2026"
OFFICERS = (
    "zhao.housing",
    "sun.police",
    "guo.head",
    "shen.items",
    "han.items",
    "jiang.posts",
    "shi.law",
    "feng.window",
    "cai.finance",
    "jin.finance",
    "bao.treasury",
    "ye.education",
    "qin.cashier",
    "mei.licence",
    "yin.seal",
    "zhang.seal",
    "xi.seal",
    "wen.message",
    "tong.message",
    "tan.flow",
    "he.flow",
    "qian.review",
    "wu.window",
    "li.supervise",
    "admin.system",
    "admin.security",
    "admin.audit",
)
RESIDENTS = (
    (people.NewPerson("王秀兰", "341602195608122629", "female", "汉族", "13900000002"), 2),
    (people.NewPerson("周浩然", "341602197805193310", "male", "回族", "13900000003"), 1),
)
SEEDER = Principal(name="演示数据")
# Two city systems that residents sign in to; nobody listens at their addresses until one is
# started there (docs/decisions/0008), and their secrets are no secrets.
CITY_SYSTEMS = (
    ("hefei-fund", "合肥市公积金网上大厅（演示）", "340100", "http://hefei.localhost:8841", 0),
    ("bozhou-land", "亳州市不动产登记系统（演示）", "341600", "http://bozhou.localhost:8842", 2),
)
CITY_SECRET = "demo-secret-of-a-city-system-2026"


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
    if load().simulators and not load().production:
        await _systems()


async def _systems() -> None:
    """The demo relying parties: two of a city for residents, two of the province for officers."""
    cities = [
        service.RelyingParty(
            client_id=client_id,
            name=name,
            realm="residents",
            region=region,
            redirect_uris=(f"{url}/callback",),
            post_logout_redirect_uris=(f"{url}/",),
            backchannel_logout_uri=f"{url}/backchannel-logout",
            login_scopes=("openid", "offline_access", "profile", "tier", "real_name", "phone"),
            min_tier=min_tier,
            secret=CITY_SECRET,
        )
        for client_id, name, region, url, min_tier in CITY_SYSTEMS
    ]
    departments = [
        service.RelyingParty(
            client_id=system.client_id,
            name=system.name,
            realm="staff",
            region="340000",
            redirect_uris=(f"{system.url}/callback",),
            post_logout_redirect_uris=(f"{system.url}/",),
            backchannel_logout_uri=f"{system.url}/backchannel-logout",
            login_scopes=("openid", "profile", "staff"),
            scopes=("staff.bind",),
            secret=CLIENT_SECRET,
        )
        for system in DEMO_SYSTEMS
    ]
    for wanted in cities + departments:
        if not await service.registered(wanted.client_id):
            await service.register_relying_party(SEEDER, wanted)


async def _add(who: people.NewPerson, tier: int, digest: str) -> None:
    async with db.unit_of_work():
        person_id = await people.add_person(who)
        await service.set_password(person_id, digest)
        await people.grant_consent(Principal(kind="person", id=person_id), "terms", TERMS_VERSION)
        sources = ("population_four_fields", "realname_window")[:tier]
        for source in sources:
            await identity.add_evidence(SEEDER, person_id, source, demo=True)
