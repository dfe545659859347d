"""Logging out: who is believed, who is asked, and every relying party hears of it."""

import re
from datetime import timedelta

import pytest

from app_server.kernel import clock, db
from auth.grants import service as grants
from tests.builders.grants import AFTER, Browser, Receiver, claims_of, signed_in
from tests.builders.people import resident

EVENT = "http://schemas.openid.net/event/backchannel-logout"


async def leave(party, browser: Browser, **asked: str):
    reply = await party.http.get(
        f"{party.issuer}/oauth/logout", params=asked, headers=browser.headers
    )
    browser.keep(reply)
    return reply


async def confirm(party, browser: Browser, page):
    form = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', page.text))
    reply = await party.http.post(
        f"{party.issuer}/oauth/logout/confirmation", data=form, headers=browser.headers
    )
    browser.keep(reply)
    return reply


async def test_a_party_with_the_sessions_own_id_token_is_believed(register):
    party = await register()
    browser = await signed_in(await resident())
    got = await party.tokens(browser)
    reply = await leave(
        party, browser,
        id_token_hint=got["id_token"], post_logout_redirect_uri=AFTER, state="bye & more",
    )  # fmt: skip
    assert reply.status_code == 303
    assert reply.headers["location"] == f"{AFTER}?state=bye+%26+more"
    assert browser.cookies.keys() == {"__Host-interaction"} or not browser.cookies
    assert not await grants.alive(browser.session)
    assert (await party.userinfo(got["access_token"])).status_code == 401


async def test_an_id_token_long_over_still_says_whose_session_it_was(register, monkeypatch):
    party = await register()
    browser = await signed_in(await resident())
    got = await party.tokens(browser)
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "_source", lambda: later)
    assert (await leave(party, browser, id_token_hint=got["id_token"])).status_code == 200
    assert not await grants.alive(browser.session)


async def test_without_proof_the_person_is_asked_and_a_stranger_cannot_answer(register):
    party = await register()
    browser, other = await signed_in(await resident()), await signed_in(await resident())
    page = await leave(
        party, browser, client_id=party.client_id, post_logout_redirect_uri=AFTER, state="s"
    )
    assert page.status_code == 200
    assert "合肥市公积金中心（测试）" in page.text
    assert "form-action 'self' http://127.0.0.1:9" in page.headers["content-security-policy"]
    assert await grants.alive(browser.session)
    assert (await confirm(party, other, page)).status_code == 400
    assert await grants.alive(browser.session)
    assert await grants.alive(other.session)
    done = await confirm(party, browser, page)
    assert (done.status_code, done.headers["location"]) == (303, f"{AFTER}?state=s")
    assert not await grants.alive(browser.session)


async def test_one_persons_id_token_does_not_sign_out_another(register):
    party = await register()
    mine, theirs = await signed_in(await resident()), await signed_in(await resident())
    got = await party.tokens(mine)
    page = await leave(party, theirs, id_token_hint=got["id_token"])
    assert page.status_code == 200
    assert "<form" in page.text
    assert await grants.alive(mine.session)
    assert await grants.alive(theirs.session)


async def test_every_party_of_the_session_hears_and_others_do_not(register, deliver):
    async with Receiver() as one, Receiver() as two, Receiver() as idle:
        first = await register(backchannel_logout_uri=one.url)
        second = await register(backchannel_logout_uri=two.url)
        await register(backchannel_logout_uri=idle.url)
        person = await resident()
        browser = await signed_in(person)
        got = [await party.tokens(browser) for party in (first, second, first)]
        elsewhere = await signed_in(person)
        await second.tokens(elsewhere)
        await grants.end_session(browser.session)
        await deliver()
        assert (len(one.tokens), len(two.tokens), len(idle.tokens)) == (1, 1, 0)
        for party, receiver, tokens in ((first, one, got[0]), (second, two, got[1])):
            told = claims_of(receiver.tokens[0])
            known = claims_of(tokens["id_token"])
            assert (told["iss"], told["aud"]) == (party.issuer, party.client_id)
            assert (told["sub"], told["sid"]) == (known["sub"], known["sid"])
            assert told["events"] == {EVENT: {}}
            assert "nonce" not in told
            assert told["exp"] - told["iat"] <= 120
        assert await grants.alive(elsewhere.session)


async def test_a_party_that_is_away_is_told_again_with_the_same_logout(
    register, deliver, monkeypatch
):
    async with Receiver() as receiver:
        receiver.answers = [503, 200]
        party = await register(backchannel_logout_uri=receiver.url)
        browser = await signed_in(await resident())
        await party.tokens(browser)
        await grants.end_session(browser.session)
        await deliver()
        assert len(receiver.tokens) == 1
        later = clock.now() + timedelta(minutes=5)
        monkeypatch.setattr(clock, "_source", lambda: later)
        await deliver()
        assert len(receiver.tokens) == 2
        assert len({claims_of(token)["jti"] for token in receiver.tokens}) == 1
        states = await db.rows(
            "SELECT state FROM kernel_delivery WHERE handler='auth.grants.tell_relying_party'"
        )
        assert [row["state"] for row in states] == ["done"]


async def test_a_party_that_refuses_for_good_is_parked_and_not_asked_on(register, deliver):
    async with Receiver() as receiver:
        receiver.answers = [400]
        party = await register(backchannel_logout_uri=receiver.url)
        browser = await signed_in(await resident())
        await party.tokens(browser)
        await grants.end_session(browser.session)
        await deliver()
        state = await db.value(
            "SELECT state FROM kernel_delivery WHERE handler='auth.grants.tell_relying_party'"
        )
        assert state == "parked"


async def test_a_stolen_session_that_is_found_out_is_told_as_well(register, deliver, monkeypatch):
    from auth.grants.errors import SessionOver

    async with Receiver() as receiver:
        party = await register(backchannel_logout_uri=receiver.url)
        person = await resident()
        granted = await grants.open_session("person", person.id, "web")
        browser = await signed_in(person)
        browser.session = granted.principal.session
        from auth.grants.service import oauth

        browser.cookies = {"__Host-session-sso": oauth.sso_mark(browser.session)}
        await party.tokens(browser)
        await grants.refresh(granted.refresh_token, "person")
        later = clock.now() + timedelta(seconds=30)
        monkeypatch.setattr(clock, "_source", lambda: later)
        with pytest.raises(SessionOver):
            await grants.refresh(granted.refresh_token, "person")
        await deliver()
        assert len(receiver.tokens) == 1
