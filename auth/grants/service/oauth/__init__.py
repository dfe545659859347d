"""OAuth 2.1 and OpenID Connect for relying parties, in two realms (decision 0008)."""

from auth.grants.service.oauth.authorising import Arrival, arrive, push
from auth.grants.service.oauth.client_auth import Credentials, proved_client
from auth.grants.service.oauth.dpop import proof_of
from auth.grants.service.oauth.exchanging import Tokens, exchange_code, exchange_refresh
from auth.grants.service.oauth.in_app import code_in_app
from auth.grants.service.oauth.interactions import (
    AskedScope,
    Interaction,
    approve,
    deny,
    interaction,
)
from auth.grants.service.oauth.leaving import (
    Leaving,
    announce_logouts,
    confirm_leaving,
    leave,
    send_logout,
)
from auth.grants.service.oauth.machines import client_credentials
from auth.grants.service.oauth.metadata import metadata
from auth.grants.service.oauth.presenting import introspect, revoke_token, userinfo
from auth.grants.service.oauth.realms import RESIDENTS, STAFF, Realm, realm_on
from auth.grants.service.oauth.signing import key_set, retire_signing_key, rotate_signing_key
from auth.grants.service.oauth.sso import COOKIE, session_cookies, sso_mark
from auth.grants.service.oauth.subjects import subject_in
from auth.grants.service.oauth.sweeping import sweep

__all__ = [
    "COOKIE",
    "RESIDENTS",
    "STAFF",
    "Arrival",
    "AskedScope",
    "Credentials",
    "Interaction",
    "Leaving",
    "Realm",
    "Tokens",
    "announce_logouts",
    "approve",
    "arrive",
    "client_credentials",
    "code_in_app",
    "confirm_leaving",
    "deny",
    "exchange_code",
    "exchange_refresh",
    "interaction",
    "introspect",
    "key_set",
    "leave",
    "metadata",
    "proof_of",
    "proved_client",
    "push",
    "realm_on",
    "retire_signing_key",
    "revoke_token",
    "rotate_signing_key",
    "send_logout",
    "session_cookies",
    "sso_mark",
    "subject_in",
    "sweep",
    "userinfo",
]
