"""Watching an attempt until it has an end; and words about bills."""

from app_server.kernel.events import Delivery, Outcome, handles, performs
from notify import service as notify
from notify.service import Template
from payments import service
from payments.events import AttemptStarted, BillCreated, BillPaid
from payments.rules import yuan_from_fen

DUE = Template(
    "payments.due",
    "您有一笔费用待缴",
    "{title}：{amount} 元，收款单位 {agency}。可在“缴费”中在线缴纳。",
    "您有一笔费用待缴：{title}，{amount} 元。请在万事“缴费”中在线缴纳。",
)
PAID = Template(
    "payments.paid",
    "缴款成功",
    "{title}：{amount} 元已缴清，电子票据可在缴款单中查看。",
)


@performs(AttemptStarted)
async def watch_attempt(event: AttemptStarted, delivery: Delivery) -> Outcome:
    """Ask the gateway again and again, ever more rarely, until it says how it ended."""
    del delivery
    return await service.ask_gateway(event.out_trade_no)


@handles(BillCreated)
async def tell_due(event: BillCreated) -> None:
    """Tell the person that a bill waits."""
    await notify.send(
        person_id=event.person_id,
        template=DUE,
        params={
            "title": event.title,
            "amount": yuan_from_fen(event.amount_fen),
            "agency": event.agency_name,
        },
        dedupe=f"bill:{event.bill_no}",
        link=f"/bills/{event.bill_no}",
    )


@handles(BillPaid)
async def tell_paid(event: BillPaid) -> None:
    """Tell the person that it is paid."""
    await notify.send(
        person_id=event.person_id,
        template=PAID,
        params={"title": event.title, "amount": yuan_from_fen(event.amount_fen)},
        dedupe=f"bill-paid:{event.bill_no}",
        link=f"/bills/{event.bill_no}",
    )
