"""Receipts that carriers push: each believed only about a message that this carrier has of us."""

from typing import Literal
from uuid import UUID

from notify.errors import BadCallback
from notify.models import Delivery
from notify.providers.sms_receipts import SmsReceipt, genuine, read_receipts
from notify.service.carrying import receipt

Pusher = Literal["aliyun", "tencent"]


async def take_sms_receipts(carrier: Pusher, key: str, body: bytes) -> int:
    """Note what a carrier says of our messages; answers how many were of ours.

    Raises `BadCallback` for an address that is not the carrier's, and for what cannot be read.
    Again or in another order changes nothing; one-time codes have no row.
    """
    if not genuine(carrier, key):
        raise BadCallback("address")
    taken = 0
    for told in read_receipts(carrier, body):
        row = await _row(carrier, told)
        if row is not None:
            await receipt(row.id, arrived=told.arrived, detail=told.detail)
            taken += 1
    return taken


async def _row(carrier: str, told: SmsReceipt) -> Delivery | None:
    ours = Delivery.filter(channel="sms", provider=carrier)
    row = await ours.filter(provider_msg_id=told.reference).first()
    if row is not None:
        return row
    # The receipt may be here before the answer that brings the carrier's own reference is noted.
    try:
        return await ours.filter(
            id=UUID(told.out_id), provider_msg_id="", state__in=("sent", "unknown")
        ).first()
    except ValueError:
        return None
