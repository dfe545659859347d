"""Which carrier of short messages is tried first, and what is remembered of it."""

import random
from collections.abc import Awaitable, Callable

from app_server.kernel import clock, db
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from notify.errors import CodeNotSent
from notify.models import Carrier
from notify.providers import NotSent
from notify.providers.carriers import carriers
from notify.providers.sms import SmsProvider
from notify.providers.sms_cmpp import CmppSms, ReceiptHook
from notify.rules import after_failure, after_success, checked_phone, chosen, drifted

Noting = Callable[[str], Awaitable[None]]
_receipts: list[ReceiptHook] = []


def hear_receipts(hook: ReceiptHook) -> None:
    """Have what a carrier reports of its own accord passed on."""
    _receipts[:] = [hook]


def _carriers() -> dict[str, SmsProvider]:
    found = carriers()
    for carrier in found.values():
        if isinstance(carrier, CmppSms) and _receipts:
            carrier.hear(_receipts[0])
    return found


async def health() -> dict[str, Carrier]:
    """Every carrier of this instance as it stands now, its weight drifted to the present."""
    now = clock.now()
    kept = {row.name: row for row in await Carrier.all()}
    found = {}
    for name in _carriers():
        row = kept.get(name) or Carrier(name=name, weight=100.0, changed_at=now)
        row.weight = drifted(row.weight, now - row.changed_at)
        found[name] = row
    return found


async def _order() -> list[str]:
    weights = {name: row.weight for name, row in (await health()).items()}
    return chosen(weights, random.random())  # noqa: S311 - balances load, guards nothing


async def _remember(name: str, outcome: Outcome | NotSent) -> None:
    # A phone that cannot be reached is no fault of the carrier's.
    well = isinstance(outcome, Ok | Rejected)
    async with db.unit_of_work():
        await db.lock(f"notify.carrier:{name}")
        row = (await health())[name]
        weight = after_success(row.weight) if well else after_failure(row.weight)
        await Carrier.update_or_create(
            name=name,
            defaults={
                "weight": weight,
                "changed_at": clock.now(),
                "successes": (row.successes or 0) + well,
                "failures": (row.failures or 0) + (not well),
                "last_failure": row.last_failure if well else outcome.detail[:120],
            },
        )


async def send_sms(
    out_id: str, phone: str, body: str, note: Noting | None = None
) -> tuple[Outcome | NotSent, str]:
    """Send once by the carrier most trusted; another only where the first surely sent nothing."""
    outcome: Outcome | NotSent = NotSent("no carrier")
    name = ""
    for name in await _order():
        if note is not None:
            await note(name)
        outcome = await _carriers()[name].send(out_id, phone, body)
        await _remember(name, outcome)
        if not isinstance(outcome, NotSent):
            break
    return outcome, name


async def ask_carrier(name: str, out_id: str, phone: str) -> Outcome:
    """What a carrier knows of a message of ours."""
    carrier = _carriers().get(name)
    return Unknown("carrier gone") if carrier is None else await carrier.query(out_id, phone)


async def send_now(out_id: str, phone: str, body: str) -> None:
    """Send words that are written down nowhere; raises `CodeNotSent` when surely nothing left.

    An answer that was lost counts as sent: a second code within the minute would confuse.
    """
    outcome, _ = await send_sms(out_id, checked_phone(phone), body)
    if isinstance(outcome, NotSent | Rejected):
        raise CodeNotSent
