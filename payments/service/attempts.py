"""An attempt at its gateway: placed once, then asked about until there is an end."""

from typing import cast

from app_server.kernel import clock, db, outbox
from app_server.kernel.events import Ok, Outcome, Unknown
from app_server.kernel.outbox import announce
from app_server.kernel.settings import load
from payments.errors import GatewayRefused, GatewayUnreachable
from payments.events import AttemptStarted
from payments.models import Attempt, Bill, Order
from payments.providers import gateway
from payments.providers.gateway import Created, NoAnswer, Payer, PayRequest, Product, Refused
from payments.rules import DELAYED_CREATE, OPEN_ATTEMPTS, OPEN_ORDERS
from payments.service.facts import apply_fact, end_attempt, lock

SWEEP = 500
# Deliveries that are never given up while the other side is silent, by their stable names.
WATCH = "payments.watch_attempt"
PURSUED = (
    "payments.pursue_refund",
    "payments.issue_receipt",
    "payments.reverse_receipt",
    "payments.fetch_day",
)


async def place(attempt: Attempt, bill: Bill, order: Order, payer: Payer) -> None:
    """Place a committed attempt at its gateway; of several callers one does.

    Raises `GatewayRefused`, `GatewayUnreachable` (nothing is known then, and nothing is lost).
    """
    taken = await Attempt.filter(id=attempt.id, state="new").update(state="sent")
    if not taken and attempt.state == "new":
        # Another caller is at it this moment; what it brings is read again.
        return
    answer = await gateway(attempt.channel, attempt.fee_class).create(
        PayRequest(
            out_trade_no=attempt.out_trade_no,
            amount_fen=attempt.amount_fen,
            title=bill.title,
            pay_code=bill.pay_code,
            expires_at=order.expires_at,
            product=cast("Product", attempt.product),
            return_url=f"{load().origin('public')}/pay/result/{order.order_no}",
            payer=payer,
        )
    )
    if isinstance(answer, NoAnswer):
        raise GatewayUnreachable(answer.reason)
    async with db.unit_of_work():
        locked = await lock(attempt.out_trade_no)
        if locked is not None and isinstance(answer, Created):
            row = locked.attempt
            row.go = {"kind": answer.kind, "told": dict(answer.told)}
            row.channel_trade_no = row.channel_trade_no or answer.channel_trade_no
            if row.state == "sent":
                row.state = "waiting"
            await row.save(update_fields=["go", "channel_trade_no", "state"])
            await Order.filter(id=order.id, state="created").update(state="paying")
        elif locked is not None and locked.attempt.state == "sent":
            await end_attempt(locked, "rejected")
    if isinstance(answer, Refused):
        raise GatewayRefused(reason=answer.reason)


async def ask_gateway(out_trade_no: str) -> Outcome:
    """Ask the gateway about an attempt and apply what it says; `Unknown` while it is open.

    Past its time, or left for another channel, it is closed at the gateway first: if that says
    paid, it is paid (rule 7).
    """
    attempt = await Attempt.get(out_trade_no=out_trade_no)
    if attempt.state not in OPEN_ATTEMPTS:
        return Ok(attempt.state)
    order = await Order.get(id=attempt.order_id)
    over = clock.now() > order.expires_at
    closing = over or attempt.abandoned or order.state not in OPEN_ORDERS
    if over:
        await Order.filter(id=order.id, state__in=("created", "paying")).update(state="closing")
    if attempt.state == "new" and closing:
        # Nobody took it to the gateway, and from now on nobody can.
        return await _never_sent(out_trade_no)
    door = gateway(attempt.channel, attempt.fee_class)
    told = await (door.close(out_trade_no) if closing else door.query(out_trade_no))
    if isinstance(told, NoAnswer):
        return Unknown(told.reason)
    await apply_fact(told)
    if told.state == "missing" and clock.now() > order.expires_at + DELAYED_CREATE:
        # A create that was still under way has landed by now, or never will (rule 6).
        async with db.unit_of_work():
            locked = await lock(out_trade_no)
            if locked is not None and locked.attempt.state in OPEN_ATTEMPTS:
                await end_attempt(locked, "closed")
        return Ok("missing")
    return Ok(told.state) if told.state in {"success", "closed"} else Unknown(told.state)


async def _never_sent(out_trade_no: str) -> Outcome:
    async with db.unit_of_work():
        locked = await lock(out_trade_no)
        if locked is None or locked.attempt.state != "new":
            return Unknown("sent meanwhile")
        await end_attempt(locked, "closed")
    return Ok("closed")


async def sweep() -> int:
    """Have every attempt asked about that is open past its time, whatever became of its watch.

    A watch that gave up goes on first: a newer one would only wait behind it.
    """
    asked = await _ask_again()
    late = await db.rows(
        "SELECT a.out_trade_no FROM payments_attempt a JOIN payments_order o ON o.id = a.order_id "
        "WHERE a.state = ANY($1::text[]) AND o.expires_at < $2 AND NOT EXISTS ("
        "  SELECT 1 FROM kernel_delivery d WHERE d.handler = $4 "
        "  AND d.aggregate = 'payments:' || a.out_trade_no AND d.state IN ('ready', 'parked')) "
        "AND NOT EXISTS (SELECT 1 FROM kernel_event e WHERE NOT e.relayed "
        "  AND e.aggregate = 'payments:' || a.out_trade_no) "
        "ORDER BY a.id LIMIT $3",
        list(OPEN_ATTEMPTS),
        clock.now(),
        SWEEP,
        WATCH,
    )
    async with db.unit_of_work():
        for row in late:
            announce(AttemptStarted(out_trade_no=row["out_trade_no"]))
    return asked + len(late)


async def _ask_again() -> int:
    """Take up what was put aside because the other side was silent for too long.

    Money has an end only when the gateway says so: a refund takes days, a line is dead for hours.
    What was refused stays aside for people to look at.
    """
    silent = await db.rows(
        "SELECT d.id FROM kernel_delivery d WHERE d.state = 'parked' "
        "AND d.handler = ANY($1::text[]) AND d.run_at < $2 AND 'unknown' = ("
        "  SELECT outcome FROM kernel_attempt a WHERE a.delivery_id = d.id "
        "  ORDER BY number DESC LIMIT 1) ORDER BY d.run_at LIMIT $3",
        [WATCH, *PURSUED],
        clock.now(),
        SWEEP,
    )
    for row in silent:
        await outbox.replay(str(row["id"]))
    return len(silent)
