"""Browsers and phones that want to be woken while nothing of ours is open."""

from typing import Protocol
from uuid import UUID

import orjson

from app_server.kernel import clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.errors import InvalidInput
from app_server.kernel.events import Ok, Outcome, Rejected
from app_server.kernel.ids import uuid7
from notify.models import PushDevice
from notify.providers import NotSent
from notify.providers.web_push import GONE, decoded, web_push

MOST_DEVICES = 10


class VendorPush(Protocol):
    """Port: a phone maker's push (none is bound yet; a web push reaches browsers)."""

    async def __call__(self, subscription: dict[str, str], plain: bytes) -> Outcome | NotSent:
        """Send once; `GONE` drops the device."""


_vendors: dict[str, VendorPush] = {}


def push_by(vendor: str, sender: VendorPush) -> None:
    """Bind a phone maker's push under a name (the registry does)."""
    _vendors[vendor] = sender


def push_key() -> str:
    """`applicationServerKey` for browsers."""
    return web_push().public_key


def _index(endpoint: str) -> str:
    return blind_index(endpoint, "notify.push")


async def add_device(person_id: UUID, endpoint: str, p256dh: str, auth: str) -> UUID:
    """Register a browser; the same one again is one, and belongs to who registered it last.

    Raises `InvalidInput` for an address that is no push service's and for keys that are none.
    """
    try:
        point, secret = decoded(p256dh), decoded(auth)
    except ValueError:
        point = secret = b""
    if len(point) != 65 or point[:1] != b"\x04" or len(secret) != 16:
        raise InvalidInput(errors=[{"field": "keys", "message": "密钥无效"}])
    if not web_push().may_call(endpoint):
        raise InvalidInput(errors=[{"field": "endpoint", "message": "不是已知的推送服务"}])
    async with db.unit_of_work():
        await db.lock(f"notify.push:{person_id}")
        await PushDevice.filter(endpoint_index=_index(endpoint)).delete()
        kept = await PushDevice.filter(person_id=person_id).order_by("-id")
        for old in kept[MOST_DEVICES - 1 :]:
            await old.delete()
        row = await PushDevice.create(
            id=uuid7(),
            person_id=person_id,
            endpoint_index=_index(endpoint),
            subscription=orjson.dumps(
                {"endpoint": endpoint, "p256dh": p256dh, "auth": auth}
            ).decode(),
            created_at=clock.now(),
        )
    return row.id


async def drop_device(person_id: UUID, endpoint: str) -> None:
    """Forget a browser of mine; one that is not there is no matter."""
    await PushDevice.filter(person_id=person_id, endpoint_index=_index(endpoint)).delete()


async def push_to(person_id: UUID, plain: str, *, urgent: bool) -> Outcome | NotSent:
    """Wake every device of a person; one that was reached is enough."""
    outcome: Outcome | NotSent = Rejected("没有设备")
    reached: Outcome | None = None
    for device in await PushDevice.filter(person_id=person_id):
        where = orjson.loads(device.subscription)
        vendor = _vendors.get(device.vendor)
        if vendor is not None:
            outcome = await vendor(where, plain.encode())
        else:
            outcome = await web_push().send(
                where["endpoint"], where["p256dh"], where["auth"], plain.encode(), urgent=urgent
            )
        if outcome == GONE:
            await device.delete()
        elif isinstance(outcome, Ok):
            reached = outcome
    return reached or outcome
