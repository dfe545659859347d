"""Watching an attempt until it has an end; and words about bills."""

from datetime import date

from app_server.kernel.events import Delivery, Ok, Outcome, Unknown, handles, performs
from notify import service as notify
from notify.service import Template
from payments import service
from payments.events import (
    AttemptStarted,
    BillCreated,
    BillPaid,
    BillRefunded,
    BillVoided,
    DayDue,
    KeysDue,
    RefundStarted,
)
from payments.rules import yuan_from_fen
from payments.service import reconciling

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
BACK = Template(
    "payments.refunded",
    "退款已原路退回",
    "{title}：{amount} 元已原路退回，到账时间以支付渠道为准。",
    "您缴纳的{title}有 {amount} 元已原路退回，到账时间以支付渠道为准。",
)
TWICE = Template(
    "payments.refunded_twice",
    "重复缴款已退回",
    "{title}：多缴的 {amount} 元已原路退回，无需您再做什么。",
    "您为{title}多缴的 {amount} 元已原路退回，无需您再做什么。",
)
VOID = Template(
    "payments.voided",
    "缴款单已作废",
    "{title}：收款单位已作废这张缴款单，您不用再缴。",
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


@performs(RefundStarted)
async def pursue_refund(event: RefundStarted, delivery: Delivery) -> Outcome:
    """Place a refund at its gateway and ask until it says how it ended."""
    del delivery
    return await service.pursue_refund(event.out_refund_no)


@performs(DayDue)
async def fetch_day(event: DayDue, delivery: Delivery) -> Outcome:
    """Fetch a channel's (or the finance department's) file of a day and match it.

    It is asked for until it is made.
    """
    del delivery
    day = date.fromisoformat(event.day)
    if event.channel == reconciling.FINANCE:
        return await reconciling.pursue_clearing(day)
    return await reconciling.pursue_day(event.channel, event.fee_class, day)


@performs(KeysDue)
async def refresh_keys(event: KeysDue, delivery: Delivery) -> Outcome:
    """Look for a channel's newer keys before a notice needs them."""
    del delivery
    worked = await service.refresh_keys(event.channel, event.fee_class)
    return Ok() if worked else Unknown("not fetched")


@performs(BillPaid)
async def issue_receipt(event: BillPaid, delivery: Delivery) -> Outcome:
    """Have the payment receipted."""
    del delivery
    return await service.issue_receipt(event.bill_no)


@performs(BillRefunded)
async def reverse_receipt(event: BillRefunded, delivery: Delivery) -> Outcome:
    """What went back in full has no receipt any more."""
    del delivery
    return await service.reverse_receipt(event.bill_no)


@handles(BillRefunded)
async def tell_refunded(event: BillRefunded) -> None:
    """Tell the person that money is on its way back."""
    await notify.send(
        person_id=event.person_id,
        template=TWICE if event.twice else BACK,
        params={"title": event.title, "amount": yuan_from_fen(event.amount_fen)},
        dedupe=f"bill-refunded:{event.bill_no}:{event.amount_fen}:{event.twice}",
        link=f"/bills/{event.bill_no}",
    )


@handles(BillVoided)
async def tell_voided(event: BillVoided) -> None:
    """Tell the person that nothing is owed any more."""
    await notify.send(
        person_id=event.person_id,
        template=VOID,
        params={"title": event.title},
        dedupe=f"bill-voided:{event.bill_no}",
        link=f"/bills/{event.bill_no}",
    )
