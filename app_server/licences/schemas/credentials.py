"""Shapes of credentials."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app_server.kernel.http import Shape, Text

Coordinate = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]


class HolderKey(Shape):
    """A public P-256 key of the holder's wallet (RFC 7517)."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Coordinate
    y: Coordinate


class CredentialRequest(Shape):
    """The key a credential is to be bound to."""

    holder_key: HolderKey


class CredentialView(Shape):
    """A fresh credential and what it can disclose."""

    format: str
    credential: str
    expires_at: datetime
    facts: list[str]


class CredentialPresentation(Shape):
    """What a holder showed, and what the verifier had asked for."""

    presentation: Annotated[Text, Field(min_length=1, max_length=60_000)]
    nonce: Annotated[Text, Field(min_length=8, max_length=128)]
    audience: Annotated[Text, Field(min_length=1, max_length=200)]


class CredentialCheckView(Shape):
    """Whether it holds, and what it disclosed."""

    valid: bool
    reason: str
    claims: dict[str, Any]
    checked_at: datetime
