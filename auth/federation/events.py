"""What federation announces, to itself: one thing to tell a platform, one part to merge."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class UserPushDue(Event):
    """A platform should be told how a user stands now.

    The platform is the aggregate: what one platform is told keeps its order (R-ID-24).
    """

    name: ClassVar[str] = "federation.user_push_due/1"
    key: ClassVar[str] = "platform"
    platform: str
    person_id: UUID


class ImportPartArrived(Event):
    """A part of a city's legacy users waits to be merged; the parts of an import keep order."""

    name: ClassVar[str] = "federation.import_part_arrived/1"
    key: ClassVar[str] = "import_id"
    import_id: UUID
    number: int
