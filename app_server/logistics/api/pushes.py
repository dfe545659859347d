"""Carriers' pushes: the raw body is what was signed, the answer follows the commit."""

import orjson

from app_server.kernel.http import Call, RawReply, anyone, endpoint
from app_server.logistics import service
from app_server.logistics.rules import MAX_NOTICE


async def _taken(call: Call, carrier: str) -> RawReply:
    headers = {name.lower(): value for name, value in call.headers.items()}
    return RawReply(orjson.dumps(await service.take_push(carrier, headers, call.raw)))


@endpoint(
    "POST",
    "/callbacks/ems",
    guard=anyone("partner"),
    raw=("application/json",),
    max_body=MAX_NOTICE,
    reply_type="application/json",
)
async def ems_push(call: Call) -> RawReply:
    """Take EMS' events."""
    return await _taken(call, "ems")


@endpoint(
    "POST",
    "/callbacks/sf",
    guard=anyone("partner"),
    raw=("application/json",),
    max_body=MAX_NOTICE,
    reply_type="application/json",
)
async def sf_push(call: Call) -> RawReply:
    """Take SF's events."""
    return await _taken(call, "sf")
