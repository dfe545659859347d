"""Both modes with two real relying parties: their own processes, pages and sessions (R-ID-29, 31).

The browser is an HTTP client that follows redirects; the officer's sign-in to the platform is
the one thing it begins with.
"""

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
import pytest

from app_server.kernel.principal import Principal
from app_server.kernel.settings import Settings
from auth.grants import service as grants
from auth.staff import service as staff
from auth.staff.service.demo import CLIENT_SECRET, MAPPED, UNIFIED
from tests.builders.grants import signed_in
from tests.builders.staff import (
    PROVINCE,
    administrator,
    department,
    mapped_system,
    officer,
    unified_system,
)


@dataclass
class Browser:
    """Cookies per origin, sent over plain HTTP too (httpx would drop the `Secure` ones here)."""

    http: httpx.AsyncClient
    jars: dict[str, dict[str, str]] = field(default_factory=dict)

    async def open(self, url: str, method: str = "GET", **options) -> httpx.Response:
        """Go somewhere, and wherever that leads within a few steps."""
        for _ in range(8):
            jar = self.jars.setdefault(urlsplit(url).netloc, {})
            headers = {"cookie": "; ".join(f"{k}={v}" for k, v in jar.items())}
            reply = await self.http.request(method, url, headers=headers, **options)
            for line in reply.headers.get_list("set-cookie"):
                name, _, value = line.partition(";")[0].partition("=")
                jar[name] = value
            if not reply.is_redirect:
                return reply
            url, method, options = str(reply.url.join(reply.headers["location"])), "GET", {}
        raise AssertionError("round in circles")


@pytest.fixture
async def browse(database, listeners, monkeypatch):
    """A maker of browsers in which an officer is signed in to the platform."""
    monkeypatch.setattr(Settings, "origin", lambda _, surface: listeners[surface])
    async with httpx.AsyncClient(timeout=20, trust_env=False) as http:

        async def of(who: Principal) -> Browser:
            known = await signed_in(who)
            return Browser(http, {urlsplit(listeners["staff"]).netloc: dict(known.cookies)})

        yield of


async def _party(system, url: str) -> None:
    await grants.register_relying_party(
        Principal(name="测试"),
        grants.RelyingParty(
            client_id=system.client_id,
            name=system.name,
            realm="staff",
            region="340000",
            redirect_uris=(f"{url}/callback",),
            backchannel_logout_uri=f"{url}/backchannel-logout",
            login_scopes=("openid", "profile", "staff"),
            scopes=("staff.bind",),
            secret=CLIENT_SECRET,
        ),
    )


async def _inside(browser: Browser, url: str) -> str:
    reply = await browser.open(f"{url}/whoami")
    return reply.text if reply.status_code == 200 else ""


async def test_mode_a_the_department_signs_on_whom_the_platform_keeps(
    browse, department_systems, deliver
) -> None:
    url, by = department_systems["unified"], await administrator()
    owner = await department("督办局", "340000", "11340000MBDM00143F")
    await unified_system(by, owner, f"{url}/scim/v2")
    await _party(UNIFIED, url)
    member = await officer("supervisor", login="li.in", region="340000", org="11340000MBDM00143F")
    stranger = await officer("supervisor", login="li.out", region="340000", org=PROVINCE)
    await deliver()

    browser = await browse(member)
    assert "您好" in (await browser.open(f"{url}/login")).text
    assert await _inside(browser, url) == "li.in"
    outside = await browse(stranger)
    await outside.open(f"{url}/login")
    assert await _inside(outside, url) == ""

    # The leaver's session over there dies with the account, by the push and by the back channel.
    await staff.cancel(by, member.id, 1, "离职")
    began = time.perf_counter()
    await deliver()
    assert await _inside(browser, url) == ""
    assert time.perf_counter() - began < 5
    await browser.open(f"{url}/login")
    assert await _inside(browser, url) == ""


async def test_mode_a_a_transfer_out_of_the_department_ends_it_too(
    browse, department_systems, deliver
) -> None:
    url, by = department_systems["unified"], await administrator()
    owner = await department("督办局", "340000", "11340000MBDM00143F")
    await unified_system(by, owner, f"{url}/scim/v2")
    await _party(UNIFIED, url)
    member = await officer("supervisor", login="li.in", region="340000", org="11340000MBDM00143F")
    await deliver()
    browser = await browse(member)
    await browser.open(f"{url}/login")
    assert await _inside(browser, url) == "li.in"
    elsewhere = await department("别的局", "340000", "11340000MBDM00151A")
    await staff.transfer(by, member.id, 1, staff.PostWanted(elsewhere, ("supervisor",)), "调出")
    await deliver()
    assert await _inside(browser, url) == ""
    again = await browse(member)
    await again.open(f"{url}/login")
    assert await _inside(again, url) == ""


async def test_mode_b_the_officer_binds_once_and_is_signed_on_as_the_local_account(
    browse, department_systems, deliver
) -> None:
    url, by = department_systems["mapped"], await administrator()
    system_id = await mapped_system(by, url)
    await _party(MAPPED, url)
    member = await officer("supervisor", login="li.map", region="340000", org=PROVINCE)
    browser = await browse(member)
    await browser.open(f"{url}/login")
    assert await _inside(browser, url) == "", "nobody is signed on without a mapping"

    code, page = await staff.bind_code(member, system_id)
    typed = {"account": "dagl_zhao", "password": "archive-2026", "code": code.text}
    assert "绑定成功" in (await browser.open(page, "POST", data=typed)).text
    assert "您好" in (await browser.open(f"{url}/login")).text
    assert await _inside(browser, url) == "dagl_zhao"

    # Unbinding stops signing on through us; the account works with its own password.
    await staff.unbind_own(member, system_id)
    fresh = await browse(member)
    await fresh.open(f"{url}/login")
    assert await _inside(fresh, url) == ""
    await fresh.open(f"{url}/", "POST", data=typed)
    assert await _inside(fresh, url) == "dagl_zhao"


async def test_mode_b_the_session_of_a_leaver_dies_by_the_back_channel(
    browse, department_systems, deliver
) -> None:
    url, by = department_systems["mapped"], await administrator()
    system_id = await mapped_system(by, url)
    await _party(MAPPED, url)
    member = await officer("supervisor", login="li.map", region="340000", org=PROVINCE)
    code, page = await staff.bind_code(member, system_id)
    browser = await browse(member)
    typed = {"account": "dagl_zhao", "password": "archive-2026", "code": code.text}
    await browser.open(page, "POST", data=typed)
    await browser.open(f"{url}/login")
    assert await _inside(browser, url) == "dagl_zhao"
    await staff.cancel(by, member.id, 1, "离职")
    await deliver()
    await asyncio.sleep(0)
    assert await _inside(browser, url) == ""
