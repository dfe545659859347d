"""From a relying party's request to a code: who is refused, who is asked, who goes straight on."""

from datetime import timedelta

import pytest

from app_server.kernel import clock, db
from app_server.kernel.principal import Principal
from auth.grants import service as grants
from auth.identity import service as identity
from auth.people import service as people
from tests.builders.grants import Browser, claims_of, query_of, signed_in, told_to
from tests.builders.people import bearer, resident, set_password

PASSWORD = "花戏楼前的石狮子8"


async def shown(party, browser: Browser, page: str) -> dict:
    reply = await party.http.get(
        f"{party.issuer}/api/v1/oauth/interactions/{page.rpartition('/')[2]}",
        headers=browser.headers | browser.bearer,
    )
    assert reply.status_code == 200, reply.text
    return reply.json()


async def decided(party, browser: Browser, page: str, **body):
    return await party.http.post(
        f"{party.issuer}/api/v1/oauth/interactions/{page.rpartition('/')[2]}/decision",
        json=body,
        headers=browser.headers | browser.bearer,
    )


async def test_nobody_signed_in_is_led_to_the_page_with_nothing_but_a_number(register, issuer):
    party = await register()
    reply = await party.authorize(Browser())
    assert reply.status_code == 303
    assert reply.headers["location"].startswith(f"{issuer}/authorise/")
    cookie = reply.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("__host-interaction=", "httponly", "secure", "lax"))


async def test_one_who_is_signed_in_gets_a_code_and_the_party_its_tokens(register, issuer):
    party = await register()
    person = await resident(tier=2)
    browser = await signed_in(person)
    told = told_to(await party.authorize(browser))
    assert (told["state"], told["iss"]) == ("st-1", issuer)
    reply = await party.exchange(told["code"])
    assert reply.status_code == 200, reply.text
    assert reply.headers["cache-control"] == "no-store"
    got = reply.json()
    claims = claims_of(got["id_token"])
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (issuer, party.client_id, "n-1")
    assert claims["acr"] == "urn:wanshi:acr:t2"
    assert claims["amr"] == ["pwd"]
    assert str(person.id) not in str(claims)
    info = await party.userinfo(got["access_token"])
    assert info.json() == {"sub": claims["sub"]}


async def test_two_city_systems_accept_one_sign_in_and_cannot_join_the_person(register):
    """R-ID-28, R-ID-35: no second log-in, and the tier that was proved once is told to both."""
    hefei = await register(region="340100", name="合肥市公积金中心（测试）")
    bozhou = await register(region="341600", name="亳州市不动产登记系统（测试）", min_tier=2)
    browser = await signed_in(await resident(tier=2))
    first = claims_of((await hefei.tokens(browser))["id_token"])
    told = told_to(await bozhou.authorize(browser, acr_values="urn:wanshi:acr:t2"))
    second = claims_of((await bozhou.exchange(told["code"])).json()["id_token"])
    assert first["acr"] == second["acr"] == "urn:wanshi:acr:t2"
    assert first["auth_time"] == second["auth_time"]
    assert first["sub"] != second["sub"]
    assert first["sid"] != second["sid"]


async def test_clients_of_one_sector_see_one_person(register):
    one, two = await register(sector="hefei"), await register(sector="hefei")
    browser = await signed_in(await resident())
    subs = {claims_of((await p.tokens(browser))["id_token"])["sub"] for p in (one, two)}
    assert len(subs) == 1


async def test_the_page_is_told_who_asks_for_what_and_consent_is_asked_once(register):
    party = await register()
    browser = await signed_in(await resident())
    page = (await party.authorize(browser, scope="openid profile phone")).headers["location"]
    view = await shown(party, browser, page)
    assert view["client_name"] == "合肥市公积金中心（测试）"
    assert view["client_region"] == "安徽省合肥市"
    assert view["step"] == "consent"
    assert [s["name"] for s in view["scopes"] if s["needs_consent"]] == [
        "隐去部分字的姓名", "手机号码",
    ]  # fmt: skip
    told = await party.approve(browser, page)
    info = await party.userinfo((await party.exchange(told["code"])).json()["access_token"])
    assert info.json()["name"] == "李*轩"
    assert info.json()["phone_number"].startswith("+86139")
    again = told_to(await party.authorize(browser, scope="openid profile phone"))
    assert "code" in again


async def test_what_was_left_out_of_consent_is_not_told_and_asked_for_again(register):
    party = await register()
    browser = await signed_in(await resident())
    page = (await party.authorize(browser, scope="openid profile id_number")).headers["location"]
    told = await party.approve(browser, page, scopes=["profile"])
    got = (await party.exchange(told["code"])).json()
    assert got["scope"] == "openid profile"
    assert set((await party.userinfo(got["access_token"])).json()) == {"sub", "name"}
    again = await party.authorize(browser, scope="openid id_number")
    assert "/authorise/" in again.headers["location"]


async def test_consent_taken_back_closes_the_claim_at_once(register):
    party = await register()
    person = await resident()
    browser = await signed_in(person)
    got = await party.tokens(browser, scope="openid phone offline_access")
    purpose = await db.value(
        "SELECT purpose FROM people_consent WHERE person_id=$1 AND purpose LIKE 'phone.%'",
        person.id,
    )
    await party.http.delete(f"{party.issuer}/api/v1/me/consents/{purpose}", headers=browser.bearer)
    assert set((await party.userinfo(got["access_token"])).json()) == {"sub"}
    fresh = (await party.refresh(got["refresh_token"])).json()
    assert fresh["scope"] == "openid offline_access"


async def test_what_is_told_of_somebody_is_on_their_record(register):
    party = await register()
    person = await resident()
    got = await party.tokens(await signed_in(person), scope="openid real_name")
    await party.userinfo(got["access_token"])
    seen = await db.rows(
        "SELECT actor_name, facts::text AS facts FROM kernel_audit "
        "WHERE owner=$1 AND action='grants.claims_released'",
        person.id,
    )
    assert [row["actor_name"] for row in seen] == ["合肥市公积金中心（测试）"]
    assert "real_name" in seen[0]["facts"]
    assert "李明轩" not in seen[0]["facts"]


async def test_a_tier_too_low_is_told_to_the_page_and_the_flow_goes_on_after_the_step_up(register):
    party = await register()
    person = await resident(tier=1)
    browser = await signed_in(person)
    page = (await party.authorize(browser, acr_values="urn:wanshi:acr:t2")).headers["location"]
    view = await shown(party, browser, page)
    assert (view["step"], view["required_tier"], view["held_tier"]) == ("step_up", 2, 1)
    assert view["required_tier_name"] == "中级实名"
    refused = await decided(party, browser, page, decision="approve")
    assert (refused.status_code, refused.json()["code"]) == (401, "kernel.tier_required")
    assert "insufficient_user_authentication" in refused.headers["www-authenticate"]
    async with db.unit_of_work():
        await identity.add_evidence(person, person.id, "face_and_code")
    told = await party.approve(browser, page)
    claims = claims_of((await party.exchange(told["code"])).json()["id_token"])
    assert claims["acr"] == "urn:wanshi:acr:t2"


async def test_who_does_not_step_up_sends_the_party_the_word_for_it(register):
    party = await register()
    browser = await signed_in(await resident(tier=1))
    page = (await party.authorize(browser, acr_values="urn:wanshi:acr:t2")).headers["location"]
    reply = await decided(party, browser, page, decision="deny")
    told = query_of(reply.json()["redirect_to"])
    assert told["error"] == "unmet_authentication_requirements"


async def test_a_denial_goes_back_with_state_and_issuer_and_decides_for_good(register, issuer):
    party = await register()
    browser = await signed_in(await resident())
    page = (await party.authorize(browser, scope="openid phone")).headers["location"]
    told = query_of((await decided(party, browser, page, decision="deny")).json()["redirect_to"])
    assert (told["error"], told["state"], told["iss"]) == ("access_denied", "st-1", issuer)
    late = await decided(party, browser, page, decision="approve")
    assert (late.status_code, late.json()["code"]) == (404, "grants.no_such_interaction")


@pytest.mark.parametrize("tier", ["urn:wanshi:acr:t3", "urn:wanshi:acr:t3 urn:wanshi:acr:t3"])
async def test_the_highest_tier_is_proved_per_act_and_no_sign_in_yields_it(tier, register):
    party = await register()
    told = told_to(await party.authorize(await signed_in(await resident(tier=2)), acr_values=tier))
    assert told["error"] == "unmet_authentication_requirements"


async def test_an_old_sign_in_does_not_satisfy_a_short_max_age(register, monkeypatch):
    """Trap H04: a high tier in the SSO cookie must not stand in for a recent authentication."""
    party = await register()
    person = await resident(tier=2)
    await set_password(person.id, PASSWORD)
    browser = await signed_in(person)
    later = clock.now() + timedelta(minutes=8)
    monkeypatch.setattr(clock, "_source", lambda: later)
    asked = {"acr_values": "urn:wanshi:acr:t2", "max_age": "300"}
    page = (await party.authorize(browser, **asked)).headers["location"]
    assert (await shown(party, browser, page))["step"] == "reauthenticate"
    refused = await decided(party, browser, page, decision="approve")
    assert refused.json()["code"] == "grants.reauthentication_required"
    assert "max_age" in refused.headers["www-authenticate"]
    wrong = await party.http.post(
        f"{party.issuer}/api/v1/sessions/current/proof",
        json={"password": "not-this-one"},
        headers=browser.bearer,
    )
    assert wrong.json()["code"] == "grants.sign_in_refused"
    proved = await party.http.post(
        f"{party.issuer}/api/v1/sessions/current/proof",
        json={"password": PASSWORD},
        headers=browser.bearer,
    )
    assert proved.status_code == 204
    told = await party.approve(browser, page)
    claims = claims_of((await party.exchange(told["code"])).json()["id_token"])
    assert claims["auth_time"] == int(later.timestamp())


@pytest.mark.parametrize(
    ("signed", "asked", "error"),
    [
        (False, {}, "login_required"),
        (True, {"scope": "openid phone"}, "consent_required"),
        (True, {"acr_values": "urn:wanshi:acr:t2"}, "interaction_required"),
        (True, {"claims": '{"id_token":{"sub":{"value":"somebody-else"}}}'}, "login_required"),
    ],
)
async def test_a_silent_request_is_answered_with_what_is_missing(signed, asked, error, register):
    party = await register()
    browser = await signed_in(await resident(tier=1)) if signed else Browser()
    assert told_to(await party.authorize(browser, prompt="none", **asked))["error"] == error


async def test_another_browser_cannot_see_or_decide_a_request(register):
    party = await register()
    owner, stranger = await signed_in(await resident()), await signed_in(await resident())
    page = (await party.authorize(owner, scope="openid phone")).headers["location"]
    await party.authorize(stranger, scope="openid phone")  # gets a browser secret of its own
    for decision in ("approve", "deny"):
        reply = await decided(party, stranger, page, decision=decision)
        assert reply.status_code == 404
    assert (await shown(party, owner, page))["step"] == "consent"


async def test_a_session_that_ended_gives_no_code(register):
    party = await register()
    browser = await signed_in(await resident())
    await grants.end_session(browser.session)
    assert told_to(await party.authorize(browser, prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("mark", ["", "x", "{id}.", "{id}.AAAA", ".{sign}"])
async def test_a_forged_sso_mark_is_nobody(mark, register):
    party = await register()
    browser = await signed_in(await resident())
    name, value = next(iter(browser.cookies.items()))
    head, _, sign = value.partition(".")
    browser.cookies[name] = mark.format(id=head, sign=sign)
    assert told_to(await party.authorize(browser, prompt="none"))["error"] == "login_required"


async def test_the_sso_mark_opens_no_api(register):
    party = await register()
    browser = await signed_in(await resident())
    reply = await party.http.get(f"{party.issuer}/api/v1/me", headers=browser.headers)
    assert reply.status_code == 401


async def test_a_tier_that_fell_below_the_demand_ends_refreshing(register):
    party = await register()
    person = await resident(tier=2)
    browser = await signed_in(person)
    asked = {"scope": "openid offline_access", "acr_values": "urn:wanshi:acr:t2"}
    got = await party.tokens(browser, **asked)
    for proof in await identity.evidence_of(person.id):
        if proof.source == "face_and_code":
            await identity.revoke_evidence(Principal(name="测试"), proof.id, "测试")
    reply = await party.refresh(got["refresh_token"])
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_grant")


async def test_refreshing_raises_neither_tier_nor_time(register, monkeypatch):
    party = await register()
    person = await resident(tier=1)
    got = await party.tokens(await signed_in(person), scope="openid offline_access")
    before = claims_of(got["id_token"])
    async with db.unit_of_work():
        await identity.add_evidence(person, person.id, "face_and_code")
    later = clock.now() + timedelta(minutes=5)
    monkeypatch.setattr(clock, "_source", lambda: later)
    after = claims_of((await party.refresh(got["refresh_token"])).json()["id_token"])
    assert after["acr"] == before["acr"] == "urn:wanshi:acr:t1"
    assert after["auth_time"] == before["auth_time"]
    assert "nonce" not in after


async def test_one_who_signs_in_on_the_page_gets_both_cookies_and_goes_on(register, issuer):
    party = await register()
    person = await resident()
    await set_password(person.id, PASSWORD)
    browser = Browser()
    page = (await party.authorize(browser)).headers["location"]
    view = await shown(party, browser, page)
    assert view["step"] == "sign_in"
    reply = await party.http.post(
        f"{issuer}/api/v1/sessions",
        json={"login": (await people.person(person.id)).phone, "password": PASSWORD},
    )
    browser.keep(reply)
    assert {"__Host-session", "__Host-session-sso"} <= set(browser.cookies)
    browser.bearer = {"authorization": f"Bearer {reply.json()['access_token']}"}
    assert "code" in await party.approve(browser, page)
    assert "code" in told_to(await party.authorize(browser, prompt="none"))


async def test_a_partys_token_opens_nothing_of_ours(register, listeners):
    party = await register()
    got = await party.tokens(await signed_in(await resident(tier=2)))
    for path in ("/api/v1/me", "/api/v1/me/messages"):
        for token in (got["access_token"], got["id_token"]):
            reply = await party.http.get(
                f"{party.issuer}{path}", headers={"authorization": f"Bearer {token}"}
            )
            assert reply.status_code == 401


async def test_our_own_token_is_nobodys_at_userinfo(register):
    party = await register()
    own = await bearer(await resident())
    reply = await party.http.get(f"{party.issuer}/oauth/userinfo", headers=own)
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_token")


async def test_pushed_requests_work_once_and_only_for_who_pushed_them(register):
    party, other = await register(require_par=True), await register()
    browser = await signed_in(await resident())
    plain = told_to(await party.authorize(browser))
    assert plain["error"] == "invalid_request"
    pushed = await party.post(
        "par", **{k: v for k, v in party.request().items() if k != "client_id"}
    )
    assert pushed.status_code == 201, pushed.text
    assert pushed.json()["expires_in"] == 60
    reference = {"request_uri": pushed.json()["request_uri"]}
    stolen = await party.send({"client_id": other.client_id} | reference, browser)
    assert stolen.status_code == 400
    told = told_to(await party.send({"client_id": party.client_id} | reference, browser))
    assert (await party.exchange(told["code"])).status_code == 200
    again = await party.send({"client_id": party.client_id} | reference, browser)
    assert again.status_code == 400
    assert "text/html" in again.headers["content-type"]
