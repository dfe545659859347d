"""What a relying party asks for, read strictly; the same for a push and for a browser's arrival."""

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from auth.grants.errors import OAuthRefused
from auth.grants.models import Client
from auth.grants.rules import LOGIN_TIERS, Assurance, assurance_wanted, scope_of_claim
from auth.grants.service.jose import TokenRefused
from auth.grants.service.oauth.realms import RESIDENTS, Realm
from auth.grants.service.oauth.signing import verify

Params = Mapping[str, str | None]
REFERENCE = "urn:ietf:params:oauth:request_uri:"
PROMPTS = frozenset({"none", "login", "consent", "select_account"})
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
# What is kept or sent back may be no longer than this.
_LONGEST = {"nonce": 400, "state": 2000, "login_hint": 200, "scope": 1000}
_UNSUPPORTED = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}


class Asked(BaseModel):
    """A request that was found good."""

    model_config = ConfigDict(frozen=True)

    client_id: str
    redirect_uri: str
    scopes: list[str]
    code_challenge: str
    state: str | None = None
    nonce: str = ""
    prompt: list[str] = []
    max_age: int | None = None
    tier: int = 0
    level: int = 0
    userinfo_claims: list[str] = []
    id_token_claims: list[str] = []
    hinted_sub: str | None = None
    login_hint: str | None = None
    dpop_jkt: str = ""

    def all_scopes(self, realm: Realm) -> set[str]:
        """The scopes it names and those behind the claims it names."""
        named = (scope_of_claim(realm.name, c) for c in self.userinfo_claims + self.id_token_claims)
        return set(self.scopes) | {scope for scope in named if scope}


def redirect_target(client: Client, params: Params) -> str:
    """The registered address, compared as text; raises `OAuthRefused` (never a redirect)."""
    wanted = params.get("redirect_uri")
    if not wanted or wanted not in client.redirect_uris:
        raise OAuthRefused("invalid_request", "redirect_uri is not registered for this client")
    return wanted


async def read_request(
    realm: Realm, client: Client, params: Params, jkt: str = "", *, pushed: bool = True
) -> Asked:
    """Check everything about a request but who answers it; raises `OAuthRefused`."""
    if client.require_par and not pushed:
        raise OAuthRefused("invalid_request", "this client must push its requests")
    for name, error in _UNSUPPORTED.items():
        if params.get(name) is not None:
            raise OAuthRefused(error, f"{name} is not supported")
    for name, longest in _LONGEST.items():
        if len(params.get(name) or "") > longest:
            raise OAuthRefused("invalid_request", f"{name} is too long")
    _check_kind(params)
    scopes = (params.get("scope") or "").split()
    if "openid" not in scopes or set(scopes) - set(client.login_scopes):
        raise OAuthRefused("invalid_scope", "openid and registered scopes only")
    bound = params.get("dpop_jkt") or ""
    if bound and (not _CHALLENGE.fullmatch(bound) or (jkt and jkt != bound)):
        raise OAuthRefused("invalid_request", "dpop_jkt")
    claims = _claims(params.get("claims"))
    allowed = {
        kind: [n for n in names if scope_of_claim(realm.name, n) in client.login_scopes]
        for kind, names in claims.items()
    }
    wanted = _assurance(realm, params.get("acr_values"), claims["id_token"])
    return Asked(
        client_id=client.client_id,
        redirect_uri=redirect_target(client, params),
        scopes=list(dict.fromkeys(scopes)),
        code_challenge=params.get("code_challenge") or "",
        state=params.get("state"),
        nonce=params.get("nonce") or "",
        prompt=_prompts(params.get("prompt")),
        max_age=_max_age(params.get("max_age")),
        tier=max(wanted.tier, client.min_tier),
        level=wanted.level,
        userinfo_claims=allowed["userinfo"],
        id_token_claims=allowed["id_token"],
        hinted_sub=await _hinted(realm, client, params.get("id_token_hint"), claims["id_token"]),
        login_hint=params.get("login_hint"),
        dpop_jkt=jkt or bound,
    )


def _check_kind(params: Params) -> None:
    kind = params.get("response_type")
    if not kind:
        raise OAuthRefused("invalid_request", "response_type is missing")
    if kind != "code":
        raise OAuthRefused("unsupported_response_type", "only the code flow is offered")
    if params.get("response_mode") not in {None, "query"}:
        raise OAuthRefused("invalid_request", "response_mode is not supported")
    if params.get("resource") is not None:
        raise OAuthRefused("invalid_target", "resource is not supported")
    # `plain`, the default of RFC 7636, would let whoever saw the request redeem the code.
    if params.get("code_challenge_method") != "S256":
        raise OAuthRefused("invalid_request", "PKCE with S256 is required")
    if not _CHALLENGE.fullmatch(params.get("code_challenge") or ""):
        raise OAuthRefused("invalid_request", "code_challenge")


def _prompts(text: str | None) -> list[str]:
    found = (text or "").split()
    if set(found) - PROMPTS or ("none" in found and len(found) > 1):
        raise OAuthRefused("invalid_request", "prompt")
    return found


def _max_age(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise OAuthRefused("invalid_request", "max_age")
    return int(text)


def _claims(text: str | None) -> dict[str, dict[str, Any]]:
    try:
        found = json.loads(text) if text is not None else {}
    except (ValueError, RecursionError) as error:
        raise OAuthRefused("invalid_request", "claims is not JSON") from error
    parts = {}
    for part in ("userinfo", "id_token"):
        wanted = found.get(part) if isinstance(found, dict) else [found]
        if wanted is not None and not isinstance(wanted, dict):
            raise OAuthRefused("invalid_request", "claims")
        parts[part] = wanted or {}
    return parts


def _assurance(realm: Realm, acr_values: str | None, id_token: dict[str, Any]) -> Assurance:
    """What the request needs (RFC 9470); a value nobody here knows is passed over."""
    wanted = assurance_wanted((acr_values or "").split()) or Assurance()
    claim = id_token.get("acr")
    if isinstance(claim, dict):
        values = claim.get("values", [claim["value"]] if "value" in claim else [])
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise OAuthRefused("invalid_request", "claims")
        known = assurance_wanted(values)
        if values and known is None and claim.get("essential") is True:
            raise OAuthRefused("unmet_authentication_requirements", "acr is not known here")
        wanted |= known or Assurance()
    # The highest is proved per act, and officers have none: no sign-in yields them.
    if max(wanted.tier, wanted.level) > (LOGIN_TIERS[-1] if realm is RESIDENTS else 0):
        raise OAuthRefused("unmet_authentication_requirements", "no sign-in yields this acr")
    return wanted


async def _hinted(
    realm: Realm, client: Client, hint: str | None, id_token: dict[str, Any]
) -> str | None:
    wanted = id_token.get("sub")
    if isinstance(wanted, dict) and wanted.get("value") is not None:
        named = str(wanted["value"])
        if not (named.isascii() and named.isprintable() and len(named) <= 255):
            raise OAuthRefused("invalid_request", "claims")
        return named
    if hint is None:
        return None
    try:
        claims = await verify(realm, hint, "JWT", audience=client.client_id, ended=True)
    except TokenRefused as error:
        raise OAuthRefused("invalid_request", "id_token_hint") from error
    return str(claims["sub"])
