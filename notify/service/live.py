"""Live nudges of the inbox: "there is something new"; the screen asks the inbox itself."""

from collections.abc import AsyncGenerator
from uuid import UUID

from app_server.kernel import live as streams
from notify.errors import TooManyScreens

SCREENS_PER_PERSON = 5


async def tell_live(person_id: UUID) -> None:
    """Nudge the open screens of a person."""
    await streams.tell(f"person:{person_id}", "message")


def live(person_id: UUID) -> AsyncGenerator[str, None]:
    """Names of events for one open screen: `hello` first, then `message` at every nudge.

    Raises `TooManyScreens` beyond five at once.
    """
    if streams.watching(f"person:{person_id}") >= SCREENS_PER_PERSON:
        raise TooManyScreens
    return streams.listen(f"person:{person_id}")
