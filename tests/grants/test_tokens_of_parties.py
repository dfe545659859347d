"""What a relying party does with its tokens, alone and fifty times at once."""

import asyncio
from datetime import timedelta

import pytest

from app_server.kernel import clock, db
from auth.grants import service as grants
from auth.grants.rules import REFRESH_RACE
from auth.grants.service import oauth
from tests.builders.grants import OPERATOR, ProofKey, claims_of, signed_in
from tests.builders.people import resident
from tests.builders.staff import officer

LASTING = "openid offline_access"


async def holder(register, **changes):
    party = await register(**changes)
    browser = await signed_in(await resident(tier=1))
    return party, browser


async def test_fifty_exchanges_of_one_code_give_one_success_and_end_its_family(register):
    party, browser = await holder(register)
    code = await party.code(browser, scope=LASTING)
    replies = await asyncio.gather(*(party.exchange(code) for _ in range(50)))
    good = [reply.json() for reply in replies if reply.status_code == 200]
    assert len(good) == 1
    assert {r.json()["error"] for r in replies if r.status_code != 200} == {"invalid_grant"}
    # RFC 6749 §4.1.2: two holders of one code mean that one of them stole it.
    assert (await party.userinfo(good[0]["access_token"])).status_code == 401
    assert (await party.refresh(good[0]["refresh_token"])).status_code == 400
    assert await db.value("SELECT count(*) FROM grants_refresh_token") == 1


async def test_fifty_refreshes_at_once_give_one_new_token_and_the_family_lives(register):
    party, browser = await holder(register)
    got = await party.tokens(browser, scope=LASTING)
    replies = await asyncio.gather(*(party.refresh(got["refresh_token"]) for _ in range(50)))
    good = [reply.json() for reply in replies if reply.status_code == 200]
    assert len(good) == 1
    assert await db.value("SELECT count(*) FROM grants_refresh_token WHERE used_at IS NULL") == 1
    assert (await party.refresh(good[0]["refresh_token"])).status_code == 200


async def test_a_refresh_token_used_again_later_ends_the_family(register, monkeypatch):
    party, browser = await holder(register)
    got = await party.tokens(browser, scope=LASTING)
    fresh = (await party.refresh(got["refresh_token"])).json()
    later = clock.now() + REFRESH_RACE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "_source", lambda: later)
    assert (await party.refresh(got["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await party.refresh(fresh["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await party.userinfo(fresh["access_token"])).status_code == 401
    noted = "SELECT facts->>'reason' FROM kernel_audit WHERE action='grants.tokens_ended'"
    assert await db.value(noted) == "refresh_reuse"


async def test_a_code_used_again_ends_what_came_of_it(register):
    party, browser = await holder(register)
    code = await party.code(browser, scope=LASTING)
    got = (await party.exchange(code)).json()
    assert (await party.exchange(code)).json()["error"] == "invalid_grant"
    assert (await party.userinfo(got["access_token"])).status_code == 401
    assert (await party.refresh(got["refresh_token"])).status_code == 400


async def test_a_code_is_good_for_a_minute(register, monkeypatch):
    party, browser = await holder(register)
    code = await party.code(browser)
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "_source", lambda: later)
    assert (await party.exchange(code)).json()["error"] == "invalid_grant"


async def test_another_party_can_neither_use_nor_spoil_a_code(register):
    party, browser = await holder(register)
    other = await register()
    code = await party.code(browser)
    other.verifier = party.verifier
    assert (await other.exchange(code)).json()["error"] == "invalid_grant"
    assert (await party.exchange(code)).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"code_verifier": "x" * 43}, {"code_verifier": ""}, {"redirect_uri": "http://127.0.0.1:9/x"},
     {"code_verifier": "x" * 129}, {"redirect_uri": ""}],
)  # fmt: skip
async def test_a_wrong_verifier_or_address_gets_nothing_and_spoils_nothing(wrong, register):
    party, browser = await holder(register)
    code = await party.code(browser)
    assert (await party.exchange(code, **wrong)).json()["error"] == "invalid_grant"
    assert (await party.exchange(code)).status_code == 200


async def test_fewer_scopes_may_be_refreshed_and_never_more(register):
    party, browser = await holder(register)
    got = await party.tokens(browser, scope="openid offline_access profile")
    less = (await party.refresh(got["refresh_token"], scope="openid")).json()
    assert less["scope"] == "openid"
    assert set((await party.userinfo(less["access_token"])).json()) == {"sub"}
    more = await party.refresh(less["refresh_token"], scope="openid phone")
    assert more.json()["error"] == "invalid_scope"
    full = (await party.refresh(less["refresh_token"])).json()
    assert full["scope"] == "openid offline_access profile"


async def test_the_family_ends_with_the_session(register, deliver):
    party, browser = await holder(register)
    got = await party.tokens(browser, scope=LASTING)
    await grants.end_session(browser.session)
    assert (await party.userinfo(got["access_token"])).status_code == 401
    assert (await party.refresh(got["refresh_token"])).status_code == 400
    await deliver()
    assert await db.value("SELECT count(*) FROM grants_authorization WHERE revoked_at IS NULL") == 0


async def test_a_party_learns_of_its_own_tokens_and_of_nobody_elses(register):
    party, browser = await holder(register)
    other = await register()
    got = await party.tokens(browser, scope=LASTING)
    own = (await party.post("introspect", token=got["access_token"])).json()
    assert own["active"] is True
    assert (own["client_id"], own["acr"]) == (party.client_id, "urn:wanshi:acr:t1")
    assert own["sub"] == claims_of(got["id_token"])["sub"]
    assert (await party.post("introspect", token=got["refresh_token"])).json()["active"] is True
    for token in (got["access_token"], got["refresh_token"], "x", "a.b.c"):
        assert (await other.post("introspect", token=token)).json() == {"active": False}


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
async def test_a_revoked_token_takes_its_family_along(kind, register):
    party, browser = await holder(register)
    other = await register()
    got = await party.tokens(browser, scope=LASTING)
    assert (await other.post("revoke", token=got[kind])).status_code == 200
    assert (await party.userinfo(got["access_token"])).status_code == 200
    assert (await party.post("revoke", token=got[kind])).status_code == 200
    assert (await party.userinfo(got["access_token"])).status_code == 401
    assert (await party.refresh(got["refresh_token"])).status_code == 400
    assert (await party.post("introspect", token=got["access_token"])).json() == {"active": False}


async def test_tokens_and_codes_are_kept_as_digests_only(register):
    party, browser = await holder(register)
    code = await party.code(browser, scope=LASTING)
    got = (await party.exchange(code)).json()
    tables = ("grants_authorization", "grants_refresh_token", "grants_client",
              "grants_authorization_request", "kernel_event", "kernel_audit")  # fmt: skip
    kept = ""
    for table in tables:
        kept += str(await db.rows(f"SELECT t::text FROM {table} t"))
    for secret in (code, got["refresh_token"], got["access_token"], party.secret):
        assert secret not in kept


async def test_a_bound_token_works_with_its_key_only(register, issuer):
    party, browser = await holder(register, require_dpop=True)
    key, stranger = ProofKey(), ProofKey()
    url = f"{issuer}/oauth/token"
    code = await party.code(browser, scope=LASTING)
    bare = await party.exchange(code)
    assert bare.json()["error"] == "invalid_dpop_proof"
    got = (await party.exchange(code, {"dpop": key.proof("POST", url)})).json()
    assert got["token_type"] == "DPoP"
    assert claims_of(got["access_token"])["cnf"] == {"jkt": key.thumbprint}
    where = f"{issuer}/oauth/userinfo"

    async def ask(proof_key: ProofKey, scheme: str = "DPoP"):
        token = got["access_token"]
        headers = {
            "authorization": f"{scheme} {token}",
            "dpop": proof_key.proof("GET", where, token),
        }
        return await party.http.get(where, headers=headers)

    assert (await ask(key)).status_code == 200
    for refused in (await ask(stranger), await ask(key, "Bearer")):
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("DPoP")
    theft = await party.refresh(got["refresh_token"], {"dpop": stranger.proof("POST", url)})
    assert theft.json()["error"] == "invalid_dpop_proof"
    fresh = await party.refresh(got["refresh_token"], {"dpop": key.proof("POST", url)})
    assert fresh.json()["token_type"] == "DPoP"


async def test_a_code_bound_in_the_request_needs_that_key(register, issuer):
    party, browser = await holder(register)
    key, stranger = ProofKey(), ProofKey()
    url = f"{issuer}/oauth/token"
    code = await party.code(browser, dpop_jkt=key.thumbprint)
    assert (await party.exchange(code)).json()["error"] == "invalid_dpop_proof"
    wrong = await party.exchange(code, {"dpop": stranger.proof("POST", url)})
    assert wrong.json()["error"] == "invalid_dpop_proof"
    assert (await party.exchange(code, {"dpop": key.proof("POST", url)})).status_code == 200


async def test_a_rotated_key_is_published_first_and_the_old_one_stays(
    register, issuer, monkeypatch
):
    party, browser = await holder(register)
    old = await party.tokens(browser)

    async def kids() -> set[str]:
        reply = await party.http.get(f"{issuer}/.well-known/jwks.json")
        assert not {"d", "p", "q"} & {name for key in reply.json()["keys"] for name in key}
        return {key["kid"] for key in reply.json()["keys"]}

    before = await kids()
    fresh = await oauth.rotate_signing_key(OPERATOR, oauth.RESIDENTS)
    assert await kids() == before | {fresh}
    import jwt

    still = await party.tokens(browser)
    assert jwt.get_unverified_header(still["id_token"])["kid"] in before
    later = clock.now() + timedelta(minutes=10, seconds=1)
    monkeypatch.setattr(clock, "_source", lambda: later)
    new = await party.tokens(browser)
    assert jwt.get_unverified_header(new["id_token"])["kid"] == fresh
    assert await kids() == before | {fresh}
    hinted = await party.authorize(browser, id_token_hint=old["id_token"], prompt="none")
    assert "code=" in hinted.headers["location"]
    await oauth.retire_signing_key(OPERATOR, oauth.RESIDENTS, next(iter(before)))
    assert await kids() == {fresh}
    assert (await party.userinfo(old["access_token"])).status_code == 401


async def test_two_processes_make_one_first_key(web):
    sets = await asyncio.gather(*(oauth.key_set(oauth.STAFF) for _ in range(8)))
    assert len({s["keys"][0]["kid"] for s in sets}) == 1


async def test_each_realm_has_its_own_keys_issuer_and_clients(register, listeners, web):
    for surface in ("public", "staff"):
        told = (await web.get(f"{listeners[surface]}/.well-known/openid-configuration")).json()
        assert told["issuer"] == listeners[surface]
    public = (await web.get(f"{listeners['public']}/.well-known/jwks.json")).json()["keys"]
    staff = (await web.get(f"{listeners['staff']}/.well-known/jwks.json")).json()["keys"]
    assert not {key["kid"] for key in public} & {key["kid"] for key in staff}
    party = await register()
    party.issuer = listeners["staff"]
    reply = await party.authorize(await signed_in(await officer()))
    assert reply.status_code == 400
    assert "unknown client" in reply.text


async def test_nothing_of_the_protocol_stands_on_the_partner_listener(listeners, web):
    for path in ("/.well-known/openid-configuration", "/oauth/token", "/oauth/authorize"):
        assert (await web.get(f"{listeners['partner']}{path}")).status_code == 404


async def test_a_page_of_another_origin_may_read_what_needs_no_cookie(register, issuer):
    party = await register(auth_method="none")
    asked = await party.http.request("OPTIONS", f"{issuer}/oauth/token")
    assert asked.status_code == 204
    assert "dpop" in asked.headers["access-control-allow-headers"]
    for reply in (
        await party.http.get(f"{issuer}/.well-known/openid-configuration"),
        await party.http.get(f"{issuer}/.well-known/jwks.json"),
        await party.refresh("x"),
        await party.userinfo("x"),
    ):
        assert reply.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in reply.headers
    page = await party.authorize(await signed_in(await resident()))
    assert "access-control-allow-origin" not in page.headers
