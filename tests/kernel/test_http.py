"""The surfaces: who is refused, how, and what two parsers could read differently."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from openapi_spec_validator import validate

from app_server.kernel.http import ENDPOINTS
from app_server.main import openapi
from auth.grants import service as grants
from tests.builders.people import bearer, resident, set_password
from tests.builders.staff import officer

PASSWORD = "花戏楼前的石狮子8"


async def raw(url: str, data: bytes, wait: float = 5) -> bytes:
    """Send bytes as they are and read what comes back until it ends or pauses."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(data)
    await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(4096), wait)
    finally:
        writer.close()


def status(reply: bytes) -> int:
    return int(reply.split(b" ", 2)[1])


BODY = b'{"phone":"13800138000"}'
HEAD = b"POST /api/v1/sign-up/codes HTTP/1.1\r\n"
JSON = b"Content-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("name", "request_bytes"),
    [
        ("no host", HEAD + JSON + b"Content-Length: 23\r\n\r\n" + BODY),
        (
            "two hosts",
            HEAD + b"Host: a\r\nHost: b\r\n" + JSON + b"Content-Length: 23\r\n\r\n" + BODY,
        ),
        (
            "space before colon",
            HEAD
            + b"Host: a\r\nTransfer-Encoding : chunked\r\n"
            + JSON
            + b"Content-Length: 23\r\n\r\n"
            + BODY,
        ),
        (
            "chunked",
            HEAD
            + b"Host: a\r\nTransfer-Encoding: chunked\r\n"
            + JSON
            + b"\r\n0x17\r\n"
            + BODY
            + b"\r\n0\r\n\r\n",
        ),
        (
            "length and chunked",
            HEAD
            + b"Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 23\r\n"
            + JSON
            + b"\r\n17\r\n"
            + BODY
            + b"\r\n0\r\n\r\n",
        ),
        (
            "NUL in a value",
            HEAD + b"Host: a\r\nX-A: b\x00c\r\n" + JSON + b"Content-Length: 23\r\n\r\n" + BODY,
        ),
        (
            "broken UTF-8 in a value",
            HEAD
            + b"Host: a\r\nAuthorization: Bearer \xc0_\x86\xea^\r\n"
            + JSON
            + b"Content-Length: 23\r\n\r\n"
            + BODY,
        ),
        (
            "absolute form of another host",
            b"POST http://evil.example/api/v1/sign-up/codes HTTP/1.1\r\nHost: a\r\n"
            + JSON
            + b"Content-Length: 23\r\n\r\n"
            + BODY,
        ),
    ],
)
async def test_a_request_two_parsers_could_read_differently_is_refused(
    name, request_bytes, database, listeners
):
    assert status(await raw(listeners["public"], request_bytes)) in {400, 404, 411}, name


def test_every_route_declares_its_caller_and_stands_on_one_surface():
    openapi("public")
    seen = set()
    for route in ENDPOINTS:
        assert route.guard.needs
        assert (route.surface, route.method, route.path) not in seen
        seen.add((route.surface, route.method, route.path))


@pytest.mark.parametrize("surface", ["public", "staff", "partner"])
def test_the_document_of_every_surface_is_valid_openapi(surface):
    document = openapi(surface)
    validate(document)
    assert document["paths"]
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["x-caller"]


async def test_a_staff_route_does_not_exist_on_the_public_listener(database, listeners):
    async with httpx.AsyncClient(trust_env=False) as client:
        found = await client.get(f"{listeners['public']}/staff/v1/cases")
        assert found.status_code == 404
        assert found.headers["content-type"] == "application/problem+json"


async def test_a_residents_token_opens_nothing_on_the_staff_surface(staff_surface):
    person = await resident(tier=2)
    reply = await staff_surface.delete("/sessions/current", headers=await bearer(person))
    assert reply.status_code == 401


async def test_an_officers_token_opens_nothing_on_the_public_surface(public):
    reply = await public.get("/me", headers=await bearer(await officer()))
    assert reply.status_code == 401


@pytest.mark.parametrize(
    "token", ["x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzI1NiJ9.e30.x", "汉字"]
)
async def test_a_token_that_is_none_is_refused(token, public):
    reply = await public.get("/me", headers={"authorization": f"Bearer {token}".encode()})
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"].startswith("Bearer")


async def test_unknown_fields_and_wrong_kinds_are_refused_with_their_field(public):
    reply = await public.post("/sign-up/codes", json={"phone": "13800138000", "admin": True})
    assert reply.status_code == 422
    assert reply.json()["errors"] == [{"field": "admin", "message": "不认识的字段"}]


async def test_every_refusal_is_problem_json_with_a_trace(public):
    reply = await public.get("/nothing-here")
    assert reply.status_code == 404
    assert reply.json()["code"] == "kernel.not_found"


async def test_a_wrong_method_says_which_are_right(public):
    reply = await public.put("/sign-up/codes", json={})
    assert reply.status_code == 405
    assert reply.headers["allow"] == "POST"


async def test_signing_out_ends_the_token_everywhere_within_a_second(public):
    person = await resident()
    headers = await bearer(person)
    assert (await public.get("/me", headers=headers)).status_code == 200
    assert (await public.delete("/sessions/current", headers=headers)).status_code == 204
    for _ in range(20):
        if (await public.get("/me", headers=headers)).status_code == 401:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the token still works")


async def test_a_refresh_token_used_twice_ends_the_session(database, monkeypatch):
    from datetime import timedelta

    from app_server.kernel import clock
    from auth.grants.errors import SessionOver

    person = await resident()
    granted = await grants.open_session("person", person.id, "web")
    fresh = await grants.refresh(granted.refresh_token, "person")
    moment = clock.now() + timedelta(seconds=30)
    monkeypatch.setattr(clock, "_source", lambda: moment)
    with pytest.raises(SessionOver):
        await grants.refresh(granted.refresh_token, "person")
    with pytest.raises(SessionOver):
        await grants.refresh(fresh.refresh_token, "person")


async def test_a_cookie_from_another_origin_refreshes_nothing(public):
    reply = await public.post(
        "/sessions/refresh",
        headers={
            "origin": "http://ah341600housing.miniapp.localhost:8800",
            "cookie": "__Host-session=x",
        },
    )
    assert (reply.status_code, reply.json()["code"]) == (403, "grants.cross_site")


async def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(public):
    person = await resident()
    await set_password(person.id, PASSWORD)
    from auth.people import service as people

    login = (await people.person(person.id)).phone
    for _ in range(5):
        reply = await public.post("/sessions", json={"login": login, "password": "wrong-one"})
        assert reply.json()["code"] == "grants.sign_in_refused"
    locked = await public.post("/sessions", json={"login": login, "password": PASSWORD})
    assert (locked.status_code, locked.json()["code"]) == (429, "grants.sign_in_locked")


async def test_an_unknown_login_and_a_wrong_password_look_the_same(public):
    person = await resident()
    await set_password(person.id, PASSWORD)
    from auth.people import service as people

    login = (await people.person(person.id)).phone
    known: Any = (await public.post("/sessions", json={"login": login, "password": "no"})).json()
    unknown: Any = (
        await public.post("/sessions", json={"login": "13000000000", "password": "no"})
    ).json()
    known.pop("trace_id"), unknown.pop("trace_id")
    assert known == unknown


async def test_without_redis_signing_in_fails_closed_and_reading_goes_on(public, monkeypatch):
    from redis.asyncio import Redis

    from app_server.kernel import cache

    person = await resident()
    headers = await bearer(person)
    gone = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    monkeypatch.setattr(cache, "_redis", gone)
    refused = await public.post("/sessions", json={"login": "13000000000", "password": "no"})
    assert (refused.status_code, refused.json()["code"]) == (503, "kernel.service_unavailable")
    assert (await public.get("/me", headers=headers)).status_code == 200


async def test_the_audit_trail_cannot_be_rewritten(database):
    from app_server.kernel import audit, db
    from app_server.kernel.principal import Principal

    async with db.unit_of_work():
        audit.record(Principal(), "test.deed", "thing:1")
    with pytest.raises(Exception, match="append-only"):
        await db.execute("UPDATE kernel_audit SET actor='somebody'")
    with pytest.raises(Exception, match="append-only"):
        await db.execute("DELETE FROM kernel_audit")


async def test_a_burst_at_one_limit_waits_for_redis_and_is_not_refused(database):
    from app_server.kernel.ratelimit import Limit, take

    limit = Limit("burst", 1000, 60, fail_closed=True)
    await asyncio.gather(*(take(limit, f"caller-{n}") for n in range(300)))
