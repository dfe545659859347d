"""Clients: registered once as a machine, a relying party or both; secrets kept as digests."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index, same
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from auth.grants.errors import ClientRefused, RelyingPartyInvalid
from auth.grants.models import Client
from auth.grants.rules import (
    AUTH_METHODS,
    CLIENT_TOKEN_LIFE,
    LOGIN_TIERS,
    OLD_SECRET_LIFE,
    SCOPES,
    checked_uri,
)
from auth.grants.service import tokens


@dataclass(frozen=True, slots=True)
class ClientToken:
    """An access token of a client and its life in seconds."""

    access_token: str
    expires_in_s: int
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """What is registered about a system that people sign in to.

    `scopes` is what it may do on the partner surface besides; None leaves that as it is.
    """

    client_id: str
    name: str
    realm: str
    redirect_uris: tuple[str, ...]
    login_scopes: tuple[str, ...] = ("openid",)
    scopes: tuple[str, ...] | None = None
    org: str = ""
    region: str = ""
    auth_method: str = "client_secret_basic"
    jwks: tuple[dict[str, str], ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    sector: str = ""
    min_tier: int = 0
    require_dpop: bool = False
    require_par: bool = False
    secret: str = field(default="", repr=False)


def _digest(secret: str) -> str:
    return blind_index(secret, "grants.client")


async def add_client(
    *, client_id: str, name: str, scopes: list[str], region: str = "", secret: str = ""
) -> str:
    """Register a client, or renew its secret; answers the secret, which is not kept."""
    secret = secret or secrets.token_urlsafe(32)
    await Client.update_or_create(
        {"name": name, "scopes": scopes, "region": region, "secret_digest": _digest(secret)},
        client_id=client_id,
    )
    return secret


async def client_of(client_id: str, **where: Any) -> Client | None:
    """The client that somebody names, however they spell it."""
    # Tortoise refuses a text longer than its column with an error of its own.
    return await Client.get_or_none(client_id=client_id, **where) if len(client_id) <= 60 else None


async def registered(client_id: str) -> bool:
    """Whether there is such a client."""
    return await client_of(client_id) is not None


async def register_relying_party(principal: Principal, wanted: RelyingParty) -> str:
    """Register a relying party or change one; answers its secret ("" where it needs none).

    Raises `RelyingPartyInvalid`. A registered client's secret stays unless a new one is given:
    `rotate_client_secret` renews it.
    """
    _checked(wanted)
    known = await Client.get_or_none(client_id=wanted.client_id)
    if known is not None and known.realm not in {"", wanted.realm}:
        raise RelyingPartyInvalid("接入系统不能更换所属用户体系")
    secret = ""
    if wanted.auth_method.startswith("client_secret"):
        secret = wanted.secret or ("" if known else secrets.token_urlsafe(32))
    row = {
        name: list(value) if isinstance(value, tuple) else value
        for name in RelyingParty.__dataclass_fields__
        if name not in {"client_id", "secret"} and (value := getattr(wanted, name)) is not None
    }
    if known is None or secret:
        row["secret_digest"] = _digest(secret) if secret else ""
    async with db.unit_of_work():
        await Client.update_or_create(row, client_id=wanted.client_id)
        audit.record(principal, "grants.client_registered", f"client:{wanted.client_id}")
    return secret


def _checked(wanted: RelyingParty) -> None:
    production = load().production
    if wanted.realm not in SCOPES or wanted.auth_method not in AUTH_METHODS:
        raise RelyingPartyInvalid("用户体系或认证方式无效")
    if not wanted.redirect_uris:
        raise RelyingPartyInvalid("至少登记一个回调地址")
    for uri in (*wanted.redirect_uris, *wanted.post_logout_redirect_uris):
        checked_uri(uri, production=production)
    if wanted.backchannel_logout_uri:
        checked_uri(wanted.backchannel_logout_uri, production=production)
    if "openid" not in wanted.login_scopes or set(wanted.login_scopes) - set(SCOPES[wanted.realm]):
        raise RelyingPartyInvalid("登记了未知的授权范围")
    if wanted.min_tier not in LOGIN_TIERS:
        raise RelyingPartyInvalid("最低实名等级无效")
    if (wanted.auth_method == "private_key_jwt") != bool(wanted.jwks):
        raise RelyingPartyInvalid("私钥认证须登记公钥，其他方式不登记")
    for jwk in wanted.jwks:
        _checked_key(jwk)


def _checked_key(jwk: dict[str, str]) -> None:
    if {"d", "k", "p", "q"} & set(jwk) or not jwk.get("kid"):
        raise RelyingPartyInvalid("公钥须带 kid，且不能包含私钥")
    try:
        key = PyJWK(jwk).key
    except (PyJWTError, ValueError, KeyError) as error:
        raise RelyingPartyInvalid("公钥格式不正确") from error
    if isinstance(key, RSAPublicKey) and key.key_size < 2048:
        raise RelyingPartyInvalid("RSA 公钥至少 2048 位")


async def rotate_client_secret(principal: Principal, client_id: str) -> str:
    """A new secret for a client; the old one is good for one more day. Raises `ClientRefused`."""
    secret = secrets.token_urlsafe(32)
    async with db.unit_of_work():
        client = await Client.select_for_update().get_or_none(client_id=client_id, state="active")
        if client is None or not client.secret_digest:
            raise ClientRefused
        client.old_secret_digest = client.secret_digest
        client.old_secret_until = clock.now() + OLD_SECRET_LIFE
        client.secret_digest = _digest(secret)
        await client.save()
        audit.record(principal, "grants.client_secret_rotated", f"client:{client_id}")
    return secret


async def disable_client(principal: Principal, client_id: str) -> None:
    """Refuse a client from now on, with every token it holds."""
    async with db.unit_of_work():
        await Client.filter(client_id=client_id).update(state="disabled")
        audit.record(principal, "grants.client_disabled", f"client:{client_id}")


def knows_secret(client: Client, secret: str) -> bool:
    """Whether this is the client's secret, or the one before within its last day."""
    given, now = _digest(secret), clock.now()
    until: datetime | None = client.old_secret_until
    present = bool(client.secret_digest) and same(given, client.secret_digest)
    former = bool(client.old_secret_digest) and same(given, client.old_secret_digest)
    return present or (former and until is not None and now < until)


async def client_token(client_id: str, secret: str) -> ClientToken:
    """A token for a client that knows its secret; raises `ClientRefused`."""
    client = await client_of(client_id, state="active")
    if client is None or not knows_secret(client, secret):
        raise ClientRefused
    return token_of(client, client.scopes)


def token_of(client: Client, scopes: list[str]) -> ClientToken:
    """A token of the partner surface for a client that has proved itself."""
    life = int(CLIENT_TOKEN_LIFE.total_seconds())
    principal = Principal(
        kind="client",
        id=client.id,
        scopes=frozenset(scopes),
        org=client.client_id,
        region=client.region,
        name=client.name,
        channel="partner",
    )
    return ClientToken(tokens.issue(principal, life), life, tuple(scopes))
