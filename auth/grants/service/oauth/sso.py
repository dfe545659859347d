"""The two cookies of a browser's session.

The session cookie is SameSite=Strict, so it does not come along on the way from a relying party.
A second cookie, Lax, names the session and nothing more: it opens no API, only this provider.
"""

from typing import Literal, NamedTuple
from uuid import UUID

from app_server.kernel import clock
from app_server.kernel.crypto import same, signature
from auth.grants.models import Session
from auth.grants.rules import IDLE, LIFE
from auth.grants.service.oauth.realms import Realm
from auth.grants.service.sessions import alive

COOKIE = {"person": "session", "staff": "staff-session"}


class Cookie(NamedTuple):
    """A cookie to set; a life of 0 seconds removes it."""

    name: str
    value: str
    life_s: int
    same_site: Literal["Strict", "Lax"]


def session_cookies(kind: str, refresh_token: str, session: UUID | None) -> tuple[Cookie, Cookie]:
    """Both cookies of a session, its refresh token and its mark; without a session, their end."""
    life = int(LIFE[kind].total_seconds()) if session else 0
    mark = sso_mark(session) if session else ""
    return (
        Cookie(COOKIE[kind], refresh_token, life, "Strict"),
        Cookie(f"{COOKIE[kind]}-sso", mark, life, "Lax"),
    )


def sso_mark(session_id: UUID) -> str:
    """The value of the second cookie."""
    return f"{session_id}.{signature('sso', str(session_id))}"


async def sso_session(realm: Realm, mark: str) -> Session | None:
    """The live session a cookie names, if it is one of this realm."""
    head, _, sign = mark.partition(".")
    if not sign or not same(signature("sso", head), sign):
        return None
    return await live_session(realm, UUID(head))


async def live_session(realm: Realm, session_id: UUID) -> Session | None:
    """The session if it stands and is neither over nor idle too long."""
    found = await Session.get_or_none(id=session_id, kind=realm.kind)
    if found is None or found.used_at + IDLE[realm.kind] <= clock.now():
        return None
    return found if await alive(session_id) else None
