"""What staff announces: ids and moments, never names."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class StaffTransferred(Event):
    """An officer has another post: what the old one allowed ended at `at`."""

    name: ClassVar[str] = "staff.transferred/1"
    key: ClassVar[str] = "staff_id"
    staff_id: UUID
    at: datetime


class StaffSuspended(Event):
    """An account rests."""

    name: ClassVar[str] = "staff.suspended/1"
    key: ClassVar[str] = "staff_id"
    staff_id: UUID
    at: datetime


class StaffCancelled(Event):
    """An account is closed for good; its deeds keep its name."""

    name: ClassVar[str] = "staff.cancelled/1"
    key: ClassVar[str] = "staff_id"
    staff_id: UUID
    at: datetime


class ProvisioningDue(Event):
    """A unified system should be told how an officer's account stands now (R-ID-29)."""

    name: ClassVar[str] = "staff.provisioning_due/1"
    key: ClassVar[str] = "account"
    account: str
    system_id: UUID
    staff_id: UUID
