"""An app on the phone: only missing files come, and it opens without a network, checked."""

import asyncio
import gzip
import json
import os
import shutil
import struct
from typing import Any

import orjson
import pytest

from app_server.kernel.crypto import sha256_hex
from app_server.kernel.http import RawReply
from miniapps import service
from miniapps.seed import publish_package
from miniapps.service import signing
from miniapps.service.origin import OriginRequest
from tests.builders.miniapps import desk, files, manifest, released_app, team
from tests.conftest import PROJECT

APP = "ah341600test"
HOST = f"{APP}.miniapp.localhost"
OFFLINE = {"offline": {"strategy": "cache-first", "precache": []}}
PAGE = (
    b'<!doctype html><html lang="zh-CN"><head><title>t</title></head>'
    b'<body><p id="p">page</p><script src="js/app.js"></script></body></html>'
)


async def get(path: str, query: str = "", host: str = HOST, **headers: str) -> RawReply:
    reply = await service.serve_origin(OriginRequest(host, path, query=query, headers=headers))
    assert reply is not None
    return reply


async def release(code: int, **more: bytes) -> bytes:
    described = manifest(code=code, min_tier=0, **OFFLINE)
    package = service.pack(files(described, **more))
    await publish_package(await team(), await desk("341600"), await desk(), package)
    return package


def unpacked(reply: RawReply) -> dict[str, bytes]:
    data = gzip.decompress(reply.body)
    (length,) = struct.unpack(">I", data[:4])
    found, at = {}, 4 + length
    for mark, size in orjson.loads(data[4:at]):
        found[mark] = data[at : at + size]
        at += size
    assert at == len(data)
    return found


async def test_nothing_is_given_of_what_is_not_out(database):
    await service.upload(await team(), service.pack(files()))
    for path in ("/__wanshi/release/1", "/__wanshi/delta/1", "/__wanshi/app.js"):
        assert (await get(path, "v=1")).status == 404
    assert (await get(f"/__wanshi/file/{sha256_hex(files()['js/app.js'])}")).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/__wanshi/",
        "/__wanshi/release/0",
        "/__wanshi/release/x",
        "/__wanshi/release/99999999999",
        "/__wanshi/delta/1/2",
        "/__wanshi/file/..",
        "/__wanshi/file/" + "0" * 64,
        "/__wanshi/vendor/none.js",
        "/__wanshi/vendor/../sw.js",
        "/__wanshi/app.js",
    ],
)
async def test_what_the_platform_does_not_serve_is_not_there(path, database):
    await released_app()
    assert (await get(path)).status == 404


async def test_another_apps_files_are_not_had_by_their_content(database):
    await released_app()
    await released_app(appid="ah340100test")
    own = sha256_hex(orjson.dumps(manifest()))
    assert (await get(f"/__wanshi/file/{own}")).status == 200
    other = await get(f"/__wanshi/file/{own}", host="ah340100test.miniapp.localhost")
    assert other.status == 404


async def test_the_index_is_the_one_the_release_document_binds(database):
    await release(1)
    told = orjson.loads((await get("/__wanshi/release/1")).body)
    claims = signing.read_release_document(told["release"])
    assert sha256_hex(told["index"].encode()) == claims["index"]
    for file in orjson.loads(told["index"]).values():
        assert sha256_hex((await get(f"/__wanshi/file/{file['sha256']}")).body) == file["sha256"]


async def test_who_has_nothing_gets_everything_and_who_has_a_version_only_what_is_new(database):
    await release(1, **{"a.txt": b"same", "b.txt": b"old"})
    await release(2, **{"a.txt": b"same", "b.txt": b"new"})
    whole = unpacked(await get("/__wanshi/delta/2"))
    assert all(sha256_hex(data) == mark for mark, data in whole.items())
    new = unpacked(await get("/__wanshi/delta/2", "from=1"))
    assert set(new.values()) == {b"new", files(manifest(code=2, min_tier=0, **OFFLINE))["app.json"]}
    assert unpacked(await get("/__wanshi/delta/2", "from=2")) == {}


async def test_below_the_floor_nothing_is_kept_nor_given(database):
    await release(1)
    await release(2)
    await service.raise_floor(await desk(), APP, 2, "旧版有漏洞")
    assert (await get("/__wanshi/release/1")).status == 404
    assert (await get("/__wanshi/delta/2", "from=1")).status == 404


async def test_a_service_worker_of_an_apps_own_is_refused(database):
    await released_app()
    assert (await get("/v/1/js/app.js")).status == 200
    assert (await get("/v/1/js/app.js", **{"service-worker": "script"})).status == 404
    ours = await get("/__wanshi/sw.js", **{"service-worker": "script"})
    assert ours.status == 200
    assert ours.headers["service-worker-allowed"] == "/"


@pytest.mark.alone
async def test_a_browser_opens_a_kept_app_with_the_line_cut(database, listeners):
    node = shutil.which("node", path=f"{PROJECT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}")
    if node is None or not (PROJECT / "h5_shell/bridge/dist/guest.js").is_file():
        pytest.skip("Node and the front end are not built (make setup)")
    script = b"document.getElementById('p').textContent = '%s'"
    await release(1, **{"index.html": PAGE, "js/app.js": script % b"first"})
    await release(2, **{"index.html": PAGE, "js/app.js": script % b"second"})
    told = {
        "appid": APP,
        "port": int(listeners["public"].rpartition(":")[2]),
        "chromium": os.environ.get("CHROMIUM", str(PROJECT / "var/assets/bin/chromium")),
    }
    process = await asyncio.create_subprocess_exec(
        node,
        str(PROJECT / "h5_shell/e2e/judges/offline.mjs"),
        json.dumps(told),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await asyncio.wait_for(process.communicate(), 90)
    assert process.returncode == 0, errors.decode()[-2000:]
    seen: dict[str, Any] = json.loads(out)
    assert seen["foreignWorkerRefused"]
    assert (seen["offline"], seen["second"], seen["bare"]) == ("first", "second", "second")
    assert "default-src 'none'" in seen["policy"]
    assert (seen["absent"], seen["changed"]) == ("refused", "refused")
