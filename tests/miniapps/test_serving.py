"""An app's own origin: only files, only its policy, never the API."""

import asyncio

import pytest

from app_server.kernel.http import RawReply
from app_server.kernel.settings import load
from miniapps import service
from miniapps.seed import publish_package
from miniapps.service.serving import with_guest
from tests.builders.miniapps import desk, files, manifest, released_app, team

APP = "ah341600test"
TAG = b'<script src="/__wanshi/guest.js"></script>'


async def get(path: str, host: str = f"{APP}.miniapp.localhost:8800", **more: str) -> RawReply:
    reply = await service.serve_origin(host, path, **more)
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
    assert await service.serve_origin(host, "/") is None


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
    again = await get("/js/app.js", if_none_match=f'"x", W/{bare.headers["etag"]}')
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


async def test_the_guest_script_is_served_on_every_apps_origin(database):
    built = load().shell_dir / "bridge" / "dist" / "guest.js"
    reply = await get("/__wanshi/guest.js")
    if not built.exists():
        assert reply.status == 503
        return
    assert reply.body == await asyncio.to_thread(built.read_bytes)
    assert reply.content_type == "text/javascript; charset=utf-8"


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
    assert with_guest(page) == expected


async def test_an_icon_is_served_as_an_inert_picture(public):
    await released_app()
    reply = await public.get(f"/miniapps/{APP}/icon")
    assert reply.headers["content-type"].startswith("image/svg+xml")
    assert "sandbox" in reply.headers["content-security-policy"]
    known = {"if-none-match": reply.headers["etag"]}
    assert (await public.get(f"/miniapps/{APP}/icon", headers=known)).status_code == 304
    assert (await public.get("/miniapps/ah341600none/icon")).status_code == 404


def test_a_page_with_a_broken_declaration_still_gets_the_guest_script():
    page = with_guest(b"<!doctype html><html><head></head><body><![x")
    assert page.index(b"guest.js") < page.index(b"</head>")
