"""What items announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class ItemPublished(Event):
    """A version of an item is in force."""

    name: ClassVar[str] = "items.published/1"
    key: ClassVar[str] = "code"
    code: str
    version: int
    item_name: str
    region: str


class ItemCancelled(Event):
    """An item is no longer in force."""

    name: ClassVar[str] = "items.cancelled/1"
    key: ClassVar[str] = "code"
    code: str


class ImportArrived(Event):
    """A file of items waits to be taken in."""

    name: ClassVar[str] = "items.import_arrived/1"
    key: ClassVar[str] = "import_id"
    import_id: UUID
