"""A city's back end, as its own process, between its page and the partner surface."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from app_server.kernel.settings import PROJECT
from miniapps import seed, service
from tests.builders.miniapps import ticket_of
from tests.builders.people import resident

APP = "ah341600housing"
RUN = "import sys; from miniapps.simulators.housing_backend import run; run(int(sys.argv[1]))"


@pytest.fixture(scope="module")
def back_end_url(listeners) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {"PARTNER_ORIGIN": listeners["partner"]}
    process = subprocess.Popen([sys.executable, "-c", RUN, str(port)], cwd=PROJECT, env=env)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz", trust_env=False).status_code == 200:
                break
        except httpx.HTTPError:
            time.sleep(0.1)
    yield url
    process.terminate()
    process.wait(10)


@pytest.fixture
async def page(database, back_end_url):
    """The app's page: a client that sends its origin."""
    origin = service.origin_of(APP)
    async with httpx.AsyncClient(
        base_url=back_end_url, headers={"origin": origin}, timeout=10, trust_env=False
    ) as client:
        yield client


async def test_a_foreign_page_is_refused_and_gets_no_cors(page):
    foreign = {"origin": service.origin_of("ah340100ride")}
    reply = await page.post("/sessions", json={"ticket": "x" * 43}, headers=foreign)
    assert reply.status_code == 403
    assert "access-control-allow-origin" not in reply.headers


async def test_a_made_up_ticket_opens_no_session(page):
    await seed.seed()
    reply = await page.post("/sessions", json={"ticket": "x" * 43})
    assert reply.status_code == 401
    assert (await page.get("/application")).status_code == 401


async def test_a_resident_is_greeted_by_number_and_tier_and_nothing_else(page):
    await seed.seed()
    person = await resident(tier=2)
    reply = await page.post("/sessions", json={"ticket": await ticket_of(person, APP)})
    assert reply.status_code == 201, reply.text
    me = reply.json()
    assert me["openid_short"] == service.openid_of(APP, person.subject)[:6].upper()
    assert me["greeting"].startswith("您好")
    assert me["tier_name"] == "中级实名"
    assert "李明轩" not in reply.text
    assert reply.headers["access-control-allow-origin"] == service.origin_of(APP)
    headers = {"authorization": f"Bearer {me['session']}"}
    mine = (await page.get("/application", headers=headers)).json()
    assert sum(step["now"] for step in mine["steps"]) == 1


async def test_a_browsers_preflight_is_answered_for_our_page_only(page):
    asked = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    ours = await page.options("/sessions", headers=asked)
    assert (ours.status_code, ours.headers["access-control-allow-origin"]) == (
        204,
        service.origin_of(APP),
    )
    foreign = await page.options("/sessions", headers=asked | {"origin": "http://evil.example"})
    assert foreign.status_code == 403
