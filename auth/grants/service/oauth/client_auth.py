"""Which client calls: by Basic header, by form, by signed assertion, or public with PKCE alone."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote_plus

from jwt import PyJWK

from app_server.kernel import clock
from app_server.kernel.crypto import same
from auth.grants.errors import OAuthRefused
from auth.grants.models import Client
from auth.grants.rules import ASSERTION_ALGORITHMS, ASSERTION_LIFE
from auth.grants.service.clients import client_of, knows_secret
from auth.grants.service.jose import TokenRefused, decode, header_of, take_once
from auth.grants.service.oauth.realms import RESIDENTS, Realm

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request brings to prove its client, as it was found."""

    authorization: str = ""
    client_id: str | None = None
    client_secret: str | None = None
    assertion_type: str | None = None
    assertion: str | None = None


class ClientUnproved(OAuthRefused):
    """Unknown client, wrong proof or wrong method: one answer for all (RFC 6749 §5.2)."""

    def __init__(self) -> None:
        super().__init__(
            "invalid_client", "client authentication failed", challenge='Basic realm="wanshi"'
        )


async def proved_client(realm: Realm, given: Credentials) -> Client:
    """The client that proved itself by the method it registered; raises `OAuthRefused`."""
    method, client_id, secret = _method(given)
    client = await client_of(client_id, state="active")
    if client is None or not _may_call(client, realm) or client.auth_method != method:
        raise ClientUnproved
    if method.startswith("client_secret") and not knows_secret(client, secret):
        raise ClientUnproved
    if method == "private_key_jwt":
        await _check_assertion(realm, client, given.assertion or "")
    return client


def _may_call(client: Client, realm: Realm) -> bool:
    # A machine without a realm gets its partner token where residents' systems get theirs.
    return client.realm == realm.name or (not client.realm and realm is RESIDENTS)


def _method(given: Credentials) -> tuple[str, str, str]:
    """The method, the client it claims to be and its secret; exactly one method may be used."""
    scheme, _, rest = given.authorization.partition(" ")
    used = [scheme.lower() == "basic", given.client_secret is not None, given.assertion is not None]
    if sum(used) > 1:
        raise OAuthRefused("invalid_request", "more than one client authentication method")
    if given.assertion is not None:
        if given.assertion_type != ASSERTION_TYPE:
            raise ClientUnproved
        return "private_key_jwt", _claimed(given), ""
    if used[0]:
        client_id, secret = _basic(rest)
        if given.client_id is not None and not same(given.client_id, client_id):
            raise OAuthRefused("invalid_request", "client_id differs from the header")
        return "client_secret_basic", client_id, secret
    if not given.client_id:
        raise ClientUnproved
    if given.client_secret is not None:
        return "client_secret_post", given.client_id, given.client_secret
    return "none", given.client_id, ""


def _basic(text: str) -> tuple[str, str]:
    try:
        plain = base64.b64decode(text.strip(), validate=True).decode()
    except ValueError as error:
        raise ClientUnproved from error
    # RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
    client_id, colon, secret = plain.partition(":")
    if not colon or "\x00" in plain:
        raise ClientUnproved
    return unquote_plus(client_id), unquote_plus(secret)


def _claimed(given: Credentials) -> str:
    try:
        header_of(given.assertion or "", ("", "jwt", "client-authentication+jwt"))
        claims = decode(given.assertion or "", None, (), options={"verify_signature": False})
    except TokenRefused as error:
        raise ClientUnproved from error
    subject = claims.get("sub")
    if not isinstance(subject, str) or (given.client_id is not None and given.client_id != subject):
        raise ClientUnproved
    return subject


async def _check_assertion(realm: Realm, client: Client, assertion: str) -> None:
    """RFC 7523 §3: ours to read, the client's own, short-lived, and never seen before."""
    audience = [realm.issuer, realm.endpoint("token"), realm.endpoint("par")]
    try:
        header = header_of(assertion, ("", "jwt", "client-authentication+jwt"))
        key = _key_of(client, header)
        claims = decode(
            assertion,
            key,
            ASSERTION_ALGORITHMS,
            audience=audience,
            issuer=client.client_id,
            options={"require": ["exp", "iss", "sub", "aud", "jti"]},
        )
    except TokenRefused as error:
        raise ClientUnproved from error
    expires_at = datetime.fromtimestamp(min(int(claims["exp"]), 2**33), UTC)
    if claims["sub"] != client.client_id or expires_at > clock.now() + ASSERTION_LIFE:
        raise ClientUnproved
    if not await take_once(f"assertion:{client.client_id}", str(claims["jti"]), expires_at):
        raise ClientUnproved


def _key_of(client: Client, header: dict[str, object]) -> PyJWK:
    keys = [k for k in client.jwks if "kid" not in header or k.get("kid") == header["kid"]]
    if len(keys) != 1:
        raise TokenRefused("unknown key")
    key = PyJWK(keys[0])
    if header.get("alg") not in ASSERTION_ALGORITHMS:
        raise TokenRefused("algorithm not allowed")
    return PyJWK(keys[0], algorithm=str(header["alg"])) if key.key_type == "RSA" else key
