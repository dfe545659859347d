"""Clients: what may be registered, and how each proves itself."""

import base64
import secrets
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from app_server.kernel import clock
from app_server.kernel.settings import Settings
from auth.grants import service as grants
from auth.grants.errors import RelyingPartyInvalid
from tests.builders.grants import OPERATOR, signed_in
from tests.builders.people import resident

KEY = ec.generate_private_key(ec.SECP256R1())
JWK = ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": "k1"}
WEAK = rsa.generate_private_key(65537, 1024)  # noqa: S505 - that is the point
KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def assertion(party, *, key=KEY, header=None, algorithm="ES256", **changes) -> str:
    now = int(time.time())
    claims = {
        "iss": party.client_id, "sub": party.client_id, "aud": party.issuer,
        "iat": now, "exp": now + 60, "jti": secrets.token_hex(8),
    } | changes  # fmt: skip
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key, algorithm, headers={"kid": "k1"} | (header or {}))


async def exchanged(party, code: str, **form: str):
    body = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": party.redirect_uri,
        "code_verifier": party.verifier,
    } | form  # fmt: skip
    return await party.http.post(f"{party.issuer}/oauth/token", data=body)


@pytest.fixture
async def keyed(register):
    return await register(auth_method="private_key_jwt", jwks=(JWK,))


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
async def test_a_client_proves_itself_by_its_own_method_only(method, register):
    party = await register(auth_method=method)
    browser = await signed_in(await resident())
    code = await party.code(browser)
    for other in {"client_secret_basic", "client_secret_post", "none"} - {method}:
        party.method = other
        refused = await party.exchange(code)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
        assert refused.headers["www-authenticate"].startswith("Basic")
    party.method = method
    assert (await party.exchange(code)).status_code == 200


async def test_a_wrong_secret_and_an_unknown_client_are_told_the_same(register):
    party = await register()
    party.secret = "not-the-secret"
    wrong = await party.refresh("x" * 43)
    party.client_id = "nobody"
    unknown = await party.refresh("x" * 43)
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


async def test_two_methods_at_once_are_refused(register):
    party = await register()
    reply = await party.post("token", grant_type="refresh_token", client_secret=party.secret)
    assert reply.json()["error"] == "invalid_request"


async def test_a_signed_assertion_is_taken_once(keyed):
    browser = await signed_in(await resident())
    proof = assertion(keyed)
    good = {"client_assertion_type": KIND, "client_assertion": proof}
    assert (await exchanged(keyed, await keyed.code(browser), **good)).status_code == 200
    again = await exchanged(keyed, await keyed.code(browser), **good)
    assert again.json()["error"] == "invalid_client"


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://elsewhere.example"},
        {"aud": None},
        {"iss": "somebody"},
        {"sub": "somebody"},
        {"exp": 1},
        {"exp": int(time.time()) + 86400},
        {"exp": None},
        {"jti": None},
        {"nbf": int(time.time()) + 86400},
        {"key": ec.generate_private_key(ec.SECP256R1())},
        {"header": {"kid": "k2"}},
        {"header": {"jku": "https://evil.example/keys"}},
        {"header": {"typ": "at+jwt"}},
        {"key": "secret-secret-secret-secret-secret-secret", "algorithm": "HS256"},
        {"key": None, "algorithm": "none"},
    ],
)
async def test_a_wrong_assertion_proves_nobody(changes, keyed):
    code = await keyed.code(await signed_in(await resident()))
    form = {"client_assertion_type": KIND, "client_assertion": assertion(keyed, **changes)}
    reply = await exchanged(keyed, code, **form)
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


async def test_a_basic_header_is_form_encoded_and_nothing_else(register):
    party = await register(client_id="city system/亳州", secret="s:e c+r%t-of-a-test-client")
    code = await party.code(await signed_in(await resident()))
    from urllib.parse import quote_plus

    plain = f"{quote_plus(party.client_id)}:{quote_plus(party.secret)}".encode()
    good = base64.b64encode(plain).decode()
    for header in (f"Basic {good}x", "Basic !!", "Basic " + base64.b64encode(b"no-colon").decode()):
        reply = await party.http.post(
            f"{party.issuer}/oauth/token", data={"code": code}, headers={"authorization": header}
        )
        assert reply.json()["error"] == "invalid_client"
    reply = await party.http.post(
        f"{party.issuer}/oauth/token",
        headers={"authorization": f"Basic {good}"},
        data={"grant_type": "authorization_code", "code": code, "code_verifier": party.verifier,
              "redirect_uri": party.redirect_uri},
    )  # fmt: skip
    assert reply.status_code == 200, reply.text


async def test_a_renewed_secret_works_at_once_and_the_old_one_for_a_day(register, monkeypatch):
    from datetime import timedelta

    party = await register()
    browser = await signed_in(await resident())
    old = party.secret
    new = await grants.rotate_client_secret(OPERATOR, party.client_id)
    for party.secret in (old, new):
        assert (await party.exchange(await party.code(browser))).status_code == 200
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(clock, "_source", lambda: later)
    party.secret = old
    assert (await party.exchange(await party.code(browser))).json()["error"] == "invalid_client"


async def test_a_disabled_client_is_refused_with_all_it_holds(register):
    party = await register()
    browser = await signed_in(await resident())
    got = await party.tokens(browser, scope="openid offline_access")
    await grants.disable_client(OPERATOR, party.client_id)
    assert (await party.userinfo(got["access_token"])).status_code == 401
    assert (await party.refresh(got["refresh_token"])).json()["error"] == "invalid_client"
    assert (await party.authorize(browser)).status_code == 400


async def test_a_machine_gets_its_partner_token_and_never_more(register, partner):
    await grants.add_client(
        client_id="machine", name="机器", scopes=["a.read", "a.write"], secret="s" * 32
    )
    party = await register()
    party.client_id, party.secret = "machine", "s" * 32
    got = await party.post("token", grant_type="client_credentials", scope="a.read")
    assert got.json()["scope"] == "a.read"
    principal, _ = grants.read(got.json()["access_token"], "partner")
    assert principal.scopes == {"a.read"}
    more = await party.post("token", grant_type="client_credentials", scope="a.read admin")
    assert more.json()["error"] == "invalid_scope"
    known = {"client_id": "machine", "client_secret": "s" * 32}
    assert (await partner.post("/tokens", json=known)).json()["scope"] == "a.read a.write"


async def test_a_relying_party_is_no_machine(register):
    party = await register()
    reply = await party.post("token", grant_type="client_credentials")
    assert reply.json()["error"] == "unauthorized_client"


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uris": ()},
        {"redirect_uris": ("http://city.example/callback",)},
        {"redirect_uris": ("https://city.example/callback#part",)},
        {"redirect_uris": ("https://*.example/callback",)},
        {"redirect_uris": ("https://user:pass@city.example/callback",)},
        {"redirect_uris": ("javascript:alert(1)",)},
        {"redirect_uris": ("https://city.example\\@evil.example/",)},
        {"post_logout_redirect_uris": ("http://city.example/",)},
        {"backchannel_logout_uri": "ftp://city.example/"},
        {"login_scopes": ("profile",)},
        {"login_scopes": ("openid", "admin")},
        {"realm": "staff", "login_scopes": ("openid", "id_number")},
        {"min_tier": 3},
        {"auth_method": "private_key_jwt"},
        {"auth_method": "client_secret_jwt"},
        {"auth_method": "private_key_jwt", "jwks": ({"kty": "oct", "k": "AAAA", "kid": "a"},)},
        {"auth_method": "private_key_jwt", "jwks": (ECAlgorithm.to_jwk(KEY, as_dict=True),)},
        {"auth_method": "private_key_jwt", "jwks": (RSAAlgorithm.to_jwk(
            WEAK.public_key(), as_dict=True) | {"kid": "r"},)},
    ],
)  # fmt: skip
async def test_a_registration_nobody_can_stand_for_is_refused(changes, register):
    with pytest.raises(RelyingPartyInvalid):
        await register(**changes)


async def test_production_takes_no_plain_addresses(register, monkeypatch):
    monkeypatch.setattr(Settings, "production", property(lambda _: True))
    with pytest.raises(RelyingPartyInvalid):
        await register(redirect_uris=("http://127.0.0.1:9/callback",))


async def test_a_client_does_not_change_its_realm(register):
    party = await register()
    with pytest.raises(RelyingPartyInvalid):
        await register(client_id=party.client_id, realm="staff", login_scopes=("openid",))
