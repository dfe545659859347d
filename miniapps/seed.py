"""The demo apps: packed from `demo/`, uploaded by a city's team, approved by the province."""

import asyncio
import contextlib
from pathlib import Path

import orjson

from app_server.kernel import db
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from auth.grants import service as grants
from auth.staff import service as staff
from miniapps import service
from miniapps.errors import VersionTaken
from miniapps.rules import (
    PUBLISH_SCOPE,
    PUBLISHER,
    REVIEWER,
    TICKETS_CLIENT_SCOPE,
    client_id_of,
    home_region,
)

DEMO = Path(__file__).with_name("demo")
CLIENTS = Path(__file__).with_name("data") / "demo_clients.json"
# Number of the simulator that plays an app's own back end; see the registry.
BACK_ENDS = {"ah341600housing": 11}


def demo_package(appid: str) -> bytes:
    """The package of a demo app; its back end's address is this instance's simulator."""
    folder = DEMO / appid
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    if appid in BACK_ENDS:
        manifest = orjson.loads(files["app.json"])
        manifest["network"]["request"] = [load().simulator_url(BACK_ENDS[appid])]
        files["app.json"] = orjson.dumps(manifest, option=orjson.OPT_INDENT_2)
    return service.pack(files)


async def seed() -> None:
    """Publish both demo apps and register their back ends; released versions stay as they are."""
    province = await _member(
        "review.340000", "陆审核", "11340000MB0000001Y", "省数据资源局", "340000", REVIEWER
    )
    for folder in sorted(DEMO.iterdir()):
        package = await asyncio.to_thread(demo_package, folder.name)
        await _publish(package, province)
    for appid, client in orjson.loads(CLIENTS.read_bytes())["clients"].items():
        await grants.add_client(
            client_id=client_id_of(appid),
            name=client["name"],
            scopes=[TICKETS_CLIENT_SCOPE, PUBLISH_SCOPE],
            region=home_region(appid),
            secret=client["secret"],
        )


async def publish_package(
    team: Principal, city: Principal, province: Principal, archive: bytes
) -> service.VersionFacts:
    """Bring one package the whole way to everybody, by three people; what is out stays as it is.

    Raises what `upload`, `submit`, `review` and `release` raise.
    """
    facts = await service.upload(team, archive)
    if facts.state == "checked":
        facts = await service.submit(team, facts.appid, facts.code)
    if facts.state == "submitted":
        facts = await service.review(city, facts.appid, facts.code, agree=True)
    if facts.state == "city_approved":
        facts = await service.review(province, facts.appid, facts.code, agree=True)
    if facts.state == "approved":
        facts = await service.release(team, facts.appid, facts.code)
    return facts


async def _publish(archive: bytes, province: Principal) -> None:
    manifest = (await asyncio.to_thread(service.open_package, archive)).manifest
    owner, home = manifest.owner, manifest.region
    team = await _member(f"publish.{home}", "方发布", owner.org, owner.name, home, PUBLISHER)
    city = await _member(f"review.{home}", "唐审核", owner.org, owner.name, home, REVIEWER)
    # A number that is out stays what it is: changed demo files need a higher version code.
    with contextlib.suppress(VersionTaken):
        await publish_package(team, city, province, archive)


async def _member(
    login: str, name: str, org: str, org_name: str, region: str, role: str
) -> Principal:
    member = await staff.add_staff(
        login=login, name=name, org=org, org_name=org_name, region=region, roles=[role]
    )
    if not await grants.has_password(member):
        password = orjson.loads(CLIENTS.read_bytes())["staff_password"]
        digest = await grants.digest_of(password)
        async with db.unit_of_work():
            await grants.set_password(member, digest)
    return Principal(
        kind="staff", id=member, roles=frozenset({role}), org=org, region=region, name=name
    )
