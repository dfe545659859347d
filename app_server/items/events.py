"""What items announces."""

from typing import ClassVar

from app_server.kernel.events import Event


class ItemPublished(Event):
    """A version of an item is in force."""

    name: ClassVar[str] = "items.published/1"
    key: ClassVar[str] = "code"
    code: str
    version: int
    item_name: str
    region: str
