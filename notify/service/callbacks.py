"""What WeChat pushes: taken once, and subscribe events counted."""

from datetime import timedelta

from app_server.kernel import clock, db
from app_server.kernel.crypto import sha256_hex
from notify.errors import ReceiptTooEarly
from notify.providers.wechat_callback import (
    Callback,
    PushQuery,
    official_callbacks,
    parsed_callback,
    subscribe_facts,
    template_fact,
)
from notify.service.carrying import receipt_of
from notify.service.followers import count_follow
from notify.service.quota import count_consent

KEPT = timedelta(minutes=15)


async def take_official(query: PushQuery, body: bytes) -> Callback | None:
    """A push of the official account, read and noted; None when it was taken before.

    Raises `BadCallback`, and `ReceiptTooEarly` for a receipt of no message that is noted yet:
    WeChat says it again then. Consents, follows and receipts are counted here.
    """
    told = official_callbacks().read(query, body)
    fact = template_fact(told)
    # Before the push counts as taken: a receipt that could not be noted comes again. Twice is once.
    if fact and not await receipt_of(fact.reference, fact.arrived, fact.detail, "template"):
        raise ReceiptTooEarly
    async with db.unit_of_work():
        new = await db.execute(
            "INSERT INTO notify_callback_nonce (digest, expires_at) VALUES ($1,$2) "
            "ON CONFLICT (digest) DO NOTHING",
            sha256_hex(f"{query.timestamp}\0{query.nonce}\0{query.msg_signature}".encode()),
            clock.now() + KEPT,
        )
        if not new:
            return None
        await count_subscribe(told)
        await count_follow(told)
    return told


async def count_subscribe(told: Callback) -> int:
    """Count what a subscribe event says; answers how many facts were new. `BadCallback`."""
    return sum([await count_consent(fact) for fact in subscribe_facts(told)])


async def take_mini_program(text: str) -> None:
    """An event of the mini program, in clear: what it says of subscribe messages is counted.

    Raises `BadCallback`; repeated, it counts once.
    """
    await count_subscribe(parsed_callback(text))


def official_echo(query: PushQuery, given: str) -> str:
    """The answer to WeChat's check of our address; raises `BadCallback`."""
    return official_callbacks().echo(query, given)


async def forget_nonces() -> None:
    """Forget callbacks that are too old to be taken anyway."""
    await db.execute("DELETE FROM notify_callback_nonce WHERE expires_at < $1", clock.now())
