"""The live check of a face: steps handed out one at a time, frames sent one at a time."""

from dataclasses import asdict
from uuid import UUID

from app_server.kernel.http import Call, endpoint, person
from app_server.kernel.ratelimit import Limit
from auth.identity import service
from auth.identity.schemas import FrameQuery, LivenessView, StepFinished

MAX_FRAME = 200 * 1024


@endpoint(
    "POST",
    "/me/face-checks/{check_id}/liveness",
    guard=person(1),
    status=201,
    limit=Limit("liveness", 10, 600, fail_closed=True),
)
async def open_liveness(call: Call, check_id: UUID) -> LivenessView:
    """Begin a live check; the first step comes with it."""
    return _view(await service.open_liveness(call.principal, check_id))


@endpoint(
    "PUT",
    "/me/liveness/{liveness_id}/frames",
    guard=person(1),
    raw=("image/jpeg",),
    max_body=MAX_FRAME,
    limit=Limit("liveness-frame", 120, 60, fail_closed=True),
)
async def put_frame(call: Call, liveness_id: UUID, query: FrameQuery) -> None:
    """Send one frame of the present step."""
    frame = service.Frame(query.step, query.n, query.at, query.mac, call.raw)
    await service.add_frame(call.principal, liveness_id, frame)


@endpoint("POST", "/me/liveness/{liveness_id}/steps", guard=person(1))
async def finish_step(call: Call, liveness_id: UUID, body: StepFinished) -> LivenessView:
    """Say that a step's frames are all there; the next step comes, or the end."""
    return _view(await service.finish_step(call.principal, liveness_id, body.index))


def _view(state: service.LivenessState) -> LivenessView:
    return LivenessView(**asdict(state))
