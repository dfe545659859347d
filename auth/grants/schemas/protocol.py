"""Shapes of the provider's protocol (OAuth, OpenID Connect) and of its pages' API."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from app_server.kernel.http import Form, Query, Shape, Text
from auth.grants.rules import Step

# Lengths are judged where a value is used: the protocol sets none, and its errors have names.
Given = Text


class AuthorizeForm(Form):
    """An authorisation request (OpenID Connect Core 3.1.2.1, RFC 7636, 9126, 9449, 9470)."""

    client_id: Given | None = None
    redirect_uri: Given | None = None
    response_type: Given | None = None
    response_mode: Given | None = None
    scope: Given | None = None
    state: Given | None = None
    nonce: Given | None = None
    code_challenge: Given | None = None
    code_challenge_method: Given | None = None
    prompt: Given | None = None
    max_age: Given | None = None
    acr_values: Given | None = None
    claims: Given | None = None
    id_token_hint: Given | None = None
    login_hint: Given | None = None
    dpop_jkt: Given | None = None
    request: Given | None = None
    request_uri: Given | None = None
    registration: Given | None = None
    resource: Given | None = None


class AuthorizeQuery(AuthorizeForm, Query):
    """The same, in an address; what OAuth does not know is passed over, as it demands."""

    model_config = ConfigDict(extra="ignore")


class ClientProof(Form):
    """How a client proves itself in a form."""

    client_id: Given | None = None
    client_secret: Given | None = None
    client_assertion_type: Given | None = None
    client_assertion: Given | None = None


class PushForm(AuthorizeForm, ClientProof):
    """A pushed authorisation request."""


class TokenForm(ClientProof):
    """A token request."""

    grant_type: Given | None = None
    code: Given | None = None
    redirect_uri: Given | None = None
    code_verifier: Given | None = None
    refresh_token: Given | None = None
    scope: Given | None = None


class HeldTokenForm(ClientProof):
    """A token to be revoked or looked at."""

    token: Given | None = None
    token_type_hint: Given | None = None


class UserInfoForm(Form):
    """A UserInfo request that carries its token in the body (RFC 6750 §2.2)."""

    access_token: Given | None = None


class LogoutForm(Form):
    """A logout request (RP-Initiated Logout 1.0 §2)."""

    id_token_hint: Given | None = None
    logout_hint: Given | None = None
    client_id: Given | None = None
    post_logout_redirect_uri: Given | None = None
    state: Given | None = None
    ui_locales: Given | None = None


class LogoutQuery(LogoutForm, Query):
    """The same, in an address."""

    model_config = ConfigDict(extra="ignore")


class ConfirmForm(LogoutForm):
    """The person's agreement to log out."""

    confirmation: Given = ""


class AskedScopeView(Shape):
    """One thing a system asks for."""

    scope: str
    name: str
    needs_consent: bool
    consented: bool


class ActedFor(Shape):
    """The organisation one signs in for, and its level."""

    id: UUID
    name: str
    level: int


class InteractionView(Shape):
    """A request that waits for a person: who asks what, and what comes next.

    `level` is there when an organisation is to sign in, on at least this level.
    """

    id: UUID
    client_name: str
    client_region: str
    step: Step
    scopes: list[AskedScopeView]
    required_tier: int
    required_tier_name: str
    held_tier: int
    level: int | None
    organisation: ActedFor | None
    login_hint: str | None
    expires_at: datetime


class Decision(Shape):
    """Approve (all that is asked, or only `scopes`) or deny."""

    decision: Literal["approve", "deny"]
    scopes: Annotated[list[Annotated[Text, Field(max_length=40)]], Field(max_length=20)] | None = (
        None
    )


class Redirection(Shape):
    """Where the browser goes on."""

    redirect_to: str
