"""Twisted authorisation requests and pushes: every one is refused, and nobody is sent astray."""

import asyncio
from urllib.parse import urlencode

import pytest

from tests.builders.grants import BACK, ProofKey, query_of, signed_in, told_to
from tests.builders.people import resident

ASTRAY = {
    "an address that is not registered": {"redirect_uri": "https://evil.example/callback"},
    "a path more": {"redirect_uri": f"{BACK}/more"},
    "a query more": {"redirect_uri": f"{BACK}?next=evil"},
    "a fragment": {"redirect_uri": f"{BACK}#part"},
    "capitals": {"redirect_uri": BACK.upper()},
    "a port more": {"redirect_uri": BACK.replace(":9/", ":99/")},
    "a user before the host": {"redirect_uri": BACK.replace("//", "//evil@")},
    "dots in the path": {"redirect_uri": BACK.replace("callback", "x/../callback")},
    "an encoded letter": {"redirect_uri": BACK.replace("callback", "%63allback")},
    "a script": {"redirect_uri": "javascript:alert(1)"},
    "no address": {"redirect_uri": None},
    "an unknown client": {"client_id": "nobody"},
    "no client": {"client_id": None},
    "a client of another case": {"client_id": "RP-0000"},
    "a client longer than any": {"client_id": "x" * 2000},
}
REFUSED = {
    "no challenge": ({"code_challenge": None}, "invalid_request"),
    "no method (plain by default)": ({"code_challenge_method": None}, "invalid_request"),
    "plain": ({"code_challenge_method": "plain"}, "invalid_request"),
    "s256 in small letters": ({"code_challenge_method": "s256"}, "invalid_request"),
    "a short challenge": ({"code_challenge": "x" * 42}, "invalid_request"),
    "a long challenge": ({"code_challenge": "x" * 44}, "invalid_request"),
    "a padded challenge": ({"code_challenge": "x" * 42 + "="}, "invalid_request"),
    "the implicit flow": ({"response_type": "token"}, "unsupported_response_type"),
    "the hybrid flow": ({"response_type": "code id_token"}, "unsupported_response_type"),
    "an ID token at once": ({"response_type": "id_token"}, "unsupported_response_type"),
    "no response type": ({"response_type": None}, "invalid_request"),
    "answer in the fragment": ({"response_mode": "fragment"}, "invalid_request"),
    "no openid": ({"scope": "profile"}, "invalid_scope"),
    "no scope": ({"scope": None}, "invalid_scope"),
    "a scope of ours": ({"scope": "openid admin"}, "invalid_scope"),
    "a scope that is not registered": ({"scope": "openid id_number"}, "invalid_scope"),
    "a staff scope": ({"scope": "openid staff"}, "invalid_scope"),
    "a request object": ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
    "a request object elsewhere": (
        {"request_uri": "http://127.0.0.1:9/r"}, "request_uri_not_supported"),
    "a registration": ({"registration": "{}"}, "registration_not_supported"),
    "another resource": ({"resource": "https://api.example"}, "invalid_target"),
    "silence and a log-in": ({"prompt": "none login"}, "invalid_request"),
    "an unknown prompt": ({"prompt": "create"}, "invalid_request"),
    "a negative age": ({"max_age": "-1"}, "invalid_request"),
    "an age in words": ({"max_age": "soon"}, "invalid_request"),
    "an endless age": ({"max_age": "9" * 40}, "invalid_request"),
    "a nonce too long": ({"nonce": "n" * 401}, "invalid_request"),
    "claims no JSON": ({"claims": "{"}, "invalid_request"),
    "claims a list": ({"claims": "[]"}, "invalid_request"),
    "claims nested deep": ({"claims": "[" * 2000}, "invalid_request"),
    "an ID token that is none": ({"id_token_hint": "a.b.c"}, "invalid_request"),
    "a key thumbprint that is none": ({"dpop_jkt": "x"}, "invalid_request"),
    "an acr nobody yields": ({"acr_values": "urn:wanshi:acr:t3"},
                             "unmet_authentication_requirements"),
    "an essential acr nobody knows": (
        {"claims": '{"id_token":{"acr":{"essential":true,"value":"gold"}}}'},
        "unmet_authentication_requirements"),
}  # fmt: skip


def test_the_lists_are_as_long_as_the_reference_asks():
    assert len(ASTRAY) + len(REFUSED) >= 15


@pytest.fixture
async def party(register):
    return await register(login_scopes=("openid", "offline_access", "profile"))


@pytest.mark.parametrize("name", ASTRAY)
async def test_nobody_is_sent_where_the_party_is_not(name, party):
    reply = await party.authorize(await signed_in(await resident()), **ASTRAY[name])
    assert reply.status_code == 400
    assert "location" not in reply.headers
    assert reply.headers["content-type"].startswith("text/html")
    assert "script" not in reply.headers["content-security-policy"].replace("'none'", "")


@pytest.mark.parametrize("name", REFUSED)
async def test_the_party_is_told_and_no_code_is_given(name, party, issuer):
    changes, error = REFUSED[name]
    told = told_to(await party.authorize(await signed_in(await resident()), **changes))
    assert (told["error"], told["state"], told["iss"]) == (error, "st-1", issuer)
    assert "code" not in told


@pytest.mark.parametrize("name", REFUSED)
async def test_the_same_is_refused_when_it_is_pushed(name, party):
    changes, error = REFUSED[name]
    form = {k: v for k, v in party.request(**changes).items() if k != "client_id"}
    reply = await party.post("par", **form)
    assert reply.status_code == 400
    expected = "invalid_request" if "request_uri" in changes else error
    assert reply.json()["error"] == expected


@pytest.mark.parametrize("twice", ["client_id", "redirect_uri", "scope", "state", "code_challenge"])
async def test_a_parameter_that_comes_twice_is_refused(twice, party):
    browser = await signed_in(await resident())
    asked = party.request()
    reply = await party.send([*asked.items(), (twice, asked[twice])], browser)
    assert reply.status_code == 400
    body = urlencode([*asked.items(), (twice, "other")])
    for path in ("authorize", "par", "token"):
        reply = await party.http.post(
            f"{party.issuer}/oauth/{path}",
            content=body,
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        assert reply.status_code == 400, path


async def test_a_body_of_another_kind_is_refused(party):
    for path in ("token", "par", "revoke", "introspect"):
        reply = await party.http.post(f"{party.issuer}/oauth/{path}", json={"grant_type": "x"})
        assert (reply.status_code, reply.json()["error"]) == (400, "invalid_request")


async def test_claims_cannot_be_asked_past_the_registration(party):
    browser = await signed_in(await resident())
    asked = '{"userinfo":{"id_number":null,"phone_number":null},"id_token":{"real_name":null}}'
    got = await party.tokens(browser, claims=asked)
    assert set((await party.userinfo(got["access_token"])).json()) == {"sub"}


async def test_a_pushed_request_is_used_once_even_fifty_times_at_once(party):
    browser = await signed_in(await resident())
    form = {k: v for k, v in party.request().items() if k != "client_id"}
    reference = (await party.post("par", **form)).json()["request_uri"]
    asked = {"client_id": party.client_id, "request_uri": reference}
    replies = await asyncio.gather(*(party.send(asked, browser) for _ in range(50)))
    assert [r.status_code for r in replies].count(303) == 1


async def test_a_pushed_request_is_over_after_a_minute(party, monkeypatch):
    from datetime import timedelta

    from app_server.kernel import clock

    form = {k: v for k, v in party.request().items() if k != "client_id"}
    reference = (await party.post("par", **form)).json()["request_uri"]
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "_source", lambda: later)
    reply = await party.send({"client_id": party.client_id, "request_uri": reference})
    assert reply.status_code == 400


async def test_what_comes_beside_a_reference_changes_nothing(party):
    browser = await signed_in(await resident())
    form = {k: v for k, v in party.request(state="pushed").items() if k != "client_id"}
    reference = (await party.post("par", **form)).json()["request_uri"]
    told = told_to(
        await party.send(
            {"client_id": party.client_id, "request_uri": reference, "state": "injected",
             "redirect_uri": "https://evil.example/", "scope": "openid profile"},
            browser,
        )
    )  # fmt: skip
    assert told["state"] == "pushed"
    assert (await party.exchange(told["code"])).json()["scope"] == "openid"


async def test_a_reference_cannot_be_pushed_or_made_up(party):
    browser = await signed_in(await resident())
    made_up = "urn:ietf:params:oauth:request_uri:made-up"
    form = {k: v for k, v in party.request().items() if k != "client_id"}
    assert (await party.post("par", **form, request_uri=made_up)).status_code == 400
    reply = await party.send({"client_id": party.client_id, "request_uri": made_up}, browser)
    assert reply.status_code == 400


async def test_a_push_needs_its_client(party, register):
    form = party.request()
    reply = await party.http.post(f"{party.issuer}/oauth/par", data=form)
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")
    other = await register()
    stolen = await other.post("par", **{k: v for k, v in form.items() if k != "client_id"})
    assert stolen.status_code == 201  # its own request then, with its own client and address
    asked = {"client_id": party.client_id, "request_uri": stolen.json()["request_uri"]}
    assert (await party.send(asked)).status_code == 400


async def test_a_push_proved_with_one_key_is_redeemed_with_no_other(party, issuer):
    key, stranger = ProofKey(), ProofKey()
    browser = await signed_in(await resident())
    form = {k: v for k, v in party.request().items() if k != "client_id"}
    pushed = await party.post("par", {"dpop": key.proof("POST", f"{issuer}/oauth/par")}, **form)
    asked = {"client_id": party.client_id, "request_uri": pushed.json()["request_uri"]}
    code = told_to(await party.send(asked, browser))["code"]
    url = f"{issuer}/oauth/token"
    wrong = await party.exchange(code, {"dpop": stranger.proof("POST", url)})
    assert wrong.json()["error"] == "invalid_dpop_proof"
    assert (await party.exchange(code, {"dpop": key.proof("POST", url)})).status_code == 200


async def test_a_push_with_a_key_and_another_thumbprint_is_refused(party, issuer):
    key = ProofKey()
    form = party.request(dpop_jkt=ProofKey().thumbprint)
    form.pop("client_id")
    reply = await party.post("par", {"dpop": key.proof("POST", f"{issuer}/oauth/par")}, **form)
    assert reply.json()["error"] == "invalid_request"


async def test_an_injected_code_fails_at_its_new_holder(party):
    """A code of one browser, carried into another's flow: the verifier does not fit (RFC 9700)."""
    victim = await signed_in(await resident())
    code = await party.code(victim)
    party.request()  # the attacker's own flow makes another verifier
    assert (await party.exchange(code)).json()["error"] == "invalid_grant"


async def test_every_answer_names_its_issuer_against_mix_up(party, issuer):
    browser = await signed_in(await resident())
    good = told_to(await party.authorize(browser))
    bad = told_to(await party.authorize(browser, scope="openid admin"))
    assert good["iss"] == bad["iss"] == issuer


async def test_what_a_party_says_is_not_run_on_our_page(party):
    reply = await party.authorize(client_id="<script>alert(1)</script>")
    assert "<script>" not in reply.text
    page = await party.http.get(
        f"{party.issuer}/oauth/logout",
        params={"state": '"><script>alert(1)</script>'},
        headers=(await signed_in(await resident())).headers,
    )
    assert "<form" in page.text
    assert "<script>" not in page.text


async def test_the_state_goes_back_as_it_came(party):
    state = "a b&c=d;e%20f+g/亳州'\"<>"
    reply = await party.authorize(await signed_in(await resident()), state=state)
    assert query_of(reply.headers["location"])["state"] == state


@pytest.mark.parametrize("text", ["\x00", "a\x00b"])
async def test_what_cannot_be_kept_is_refused(text, party):
    for name in ("state", "nonce", "login_hint"):
        reply = await party.authorize(await signed_in(await resident()), **{name: text})
        assert reply.status_code == 400
