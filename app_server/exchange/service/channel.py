"""Signed messages between the province and the cities: federation's keys, over our own bytes.

Federation's token names the digest of the body beside it, since a token is small. The answer is
signed the same way, its kind ends in `_answer`, and it names the question (`re`).
"""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from app_server.exchange.errors import PeerMessageRefused
from app_server.exchange.providers.wire import OtherDown, send_to_platform
from app_server.exchange.service.signing import HEADER, digest_of
from app_server.kernel.ids import uuid7
from auth.federation import service as federation
from auth.federation.errors import PlatformRefused
from auth.federation.service import messages

PATH = "/partner/v1/exchange/messages"
MEDIA = "application/json"
_MARK = "_answer"

Answering = Callable[[messages.Message, dict[str, Any]], Awaitable[dict[str, Any]]]


class PeerRefused(Exception):
    """The other platform answered no; the text is its status."""


async def ask(code: str, kind: str, told: dict[str, Any]) -> dict[str, Any]:
    """Ask a registered platform; raises `OtherDown`, `PeerRefused`, and `NoSuchPlatform`."""
    peer = await federation.platform(code)
    body, number = orjson.dumps(told), uuid7().hex
    token = messages.sign(code, kind, {"digest": digest_of(body)}, number=number)
    headers = {"content-type": MEDIA, HEADER: token}
    reply = await send_to_platform(f"{peer.partner_url}{PATH}", headers, body)
    if reply.status != 200:
        raise PeerRefused(f"HTTP {reply.status}")
    try:
        message = await _read(reply.signature, reply.body)
        answer: dict[str, Any] = orjson.loads(reply.body)
    except (PeerMessageRefused, ValueError) as error:
        raise OtherDown("an answer that is not the platform's") from error
    asked = (message.sender.code, message.kind, message.body.get("re"))
    if asked != (code, kind + _MARK, number):
        raise OtherDown("another question's answer")
    return answer


async def answer(
    token: str, body: bytes, kinds: dict[str, Answering]
) -> tuple[bytes, dict[str, str]]:
    """Our signed answer to a platform's message; raises `PeerMessageRefused`."""
    message = await _read(token, body)
    answering = kinds.get(message.kind)
    if answering is None:
        raise PeerMessageRefused
    try:
        found = await answering(message, orjson.loads(body))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PeerMessageRefused from error
    reply = orjson.dumps(found)
    signed = messages.sign(
        message.sender.code,
        message.kind + _MARK,
        {"digest": digest_of(reply), "re": message.id},
    )
    return reply, {HEADER: signed}


async def _read(token: str, body: bytes) -> messages.Message:
    try:
        # What is told twice changes nothing here, so nothing is taken only once.
        message = await messages.read(token, once=frozenset())
    except PlatformRefused as error:
        raise PeerMessageRefused from error
    if message.body.get("digest") != digest_of(body):
        raise PeerMessageRefused
    return message
