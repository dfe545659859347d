"""An app's own origin: only files, only its policy, never the API."""

import asyncio
import gzip
import json
from typing import Any

import pytest

from app_server.kernel.http import RawReply
from app_server.kernel.settings import load
from miniapps import service
from miniapps.seed import publish_package
from miniapps.service.manifest import Manifest
from miniapps.service.origin import OriginRequest
from miniapps.service.pages import dressed
from tests.builders.miniapps import desk, files, manifest, released_app, team

APP = "ah341600test"
TAG = b'<script src="/__wanshi/app.js?v=1"></script>'


async def get(path: str, host: str = f"{APP}.miniapp.localhost:8800", **more: Any) -> RawReply:
    reply = await service.serve_origin(OriginRequest(host, path, **more))
    assert reply is not None
    return reply


@pytest.mark.parametrize(
    "path",
    ["/api/v1/miniapps", "/livez", "/metrics", "/files/x", "/callbacks/nontax", "/staff/v1/me"],
)
async def test_the_api_is_not_on_an_apps_origin(path, database):
    await released_app()
    assert (await get(path)).status == 404


async def test_nothing_can_be_posted_to_an_apps_origin(database):
    await released_app()
    assert (await get("/index.html", method="POST")).status == 404
    assert (await get("/index.html", method="OPTIONS")).status == 404


@pytest.mark.parametrize(
    "host",
    [
        "shell.miniapp.localhost:8800",
        "SHELL.miniapp.localhost",
        "127.0.0.1:8800",
        "example.cn",
        "",
        "miniapp.localhost.example.cn",
        "notminiapp.localhost",
    ],
)
async def test_other_hosts_are_left_to_the_surface(host, database):
    assert await service.serve_origin(OriginRequest(host, "/")) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.miniapp.localhost",
        "miniapp.localhost",
        "a.ah341600test.miniapp.localhost",
        "ah341600none.miniapp.localhost",
        "console.miniapp.localhost",
        "..miniapp.localhost",
    ],
)
async def test_a_host_under_the_domain_that_is_no_app_finds_nothing(host, database):
    await released_app()
    assert (await get("/api/v1/portal/home", host)).status == 404


async def test_an_app_that_was_only_uploaded_is_not_served(database):
    await service.upload(await team(), service.pack(files()))
    assert (await get("/index.html")).status == 404
    assert (await get("/v/1/index.html")).status == 404


async def test_a_page_comes_with_its_policy_and_our_script_first(database):
    await released_app()
    reply = await get("/v/1/index.html")
    assert (reply.status, reply.content_type) == (200, "text/html; charset=utf-8")
    assert b"<head>" + TAG in reply.body
    policy = reply.headers["content-security-policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "connect-src 'self' https://api.example.gov.cn" in policy
    assert f"frame-ancestors {load().origin('public')}" in policy
    assert "geolocation=()" in reply.headers["permissions-policy"]
    assert reply.headers["origin-agent-cluster"] == "?1"
    assert "x-frame-options" not in reply.headers
    assert reply.headers["cache-control"] == "no-cache"


async def test_a_reviewed_device_permission_opens_that_feature_only(database):
    asked = [{"scope": "device.camera", "reason": "拍摄证件照片", "required": False}]
    await released_app(permissions=asked, token_scopes=[])
    policy = (await get("/index.html")).headers["permissions-policy"]
    assert "camera=(self)" in policy
    assert "microphone=()" in policy


async def test_a_version_is_kept_by_browsers_and_the_bare_path_is_asked_again(database):
    await released_app()
    assert "immutable" in (await get("/v/1/js/app.js")).headers["cache-control"]
    bare = await get("/js/app.js")
    assert bare.headers["cache-control"] == "no-cache"
    again = await get("/js/app.js", headers={"if-none-match": f'"x", W/{bare.headers["etag"]}'})
    assert (again.status, again.body) == (304, b"")


async def test_the_bare_origin_leads_to_the_entry(database):
    await released_app()
    assert (await get("/")).headers["location"] == "/index.html"
    assert (await get("/v/1/")).headers["location"] == "/v/1/index.html"


async def test_after_a_release_the_bare_path_is_the_new_version_and_the_old_one_stays(database):
    await released_app()
    package = service.pack(files(manifest(code=2), **{"js/app.js": b"second"}))
    await publish_package(await team(), await desk("341600"), await desk(), package)
    assert (await get("/js/app.js")).body == b"second"
    assert (await get("/v/1/js/app.js")).body == files()["js/app.js"]


@pytest.mark.parametrize(
    "path",
    [
        "/META-INF/files.json",
        "/../ah340100ride/index.html",
        "/%2e%2e/x",
        "/v/9/index.html",
        "/v/99999999999/index.html",
        "/%00",
        "/%ff",
        "//",
        "/index.html/",
        "/v/1/../2/index.html",
    ],
)
async def test_what_is_not_in_the_package_is_not_there(path, database):
    await released_app()
    assert (await get(path)).status == 404


async def test_one_apps_origin_serves_no_other_apps_files(database):
    await released_app()
    await released_app(appid="ah340100test")
    other = await get("/app.json", "ah340100test.miniapp.localhost")
    assert b"ah340100test" in other.body


async def test_the_script_of_the_bridge_knows_its_version_and_dialects(database):
    await released_app(compat={"dialects": ["croods"], "ua": ["wzt_mpaas"]})
    dist = load().shell_dir / "bridge" / "dist" / "prelude.js"
    reply = await get("/__wanshi/app.js", query="v=1")
    if not dist.exists():
        assert reply.status == 503
        return
    head, _, rest = reply.body.partition(b"\n")
    told = json.loads(head.removeprefix(b"window.__wanshiPrelude = ").removesuffix(b";"))
    assert (told["appid"], told["code"], told["dialects"]) == (APP, 1, ["croods"])
    assert rest == await asyncio.to_thread(dist.read_bytes)
    assert reply.content_type == "text/javascript; charset=utf-8"


async def test_an_app_without_dialects_gets_the_small_script(database):
    await released_app()
    dist = load().shell_dir / "bridge" / "dist" / "guest.js"
    reply = await get("/__wanshi/app.js", query="v=1")
    if not dist.exists():
        assert reply.status == 503
        return
    assert reply.body.endswith(await asyncio.to_thread(dist.read_bytes))


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            b"<!doctype html><html><head><title>x",
            b"<!doctype html><html><head>" + TAG + b"<title>x",
        ),
        (
            b"<!DOCTYPE html>\n<HTML>\n<HEAD lang='zh'>",
            b"<!DOCTYPE html>\n<HTML>\n<HEAD lang='zh'>" + TAG,
        ),
        (b"<!-- <head> --><html><head></head>", b"<!-- <head> --><html><head>" + TAG + b"</head>"),
        (b"<!doctype html><html><body>", b"<!doctype html><html>" + TAG + b"<body>"),
        (b"<!doctype html><p>x", b"<!doctype html>" + TAG + b"<p>x"),
        (b"plain", TAG + b"plain"),
        (b"<head data-x='>'>\xff\xfe", b"<head data-x='>'>" + TAG + b"\xff\xfe"),
    ],
)
def test_the_guest_script_goes_before_every_script_of_the_page(page, expected):
    assert dressed(page, checked()) == expected


async def test_an_icon_is_served_as_an_inert_picture(public):
    await released_app()
    reply = await public.get(f"/miniapps/{APP}/icon")
    assert reply.headers["content-type"].startswith("image/svg+xml")
    assert "sandbox" in reply.headers["content-security-policy"]
    known = {"if-none-match": reply.headers["etag"]}
    assert (await public.get(f"/miniapps/{APP}/icon", headers=known)).status_code == 304
    assert (await public.get("/miniapps/ah341600none/icon")).status_code == 404


def test_a_page_with_a_broken_declaration_still_gets_the_guest_script():
    page = dressed(b"<!doctype html><html><head></head><body><![x", checked())
    assert page.index(b"app.js") < page.index(b"</head>")


# --- vendors' scripts and folders ----------------------------------------------------------


def checked(**changes: Any) -> Manifest:
    return Manifest.model_validate(manifest(**changes))


COMPAT = {
    "dialects": ["zwjs", "weixin"],
    "script_map": {"cdn.example.cn/own/bridge.js": "zwjs"},
    "base_alias": ["/web/mgop/gov-open/zj/2001/v124/"],
}


@pytest.mark.parametrize(
    ("script", "dialect"),
    [
        ('src="//assets.zjzwfw.gov.cn/assets/ZWJSBridge/1.1.0/zwjsbridge.js"', "zwjs"),
        ("src='https://res.wx.qq.com/open/js/jweixin-1.6.0.js' integrity='sha384-x'", "weixin"),
        ('defer src="https://cdn.example.cn/own/bridge.js?v=3"', "zwjs"),
        ("SRC=//cdn.example.cn/own/bridge.js", "zwjs"),
    ],
)
def test_a_vendors_script_is_replaced_by_the_platforms(script, dialect):
    page = dressed(f"<head></head><script {script}></script>".encode(), checked(compat=COMPAT))
    assert f'="/__wanshi/vendor/{dialect}.js"'.encode() in page
    assert b"cn/" not in page
    assert b"integrity" not in page


@pytest.mark.parametrize(
    "script",
    [
        'src="js/zwjsbridge.js"',
        'src="/assets/ZWJSBridge/x.js"',
        'src="https://g.alicdn.com/gdt-jsapi/1.js"',
        'data-src="//assets.zjzwfw.gov.cn/assets/ZWJSBridge/1.1.0/zwjsbridge.js"',
    ],
)
def test_an_apps_own_script_and_undeclared_vendors_stay(script):
    page = dressed(f"<head></head><script {script}></script>".encode(), checked(compat=COMPAT))
    assert b"vendor" not in page
    assert script.encode() in page


def test_what_looks_like_a_script_in_a_comment_stays():
    page = b'<head></head><!-- <script src="//cdn.example.cn/own/bridge.js"></script> -->'
    assert b"vendor" not in dressed(page, checked(compat=COMPAT))


async def test_the_script_in_a_vendors_place_is_there_and_does_nothing(database):
    await released_app(compat=COMPAT)
    reply = await get("/__wanshi/vendor/zwjs.js")
    assert reply.body.startswith(b"/*")
    assert reply.body.rstrip().endswith(b"*/")


@pytest.mark.parametrize("folder", ["/reserved/", "/lastTest/", "/web/mgop/gov-open/zj/2001/v124/"])
async def test_folders_that_old_builds_baked_in_are_the_apps_own(folder, database):
    await released_app(compat=COMPAT)
    assert (await get(f"{folder}js/app.js")).body == files()["js/app.js"]
    assert TAG in (await get(folder)).body


async def test_other_folders_and_another_apps_folder_are_not(database):
    await released_app(compat=COMPAT)
    await released_app(appid="ah340100test")
    assert (await get("/web/mgop/gov-open/zj/2002/v124/js/app.js")).status == 404
    path = "/web/mgop/gov-open/zj/2001/v124/js/app.js"
    assert (await get(path, "ah340100test.miniapp.localhost")).status == 404


async def test_an_app_built_for_one_address_is_opened_there(database):
    await released_app(compat=COMPAT)
    moved = await get("/v/1/index.html", query="a=1")
    assert moved.status == 302
    assert moved.headers["location"] == "/web/mgop/gov-open/zj/2001/v124/index.html?a=1"
    assert moved.headers["set-cookie"].startswith("__Host-mv=1; Path=/; Secure; HttpOnly")


async def test_the_bare_path_is_the_version_that_was_opened_here(database):
    await released_app(compat=COMPAT)
    package = service.pack(files(manifest(code=2, compat=COMPAT), **{"js/app.js": b"second"}))
    await publish_package(await team(), await desk("341600"), await desk(), package)
    path = "/web/mgop/gov-open/zj/2001/v124/js/app.js"
    assert (await get(path)).body == b"second"
    old = await get(path, headers={"cookie": "__Host-mv=1"})
    assert old.body == files()["js/app.js"]
    for strange in ("__Host-mv=9", "__Host-mv=x", "__Host-mv=1e9", "mv=1", '__Host-mv="\\'):
        assert (await get(path, headers={"cookie": strange})).body == b"second"
    await service.raise_floor(await desk(), APP, 2, "旧版有漏洞")
    assert (await get(path, headers={"cookie": "__Host-mv=1"})).body == b"second"


async def test_words_are_sent_compressed_to_who_reads_that(database):
    long = b"wanshi.auth.getTicket().then(console.log)\n" * 100
    described = manifest()
    package = service.pack(files(described, **{"js/app.js": long}))
    await publish_package(await team(), await desk("341600"), await desk(), package)
    small = await get("/v/1/js/app.js", headers={"accept-encoding": "gzip, br"})
    assert small.headers["content-encoding"] == "gzip"
    assert gzip.decompress(small.body) == long
    assert len(small.body) < len(long) / 10
    plain = await get("/v/1/js/app.js")
    assert plain.body == long
    assert plain.headers["vary"] == "Accept-Encoding"


async def test_a_permission_that_review_held_back_opens_no_feature(database):
    asked = [{"scope": "device.camera", "reason": "拍摄证件照片", "required": False}]
    described = manifest(permissions=asked, token_scopes=[])
    facts = await service.upload(await team(), service.pack(files(described)))
    await service.submit(await team(), APP, facts.code)
    await service.review(await desk("341600"), APP, facts.code, agree=True)
    await service.review(await desk(), APP, facts.code, agree=True, withheld=["device.camera"])
    await service.release(await team(), APP, facts.code)
    assert "camera=()" in (await get("/index.html")).headers["permissions-policy"]
