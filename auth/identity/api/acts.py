"""Residents prove a single act (tier 3): open a challenge, choose a way, take the proof along."""

from uuid import UUID

from app_server.kernel.http import Call, endpoint, person
from app_server.kernel.ratelimit import Limit
from auth.identity import service
from auth.identity.errors import NoSuchVideoSession
from auth.identity.schemas import (
    ActProofGiven,
    ActProofView,
    ActStart,
    ActView,
    MethodShape,
    VideoState,
)

STARTS = Limit("act", 20, 600, fail_closed=True)
PROOFS = Limit("act-prove", 20, 60, fail_closed=True)


@endpoint("POST", "/me/act-proofs", guard=person(1), status=201, limit=STARTS)
async def open_act(call: Call, body: ActStart) -> ActView:
    """Open a challenge for an act that was refused without its own proof."""
    row = await service.open_act(call.principal, body.act, body.about, body.digest)
    return await _view(call, row.id)


@endpoint("GET", "/me/act-proofs/{proof_id}", guard=person(1))
async def read_act(call: Call, proof_id: UUID) -> ActView:
    """How my challenge stands, and the ways open to me; one needs no face."""
    return await _view(call, proof_id)


@endpoint(
    "POST",
    "/me/act-proofs/{proof_id}/prove",
    guard=person(1),
    limit=PROOFS,
    max_body=256 * 1024,
)
async def prove(call: Call, proof_id: UUID, body: ActProofGiven) -> ActProofView:
    """Prove it by one method; the proof is good for this act, once, for five minutes."""
    proof, until = await service.prove_act(call.principal, proof_id, body.method, body.given)
    return ActProofView(proof=proof, expires_at=until)


@endpoint("POST", "/me/act-proofs/{proof_id}/video", guard=person(1), status=201, limit=STARTS)
async def ask_for_officer(call: Call, proof_id: UUID) -> ActView:
    """Wait for an officer on video."""
    await service.ask_for_officer(call.principal, proof_id)
    return await _view(call, proof_id)


@endpoint("DELETE", "/me/act-proofs/{proof_id}/video", guard=person(1))
async def leave_queue(call: Call, proof_id: UUID) -> None:
    """No longer wait for an officer; another way may be taken."""
    await service.cancel_call(call.principal, proof_id)


async def _view(call: Call, proof_id: UUID) -> ActView:
    row = await service.challenge(call.principal, proof_id)
    return ActView(
        id=row.id,
        act=row.act,
        act_name=service.act_name(row.act),
        about=row.about,
        digest=row.digest,
        nonce=row.nonce,
        to_sign=service.to_sign(row).decode(),
        state=row.state,
        expires_at=row.expires_at,
        methods=[
            MethodShape(code=m.code, name=m.name, needs_face=m.face, obstacle=m.obstacle)
            for m in await service.methods_for(call.principal.subject)
        ],
        video=await _video(call, proof_id),
    )


async def _video(call: Call, proof_id: UUID) -> VideoState | None:
    try:
        row = await service.own_session(call.principal, proof_id)
    except NoSuchVideoSession:
        return None
    return VideoState(
        state=row.state,
        before_me=await service.calls_before(row),
        reason=row.reason,
        expires_at=row.expires_at,
    )
