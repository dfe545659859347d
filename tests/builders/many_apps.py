"""As many apps as a province has, put straight into the tables: what lists read, and no files."""

import random
from typing import Any
from uuid import uuid4

import orjson

from app_server.kernel import clock, db, regions
from miniapps.rules import unity
from tests.builders.miniapps import manifest

KINDS = [*unity.CATEGORIES]
WORDS = ("预约挂号", "水费查询", "公积金提取", "老年证办理", "停车缴费", "入学报名", "不动产查询")


def source(count: int) -> list[dict[str, Any]]:
    """What the apps are: spread over cities, owners and categories, none evenly."""
    cities = [city.code for city in regions.children("340000")]
    chance, found = random.Random(count), []
    for n in range(count):
        city = "340000" if n % 23 == 0 else chance.choice(cities)
        name = regions.region(city).name
        found.append(
            {
                "appid": f"ah{city}app{n:05d}",
                "name": f"{name[:2]}{WORDS[n % len(WORDS)]}{n}"[:20],
                "owner_name": f"{name}{('住房', '教育', '卫健', '交通')[n % 4]}局",
                "category": KINDS[n * 3 % len(KINDS)],
                "mode": "api" if n % 11 == 0 else "h5",
                "region": city,
            }
        )
    return found


async def put(apps: list[dict[str, Any]]) -> None:
    """Make them, each with one released version."""
    async with db.unit_of_work() as uow:
        for app in apps:
            told = manifest(app["appid"], name=app["name"], category=app["category"])
            told["mode"] = app["mode"]
            uow.add("miniapps_version", _version(app, told))
        await uow.flush()
        for app in apps:
            uow.add("miniapps_app", _app(app))
    # The trigger reads category and mode out of the version a pointer comes to stand on.
    await db.execute("UPDATE miniapps_app SET current = 1")
    await db.execute("ANALYZE miniapps_app")


def _version(app: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "appid": app["appid"],
        "code": 1,
        "name": "1.0.1",
        "digest": "0" * 64,
        "manifest": orjson.loads(orjson.dumps(told)),
        "uploaded_by": "staff:bench",
        "uploaded_at": clock.now(),
        "state": "released",
        "signed_by": "",
        "withheld": [],
        "release": "",
        "city_by": "",
        "approved_by": "",
        "released_by": "",
    }


def _app(app: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "appid": app["appid"],
        "owner_org": "11340000MB0000001Y",
        "current": 0,
        "floor": 0,
        "state": "active",
        "state_reason": "",
        "name": app["name"],
        "short_name": app["name"][:8],
        "summary": f"{app['name']}，在手机上办",
        "owner_name": app["owner_name"],
        "region_codes": [app["region"]],
        "min_tier": 0,
        "category": "general",
        "mode": "h5",
    }
