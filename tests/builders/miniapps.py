"""Apps, their packages and their back ends, for tests."""

from typing import Any

import orjson

from app_server.kernel.principal import Principal
from auth.grants import service as grants
from miniapps import service
from miniapps.rules import REVIEWER, TICKETS_CLIENT_SCOPE, client_id_of
from miniapps.seed import publish_package
from payments import service as payments
from tests.builders.payments import listed
from tests.builders.staff import ORG, officer

ICON = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8"/></svg>'
)
PAGE = (
    b'<!doctype html><html lang="zh-CN"><head><title>t</title><script src="js/app.js"></script>'
    b"</head><body>hello</body></html>"
)
SECRET = "a-secret-of-a-test-client"


def manifest(appid: str = "ah341600test", code: int = 1, **changes: Any) -> dict[str, Any]:
    """A good manifest of an app with a ticket, with changes."""
    return {
        "appid": appid,
        "name": "测试应用",
        "short_name": "测试",
        "summary": "一个用来测试的应用",
        "icon": "icon.svg",
        "version": {"name": f"1.0.{code}", "code": code},
        "entry": "index.html",
        "owner": {"org": ORG, "name": "演示住房城乡建设局", "contact": "0558-12345"},
        "region_codes": [appid[2:8]],
        "min_tier": 1,
        "permissions": [{"scope": "auth.ticket", "reason": "登录后显示进度", "required": True}],
        "token_scopes": ["openid", "tier", "region"],
        "network": {"request": ["https://api.example.gov.cn"]},
        "privacy": {
            "policy_url": "https://www.example.gov.cn/privacy",
            "data_items": ["实名等级"],
        },
    } | changes


def files(described: dict[str, Any] | None = None, **more: bytes) -> dict[str, bytes]:
    """The files of an app that calls what it asks for."""
    described = described or manifest()
    asked = {permission["scope"] for permission in described["permissions"]}
    called = b"auth.getTicket()" if "auth.ticket" in asked else b"ready"
    return {
        "app.json": orjson.dumps(described),
        "index.html": PAGE,
        "icon.svg": ICON,
        "js/app.js": b"wanshi.%b.then(console.log)" % called,
    } | more


async def team(region: str = "341600", org: str = ORG) -> Principal:
    """Somebody of the city's team, who uploads."""
    return await officer("city_publisher", login=f"team{region}", region=region, org=org)


async def desk(region: str = "340000") -> Principal:
    """A reviewer."""
    return await officer(REVIEWER, login=f"desk{region}", region=region)


async def released_app(**changes: Any) -> str:
    """A released app; answers its id."""
    described = manifest(**changes)
    region = described["appid"][2:8]
    package = service.pack(files(described))
    # What a city's apps charge stands on its list.
    if not await payments.fees(described["owner"]["org"]):
        for code in ("rent", "fee"):
            await listed(described["owner"]["org"], code, fee_class="business")
    facts = await publish_package(await team(region), await desk(region), await desk(), package)
    assert facts.state == "released"
    return facts.appid


async def back_end(appid: str) -> Principal:
    """The registered client of an app's back end, as the partner surface sees it."""
    await grants.add_client(
        client_id=client_id_of(appid), name=appid, scopes=[TICKETS_CLIENT_SCOPE], secret=SECRET
    )
    granted = await grants.client_token(client_id_of(appid), SECRET)
    return grants.read(granted.access_token, "partner")[0]


async def client_headers(appid: str) -> dict[str, str]:
    """Authorization headers of an app's back end."""
    await back_end(appid)
    granted = await grants.client_token(client_id_of(appid), SECRET)
    return {"authorization": f"Bearer {granted.access_token}"}


async def ticket_of(person: Principal, appid: str) -> str:
    """A fresh ticket of a person who opened the app."""
    opened = await service.launch(person, appid)
    return await ticket_in(person, opened)


async def ticket_in(person: Principal, opened: service.LaunchFacts) -> str:
    """A ticket in an opened app, after the person agreed to it."""
    await agree(person, opened, "auth.ticket")
    ticket: str = (await called(person, opened, "ah.auth.getTicket")).value["ticket"]
    return ticket


async def agree(
    person: Principal, opened: service.LaunchFacts, *scopes: str, keep: bool = False
) -> None:
    """Say yes to permission sheets."""
    for scope in scopes:
        await service.decide(person, opened.id, opened.token, scope, allow=True, keep=keep)


async def called(
    person: Principal, opened: service.LaunchFacts, method: str, **more: Any
) -> service.Called:
    """A call from the app's own page."""
    asked = service.Asked(opened.token, opened.origin, method, **more)
    return await service.call(person, opened.id, asked)
