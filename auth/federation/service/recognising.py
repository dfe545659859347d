"""Mutual recognition: who signed in at one platform is recognised at another (R-ID-26, 41).

The person signs in where they are at home; that platform hands them a ticket, and the asking
platform has it redeemed through the province. No password ever crosses, and a city never speaks
with another city.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt

from app_server.kernel import audit, clock, db, regions
from app_server.kernel.crypto import blind_index, same
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from auth.federation.errors import (
    NotRecognised,
    NotRegisteredHere,
    NotYourPart,
    PeerUnreachable,
    PlatformRefused,
    RecordConflicts,
)
from auth.federation.models import Attempt, Platform, Ticket
from auth.federation.providers import national as nation
from auth.federation.providers import peers
from auth.federation.providers.peers import PeerDown, PeerRefused
from auth.federation.rules import (
    ATTEMPT_LIFE,
    NATION,
    REQUEST_LIFE,
    TICKET_LIFE,
    Way,
    authority_of,
    fits_record,
    route,
    urn_of,
)
from auth.federation.service import messages
from auth.federation.service.keys import private_key, public_jwk, public_jwks
from auth.federation.service.messages import Message
from auth.federation.service.platforms import here, platform
from auth.federation.service.receiving import take
from auth.federation.service.records import compose
from auth.grants import service as grants
from auth.grants.service.jose import TokenRefused, decode, header_of
from auth.identity import service as identity
from auth.people import service as people

REQUEST = "recognition-request+jwt"


@dataclass(frozen=True, slots=True)
class Direction:
    """Where somebody proves who they are: the authority, and the page to send them to."""

    way: Way
    authority: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """An attempt to sign in by another platform; the mark stays in this browser."""

    id: UUID
    direction: Direction
    mark: str


@dataclass(frozen=True, slots=True)
class Recognised:
    """Somebody recognised: the session here, and the word of the platform above for it."""

    granted: grants.Granted
    authority: str
    assertion: str


def _digest(secret: str) -> str:
    return blind_index(secret, "federation.ticket")


# --- Asking: where somebody wants to be recognised ---


async def open_sign_in(home: str) -> Opened:
    """Begin a sign-in by the platform of a user's home; raises `NoSuchRegion`, `PeerUnreachable`.

    Who is at home here signs in here: then there is no attempt.
    """
    if home[:2] == here().region[:2]:
        regions.region(home)
    attempt, mark = uuid7(), secrets.token_urlsafe(24)
    direction = await _direction(home, str(attempt))
    if direction.way != "here" or direction.page:
        await Attempt.create(
            id=attempt,
            home=home,
            authority=direction.authority,
            browser_digest=_digest(mark),
            expires_at=clock.now() + ATTEMPT_LIFE,
        )
    return Opened(attempt, direction, mark)


async def _direction(home: str, attempt: str) -> Direction:
    at = here()
    if at.tier == "province":
        return await _directed(home, attempt, at.region)
    way = route(at, home, reachable=True)
    if way == "here":
        return Direction("here", at.region)
    province = await platform(str(regions.parent_of(at.region)))
    try:
        told = await messages.needed(province, "route", {"home": home, "attempt": attempt})
    except PeerRefused as error:
        raise PeerUnreachable from error
    return Direction(way, str(told.body["authority"]), str(told.body["page"]))


async def _directed(home: str, attempt: str, asker: str) -> Direction:
    """The province's decision for whoever asks (R-ID-26); raises `NoSuchRegion`."""
    peer = await Platform.get_or_none(code=regions.city_of(home), level="city", state="active")
    reachable = peer is not None and await peers.answers(peer.partner_url)
    way = route(here(), home, reachable=reachable)
    if way == "national":
        request = await _request(NATION, asker, attempt)
        return Direction(way, NATION, f"{nation.national().page}?request={request}")
    if way == "city" and peer is not None:
        request = await _request(peer.code, asker, attempt)
        return Direction(way, peer.code, f"{peer.public_url}/recognition?request={request}")
    own = here().region
    if asker == own:
        return Direction("here", own)
    request = await _request(own, asker, attempt)
    return Direction("here", own, f"{load().origin('public')}/recognition?request={request}")


async def _request(authority: str, asker: str, attempt: str) -> str:
    """What the authority's page is shown: for which attempt a ticket may be, and where it goes.

    The province signs it: an authority hands tickets to no address it did not name.
    """
    now = int(clock.now().timestamp())
    name, base = await _asker(asker)
    claims = {
        "iss": urn_of(here().region),
        "aud": urn_of(authority),
        "iat": now,
        "exp": now + int(REQUEST_LIFE.total_seconds()),
        "attempt": attempt,
        "asker_name": name,
        "return_to": f"{base}/recognition/done",
    }
    headers = {"kid": public_jwk()["kid"], "typ": REQUEST}
    return jwt.encode(claims, private_key(), "ES256", headers=headers)


async def _asker(asker: str) -> tuple[str, str]:
    """How people call the platform that asks, and where its pages are."""
    if asker == here().region:
        return regions.full_name(asker), load().origin("public")
    found = await platform(asker)
    return found.name, found.public_url


async def finish_sign_in(
    attempt_id: UUID, mark: str, ticket: str, place: grants.Place
) -> Recognised:
    """Redeem a ticket and open a session here; an attempt serves once.

    Raises `NotRecognised`, `NotRegisteredHere`, `RecordConflicts`, `PeerUnreachable`.
    """
    attempt = await Attempt.get_or_none(id=attempt_id, used_at=None, expires_at__gt=clock.now())
    if attempt is None or not same(attempt.browser_digest, _digest(mark)):
        raise NotRecognised
    claimed = await Attempt.filter(id=attempt_id, used_at=None).update(used_at=clock.now())
    if not claimed:
        raise NotRecognised
    if here().tier == "province":
        person_id, authority = await redeem(attempt.authority, ticket, str(attempt_id))
        assertion = ""
    else:
        person_id, authority, assertion = await _redeemed_above(attempt, ticket)
    async with db.unit_of_work():
        granted = await grants.open_session("person", person_id, "web", (authority,), place)
        audit.record(
            granted.principal, "federation.recognised", f"attempt:{attempt_id}",
            owner=person_id, authority=authority,
        )  # fmt: skip
    return Recognised(granted, authority, assertion)


async def _redeemed_above(attempt: Attempt, ticket: str) -> tuple[UUID, str, str]:
    province = await platform(str(regions.parent_of(here().region)))
    asked = {"authority": attempt.authority, "ticket": ticket, "attempt": str(attempt.id)}
    try:
        told = await messages.needed(province, "recognise", asked)
    except PeerRefused as error:
        raise _refusal(error) from error
    record: dict[str, Any] = told.body.get("user") or {}
    authority = str(told.claims.get("authority", ""))
    if not authority.startswith(authority_of("")) or not fits_record(record):
        raise NotRecognised
    async with db.unit_of_work():
        taken = await take(province.code, record)
    if taken.person_id is None:
        raise RecordConflicts(reason=taken.reason)
    return taken.person_id, authority, told.text


def _refusal(error: PeerRefused) -> Exception:
    return NotRegisteredHere() if error.code == NotRegisteredHere.code else NotRecognised()


# --- The province: redeeming for its cities ---


async def direct(message: Message) -> dict[str, Any]:
    """Tell a city where a user proves who they are; raises `NotYourPart`, `NoSuchRegion`."""
    if message.sender.level != "city":
        raise NotYourPart
    home = message.body["home"]
    if not (isinstance(home, str) and re.fullmatch(r"[0-9]{6}", home)):
        raise PlatformRefused
    found = await _directed(home, str(UUID(message.body["attempt"])), message.sender.code)
    return {"way": found.way, "authority": found.authority, "page": found.page}


async def recognise(message: Message) -> str:
    """Redeem a ticket a city brings; our signed answer names the authority that proved it.

    Raises `NotYourPart`, `NotRecognised`, `NotRegisteredHere`, `PeerUnreachable`.
    """
    if message.sender.level != "city":
        raise NotYourPart
    asked = {name: str(message.body[name]) for name in ("authority", "ticket", "attempt")}
    person_id, authority = await redeem(**asked)
    record = await compose(person_id, message.sender.code, message.id)
    async with db.unit_of_work():
        audit.record(
            Principal(kind="client", name=message.sender.name, channel="federation"),
            "federation.recognised",
            f"platform:{message.sender.code}",
            owner=person_id,
            authority=authority,
        )
    return messages.answer(
        message,
        {"user": record.fields},
        sub=record.fields["user_no"],
        authority=authority,
        acr=f"urn:wanshi:acr:t{await identity.tier_of_person(person_id)}",
    )


async def redeem(authority: str, ticket: str, attempt: str) -> tuple[UUID, str]:
    """The person here whom an authority vouches for, and who that is; a ticket serves once.

    Raises `NotRecognised`, `NotRegisteredHere`, `RecordConflicts`, `PeerUnreachable`.
    """
    if authority == here().region:
        return await use_ticket(ticket, attempt), authority_of(authority)
    if authority == NATION:
        return await _from_the_nation(ticket, attempt)
    city = await Platform.get_or_none(code=authority[:6], level="city", state="active")
    if city is None:
        raise NotRecognised
    try:
        told = await messages.needed(city, "verify", {"ticket": ticket, "attempt": attempt})
    except PeerRefused as error:
        raise NotRecognised from error
    person_id = await people.find_by_id_number(str(told.body.get("cert_no")))
    if person_id is None:
        raise NotRegisteredHere
    if (await people.person(person_id)).name != told.body.get("user_name"):
        raise RecordConflicts(reason="name_differs")
    return person_id, authority_of(city.code)


async def _from_the_nation(ticket: str, attempt: str) -> tuple[UUID, str]:
    try:
        told = await nation.national().recognise(ticket, attempt)
    except PeerDown as error:
        raise PeerUnreachable from error
    except PeerRefused as error:
        raise NotRecognised from error
    if not fits_record(told["user"]):
        raise NotRecognised
    async with db.unit_of_work():
        taken = await take(NATION, told["user"])
    if taken.person_id is None:
        raise RecordConflicts(reason=taken.reason)
    # The nation only passes on who proved it: the other province.
    return taken.person_id, str(told["authority"])


# --- The authority: where somebody proved who they are ---


async def give_ticket(principal: Principal, request: str) -> str:
    """The address that takes somebody signed in here back, with a ticket; `NotRecognised`."""
    claims = await _shown(request)
    ticket = secrets.token_urlsafe(32)
    async with db.unit_of_work():
        await Ticket.create(
            digest=_digest(ticket),
            person_id=principal.subject,
            attempt=claims["attempt"],
            expires_at=clock.now() + TICKET_LIFE,
        )
        audit.record(principal, "federation.ticket_given", "ticket", owner=principal.subject)
    return f"{claims['return_to']}?attempt={claims['attempt']}#ticket={ticket}"


async def _shown(request: str) -> dict[str, str]:
    """What the province asks of us, under its key; raises `NotRecognised`."""
    at = here()
    issuer, keys = at.region, public_jwks()
    if at.tier == "city":
        province = await platform(str(regions.parent_of(at.region)))
        issuer, keys = province.code, province.jwks
    try:
        header = header_of(request, (REQUEST,))
        jwk = next(jwk for jwk in keys if jwk["kid"] == header.get("kid"))
        claims = decode(
            request,
            jwt.PyJWK(jwk, algorithm="ES256"),
            ("ES256",),
            audience=urn_of(at.region),
            issuer=urn_of(issuer),
            options={"require": ["iss", "aud", "exp", "attempt", "return_to"]},
        )
        attempt = str(UUID(str(claims["attempt"])))
    except (TokenRefused, StopIteration, ValueError) as error:
        raise NotRecognised from error
    return {"attempt": attempt, "return_to": str(claims["return_to"])}


async def use_ticket(ticket: str, attempt: str) -> UUID:
    """Whose ticket this is, once and for this attempt alone; raises `NotRecognised`."""
    found = await db.value(
        "UPDATE federation_ticket SET used_at=$3 WHERE digest=$1 AND attempt=$2 "
        "AND used_at IS NULL AND expires_at > $3 RETURNING person_id",
        _digest(ticket[:100]),
        attempt[:36],
        clock.now(),
    )
    if not isinstance(found, UUID):
        raise NotRecognised
    return found


async def vouch(message: Message) -> dict[str, str]:
    """Tell the province whose ticket it brings, and no more than that; `NotYourPart`."""
    if message.sender.level != "province":
        raise NotYourPart
    body = message.body
    facts = await people.person(await use_ticket(str(body["ticket"]), str(body["attempt"])))
    return {"cert_no": facts.id_number, "user_name": facts.name}
