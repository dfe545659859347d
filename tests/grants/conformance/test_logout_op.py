"""The modules of the OpenID suite's RP-initiated and back-channel logout plans, remade.

Where the suite lets a provider show an error page instead of asking, ours shows the page. Without
an ID token the person is asked first, and the module goes on after the answer.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from auth.grants import service as grants
from tests.builders.grants import AFTER, Browser, Party, Receiver, claims_of, signed_in
from tests.builders.people import resident


class Bench:
    """A resident who signed in to a relying party."""

    def __init__(self, party: Party, browser: Browser, token: str, heard: Receiver) -> None:
        self.party, self.browser, self.token, self.heard = party, browser, token, heard

    async def leave(self, **asked: str) -> Any:
        """Send the browser to the end-session endpoint."""
        return await self.party.http.get(
            f"{self.party.issuer}/oauth/logout", params=asked, headers=self.browser.headers
        )

    async def agree(self, page: Any) -> Any:
        """Press the button of the page that asks."""
        assert "<form" in page.text, page.text
        form = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', page.text))
        return await self.party.http.post(
            f"{self.party.issuer}/oauth/logout/confirmation",
            data=form,
            headers=self.browser.headers,
        )

    async def out(self) -> bool:
        """Whether the session is over, for the provider and for a silent request."""
        reply = await self.party.authorize(self.browser, prompt="none")
        silent = dict(parse_qsl(urlsplit(reply.headers["location"]).query))
        alive = await grants.alive(self.browser.session)
        assert alive == ("code" in silent)
        return not alive

    async def refused(self, **asked: str) -> None:
        """An error page, no redirect, and nobody signed out."""
        reply = await self.leave(**asked)
        assert reply.status_code == 400
        assert "location" not in reply.headers
        assert "无法登录" in reply.text
        assert not await self.out()


Module = Callable[[Bench], Awaitable[None]]
MODULES: dict[str, Module] = {}


def module(name: str) -> Callable[[Module], Module]:
    """Enter a case under the module's name."""

    def enter(run: Module) -> Module:
        MODULES[name] = run
        return run

    return enter


@module("oidcc-rp-initiated-logout-discovery-endpoint-verification")
async def _(bench: Bench) -> None:
    reply = await bench.party.http.get(f"{bench.party.issuer}/.well-known/openid-configuration")
    assert reply.json()["end_session_endpoint"] == f"{bench.party.issuer}/oauth/logout"


@module("oidcc-rp-initiated-logout")
async def _(bench: Bench) -> None:
    reply = await bench.leave(
        id_token_hint=bench.token, post_logout_redirect_uri=AFTER, state="s-1"
    )
    assert reply.headers["location"] == f"{AFTER}?state=s-1"
    assert await bench.out()


@module("oidcc-rp-initiated-logout-bad-post-logout-redirect-uri")
async def _(bench: Bench) -> None:
    await bench.refused(
        id_token_hint=bench.token, post_logout_redirect_uri="http://127.0.0.1:9/elsewhere"
    )


@module("oidcc-rp-initiated-logout-modified-id-token-hint")
async def _(bench: Bench) -> None:
    head, body, sign = bench.token.split(".")
    other = "A" if sign[0] != "A" else "B"
    await bench.refused(
        id_token_hint=f"{head}.{body}.{other}{sign[1:]}", post_logout_redirect_uri=AFTER
    )


@module("oidcc-rp-initiated-logout-no-id-token-hint")
async def _(bench: Bench) -> None:
    # Without an ID token nobody knows whose address it is.
    await bench.refused(post_logout_redirect_uri=AFTER, state="s-1")


@module("oidcc-rp-initiated-logout-no-params")
async def _(bench: Bench) -> None:
    page = await bench.leave()
    assert not await bench.out()
    done = await bench.agree(page)
    assert (done.status_code, "已退出登录" in done.text) == (200, True)
    assert await bench.out()


@module("oidcc-rp-initiated-logout-no-post-logout-redirect-uri")
async def _(bench: Bench) -> None:
    reply = await bench.leave(id_token_hint=bench.token, state="s-1")
    assert (reply.status_code, "已退出登录" in reply.text) == (200, True)
    assert await bench.out()


@module("oidcc-rp-initiated-logout-no-state")
async def _(bench: Bench) -> None:
    reply = await bench.leave(id_token_hint=bench.token, post_logout_redirect_uri=AFTER)
    assert reply.headers["location"] == AFTER
    assert await bench.out()


@module("oidcc-rp-initiated-logout-only-state")
async def _(bench: Bench) -> None:
    done = await bench.agree(await bench.leave(state="s-1"))
    assert (done.status_code, "已退出登录" in done.text) == (200, True)
    assert await bench.out()


@module("oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri")
async def _(bench: Bench) -> None:
    await bench.refused(id_token_hint=bench.token, post_logout_redirect_uri=f"{AFTER}?foo=bar")


@module("oidcc-rp-initiated-logout-bad-id-token-hint")
async def _(bench: Bench) -> None:
    await bench.refused(id_token_hint="not-a-token", post_logout_redirect_uri=AFTER)


@module("oidcc-backchannel-logout-discovery-endpoint-verification")
async def _(bench: Bench) -> None:
    reply = await bench.party.http.get(f"{bench.party.issuer}/.well-known/openid-configuration")
    told = reply.json()
    assert told["backchannel_logout_supported"] is True
    assert told["backchannel_logout_session_supported"] is True


@module("oidcc-backchannel-rp-initiated-logout")
async def _(bench: Bench) -> None:
    await bench.leave(id_token_hint=bench.token, post_logout_redirect_uri=AFTER, state="s-1")
    assert await bench.out()


def test_every_module_of_both_plans_is_here():
    back = {name for name in MODULES if "backchannel" in name}
    assert (len(MODULES) - len(back), len(back)) == (11, 2)


@pytest.mark.parametrize("name", MODULES)
async def test_module(name, register, deliver):
    async with Receiver() as heard:
        party = await register(backchannel_logout_uri=heard.url)
        browser = await signed_in(await resident())
        token = (await party.tokens(browser))["id_token"]
        bench = Bench(party, browser, token, heard)
        await MODULES[name](bench)
        over = not await grants.alive(browser.session)
        await deliver()
        assert len(heard.tokens) == (1 if over else 0)
        if over:
            assert claims_of(heard.tokens[0])["sid"] == claims_of(token)["sid"]
