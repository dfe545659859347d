"""People register with the province; cities embed its page and open no accounts (R-ID-23)."""

import httpx
import pytest
from sanic import Sanic

from app_server.kernel.http import ENDPOINTS
from app_server.kernel.settings import Settings, load
from app_server.main import application, listen
from tests.builders.federation import BOZHOU, HEFEI, city
from tests.builders.identity import window_officer
from tests.builders.people import bearer, id_number, phone
from tests.builders.staff import administrator

WHO = {"name": "李明轩", "ethnic_group": "汉族", "sex": "male"}
PAGE = "/sign-up?embedded=1"


@pytest.fixture
def on_a_city(monkeypatch):
    """This very code as a city runs it."""
    settings = load().model_copy(
        update={"platform_tier": "city", "province_origin": "https://province.example.cn"}
    )
    monkeypatch.setattr("auth.grants.service.registration.load", lambda: settings)


@pytest.fixture
async def site(tmp_path, database, listeners, monkeypatch):
    """The public surface with a built resident's page."""
    (tmp_path / "resident/dist").mkdir(parents=True)
    (tmp_path / "resident/dist/index.html").write_text("<!doctype html><title>万事</title>")
    # The session's own application has this name already.
    monkeypatch.setattr(Sanic, "test_mode", True)
    settings = load().model_copy(update={"shell_dir": tmp_path})
    app = application("public", settings, manage_database=False)
    app.config.TOUCHUP = False
    sock = listen(0)
    server = await app.create_server(sock=sock, return_asyncio_server=True, access_log=False)
    await server.startup()
    await server.start_serving()
    base = f"http://127.0.0.1:{sock.getsockname()[1]}"
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        yield client
    server.close()


def ancestors(reply: httpx.Response) -> list[str]:
    policy = reply.headers["content-security-policy"]
    return policy.partition("frame-ancestors ")[2].partition(";")[0].split()


async def refused(reply: httpx.Response) -> None:
    assert (reply.status_code, reply.json()["code"]) == (403, "grants.registered_at_province")
    assert reply.json()["register_at"] == "https://province.example.cn/sign-up"


async def test_a_city_opens_no_account_and_says_where_one_registers(public, on_a_city):
    await refused(await public.post("/sign-up/codes", json={"phone": phone()}))
    body = WHO | {
        "id_number": id_number(), "phone": phone(), "code": "123456",
        "password": "花戏楼前的石狮子8", "terms_version": "2026-11",
    }  # fmt: skip
    await refused(await public.post("/sign-up", json=body))


async def test_a_citys_window_begins_no_registration(staff_surface, on_a_city):
    body = WHO | {
        "id_number": id_number(), "phone": phone(), "valid_from": "2020-01-01",
        "valid_until": None,
    }  # fmt: skip
    by = await window_officer("city")
    reply = await staff_surface.post("/assisted-registrations", json=body, headers=await bearer(by))
    await refused(reply)


async def test_whatever_opens_an_account_passes_the_same_gate(database, on_a_city):
    from auth.grants.errors import RegisteredAtProvince
    from auth.grants.service.registration import Account, open_account
    from auth.people.service import NewPerson

    who = NewPerson("李明轩", id_number(), "male", "汉族", phone())
    with pytest.raises(RegisteredAtProvince):
        await open_account(Account(who, "digest", "2026-11", "web"), None)


def test_no_machine_of_a_city_can_open_an_account(connected):
    partner = {(e.method, e.path, e.guard.needs) for e in ENDPOINTS if e.surface == "partner"}
    federation = {(m, p) for m, p, _ in partner if "/federation/" in p}
    assert federation == {
        ("POST", "/partner/v1/federation/messages"),
        ("POST", "/partner/v1/federation/imports"),
        ("PUT", "/partner/v1/federation/imports/{import_id}/parts/{number}"),
        ("GET", "/partner/v1/federation/imports/{import_id}"),
        ("GET", "/partner/v1/federation/imports/{import_id}/conflicts"),
    }
    assert not [p for _, p, _ in partner if "sign-up" in p or "person" in p or "users" in p]


async def test_registered_origins_may_frame_the_registration_page_and_no_other(site):
    await city(BOZHOU, origins=("https://portal.bozhou.example.cn",))
    await city(HEFEI, origins=("https://www.hefei.example.cn", "https://m.hefei.example.cn"))
    reply = await site.get(PAGE)
    assert reply.status_code == 200
    assert ancestors(reply) == [
        "https://m.hefei.example.cn",
        "https://portal.bozhou.example.cn",
        "https://www.hefei.example.cn",
    ]
    assert "x-frame-options" not in reply.headers
    for other in ("/", "/sign-up", "/sign-in?embedded=1", "/sign-up/waiting/1?embedded=1", "/me"):
        page = await site.get(other)
        assert ancestors(page) == ["'none'"], other
        assert page.headers["x-frame-options"] == "DENY"


async def test_without_registered_cities_nobody_frames_it(site):
    assert ancestors(await site.get(PAGE)) == ["'none'"]


async def test_a_suspended_city_frames_it_no_longer(site, staff_surface):
    _, row = await city(BOZHOU, origins=("https://portal.bozhou.example.cn",))
    headers = await bearer(await administrator()) | {"if-match": f'"{row.version}"'}
    reply = await staff_surface.post(
        f"/federation/platforms/{BOZHOU}/suspend", json={"reason": "域名被盗用"}, headers=headers
    )
    assert reply.status_code == 200, reply.text
    assert ancestors(await site.get(PAGE)) == ["'none'"]


async def test_a_kept_copy_of_the_page_is_never_taken_for_the_embedded_one(site):
    await city(BOZHOU, origins=("https://portal.bozhou.example.cn",))
    etag = (await site.get("/sign-up")).headers["etag"]
    reply = await site.get(PAGE, headers={"if-none-match": etag})
    assert reply.status_code == 200
    assert reply.headers["cache-control"] == "no-store"


def test_a_city_in_production_must_say_where_people_register(monkeypatch):
    told = {"env": "production", "platform_tier": "city", "simulators": False}
    assert any("province_origin" in found for found in Settings(**told).findings())
    good = told | {"province_origin": "https://province.example.cn"}
    assert not any("province_origin" in found for found in Settings(**good).findings())
