"""What move-car announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class CallWanted(Event):
    """Nobody answered: the two sides are to be joined by a number of neither."""

    name: ClassVar[str] = "move_car.call_wanted/1"
    key: ClassVar[str] = "request_id"

    request_id: UUID


class CallNoLongerWanted(Event):
    """The request ended while a pair of numbers stood."""

    name: ClassVar[str] = "move_car.call_no_longer_wanted/1"
    key: ClassVar[str] = "request_id"

    request_id: UUID
    bind_id: str
