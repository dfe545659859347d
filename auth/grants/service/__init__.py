"""Commands and queries of grants."""

from auth.grants.service.assisted import (
    activate_waiting,
    begin_assisted,
    complete_assisted,
    send_assisted_code,
)
from auth.grants.service.channels import Unbound, bind_channel, sign_in_by_channel
from auth.grants.service.clients import (
    ClientToken,
    RelyingParty,
    add_client,
    client_token,
    disable_client,
    register_relying_party,
    registered,
    rotate_client_secret,
)
from auth.grants.service.passwords import digest_of, has_password, set_password
from auth.grants.service.registration import (
    SIGN_UP,
    Registration,
    ask_for_waiting,
    finish_waiting,
    register,
)
from auth.grants.service.sessions import (
    REVOKED,
    Granted,
    alive,
    end_session,
    end_sessions_of,
    open_session,
    refresh,
)
from auth.grants.service.sign_in import prove_again, sign_in_person, sign_in_staff
from auth.grants.service.staff_activation import activate_staff
from auth.grants.service.tokens import issue, read
from auth.grants.service.vendor_tokens import wechat_token

__all__ = [
    "REVOKED",
    "SIGN_UP",
    "ClientToken",
    "Granted",
    "Registration",
    "RelyingParty",
    "Unbound",
    "activate_staff",
    "activate_waiting",
    "add_client",
    "alive",
    "ask_for_waiting",
    "begin_assisted",
    "bind_channel",
    "client_token",
    "complete_assisted",
    "digest_of",
    "disable_client",
    "end_session",
    "end_sessions_of",
    "finish_waiting",
    "has_password",
    "issue",
    "open_session",
    "prove_again",
    "read",
    "refresh",
    "register",
    "register_relying_party",
    "registered",
    "rotate_client_secret",
    "send_assisted_code",
    "set_password",
    "sign_in_by_channel",
    "sign_in_person",
    "sign_in_staff",
    "wechat_token",
]
