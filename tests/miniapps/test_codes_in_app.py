"""OpenID Connect inside the shell: a code is handed over, and the app's own server exchanges it."""

import httpx
import jwt

from miniapps import service
from tests.builders.grants import pkce
from tests.builders.keyed_clients import key_pair, partner_headers, proof
from tests.builders.miniapps import released_app, team, ticket_of
from tests.builders.people import bearer, resident

APP = "ah341600test"


async def in_shell(public, person) -> tuple[dict, dict]:
    """An opened app of a signed-in person who agreed to be known, and a call for a code."""
    given = await bearer(person)
    opened = (await public.post(f"/miniapps/{APP}/launches", json={}, headers=given)).json()
    token = {"token": opened["token"]}
    yes = token | {"scope": "auth.ticket", "allow": True}
    path = f"/launches/{opened['launch_id']}"
    assert (await public.put(f"{path}/consents", json=yes, headers=given)).status_code == 204
    call = token | {"origin": opened["origin"], "method": "ah.auth.getCode"}
    return given, call | {"path": f"{path}/calls"}


async def code_of(public, given, call, **params):
    body = {k: v for k, v in call.items() if k != "path"} | {"params": params}
    return await public.post(call["path"], json=body, headers=given)


async def test_a_code_taken_in_the_shell_is_exchanged_by_the_apps_own_key(
    public, listeners, staff_surface
):
    await released_app()
    key, jwk = key_pair()
    mine = await bearer(await team())
    path = f"/miniapps/{APP}/oidc-client"
    kept = await staff_surface.put(path, json={"jwks": [jwk]}, headers=mine)
    assert (kept.status_code, kept.json()["client_id"]) == (200, f"miniapp:{APP}"), kept.text
    person = await resident(tier=2)
    given, call = await in_shell(public, person)
    verifier, challenge = pkce()
    told = await code_of(public, given, call, code_challenge=challenge, nonce="n-1")
    assert told.status_code == 200, told.text
    code = told.json()["value"]
    form = {
        "grant_type": "authorization_code",
        "code": code["code"],
        "redirect_uri": code["redirect_uri"],
        "code_verifier": verifier,
        "client_id": f"miniapp:{APP}",
    }
    async with httpx.AsyncClient(trust_env=False) as http:
        url = f"{listeners['public']}/oauth/token"
        stranger = await http.post(url, data=form)
        assert stranger.json()["error"] == "invalid_client"
        tokens = (await http.post(url, data=form | proof(key, f"miniapp:{APP}"))).json()
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert claims["nonce"] == "n-1"
    assert claims["sub"].startswith(service.openid_of(APP, person.subject))


async def test_a_code_needs_a_client_a_challenge_a_session_and_a_yes(public, staff_surface):
    await released_app()
    person = await resident(tier=2)
    given, call = await in_shell(public, person)
    _, challenge = pkce()
    none = await code_of(public, given, call, code_challenge=challenge)
    assert (none.status_code, none.json()["code"]) == (409, "miniapps.code_refused")
    mine = await bearer(await team())
    kept = await staff_surface.put(f"/miniapps/{APP}/oidc-client", json={}, headers=mine)
    assert kept.json()["secret"] != ""
    for wrong in ({}, {"code_challenge": "short"}, {"code_challenge": 7}):
        assert (await code_of(public, given, call, **wrong)).status_code == 409
    await service.revoke(person, APP)
    gone = await code_of(public, given, call, code_challenge=challenge)
    assert gone.json()["code"] == "miniapps.consent_needed"


async def test_a_client_that_proves_itself_by_a_key_gets_a_partner_token_too(
    database, listeners, partner
):
    await released_app()
    headers = await partner_headers(listeners["public"], APP)
    person = await resident()
    body = {"ticket": await ticket_of(person, APP)}
    told = await partner.post("/tickets/exchange", json=body, headers=headers)
    assert told.json()["openid"] == service.openid_of(APP, person.subject)
