"""Client credentials (RFC 6749 §4.4): a machine's token for the partner surface."""

from auth.grants.errors import OAuthRefused
from auth.grants.models import Client
from auth.grants.service.clients import ClientToken, token_of


def client_credentials(client: Client, scope: str | None) -> ClientToken:
    """A token with the client's own scopes or fewer; raises `OAuthRefused`."""
    if client.auth_method == "none" or client.require_dpop or not client.scopes:
        # The partner surface takes bearer tokens: who registered for more gets none.
        raise OAuthRefused("unauthorized_client", "not a machine of the partner surface")
    wanted = client.scopes if scope is None else scope.split()
    if not wanted or not set(wanted) <= set(client.scopes):
        raise OAuthRefused("invalid_scope", "registered scopes only")
    return token_of(client, wanted)
