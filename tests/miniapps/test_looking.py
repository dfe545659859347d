"""A real browser looks at every version before anybody agrees to it."""

import os
from pathlib import Path

import pytest

from app_server.kernel.settings import load
from miniapps import service
from miniapps.errors import NoSuchVersion, NotSeenYet
from miniapps.providers import browser
from miniapps.service import looking, publishing, reviewing
from tests.builders.miniapps import desk, files, manifest, team
from tests.builders.people import bearer
from tests.conftest import PROJECT

APP = "ah341600test"
CHROMIUM = os.environ.get("CHROMIUM", str(PROJECT / "var/assets/bin/chromium"))
GOOD = (
    b'<!doctype html><html lang="zh-CN"><head><meta name="viewport" content="width=device-width">'
    b"<title>\xe5\xba\x94\xe7\x94\xa8</title></head><body><main>"
    b'<h1>\xe6\xac\xa2\xe8\xbf\x8e</h1><script src="js/app.js"></script></main></body></html>'
)
BAD = (
    b'<!doctype html><html><head><meta name="viewport" content="width=device-width">'
    b"</head><body>"
    b'<p style="color:#aaa">\xe7\x81\xb0\xe8\x89\xb2\xe5\xad\x97</p><button></button>'
    b'<img src="none.png"><div style="width:900px">x</div>'
    b'<script src="js/broken.js"></script></body></html>'
)
BROKEN = (
    b"const i = document.createElement('img'); i.alt = '';"
    b"i.src = ['https:', '', 'cdn.example.cn', 'x.png'].join('/');"
    b"document.body.append(i); throw new Error('x')"
)
EMPTY = b'<!doctype html><html lang="zh"><head><title>t</title></head><body></body></html>'


@pytest.fixture
def with_browser(monkeypatch):
    """As where a browser is set up."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium (make setup)")
    settings = load().model_copy(update={"package_browser": CHROMIUM})
    for room in (browser, reviewing, publishing, looking):
        monkeypatch.setattr(room, "load", lambda: settings)


async def submitted(**more: bytes):
    facts = await service.upload(await team(), service.pack(files(manifest(min_tier=0), **more)))
    assert facts.state == "checked", facts.findings
    return await service.submit(await team(), facts.appid, facts.code)


async def seen_of():
    await service.look_at(APP, 1)
    facts = await service.version_facts(APP, 1)
    return facts, {(f["code"], f["level"]) for f in facts.findings}


async def test_nobody_agrees_to_what_the_browser_has_not_looked_at(database, with_browser):
    await submitted()
    with pytest.raises(NotSeenYet):
        await service.review(await desk("341600"), APP, 1, agree=True)
    refused = await service.review(await desk("341600"), APP, 1, agree=False, note="不合适")
    assert refused.state == "refused"


async def test_where_there_is_no_browser_reviewers_decide_without(database):
    await submitted()
    assert (await service.review(await desk("341600"), APP, 1, agree=True)).state == "city_approved"


async def test_an_upload_is_looked_at_once_by_a_worker(
    database, with_browser, deliver, staff_surface
):
    await submitted(**{"index.html": GOOD, "js/app.js": b"wanshi.auth.getTicket().catch(() => 0)"})
    await deliver()
    facts = await service.version_facts(APP, 1)
    assert [shot["mode"] for shot in facts.shots] == ["normal", "elder"]
    assert [f["message"] for f in facts.findings if f["code"].startswith(("browser", "a11y"))] == []
    agreed = await service.review(await desk("341600"), APP, 1, agree=True)
    assert agreed.state == "city_approved"
    headers = await bearer(await desk())
    one = f"/miniapps/{APP}/versions/1"
    told = (await staff_surface.get(one, headers=headers)).json()
    assert [shot["n"] for shot in told["shots"]] == [0, 1]
    picture = await staff_surface.get(f"{one}/pictures/1", headers=headers)
    assert picture.content.startswith(b"\xff\xd8")
    assert (await staff_surface.get(f"{one}/pictures/2", headers=headers)).status_code == 404
    assert (await staff_surface.get(f"{one}/pictures/0")).status_code == 401


async def test_what_is_hard_to_use_is_found_with_its_place(database, with_browser):
    await submitted(**{"index.html": BAD, "js/broken.js": BROKEN})
    facts, seen = await seen_of()
    for code in (
        "a11y.color-contrast",
        "a11y.button-name",
        "a11y.image-alt",
        "browser.error",
        "browser.missing",
        "browser.blocked",
        "page.overflow",
        "a11y.html-has-lang",
    ):
        assert (code, "warning") in seen, code
    assert {f["path"] for f in facts.findings if f["code"] == "page.overflow"} == {"index.html"}


async def test_a_page_that_stays_empty_is_not_agreed_to(database, with_browser):
    await submitted(**{"index.html": EMPTY, "js/unused.js": b"1"})
    _, seen = await seen_of()
    assert ("browser.blank", "error") in seen
    with pytest.raises(NotSeenYet, match="打不开"):
        await service.review(await desk("341600"), APP, 1, agree=True)


async def test_where_the_browser_fails_reviewers_are_told_and_go_on(
    database, with_browser, monkeypatch
):
    await submitted()
    monkeypatch.setattr(browser, "DEADLINE_S", 0.05)
    _, seen = await seen_of()
    assert ("browser.failed", "warning") in seen
    assert (await service.review(await desk("341600"), APP, 1, agree=True)).state == "city_approved"


async def test_there_is_no_picture_before_the_look(database):
    await submitted()
    with pytest.raises(NoSuchVersion):
        await service.picture(APP, 1, 0)
