"""铜陵便民 as an app without pages, and its back end as a process of its own."""

import copy
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import orjson

from app_server.kernel.settings import PROJECT
from auth.grants import service as grants
from miniapps import service
from miniapps.rules import TICKETS_CLIENT_SCOPE, client_id_of
from miniapps.seed import publish_package
from miniapps.simulators.tongling_services import APPID, KEYS
from tests.builders.miniapps import ICON, desk, manifest, team

RUN = "import sys; from miniapps.simulators.tongling_services import run; run(int(sys.argv[1]))"
ACCOUNT = {"title": "户号", "pattern": "^[0-9]{8}$", "maxLength": 8}
WATER: dict[str, Any] = {
    "key": "water",
    "title": "水费查询",
    "summary": "按户号查询本月水费",
    "kind": "query",
    "path": "/water",
    "form": {
        "fields": {"properties": {"account": ACCOUNT}, "required": ["account"]},
        "note": "户号在水费单左上角",
    },
    "result": {
        "kind": "record",
        "fields": [
            {"label": "户主", "place": "data.owner"},
            {"label": "用水量", "place": "data.used"},
            {"label": "应缴", "place": "data.amount"},
            {"label": "已缴", "place": "data.paid"},
        ],
    },
}
BIKES: dict[str, Any] = {
    "key": "bikes",
    "title": "公共自行车",
    "summary": "站点和可借数量",
    "kind": "list",
    "path": "/bikes",
    "result": {
        "kind": "list",
        "items": "data.stations",
        "title": "name",
        "summary": "address",
        "fields": [{"label": "可借", "place": "bikes"}, {"label": "可还", "place": "free"}],
        "next": "data.next",
    },
}
OUTAGES: dict[str, Any] = {
    "key": "outages",
    "title": "停水通知",
    "summary": "计划停水和抢修",
    "kind": "list",
    "path": "/outages",
    "result": {
        "kind": "list",
        "items": "notices",
        "title": "title",
        "summary": "area",
        "fields": [{"label": "时间", "place": "time"}, {"label": "原因", "place": "why"}],
    },
}
REPAIRS: dict[str, Any] = {
    "key": "repairs",
    "title": "便民维修预约",
    "summary": "水电维修上门",
    "kind": "form",
    "path": "/repairs",
    "method": "POST",
    "person": True,
    "form": {
        "fields": {
            "properties": {
                "what": {
                    "title": "维修内容",
                    "oneOf": [
                        {"const": "water", "title": "水管"},
                        {"const": "power", "title": "电路"},
                    ],
                },
                "address": {"title": "地址", "minLength": 5, "maxLength": 80},
                "day": {"title": "上门日期", "format": "date"},
            },
            "required": ["what", "address", "day"],
        }
    },
    "result": {"kind": "message", "text": "message"},
}


def services() -> list[dict[str, Any]]:
    """A query, two lists and a form."""
    return copy.deepcopy([WATER, BIKES, OUTAGES, REPAIRS])


def described(base: str, **changes: Any) -> dict[str, Any]:
    """The manifest of the app over a back end at this address."""
    told = manifest(
        APPID,
        name="铜陵便民",
        mode="api",
        category="utilities",
        min_tier=0,
        permissions=[{"scope": "auth.ticket", "reason": "登记是谁预约的维修", "required": False}],
        token_scopes=["openid"],
        network={"request": [base]},
        api={"base": base, "services": services()},
    )
    del told["entry"]
    return told | changes


async def released(base: str, **changes: Any) -> str:
    """The app, released, its client and its gateway key as the simulator knows them."""
    told = described(base, **changes)
    package = service.pack({"app.json": orjson.dumps(told), "icon.svg": ICON})
    uploader = await team("340700")
    facts = await publish_package(uploader, await desk("340700"), await desk(), package)
    assert facts.state == "released", facts.findings
    keys = orjson.loads(KEYS.read_bytes())[APPID]
    await grants.add_client(
        client_id=client_id_of(APPID),
        name=APPID,
        scopes=[TICKETS_CLIENT_SCOPE],
        secret=keys["client_secret"],
    )
    await service.keep_facade_key(uploader, APPID, "gateway", keys["access_key"], keys["secret"])
    return APPID


@contextmanager
def back_end(partner_origin: str) -> Iterator[str]:
    """The simulator on a port of its own, over this run's partner surface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {"PARTNER_ORIGIN": partner_origin}
    process = subprocess.Popen([sys.executable, "-c", RUN, str(port)], cwd=PROJECT, env=env)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz", trust_env=False).status_code == 200:
                break
        except httpx.HTTPError:
            time.sleep(0.1)
    try:
        yield url
    finally:
        process.terminate()
        process.wait(10)
