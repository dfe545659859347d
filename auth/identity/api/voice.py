"""Digits spoken aloud: the second means of a face check, and the voiceprint."""

from dataclasses import asdict
from uuid import UUID

from app_server.kernel.http import Call, endpoint, person
from app_server.kernel.ratelimit import Limit
from auth.identity import service
from auth.identity.schemas import VoiceStart, VoiceView

MAX_RECORDING = 2 * 1024 * 1024


@endpoint(
    "POST",
    "/me/voice-checks",
    guard=person(1),
    status=201,
    limit=Limit("voice", 10, 600, fail_closed=True),
)
async def open_voice_check(call: Call, body: VoiceStart) -> VoiceView:
    """Draw digits to be read aloud."""
    about = body.act_proof_id if body.purpose == "act" else body.face_check_id
    found = await service.open_voice_check(call.principal, body.purpose, body.consent_id, about)
    return VoiceView(**asdict(found))


@endpoint(
    "PUT",
    "/me/voice-checks/{check_id}/recording",
    guard=person(1),
    raw=("audio/wav", "application/octet-stream"),
    max_body=MAX_RECORDING,
    limit=Limit("voice-recording", 10, 60, fail_closed=True),
)
async def put_recording(call: Call, check_id: UUID) -> VoiceView:
    """Have a recording of the digits judged; it is not kept."""
    return VoiceView(**asdict(await service.hear(call.principal, check_id, call.raw)))
