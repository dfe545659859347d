"""What the finance journey finds besides the demo data: bills, and a channel's day that differs.

Run in the platform's environment, after one bill was made in the browser:
`python -m tests.journeys.prepare_finance bills | days`.
"""

import asyncio
import sys
from datetime import timedelta

from app_server.cli.backing import backing

POLICE = ("11341602MBDM00020N", "亳州市公安局谯城分局（演示）")
HOUSING = ("11341602MBDM00012U", "亳州市谯城区住房保障中心（演示）")
PERMIT, FINE, RENT = "103044205", "103050101", "B1000001"
ROW = (
    "INSERT INTO payments_recon_line (batch_id, kind, merchant, out_trade_no, out_refund_no, "
    "amount_fen, fee_fen, at, state) VALUES ($1,'trade',$2,$3,'',$4,0,$5,'SUCCESS')"
)


async def bills() -> None:
    """Bills of the person of the newest one: fees, a fine that is late, and a rent."""
    from app_server.kernel import clock, db
    from app_server.kernel.ids import uuid7
    from payments import service as payments

    person = await db.value("SELECT person_id FROM payments_bill ORDER BY id DESC LIMIT 1")
    late = clock.today() - timedelta(days=3)
    wanted = [
        *[(f"居住证工本费（{n}）", PERMIT, 2000, POLICE, None) for n in range(1, 9)],
        ("道路交通安全违法罚款", FINE, 20000, POLICE, late),
        ("公共租赁住房租金（11月）", RENT, 65000, HOUSING, None),
    ]
    for title, code, fen, (agency_code, agency_name), due_on in wanted:
        await payments.create_bill(
            person_id=person,
            title=title,
            items=[payments.BillItem(title, code, fen)],
            agency_code=agency_code,
            agency_name=agency_name,
            region="341602",
            source="journey",
            source_ref=uuid7().hex,
            due_on=due_on,
        )
    await payments.mark_overdue()


async def days() -> None:
    """What was paid counts as of three days ago, and the channel's file of that day differs."""
    from app_server.kernel import clock, db
    from payments.models import Attempt, ReconBatch
    from payments.service import reconciling

    noon = clock.now() - timedelta(days=3)
    paid = await Attempt.filter(state="success", channel="nontax").order_by("id")
    await Attempt.filter(id__in=[one.id for one in paid]).update(paid_at=noon)
    merchant = paid[0].merchant
    lines = [(one.out_trade_no, one.amount_fen) for one in paid]
    # One not in the file, one a fen more, one twice, and two we never heard of.
    lines = [*lines[1:], lines[-1], ("0" * 32, 2000), ("1" * 32, 300)]
    lines[0] = (lines[0][0], lines[0][1] + 1)
    key = {"channel": "nontax", "merchant": merchant, "day": clock.local(noon).date()}
    batch, _ = await ReconBatch.get_or_create(key, **key, fee_class="treasury")
    batch.rows, batch.trade_fen = len(lines), sum(fen for _, fen in lines)
    for number, fen in lines:
        await db.execute(ROW, batch.id, merchant, number, fen, noon)
    await reconciling.match(batch)
    await reconciling.ask_for_days(clock.today())


async def prepare(what: str) -> None:
    """Make the one or the other, through the services."""
    from app_server import registry

    registry.assemble()
    await registry.connect()
    try:
        await {"bills": bills, "days": days}[what]()
    finally:
        await registry.disconnect()


if __name__ == "__main__":
    with backing():
        asyncio.run(prepare(sys.argv[1]))
