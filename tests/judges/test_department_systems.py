"""Two departments' systems (Django, mozilla-django-oidc) log in unmodified, as their own processes."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.builders.grants import Browser, signed_in
from tests.builders.people import resident
from tests.conftest import PROJECT, _free_base

SCRIPT = PROJECT / "tests" / "judges" / "department_system.py"


@dataclass
class System:
    """One running system, and its own visitor (browsers keep cookies by host)."""

    url: str
    http: httpx.AsyncClient
    party: Any

    async def sign_in(self, browser: Browser) -> httpx.Response:
        """Press "log in" there; the browser goes to the provider and comes back."""
        there = await self.http.get(f"{self.url}/oidc/authenticate/")
        assert there.status_code == 302, there.text
        back = await self.party.http.get(there.headers["location"], headers=browser.headers)
        browser.keep(back)
        location = back.headers["location"]
        if "/authorise/" in location:
            return back
        landed = await self.http.get(location)
        assert landed.headers["location"] == f"{self.url}/whoami", landed.text
        return await self.http.get(landed.headers["location"])


@contextlib.asynccontextmanager
async def running(
    register: Any, folder: Path, scopes: str, extra: dict[str, str], **changes: Any
) -> AsyncIterator[System]:
    """A registered system on a real socket."""
    port = _free_base(1)
    party = await register(redirect_uris=(f"http://127.0.0.1:{port}/oidc/callback/",), **changes)
    told = await party.http.get(f"{party.issuer}/.well-known/openid-configuration")
    known = {
        "port": port, "client_id": party.client_id, "client_secret": party.secret,
        "database": str(folder / f"{port}.sqlite3"), "scopes": scopes, "extra": extra,
        "metadata": told.json(),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), json.dumps(known), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        assert await asyncio.wait_for(process.stdout.readline(), 30) == b"ready\n"
        async with httpx.AsyncClient(timeout=20, trust_env=False) as http:
            yield System(f"http://127.0.0.1:{port}", http, party)
    finally:
        process.terminate()
        await process.wait()


async def test_two_city_systems_accept_one_sign_in_and_get_the_assurance_with_it(
    register, tmp_path
):
    """R-ID-28 and R-ID-35: no second log-in, no second check; the level comes in the token."""
    acr = {"acr_values": "urn:wanshi:acr:t2", "max_age": "3600"}
    async with (
        running(register, tmp_path, "openid tier", {}, name="合肥市公积金中心（测试）") as hefei,
        running(register, tmp_path, "openid", acr, name="亳州市不动产登记系统（测试）") as bozhou,
    ):
        assert (await hefei.http.get(f"{hefei.url}/whoami")).status_code == 401
        browser = await signed_in(await resident(tier=2))
        page = (await hefei.sign_in(browser)).headers["location"]
        await hefei.party.approve(browser, page)  # consent, once, to tell the tier
        first = (await hefei.sign_in(browser)).json()
        second = (await bozhou.sign_in(browser)).json()
        assert first["acr"] == second["acr"] == "urn:wanshi:acr:t2"
        assert first["auth_time"] == second["auth_time"]
        assert first["subject"] != second["subject"]
        assert (await hefei.sign_in(browser)).json()["subject"] == first["subject"]


async def test_a_system_that_needs_more_leads_to_the_step_up_and_not_to_a_second_account(
    register, tmp_path
):
    async with running(
        register, tmp_path, "openid", {}, name="亳州市不动产登记系统（测试）", min_tier=2
    ) as system:
        browser = await signed_in(await resident(tier=1))
        reply = await system.sign_in(browser)
        assert "/authorise/" in reply.headers["location"]
        assert (await system.http.get(f"{system.url}/whoami")).status_code == 401


async def test_a_browser_without_the_begun_login_is_not_let_in(register, tmp_path):
    """The library keeps state and nonce: a code that was injected into it opens nothing."""
    async with running(register, tmp_path, "openid", {}) as system:
        browser = await signed_in(await resident())
        code = await system.party.code(browser)
        address = f"{system.url}/oidc/callback/?code={code}&state=st-1"
        reply = await system.http.get(address)
        assert reply.headers.get("location", "") != f"{system.url}/whoami"
        assert (await system.http.get(f"{system.url}/whoami")).status_code == 401
