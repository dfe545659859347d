"""A code for a relying party whose page runs inside our own shell: nobody is sent anywhere.

Everything a browser's arrival checks is checked here too; what differs is that the person is
known by their session and not by a cookie, and that the code is handed over and not redirected.
"""

from urllib.parse import parse_qs, urlsplit

from app_server.kernel.principal import Principal
from auth.grants.errors import OAuthRefused
from auth.grants.service.clients import client_of
from auth.grants.service.oauth.authorising import grant, step_of
from auth.grants.service.oauth.realms import RESIDENTS
from auth.grants.service.oauth.requests import read_request
from auth.grants.service.oauth.sso import live_session


async def code_in_app(
    principal: Principal, client_id: str, code_challenge: str, nonce: str
) -> tuple[str, str]:
    """A code for `openid` alone (RFC 6749 §4.1, RFC 7636), and the address it is exchanged with.

    Raises `OAuthRefused`: the client is none, the request is none, or the session is over or
    proves too little for it.
    """
    client = await client_of(client_id, realm=RESIDENTS.name, state="active")
    if client is None or client.require_par or client.require_dpop:
        raise OAuthRefused("unauthorized_client", "no client that takes codes in an app")
    asked = await read_request(
        RESIDENTS,
        client,
        {
            "client_id": client_id,
            "response_type": "code",
            "redirect_uri": client.redirect_uris[0],
            "scope": "openid",
            "code_challenge": code_challenge,
            "code_challenge_method": "S256",
            "nonce": nonce,
        },
    )
    session = None
    if principal.session is not None:
        session = await live_session(RESIDENTS, principal.session)
    if session is None or session.subject_id != principal.id:
        raise OAuthRefused("login_required", "the session is over")
    if await step_of(RESIDENTS, client, asked, session, session.created_at) != "go":
        raise OAuthRefused("interaction_required", "more is needed than this session proves")
    answer = parse_qs(urlsplit(await grant(RESIDENTS, client, asked, session)).query)
    return answer["code"][0], asked.redirect_uri
