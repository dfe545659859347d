"""Credentials: others' library reads ours, one flipped byte fails, a revocation shows at once."""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from sd_jwt.holder import SDJWTHolder
from sd_jwt.verifier import SDJWTVerifier

from app_server.kernel import db
from app_server.kernel.signing_keys import public_jwk
from app_server.licences import service as licences
from app_server.licences.errors import NoSuchLicence, NotShowable
from app_server.licences.rules import sd_jwt, status_list
from app_server.licences.rules.jose import BadToken, checked, encoded, opened
from tests.builders.licences import issued, keeper
from tests.builders.people import bearer, resident

ISSUER, HOLDER = ec.generate_private_key(ec.SECP256R1()), JWK.generate(kty="EC", crv="P-256")
KID = public_jwk(ISSUER)["kid"]
KEYS = {KID: ISSUER.public_key()}
ASKED = sd_jwt.Asked("nonce-of-the-verifier", "https://verifier.example")
NOW = datetime.now(UTC)
FACTS = {
    "holder_name": "李明轩",
    "holder_number": "341602199003074511",
    "content.place": ["谯城", 3],
}


def holder_key():
    return HOLDER.export_public(as_dict=True) | {}


def made(**claims):
    count = iter(range(1000))
    until = int((datetime.now(UTC) + timedelta(days=1)).timestamp())
    own = {"iss": "https://wanshi.example", "exp": until, "cnf": {"jwk": holder_key()}}
    return sd_jwt.issue(ISSUER, KID, own | claims, FACTS, lambda: f"salt-{next(count):016d}")


def shown(text, names, asked=ASKED, key=HOLDER):
    holder = SDJWTHolder(text)
    holder.create_presentation(dict.fromkeys(names, True), asked.nonce, asked.audience, key)
    return holder.sd_jwt_presentation


def verified(text, asked=ASKED, now=None):
    return sd_jwt.verify(text, KEYS, asked, now or datetime.now(UTC))


def judged(text, keys=KEYS):
    def key(_, header):
        return JWK.from_pyca(keys[header["kid"]])

    return SDJWTVerifier(text, key, ASKED.audience, ASKED.nonce).get_verified_payload()


def refused(text, **how):
    with pytest.raises(BadToken) as told:
        verified(text, **how)
    return told.value.reason


def test_another_library_and_ours_read_the_same_disclosed_facts_and_no_others():
    text = shown(made(), ["holder_name", "content.place"])
    assert judged(text) == verified(text)
    assert verified(text)["content.place"] == ["谯城", 3]
    assert "holder_number" not in verified(text)
    assert "341602199003074511" not in text
    header, payload = opened(text.partition("~")[0])
    assert (header["typ"], header["alg"], payload["_sd_alg"]) == ("dc+sd-jwt", "ES256", "sha-256")
    assert payload["_sd"] == sorted(payload["_sd"])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_one_changed_character_anywhere_fails(data):
    text = shown(made(), ["holder_name"])
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("ABCXYZabcxyz0189-_~."))
    if text[at] != other:
        assert refused(text[:at] + other + text[at + 1 :])


@pytest.mark.parametrize("part", ["token", "disclosure", "binding"])
def test_one_flipped_byte_fails_with_the_judge_too(part):
    token, disclosure, binding = shown(made(), ["holder_name"]).split("~")
    pieces = {"token": token, "disclosure": disclosure, "binding": binding}
    head, _, tail = pieces[part].rpartition(".")
    raw = bytearray(urlsafe_b64decode(tail + "=" * (-len(tail) % 4)))
    raw[len(raw) // 2] ^= 1
    pieces[part] = ".".join(filter(None, [head, urlsafe_b64encode(raw).rstrip(b"=").decode()]))
    text = "~".join(pieces.values())
    with pytest.raises(Exception):
        assert json.dumps(judged(text)["holder_name"])
    assert refused(text) in {"signature", "disclosure", "binding", "malformed"}


def test_another_holders_key_nonce_audience_and_time_are_refused():
    text = made()
    assert refused(shown(text, [], key=JWK.generate(kty="EC", crv="P-256"))) == "binding"
    assert refused(shown(text, []), asked=sd_jwt.Asked("another", ASKED.audience)) == "binding"
    assert refused(shown(text, []), asked=sd_jwt.Asked(ASKED.nonce, "x")) == "binding"
    later = datetime.now(UTC) + timedelta(minutes=6)
    assert refused(shown(text, []), now=later) == "binding"
    assert refused(text) == "binding"
    assert refused(shown(made(exp=int(NOW.timestamp()) - 1), [])) == "expired"


def test_a_disclosure_shown_twice_left_over_or_of_another_key_is_refused():
    text = made()
    token, *rest = text.split("~")
    twice = "~".join([token, rest[0], rest[0], ""])
    assert refused(twice, asked=None) == "disclosure"
    own = encoded(b'["salt","holder_name","X"]')
    assert refused(f"{token}~{own}~", asked=None) == "disclosure"
    with pytest.raises(BadToken):
        sd_jwt.verify(text, {"other": ISSUER.public_key()}, None, NOW)
    with pytest.raises(ValueError, match="open already"):
        sd_jwt.issue(ISSUER, KID, {"iss": "x"}, {"iss": "y"}, lambda: "s")


def test_a_status_list_is_packed_as_the_draft_packs_it():
    # The draft's own example of one bit per status: 0xb9 0xa3.
    bits = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
    listed = status_list.packed((n for n, bit in enumerate(bits) if bit), 16)
    raw = urlsafe_b64decode(listed["lst"] + "=" * (-len(listed["lst"]) % 4))
    assert zlib.decompress(raw) == b"\xb9\xa3"
    assert [status_list.is_set(listed, n) for n in range(16)] == [bool(bit) for bit in bits]
    with pytest.raises(BadToken):
        status_list.is_set(listed, 16)


async def wallet(deliver, name="李明轩"):
    holder, by = await resident(name=name), await keeper()
    made = await issued(holder, by)
    await deliver()
    return holder, by, made


async def test_only_the_holder_gets_a_credential_and_never_the_same_twice(public, deliver):
    holder, _, given_ = await wallet(deliver)
    path = f"/licences/{given_.id}/credentials"
    key = {k: holder_key()[k] for k in ("kty", "crv", "x", "y")}
    assert (await public.post(path, json={"holder_key": key})).status_code == 401
    stranger = await bearer(await resident(name="王芳"))
    other = await public.post(path, headers=stranger, json={"holder_key": key})
    assert other.status_code == 404
    headers = await bearer(holder)
    off_curve = {"holder_key": key | {"y": key["x"]}}
    assert (await public.post(path, headers=headers, json=off_curve)).status_code == 422
    texts = [
        (await public.post(path, headers=headers, json={"holder_key": key})).json()["credential"]
        for _ in range(2)
    ]
    one, two = (set(text.split("~")[1:-1]) for text in texts)
    assert not one & two


async def test_the_judge_verifies_ours_by_the_published_keys_and_a_revocation_shows_at_once(
    public, deliver
):
    holder, by, given_ = await wallet(deliver)
    made_ = await licences.credential(holder, given_.id, holder_key())
    text = shown(made_.text, ["holder_name", "content.housing"])
    base = str(public.base_url).partition("/api")[0]
    issuer = (await public.get(f"{base}/.well-known/jwt-vc-issuer")).json()
    (jwk,) = issuer["jwks"]["keys"]
    claims = judged(text, {jwk["kid"]: JWK(**jwk).get_op_key("verify")})
    assert (claims["iss"], claims["holder_name"]) == (issuer["issuer"], "李明轩")
    assert claims["content.housing"] == "public"
    place = claims["status"]["status_list"]

    async def revoked():
        path = f"/licence-status-lists/{place['uri'].rpartition('/')[2]}"
        reply = await public.get(path)
        assert reply.headers["content-type"] == "application/statuslist+jwt"
        header, payload = opened(reply.text)
        checked(reply.text, JWK(**jwk).get_op_key("verify"))
        assert (header["typ"], payload["sub"], payload["ttl"]) == (
            "statuslist+jwt",
            place["uri"],
            60,
        )
        return status_list.is_set(payload["status_list"], place["idx"])

    body = {"presentation": text, "nonce": ASKED.nonce, "audience": ASKED.audience}
    told = (await public.post("/licence-credential-checks", json=body)).json()
    assert (told["valid"], told["claims"]["holder_name"]) == (True, "李明轩")
    for move, state in (("suspend", True), ("resume", False), ("revoke", True)):
        now = (await licences.kept_licence(by, given_.id))[0].version
        await licences.act(by, given_.id, now, move, "持证人申请")
        assert await revoked() is state
    told = (await public.post("/licence-credential-checks", json=body)).json()
    assert (told["valid"], told["reason"], told["claims"]) == (False, "revoked", {})
    with pytest.raises(NotShowable):
        await licences.credential(holder, given_.id, holder_key())


async def test_places_are_random_and_a_list_that_was_not_begun_is_not_there(public, deliver):
    by = await keeper()
    for _ in range(4):
        await issued(await resident(), by)
    places = await db.rows("SELECT list_no, index FROM licences_status")
    assert len({tuple(row) for row in places}) == 4
    assert (await public.get("/licence-status-lists/0")).status_code == 404
    assert (await public.get("/licence-status-lists/99999")).status_code == 404
    with pytest.raises(NoSuchLicence):
        await licences.credential(await resident(), by.id, holder_key())
