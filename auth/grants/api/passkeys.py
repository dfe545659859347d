"""Passkeys: of residents to sign in with, of officers as their second factor."""

from uuid import UUID

from app_server.kernel.http import Call, anyone, endpoint, person, staff
from app_server.kernel.ratelimit import Limit
from auth.grants import service
from auth.grants.api.accounts import PROOF_LIMIT, SIGN_IN_LIMIT
from auth.grants.api.presenting import place_of, session_view
from auth.grants.schemas import SessionView
from auth.grants.schemas.sessions import (
    CeremonyView,
    NewPasskey,
    PasskeyAnswer,
    PasskeyList,
    PasskeyName,
    PasskeyView,
)
from auth.people import service as people

ANSWER = 16 * 1024
ADDING = Limit("passkey-add", 20, 600, fail_closed=True)


def ceremony_view(begun: service.Ceremony) -> CeremonyView:
    """A ceremony as the browser takes it."""
    return CeremonyView(challenge_id=begun.challenge_id, options=begun.options)


def passkey_view(facts: service.PasskeyFacts) -> PasskeyView:
    """A passkey as its owner sees it."""
    return PasskeyView(
        id=facts.id,
        name=facts.name,
        synced=facts.synced,
        suspect=facts.suspect,
        created_at=facts.created_at,
        used_at=facts.used_at,
    )


@endpoint("POST", "/sessions/passkey/challenges", guard=anyone(), status=201, limit=SIGN_IN_LIMIT)
async def passkey_challenge(call: Call) -> CeremonyView:
    """Begin to sign in with a passkey; the authenticator knows whose it is."""
    return ceremony_view(await service.passkey_challenge(place_of(call)))


@endpoint(
    "POST",
    "/sessions/passkey",
    guard=anyone(),
    status=201,
    limit=SIGN_IN_LIMIT,
    max_body=ANSWER,
)
async def sign_in_by_passkey(call: Call, body: PasskeyAnswer) -> SessionView:
    """Sign in with a passkey alone."""
    granted = await service.sign_in_by_passkey(body.challenge_id, body.credential, place_of(call))
    return await session_view(call, granted)


@endpoint("POST", "/sessions/current/proof/passkey/challenges", guard=person(0), status=201)
async def prove_challenge(call: Call) -> CeremonyView:
    """Begin to prove a passkey where a recent sign-in is asked for."""
    return ceremony_view(await service.passkey_challenge_again(call.principal))


@endpoint(
    "POST",
    "/sessions/current/proof/passkey",
    guard=person(0),
    limit=PROOF_LIMIT,
    max_body=ANSWER,
)
async def prove_by_passkey(call: Call, body: PasskeyAnswer) -> None:
    """Prove a passkey where a recent sign-in is asked for (RFC 9470)."""
    await service.prove_again_by_passkey(call.principal, body.challenge_id, body.credential)


async def _holder(call: Call) -> service.Holder:
    if call.principal.kind == "staff":
        return await service.holder_of(call.principal.subject)
    facts = await people.person(call.principal.subject)
    return service.Holder("person", facts.id, facts.masked_phone, facts.display_name)


async def begin_passkey(call: Call) -> CeremonyView:
    """Begin to add a passkey; needs a recent sign-in."""
    return ceremony_view(await service.begin_adding(call.principal, await _holder(call)))


async def add_passkey(call: Call, body: NewPasskey) -> PasskeyView:
    """Add a passkey."""
    holder = await _holder(call)
    return passkey_view(
        await service.add_passkey(
            call.principal, holder, body.challenge_id, body.credential, body.name
        )
    )


async def rename_passkey(call: Call, passkey_id: UUID, body: PasskeyName) -> None:
    """Call a passkey otherwise."""
    await service.rename_passkey(call.principal, passkey_id, body.name)


for _path, _guard in (("/me/passkeys", person(0)), ("/my/passkeys", staff())):
    endpoint("POST", f"{_path}/challenges", guard=_guard, status=201, limit=ADDING)(begin_passkey)
    endpoint("POST", _path, guard=_guard, status=201, limit=ADDING, max_body=ANSWER)(add_passkey)
    endpoint("PATCH", f"{_path}/{{passkey_id}}", guard=_guard)(rename_passkey)


@endpoint("GET", "/me/passkeys", guard=person(0))
async def list_passkeys(call: Call) -> PasskeyList:
    """My passkeys."""
    return PasskeyList(items=[passkey_view(p) for p in await service.passkeys_of(call.principal)])


@endpoint("DELETE", "/me/passkeys/{passkey_id}", guard=person(0))
async def delete_passkey(call: Call, passkey_id: UUID) -> None:
    """Forget a passkey; needs a recent sign-in."""
    await service.delete_passkey(call.principal, passkey_id)
