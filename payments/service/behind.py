"""What channels must know of the bill behind an attempt, lent to those that ask by more than it."""

from payments.models import Attempt, Bill, FeeItem, Order
from payments.providers.wechat_nontax_account import Behind
from payments.rules import item_of


async def behind(out_trade_no: str) -> Behind | None:
    """The bill behind an attempt; None for a number that is none of ours."""
    attempt = await Attempt.get_or_none(out_trade_no=out_trade_no)
    if attempt is None:
        return None
    order = await Order.get(id=attempt.order_id)
    bill = await Bill.get(id=order.bill_id)
    items = [item_of(line) for line in bill.items]
    return Behind(
        bill.agency_code,
        bill.agency_name,
        bill.region,
        items,
        await FeeItem.exists(
            agency_code=bill.agency_code, code__in=[item.code for item in items], is_fine=True
        ),
        bill.created_at,
    )
