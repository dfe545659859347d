"""The demo apps: packed from `demo/`, uploaded by a city's team, approved by the province."""

import asyncio
import contextlib
import re
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
# Demo apps that are built (`npm run build` in h5_shell); what is built is the whole package.
BUILT = Path(__file__).parents[1] / "h5_shell" / "demos"
CLIENTS = Path(__file__).with_name("data") / "demo_clients.json"
GATEWAYS = Path(__file__).with_name("data") / "demo_back_ends.json"
FACADES = Path(__file__).with_name("data") / "demo_facades.json"
# The manifests name back ends as a fresh instance runs them; elsewhere their ports are others.
_FIRST_PORT = 8810
_BACK_END = re.compile(rb"http://127\.0\.0\.1:(88[0-9]{2})")


class DemoNotBuiltError(Exception):
    """A demo app that has to be built was not; run `make setup`, or `npm run build` in h5_shell."""


def demo_names() -> list[str]:
    """The demo apps by their folders' names."""
    kept = [path.name for path in DEMO.iterdir() if path.is_dir()]
    return sorted(kept) + sorted(path.parent.name for path in BUILT.glob("*/package.json"))


def demo_package(name: str) -> bytes:
    """The package of a demo app; its back end's address is this instance's simulator.

    Raises `DemoNotBuiltError`.
    """
    folder = DEMO / name if (DEMO / name).is_dir() else BUILT / name / "dist"
    if not (folder / "app.json").is_file():
        raise DemoNotBuiltError(f"{folder} is missing: run `make setup`")
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    files["app.json"] = _BACK_END.sub(_here, files["app.json"])
    return service.pack(files)


def _here(address: re.Match[bytes]) -> bytes:
    return load().simulator_url(int(address[1]) - _FIRST_PORT).encode()


async def seed() -> None:
    """Publish the demo apps and register their back ends; released versions stay as they are."""
    province = await _member(
        "review.340000", "陆审核", "11340000MB0000001Y", "省数据资源局", "340000", REVIEWER
    )
    teams: dict[str, Principal] = {}
    for name in demo_names():
        package = await asyncio.to_thread(demo_package, name)
        appid, team = await _publish(package, province)
        teams[appid] = team
    for appid, client in orjson.loads(CLIENTS.read_bytes())["clients"].items():
        await _add_client(appid, client["name"], client["secret"])
    await _add_keys(teams)


async def _add_client(appid: str, name: str, secret: str) -> None:
    await grants.add_client(
        client_id=client_id_of(appid),
        name=name,
        scopes=[TICKETS_CLIENT_SCOPE, PUBLISH_SCOPE],
        region=home_region(appid),
        secret=secret,
    )


async def _add_keys(teams: dict[str, Principal]) -> None:
    """The keys by which the demo back ends and the platform know each other, a protocol each."""
    gateways = orjson.loads(GATEWAYS.read_bytes())
    for appid, key in gateways.items():
        if appid in teams:
            await _add_client(appid, f"{appid}（演示后台）", key["client_secret"])
            await service.keep_facade_key(
                teams[appid], appid, "gateway", key["access_key"], key["secret"]
            )
    for appid, kinds in orjson.loads(FACADES.read_bytes())["keys"].items():
        # A container without the front end's sources seeds only the apps that need no build.
        for kind, (access_key, secret) in kinds.items() if appid in teams else ():
            await service.keep_facade_key(teams[appid], appid, kind, access_key, secret)


async def publish_package(
    team: Principal, city: Principal, province: Principal, archive: bytes
) -> service.VersionFacts:
    """Bring one package the whole way to everybody, by three people; what is out stays as it is.

    Raises what `upload`, `submit`, `review` and `release` raise.
    """
    facts = await service.upload(team, archive, look=False)
    if facts.state == "checked":
        facts = await service.submit(team, facts.appid, facts.code)
    if facts.state == "submitted":
        facts = await service.review(city, facts.appid, facts.code, agree=True, unseen=True)
    if facts.state == "city_approved":
        facts = await service.review(province, facts.appid, facts.code, agree=True, unseen=True)
    if facts.state == "approved":
        facts = await service.release(team, facts.appid, facts.code)
    return facts


async def _publish(archive: bytes, province: Principal) -> tuple[str, Principal]:
    manifest = (await asyncio.to_thread(service.open_package, archive)).manifest
    owner, home = manifest.owner, manifest.region
    team = await _member(f"publish.{home}", "方发布", owner.org, owner.name, home, PUBLISHER)
    city = await _member(f"review.{home}", "唐审核", owner.org, owner.name, home, REVIEWER)
    # A number that is out stays what it is: changed demo files need a higher version code.
    with contextlib.suppress(VersionTaken):
        await publish_package(team, city, province, archive)
    return manifest.appid, team


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
