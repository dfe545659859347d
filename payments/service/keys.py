"""The channels' keys, looked after in the background so that no notice has to wait for one."""

from app_server.kernel.outbox import announce
from payments.events import KeysDue
from payments.providers import GATEWAYS, gateway

CLASSES = ("treasury", "business")


def announce_keys() -> None:
    """Have every account's keys looked for, in the caller's unit of work."""
    for channel in GATEWAYS:
        for fee_class in CLASSES:
            announce(KeysDue(channel=channel, fee_class=fee_class))


async def refresh_keys(channel: str, fee_class: str) -> bool:
    """Fetch one account's newer keys; whether it worked. Older ones stay."""
    return await gateway(channel, fee_class).refresh_keys()
