"""Signed messages between platforms: a JWT (ES256) for one reader, one minute, one purpose.

The whole message is the token (RFC 7519), so that nothing beside it is unsigned. An answer names
the question (`re`). Keys are those that administrators exchanged by hand.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt

from app_server.kernel import clock
from app_server.kernel.ids import uuid7
from app_server.kernel.settings import load
from auth.federation.errors import PeerUnreachable, PlatformRefused
from auth.federation.models import Platform
from auth.federation.providers.peers import PeerDown, tell
from auth.federation.rules import MESSAGE_LIFE, SKEW, urn_of
from auth.federation.service.keys import private_key, public_jwk
from auth.grants.service.jose import TokenRefused, decode, header_of, take_once

ASK, ANSWER = "federation+jwt", "federation-answer+jwt"


@dataclass(frozen=True, slots=True)
class Message:
    """What a platform said: it is known, active, and meant us."""

    sender: Platform
    kind: str
    id: str
    body: dict[str, Any]
    claims: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform answered us, and the signed text of it."""

    claims: dict[str, Any]
    text: str

    @property
    def body(self) -> dict[str, Any]:
        """The answer itself."""
        found: dict[str, Any] = self.claims["body"]
        return found


def sign(to: str, kind: str, body: dict[str, Any], *, number: str = "", **more: Any) -> str:
    """A message of ours to the platform `to`; `number` is its idempotency key."""
    return _signed(ASK, to, number, {"kind": kind, "body": body, **more})


def answer(question: Message, body: dict[str, Any], **more: Any) -> str:
    """Our answer to a question."""
    told = {"re": question.id, "kind": question.kind, "body": body, **more}
    return _signed(ANSWER, question.sender.code, "", told)


def _signed(typ: str, to: str, number: str, told: dict[str, Any]) -> str:
    now = int(clock.now().timestamp())
    claims = {
        "iss": urn_of(load().platform_region),
        "aud": urn_of(to),
        "iat": now,
        "exp": now + int(MESSAGE_LIFE.total_seconds()),
        "jti": number or uuid7().hex,
        **told,
    }
    headers = {"kid": public_jwk()["kid"], "typ": typ}
    return jwt.encode(claims, private_key(), "ES256", headers=headers)


async def read(token: str, *, once: frozenset[str]) -> Message:
    """A message to us; raises `PlatformRefused` for whatever is wrong with it.

    Kinds in `once` are taken once; the others answer a repetition by themselves.
    """
    try:
        return await _read(token, once)
    except (TokenRefused, KeyError, TypeError, ValueError) as error:
        raise PlatformRefused from error


async def _read(token: str, once: frozenset[str]) -> Message:
    header = header_of(token, (ASK,))
    claimed = decode(token, None, (), options={"verify_signature": False})
    code = str(claimed["iss"]).removeprefix(urn_of(""))
    sender = await Platform.get_or_none(code=code[:6], state="active")
    if sender is None or urn_of(sender.code) != claimed["iss"]:
        raise TokenRefused("unknown platform")
    claims = _checked(token, header, sender)
    kind, number, body = str(claims["kind"]), str(claims["jti"]), claims["body"]
    if not isinstance(body, dict) or not 1 <= len(number) <= 64:
        raise TokenRefused("no message")
    if kind in once:
        until = datetime.fromtimestamp(claims["exp"], UTC) + SKEW
        if not await take_once(f"federation:{sender.code}", number, until):
            raise TokenRefused("seen before")
    return Message(sender, kind, number, body, claims)


def _checked(token: str, header: dict[str, Any], peer: Platform) -> dict[str, Any]:
    """The claims under a key of this peer, meant for us, of now."""
    keys = [jwk for jwk in peer.jwks if jwk.get("kid") == header.get("kid")]
    if len(keys) != 1:
        raise TokenRefused("unknown key")
    claims = decode(
        token,
        jwt.PyJWK(keys[0], algorithm="ES256"),
        ("ES256",),
        audience=urn_of(load().platform_region),
        issuer=urn_of(peer.code),
        leeway=SKEW,
        options={"require": ["iss", "aud", "exp", "iat", "jti"]},
    )
    if claims["exp"] - claims["iat"] > MESSAGE_LIFE.total_seconds():
        raise TokenRefused("lives too long")
    return claims


async def ask(peer: Platform, kind: str, body: dict[str, Any], number: str = "") -> Answer:
    """Ask a platform; its answer, checked. Raises `PeerDown`, `PeerRefused`."""
    number = number or uuid7().hex
    text = await tell(peer.partner_url, sign(peer.code, kind, body, number=number))
    try:
        claims = _checked(text, header_of(text, (ANSWER,)), peer)
        fits = (claims["re"], claims["kind"]) == (number, kind) and isinstance(claims["body"], dict)
    except (TokenRefused, KeyError, TypeError, ValueError) as error:
        raise PeerDown("an answer that is not the platform's") from error
    if not fits:
        raise PeerDown("another question's answer")
    return Answer(claims, text)


async def needed(peer: Platform, kind: str, body: dict[str, Any]) -> Answer:
    """Ask for somebody who waits; raises `PeerUnreachable`, `PeerRefused`."""
    try:
        return await ask(peer, kind, body)
    except PeerDown as error:
        raise PeerUnreachable from error
