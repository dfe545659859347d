"""The one door for other platforms' messages: read, answer by kind, sign the answer."""

from collections.abc import Awaitable, Callable

from auth.federation.errors import NotYourPart, PlatformRefused
from auth.federation.service import messages, receiving, recognising
from auth.federation.service.messages import Message

# A pushed user is told again until it is answered, and answers a repetition as before.
ONCE = frozenset({"route", "recognise", "verify"})


async def _user(message: Message) -> str:
    taken = await receiving.take_pushed(message)
    return messages.answer(message, {"outcome": taken.outcome, "reason": taken.reason})


async def _route(message: Message) -> str:
    return messages.answer(message, await recognising.direct(message))


async def _verify(message: Message) -> str:
    return messages.answer(message, await recognising.vouch(message))


_KINDS: dict[str, Callable[[Message], Awaitable[str]]] = {
    "user": _user,
    "route": _route,
    "recognise": recognising.recognise,
    "verify": _verify,
}


async def answer_message(token: str) -> str:
    """Our signed answer to a platform's message.

    Raises `PlatformRefused`, `NotYourPart`, and what the kind of message may be refused with.
    """
    message = await messages.read(token, once=ONCE)
    answering = _KINDS.get(message.kind)
    if answering is None:
        raise NotYourPart
    try:
        return await answering(message)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PlatformRefused from error
