"""Clients of the partner surface: registered once, given short tokens with their scopes."""

import secrets
from dataclasses import dataclass

from app_server.kernel.crypto import blind_index, same
from app_server.kernel.principal import Principal
from auth.grants.errors import ClientRefused
from auth.grants.models import Client
from auth.grants.rules import CLIENT_TOKEN_LIFE
from auth.grants.service import tokens


@dataclass(frozen=True, slots=True)
class ClientToken:
    """An access token of a client and its life in seconds."""

    access_token: str
    expires_in_s: int
    scopes: tuple[str, ...]


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


async def client_token(client_id: str, secret: str) -> ClientToken:
    """A token for a client that knows its secret; raises `ClientRefused`."""
    client = await Client.get_or_none(client_id=client_id, state="active")
    if client is None or not same(client.secret_digest, _digest(secret)):
        raise ClientRefused
    life = int(CLIENT_TOKEN_LIFE.total_seconds())
    principal = Principal(
        kind="client",
        id=client.id,
        scopes=frozenset(client.scopes),
        org=client.client_id,
        region=client.region,
        name=client.name,
        channel="partner",
    )
    return ClientToken(tokens.issue(principal, life), life, tuple(client.scopes))
