"""The investment platform hears of projects once, tells back once, and signs people on."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx
import orjson
import pytest

from app_server.cases.events import BundleFiled, BundleFinished, BundlePartMoved
from app_server.cases.models import Bundle
from app_server.kernel import clock, db
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.kernel.settings import PROJECT as PROJECT_FOLDER
from app_server.kernel.settings import ConfigurationRefused, Settings
from app_server.themes import seed, service
from app_server.themes.errors import NotYourProject
from app_server.themes.providers import investment
from app_server.themes.service import investment as exchange
from tests.builders.bundles import titles
from tests.builders.grants import Party, signed_in
from tests.builders.people import bearer, resident
from tests.builders.themes import PROJECT

ACCOUNT = investment.InvestmentSettings()


@pytest.fixture
def platform(
    simulators: dict[str, str], listeners: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> str:
    """The simulated platform, which reaches this run's partner surface; its base URL."""
    monkeypatch.setenv("INVESTMENT_NOTIFY_ORIGIN", listeners["partner"])
    ours = investment.Investment(investment.InvestmentSettings())
    monkeypatch.setattr(exchange, "platform", lambda: ours)
    return simulators["investment"]


async def project_of(owner: Principal, code: str = PROJECT) -> Bundle:
    """A bundle that was filed for a project."""
    return await Bundle.create(
        bundle_no=f"TEST{uuid4().hex[:20]}",
        person_id=owner.subject,
        applicant="测试",
        tier=1,
        channel="web",
        template="investment-filing",
        template_version=1,
        project_code=code,
        name="企业投资项目备案一件事",
        region="340100",
        lead_org="11340100MBDM00071U",
        lead_name="合肥市发展和改革委员会",
        mode="general",
        on_refusal="go_on",
        state="running",
        opened_at=clock.now(),
    )


def news(row: Bundle, code: str) -> dict[str, Any]:
    return {
        "bundle_id": row.id,
        "bundle_no": row.bundle_no,
        "person_id": row.person_id,
        "name_of": row.name,
        "template": row.template,
        "project_code": code,
    }


async def call(url: str, told: Any = None) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as http:
        return await (http.get(url) if told is None else http.post(url, json=told))


async def progress(platform: str, code: str) -> list[dict[str, Any]]:
    told = (await call(f"{platform}/__progress")).json()["progress"]
    return [one for one in told if one["project_code"] == code]


async def tell(row: Bundle, code: str, *kinds: str) -> None:
    part = {"part": "filing", "item_name": "企业投资项目备案", "case_no": "1", "state": "approved"}
    async with db.unit_of_work():
        for kind in kinds:
            if kind == "filed":
                announce(BundleFiled(**news(row, code), due_on="2026-12-01"))
            elif kind == "part":
                announce(BundlePartMoved(**news(row, code), **part))
            else:
                announce(BundleFinished(**news(row, code), approved=1, total=1))


async def test_what_happens_to_a_project_is_told_in_its_order_and_nothing_else_is(
    database: None, platform: str, deliver: Any
) -> None:
    code = "2604-340100-04-01-100001"
    row = await project_of(await resident(), code)
    await tell(row, code, "filed", "part", "finished")
    await tell(row, "", "filed", "part", "finished")
    await deliver()
    told = await progress(platform, code)
    assert [one["kind"] for one in told] == ["filed", "part", "finished"]
    assert told[1]["state"] == "approved"
    # Nobody's name or id travels along.
    assert str(row.person_id) not in str(told)
    assert await progress(platform, "") == []


async def test_an_answer_that_is_lost_is_asked_for_and_not_told_twice(
    database: None, platform: str, deliver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "2604-340100-04-01-100002"
    row = await project_of(await resident(), code)
    await call(f"{platform}/__faults", {"lose_answers": 1})
    await tell(row, code, "filed")
    await deliver()
    await db.execute("UPDATE kernel_delivery SET run_at = now() WHERE state <> 'done'")
    await deliver()
    told = await progress(platform, code)
    assert [one["times"] for one in told] == [1]
    assert told[0]["delivery"] in (await call(f"{platform}/__progress")).json()["asked"]
    left = await db.value(
        "SELECT count(*) FROM kernel_delivery WHERE state <> 'done' AND handler LIKE '%themes%'"
    )
    assert left == 0


async def test_a_platform_that_is_down_hears_later_and_one_that_refuses_waits_for_a_person(
    database: None, platform: str, deliver: Any
) -> None:
    code = "2604-340100-04-01-100003"
    row = await project_of(await resident(), code)
    await call(f"{platform}/__faults", {"down": 1})
    await tell(row, code, "filed")
    await deliver()
    assert await progress(platform, code) == []
    await db.execute("UPDATE kernel_delivery SET run_at = now() WHERE state <> 'done'")
    await deliver()
    assert len(await progress(platform, code)) == 1
    await call(f"{platform}/__faults", {"refuse": 1})
    await tell(row, code, "part")
    await deliver()
    parked = await db.value("SELECT count(*) FROM kernel_delivery WHERE state = 'parked'")
    assert parked == 1


def notice(number: str, code: str = PROJECT, **more: Any) -> dict[str, Any]:
    told = {"number": number, "project_code": code, "kind": "result", "title": "项目已赋码"}
    return told | {"at": clock.now().isoformat(), "document_no": "皖发改备〔2026〕1号"} | more


async def sent(partner: httpx.AsyncClient, told: Any, **headers: str) -> httpx.Response:
    body = told if isinstance(told, str) else orjson.dumps(told).decode()
    signature = investment.signed(ACCOUNT, "POST", investment.NOTICES, body)
    return await partner.post("/callbacks/investment", content=body, headers=signature | headers)


async def test_a_strangers_notice_is_refused(
    partner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await project_of(await resident())
    body = orjson.dumps(notice("n-1")).decode()
    bare = await partner.post(
        "/callbacks/investment", content=body, headers={"content-type": "application/json"}
    )
    assert (bare.status_code, bare.json()["code"]) == (401, "themes.bad_notice")
    good = investment.signed(ACCOUNT, "POST", investment.NOTICES, body)
    late = good | {"x-investment-time": str(int(good["x-investment-time"]) - 301)}
    other = investment.signed(ACCOUNT, "GET", investment.NOTICES, body)
    names = good | {"x-investment-account": "else"}
    for headers in (late, other, names, good | {"x-investment-time": "²"}):
        raw = {k: v.encode() for k, v in headers.items()}
        reply = await partner.post("/callbacks/investment", content=body, headers=raw)
        assert reply.status_code == 401, headers
    changed = body.replace("项目已赋码", "项目已撤销")
    reply = await partner.post("/callbacks/investment", content=changed, headers=good)
    assert reply.status_code == 401
    assert await db.value("SELECT count(*) FROM themes_notice") == 0


async def test_a_notice_is_kept_exactly_once_and_reaches_who_filed(
    public: httpx.AsyncClient, partner: httpx.AsyncClient, deliver: Any
) -> None:
    owner = await resident()
    await project_of(owner)
    told = notice("n-2")
    replies = await asyncio.gather(*(sent(partner, told) for _ in range(20)))
    assert {reply.status_code for reply in replies} == {200}
    assert sorted(reply.json()["repeated"] for reply in replies) == [False] + [True] * 19
    differs = await sent(partner, told | {"title": "别的话"})
    assert (differs.status_code, differs.json()["code"]) == (409, "themes.notice_differs")
    await deliver()
    mine = await bearer(owner)
    assert (await titles(public, mine)).count("投资项目有新进展") == 1
    seen = (await public.get(f"/projects/{PROJECT}", headers=mine)).json()
    assert [one["document_no"] for one in seen["notices"]] == ["皖发改备〔2026〕1号"]
    assert await db.value("SELECT count(*) FROM kernel_audit WHERE action='themes.project_read'")
    other = await bearer(await resident(name="王芳"))
    assert (await public.get(f"/projects/{PROJECT}", headers=other)).status_code == 404


@pytest.mark.parametrize(
    "told",
    [
        "{",
        "[]",
        notice("n", kind="order"),
        notice("n", at="yesterday"),
        notice("n", at="2026-01-01T00:00:00"),
        notice("n", title=3),
        notice("n", title=""),
        notice("n", title="长" * 121),
        notice("n", note="a\x00b"),
        notice("n", code="2613-340100-04-01-123456"),
        notice(""),
    ],
)
async def test_a_signed_notice_that_cannot_be_read_changes_nothing(
    partner: httpx.AsyncClient, told: Any
) -> None:
    reply = await sent(partner, told)
    assert (reply.status_code, reply.json()["code"]) == (400, "themes.notice_unfit"), reply.text


async def test_who_files_later_for_anothers_code_hears_nothing_of_the_project(
    public: httpx.AsyncClient, partner: httpx.AsyncClient, deliver: Any
) -> None:
    owner, late = await resident(), await resident(name="王芳")
    await project_of(owner)
    with pytest.raises(NotYourProject):
        await exchange.needs_project(late, PROJECT)
    await exchange.needs_project(owner, PROJECT)
    # Even a bundle that slipped in at the same time shows nothing.
    await project_of(late)
    assert (await sent(partner, notice("n-3"))).status_code == 200
    await deliver()
    theirs = await bearer(late)
    assert await titles(public, theirs) == []
    assert (await public.get(f"/projects/{PROJECT}", headers=theirs)).status_code == 404
    assert len((await service.own_project(owner, PROJECT)).bundles) == 1


async def test_a_notice_about_nothing_filed_here_is_not_taken(partner: httpx.AsyncClient) -> None:
    reply = await sent(partner, notice("n-9", code="2604-340100-04-01-999999"))
    assert (reply.status_code, reply.json()["code"]) == (404, "themes.no_such_project")


async def test_the_platforms_own_process_tells_back_over_the_partner_surface(
    database: None, platform: str, deliver: Any
) -> None:
    code = "2604-340100-04-01-100004"
    owner = await resident()
    row = await project_of(owner, code)
    await tell(row, code, "filed")
    await deliver()
    told = notice("n-10", code=code)
    assert (await call(f"{platform}/__notice", told)).json() == {"repeated": False}
    assert (await call(f"{platform}/__notice", told)).json() == {"repeated": True}
    found = await service.own_project(owner, code)
    assert [one.number for one in found.notices] == ["n-10"]


async def test_production_refuses_the_simulators_account(monkeypatch: pytest.MonkeyPatch) -> None:
    class Production:
        production = True

    monkeypatch.setattr("app_server.kernel.settings.load", Production)
    with pytest.raises(ConfigurationRefused):
        _ = investment.InvestmentSettings().url
    with pytest.raises(ConfigurationRefused):
        _ = investment.InvestmentSettings(endpoint="https://invest.example").url


@pytest.fixture(scope="module")
def signing_on(listeners: dict[str, str]) -> Iterator[str]:
    """The platform as a process that knows this run's identity provider; its base URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {
        "PUBLIC_ORIGIN": listeners["public"],
        "SIMULATOR_BASE_PORT": str(port - ACCOUNT.simulator),
    }
    run = (sys.executable, "-c", "from app_server.cli import main; main()", "simulator")
    process = subprocess.Popen([*run, "investment"], cwd=PROJECT_FOLDER, env=env)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 30
    while not _ready(url):
        assert time.monotonic() < deadline, "the investment platform did not start"
        time.sleep(0.05)
    yield url
    process.terminate()
    process.wait(10)


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


async def test_one_sign_on_opens_the_platform_and_a_foreign_return_does_not(
    database: None, listeners: dict[str, str], signing_on: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "origin", lambda _, surface: listeners[surface])
    monkeypatch.setattr(investment.InvestmentSettings, "url", signing_on)
    await seed._sign_on()
    await seed._sign_on()
    browser = await signed_in(await resident(tier=2, name="周浩然"))
    async with httpx.AsyncClient(timeout=20, trust_env=False) as http:
        foreign = await http.get(f"{signing_on}/callback?code=x&state=y&iss=z")
        assert (foreign.status_code, "登录请求已失效" in foreign.text) == (403, True)
        begun = await http.get(f"{signing_on}/sign-on")
        asked = urlsplit(begun.headers["location"])
        party = Party(investment.CLIENT_ID, "", listeners["public"], http)
        led = await party.send(dict(parse_qsl(asked.query)), browser)
        told = await party.approve(browser, led.headers["location"])
        # The state cookie went to the same client; another browser has none.
        other = await httpx.AsyncClient(trust_env=False).get(f"{signing_on}/callback", params=told)
        assert other.status_code == 403
        home = await http.get(f"{signing_on}/callback", params=told)
        assert home.status_code == 200, home.text
        assert "周*然" in home.text
        again = await http.get(f"{signing_on}/callback", params=told)
        assert again.status_code == 403
