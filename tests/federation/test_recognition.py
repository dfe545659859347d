"""Recognition at the province alone: other provinces, one sign-in for two cities, the own record."""

import re
import secrets
import time

import httpx
import jwt
import pytest

from app_server.kernel import db
from auth.federation.rules import USER_RECORD, fits_record
from auth.identity import service as identity
from auth.people import service as people
from tests.builders.federation import BOZHOU, HEFEI, city
from tests.builders.grants import claims_of, pkce, query_of, signed_in
from tests.builders.people import bearer, resident

GU = "320102199105200011"


async def opened(public, home: str):
    reply = await public.post("/federation/sign-ins", json={"home": home})
    assert reply.status_code == 201, reply.text
    mark = re.search(r"__Host-federation=([^;]+)", reply.headers["set-cookie"]).group(1)
    return reply.json(), {"cookie": f"__Host-federation={mark}"}


async def national_ticket(simulators, page: str, user: str = GU) -> str:
    request = page.partition("request=")[2]
    async with httpx.AsyncClient(trust_env=False) as client:
        reply = await client.post(
            f"{simulators['national']}/__tickets", json={"request": request, "user": user}
        )
    return reply.json()["redirect_to"].partition("#ticket=")[2]


@pytest.mark.parametrize("home", ["34160", "3416000", "abcdef", ""])
async def test_a_home_that_is_no_division_is_refused(home, public):
    assert (await public.post("/federation/sign-ins", json={"home": home})).status_code == 422


async def test_a_user_of_another_province_is_recognised_by_the_nations_word(public, simulators):
    told, cookie = await opened(public, "320100")
    assert (told["way"], told["authority_name"]) == ("national", "国家政务服务平台统一身份认证")
    ticket = await national_ticket(simulators, told["page"])
    path = f"/federation/sign-ins/{told['attempt']}/ticket"
    done = await public.post(path, json={"ticket": ticket}, headers=cookie)
    assert done.status_code == 201, done.text
    assert done.json()["authority"] == "urn:wanshi:authority:320000"
    assert (done.json()["person"]["display_name"], done.json()["person"]["tier"]) == ("顾*舟", 2)
    assert await db.value("SELECT count(*) FROM federation_home") == 0
    second, cookie = await opened(public, "320100")
    replayed = await public.post(
        f"/federation/sign-ins/{second['attempt']}/ticket", json={"ticket": ticket}, headers=cookie
    )
    assert replayed.json()["code"] == "federation.not_recognised"


async def test_a_made_up_ticket_recognises_nobody(public, simulators):
    told, cookie = await opened(public, "320100")
    path = f"/federation/sign-ins/{told['attempt']}/ticket"
    reply = await public.post(path, json={"ticket": secrets.token_urlsafe(24)}, headers=cookie)
    assert (reply.status_code, reply.json()["code"]) == (422, "federation.not_recognised")
    assert await db.value("SELECT count(*) FROM people_person") == 0


async def test_the_own_record_follows_the_standard_and_is_the_owners_alone(public):
    assert (await public.get("/me/user-record")).status_code == 401
    person = await resident(tier=2)
    reply = await public.get("/me/user-record", headers=await bearer(person))
    told = reply.json()
    assert told["schema_id"] == USER_RECORD["$id"]
    assert fits_record(told["user"])
    facts = await people.person(person.subject)
    assert (told["user"]["cert_no"], told["user"]["user_real_lvl"]) == (facts.id_number, "4")
    assert told["user"]["real_until"] is not None
    looked = "SELECT owner FROM kernel_audit WHERE action='federation.record_read'"
    assert await db.value(looked) == person.subject


async def sign_in(web, issuer: str, peer, row, browser):
    """One city's portal signs a browser in at the province, as OpenID Connect says."""
    verifier, challenge = pkce()
    reply = await web.get(
        f"{issuer}/oauth/authorize",
        params={
            "client_id": row.client_id, "redirect_uri": row.redirect_uris[0],
            "response_type": "code", "scope": "openid", "state": "s", "nonce": "n",
            "code_challenge": challenge, "code_challenge_method": "S256",
            "acr_values": "urn:wanshi:acr:t2",
        },
        headers=browser.headers,
    )  # fmt: skip
    told = query_of(reply.headers["location"])
    assert "code" in told, reply.headers["location"]
    now = int(time.time())
    proof = jwt.encode(
        {"iss": row.client_id, "sub": row.client_id, "aud": issuer, "iat": now, "exp": now + 60,
         "jti": secrets.token_hex(8)},
        peer.key, "ES256", headers={"kid": f"k-{peer.code}"},
    )  # fmt: skip
    tokens = await web.post(
        f"{issuer}/oauth/token",
        data={
            "grant_type": "authorization_code", "code": told["code"], "code_verifier": verifier,
            "redirect_uri": row.redirect_uris[0], "client_id": row.client_id,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": proof,
        },
    )  # fmt: skip
    assert tokens.status_code == 200, tokens.text
    return claims_of(tokens.json()["id_token"])


async def test_two_cities_accept_one_sign_in_and_its_level_without_a_second_check(web, listeners):
    person = await resident(tier=2)
    browser = await signed_in(person)
    proofs = len(await identity.evidence_of(person.subject))
    found = []
    for code in (HEFEI, BOZHOU):
        peer, row = await city(code, public_url=f"http://p{code}.localhost:9")
        found.append(await sign_in(web, listeners["public"], peer, row, browser))
    assert [claims["acr"] for claims in found] == ["urn:wanshi:acr:t2"] * 2
    assert found[0]["auth_time"] == found[1]["auth_time"]
    assert found[0]["sub"] != found[1]["sub"]
    assert len(await identity.evidence_of(person.subject)) == proofs
    assert await db.value("SELECT count(*) FROM grants_session") == 1
