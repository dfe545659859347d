"""What logistics announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class ParcelOrdered(Event):
    """A parcel waits for its courier."""

    name: ClassVar[str] = "logistics.parcel_ordered/1"
    key: ClassVar[str] = "parcel_id"
    parcel_id: UUID


class ParcelMoved(Event):
    """A parcel is somewhere else (news for the timeline)."""

    name: ClassVar[str] = "logistics.parcel_moved/1"
    key: ClassVar[str] = "parcel_id"
    parcel_id: UUID
    about: str
    person_id: UUID
    state: str


class ParcelDelivered(Event):
    """The recipient signed; `intact` when the contents' digest is the one at hand-over."""

    name: ClassVar[str] = "logistics.parcel_delivered/1"
    key: ClassVar[str] = "parcel_id"
    parcel_id: UUID
    about: str
    person_id: UUID
    intact: bool
