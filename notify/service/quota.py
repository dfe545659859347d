"""The ledger of subscribe messages: one consent is one message, and they add up.

Kept by the vendor's name for a person, keyed: a consent may come before an account is bound.
"""

from datetime import datetime

from app_server.kernel import clock, db
from app_server.kernel.crypto import blind_index, sha256_hex
from app_server.kernel.ids import uuid7
from notify.models import Quota, QuotaFact
from notify.providers.wechat_callback import SubscribeFact


def _holder(openid: str) -> str:
    return blind_index(openid, "notify.quota")


async def count_consent(told: SubscribeFact) -> bool:
    """Count one fact, once; answers whether it was new.

    `withdraw` takes everything back; a refused pop-up takes nothing away. `sent` only reports:
    the use was counted before it was sent.
    """
    holder = _holder(told.openid)
    named = (holder, told.template_id, told.kind, told.at.isoformat(), told.reference)
    async with db.unit_of_work():
        new = await db.execute(
            "INSERT INTO notify_quota_fact (digest, kind, at) VALUES ($1,$2,$3) "
            "ON CONFLICT (digest) DO NOTHING",
            sha256_hex("\0".join(named).encode()),
            told.kind[:10],
            told.at,
        )
        if new and told.kind == "accept":
            await give_back(told.openid, told.template_id)
        elif new and told.kind == "withdraw":
            await zero(told.openid, told.template_id)
    return bool(new)


async def spend(openid: str, template_id: str) -> bool:
    """Use one consent; False when none is left."""
    return bool(
        await db.execute(
            "UPDATE notify_quota SET remaining = remaining - 1, changed_at=$3 "
            "WHERE holder=$1 AND vendor_template=$2 AND remaining > 0",
            _holder(openid),
            template_id,
            clock.now(),
        )
    )


async def give_back(openid: str, template_id: str) -> None:
    """One consent more."""
    await db.execute(
        "INSERT INTO notify_quota (id, holder, vendor_template, remaining, changed_at) "
        "VALUES ($1,$2,$3,1,$4) ON CONFLICT (holder, vendor_template) "
        "DO UPDATE SET remaining = notify_quota.remaining + 1, changed_at = $4",
        uuid7(),
        _holder(openid),
        template_id,
        clock.now(),
    )


async def zero(openid: str, template_id: str) -> None:
    """WeChat says that nothing is left (43101), or the person took it back."""
    await Quota.filter(holder=_holder(openid), vendor_template=template_id).update(
        remaining=0, changed_at=clock.now()
    )


async def left(openid: str, template_id: str) -> int:
    """How many messages of a vendor template a person still allows."""
    row = await Quota.get_or_none(holder=_holder(openid), vendor_template=template_id)
    return row.remaining if row else 0


async def forget_facts(before: datetime) -> None:
    """Drop facts of long ago: WeChat repeats an event within a minute."""
    await QuotaFact.filter(at__lt=before).delete()
