"""Proving who one is."""

from dataclasses import asdict
from uuid import UUID

from app_server.kernel.http import Call, endpoint, person
from app_server.kernel.ratelimit import Limit
from auth.identity import service
from auth.identity.schemas import CodeEntry, FaceCheckStart, FaceCheckView

MAX_PHOTO = 4 * 1024 * 1024


@endpoint("POST", "/me/face-checks", guard=person(1), status=201)
async def open_face_check(call: Call, body: FaceCheckStart) -> FaceCheckView:
    """Begin a face check under a separate consent; `act_proof_id` names the act it is to prove."""
    found = await service.open_check(call.principal, body.consent_id, body.act_proof_id)
    return FaceCheckView(**asdict(found))


@endpoint(
    "PUT",
    "/me/face-checks/{check_id}/photo",
    guard=person(1),
    raw=("image/jpeg", "image/png", "image/webp"),
    max_body=MAX_PHOTO,
    limit=Limit("face", 10, 60, fail_closed=True),
)
async def put_photo(call: Call, check_id: UUID) -> FaceCheckView:
    """Compare a picture with the photo in the population registry."""
    return FaceCheckView(**asdict(await service.submit_photo(call.principal, check_id, call.raw)))


@endpoint("POST", "/me/face-checks/{check_id}/code", guard=person(1), status=202)
async def send_code(call: Call, check_id: UUID) -> FaceCheckView:
    """Send the one-time code that completes the check."""
    return FaceCheckView(**asdict(await service.send_check_code(call.principal, check_id)))


@endpoint(
    "POST",
    "/me/face-checks/{check_id}/confirm",
    guard=person(1),
    limit=Limit("face-code", 10, 60, fail_closed=True),
)
async def confirm(call: Call, check_id: UUID, body: CodeEntry) -> FaceCheckView:
    """Complete the check with the code; the tier rises."""
    return FaceCheckView(**asdict(await service.confirm(call.principal, check_id, body.code)))
