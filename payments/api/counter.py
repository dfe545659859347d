"""The counter of a hall: a bill by its pay code, paid in cash or by card."""

from dataclasses import asdict

from app_server.kernel.http import Call, endpoint, staff
from app_server.kernel.ratelimit import Limit
from payments import service
from payments.schemas.counter import CounterBillView, CounterPayment

CASHIER = staff("cashier")
# Pay codes are numbers in a row: who tries one after the other is stopped.
CODES = Limit("counter-codes", 60, 60, fail_closed=True)


@endpoint("GET", "/counter/bills/{pay_code}", guard=CASHIER, limit=CODES)
async def read_counter_bill(call: Call, pay_code: str) -> CounterBillView:
    """What is due today on a bill of my region."""
    return CounterBillView(**asdict(await service.bill_at_counter(call.principal, pay_code)))


@endpoint(
    "POST",
    "/counter/bills/{pay_code}/payment",
    guard=CASHIER,
    status=201,
    idempotent=True,
    limit=CODES,
)
async def pay_counter_bill(call: Call, pay_code: str, body: CounterPayment) -> CounterBillView:
    """Take what is due; the amount said must be the amount due."""
    taken = await service.pay_at_counter(
        call.principal, pay_code, body.amount_fen, body.means, body.voucher
    )
    return CounterBillView(**asdict(taken))
