"""What logistics announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class ParcelOrdered(Event):
    """A parcel waits for its carrier."""

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
    direction: str = "out"


class ParcelDelivered(Event):
    """The recipient signed; `intact` unless the carrier read another list off the parcel."""

    name: ClassVar[str] = "logistics.parcel_delivered/1"
    key: ClassVar[str] = "parcel_id"
    parcel_id: UUID
    about: str
    person_id: UUID
    intact: bool
    direction: str = "out"


class ParcelReceived(Event):
    """An office ticked off what came in; `intact` when it is the agreed custody list."""

    name: ClassVar[str] = "logistics.parcel_received/1"
    key: ClassVar[str] = "parcel_id"
    parcel_id: UUID
    about: str
    person_id: UUID
    intact: bool


class CancelDue(Event):
    """A carrier has to be told that it need not come: for good, or because another time suits."""

    name: ClassVar[str] = "logistics.cancel_due/1"
    key: ClassVar[str] = "parcel_id"
    parcel_id: UUID
    order_id: UUID
    again: bool


class StrayOrder(Event):
    """A carrier that had denied an order took it after all: the parcel went elsewhere meanwhile."""

    name: ClassVar[str] = "logistics.stray_order/1"
    key: ClassVar[str] = "order_id"
    order_id: UUID


class BillDue(Event):
    """A day of one carrier account is over: its bill is fetched until it is there."""

    name: ClassVar[str] = "logistics.bill_due/1"
    key: ClassVar[str] = "day"
    carrier: str
    customer_code: str
    day: str

    @property
    def aggregate(self) -> str:
        """Accounts do not wait for each other."""
        return f"logistics:{self.carrier}/{self.customer_code}/{self.day}"


class RoutesDue(Event):
    """A parcel on its way of which nothing was heard for long: its carrier is asked."""

    name: ClassVar[str] = "logistics.routes_due/1"
    key: ClassVar[str] = "parcel_id"
    parcel_id: UUID
