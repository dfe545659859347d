"""What gateways told, kept as it was told; append-only."""

from app_server.kernel import clock, db
from app_server.kernel.ids import uuid7
from payments.providers.gateway import Fact, RefundFact


async def keep_fact(fact: Fact | RefundFact, verdict: str) -> str:
    """Keep what was told, append-only; `known` when this word was kept before."""
    kept = await db.execute(
        "INSERT INTO payments_channel_fact (id, channel, source, external_id, out_trade_no, "
        "told, verdict, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8) "
        "ON CONFLICT (channel, source, external_id) DO NOTHING",
        uuid7(),
        fact.channel,
        fact.source,
        fact.external_id,
        fact.out_trade_no[:64],
        fact.raw,
        verdict,
        clock.now(),
    )
    return verdict if kept or verdict != "applied" else "known"
