"""Telling unified department systems how an officer's account stands (R-ID-29)."""

from app_server.kernel.events import Delivery, Outcome, performs
from auth.staff import service
from auth.staff.events import ProvisioningDue


@performs(ProvisioningDue)
async def push_account(event: ProvisioningDue, delivery: Delivery) -> Outcome:
    """Push the present state; the same again changes nothing there."""
    del delivery
    return await service.push(event.system_id, event.staff_id)
