"""What contexts announce, and who listens.

An event is frozen, named and versioned (`cases.accepted/1`), carries ids and facts and no
secret. `handles` is for effects in our own database (exactly once); `performs` is for the
outside world (lease, attempt row, query before retry).
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict


class Event(BaseModel):
    """Base of all announcements; `name` and `key` (the field naming the aggregate) are set."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: ClassVar[str]
    key: ClassVar[str]

    @property
    def aggregate(self) -> str:
        """What this event is about; deliveries about one aggregate keep their order."""
        return f"{self.name.partition('.')[0]}:{getattr(self, self.key)}"


@dataclass(frozen=True, slots=True)
class Ok:
    """The outside party did it; `detail` is its reference."""

    detail: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The outside party refused for good; a retry would be refused again."""

    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows whether it happened: ask before trying again."""

    detail: str = ""


Outcome = Ok | Rejected | Unknown


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery of one event; `id` is the idempotency key towards the outside party."""

    id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Subscription:
    """One listener; `name` is stable, since stored deliveries refer to it."""

    name: str
    event: type[Event]
    kind: Literal["handles", "performs"]
    run: Callable[..., Awaitable[Any]]
    ask: Callable[..., Awaitable[Outcome]] | None = None


SUBSCRIPTIONS: dict[str, Subscription] = {}


def listeners(event_name: str) -> list[Subscription]:
    """Everyone who listens to an event of this name."""
    return [s for s in SUBSCRIPTIONS.values() if s.event.name == event_name]


_ROOM = re.compile(r"\.(?:handlers\.)?[a-z_]+$")


def _name_of(run: Callable[..., Any]) -> str:
    # `handlers` may be one file or a package; a name that was stored stays.
    context = _ROOM.split(run.__module__)[0].removeprefix("app_server.")
    return f"{context}.{run.__name__}"


def _subscribe(subscription: Subscription) -> None:
    if subscription.name in SUBSCRIPTIONS:
        raise ValueError(f"two listeners are called {subscription.name}")
    SUBSCRIPTIONS[subscription.name] = subscription


E = TypeVar("E", bound=Event)
Handler = Callable[[E], Awaitable[None]]
Performer = Callable[[E, Delivery], Awaitable[Outcome]]


def handles(event: type[E]) -> Callable[[Handler[E]], Handler[E]]:
    """Mark an async function as a database-only reaction to `event` (effect exactly once)."""

    def register(run: Handler[E]) -> Handler[E]:
        _subscribe(Subscription(_name_of(run), event, "handles", run))
        return run

    return register


def performs(
    event: type[E], *, ask: Performer[E] | None = None
) -> Callable[[Performer[E]], Performer[E]]:
    """Mark an async function that tells the outside world; `ask` queries before a retry.

    It runs outside any transaction, after its attempt row is committed, and answers `Ok`,
    `Rejected` or `Unknown`. An exception counts as `Unknown`.
    """

    def register(run: Performer[E]) -> Performer[E]:
        _subscribe(Subscription(_name_of(run), event, "performs", run, ask))
        return run

    return register
