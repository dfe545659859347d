"""Commands and queries of grants."""

from auth.grants.service.channels import Unbound, bind_channel, sign_in_by_channel
from auth.grants.service.clients import ClientToken, add_client, client_token
from auth.grants.service.passwords import digest_of, has_password, set_password
from auth.grants.service.registration import SIGN_UP, Registration, register
from auth.grants.service.sessions import (
    REVOKED,
    Granted,
    alive,
    end_session,
    open_session,
    refresh,
)
from auth.grants.service.sign_in import sign_in_person, sign_in_staff
from auth.grants.service.tokens import issue, read
from auth.grants.service.vendor_tokens import wechat_token

__all__ = [
    "REVOKED",
    "SIGN_UP",
    "ClientToken",
    "Granted",
    "Registration",
    "Unbound",
    "add_client",
    "alive",
    "bind_channel",
    "client_token",
    "digest_of",
    "end_session",
    "has_password",
    "issue",
    "open_session",
    "read",
    "refresh",
    "register",
    "set_password",
    "sign_in_by_channel",
    "sign_in_person",
    "sign_in_staff",
    "wechat_token",
]
