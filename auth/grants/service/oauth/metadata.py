"""What the provider says of itself (OpenID Connect Discovery, RFC 8414)."""

from typing import Any

from auth.grants.rules import (
    ACR,
    ASSERTION_ALGORITHMS,
    AUTH_METHODS,
    LEVEL_ACR,
    LOGIN_TIERS,
    PROOF_ALGORITHMS,
    SIGNING_ALGORITHM,
)
from auth.grants.service.oauth.realms import RESIDENTS, Realm


def metadata(realm: Realm) -> dict[str, Any]:
    """The discovery document of a realm."""
    proving = [method for method in AUTH_METHODS if method != "none"]
    claims = {claim for scope in realm.scopes.values() for claim in scope.claims}
    return {
        "issuer": realm.issuer,
        "authorization_endpoint": realm.endpoint("authorize"),
        "token_endpoint": realm.endpoint("token"),
        "userinfo_endpoint": realm.endpoint("userinfo"),
        "jwks_uri": f"{realm.issuer}/.well-known/jwks.json",
        "pushed_authorization_request_endpoint": realm.endpoint("par"),
        "revocation_endpoint": realm.endpoint("revoke"),
        "introspection_endpoint": realm.endpoint("introspect"),
        "end_session_endpoint": realm.endpoint("logout"),
        "scopes_supported": list(realm.scopes),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"]
        + (["client_credentials"] if realm is RESIDENTS else []),
        "acr_values_supported": [f"{kind}{n}" for kind in (ACR, LEVEL_ACR) for n in LOGIN_TIERS]
        if realm is RESIDENTS
        else [],
        "subject_types_supported": ["pairwise"] if realm is RESIDENTS else ["public"],
        "id_token_signing_alg_values_supported": [SIGNING_ALGORITHM],
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": proving,
        "introspection_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "code_challenge_methods_supported": ["S256"],
        "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "display_values_supported": ["page"],
        "claim_types_supported": ["normal"],
        "claims_supported": sorted(
            claims | {"iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "nonce", "sid"}
        ),
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "ui_locales_supported": ["zh-CN"],
    }
