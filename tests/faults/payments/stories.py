"""What people do: pay, let it be, want money back, pay on two channels; and try again.

Whoever meets an error does what people do: waits a little and presses the button again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app_server.kernel import db
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from payments import service as payments
from payments.errors import (
    BillInUse,
    BillNotPayable,
    GatewayRefused,
    GatewayUnreachable,
    NotRefundable,
)
from payments.providers.gateway import Payer
from tests.builders.channels import opened
from tests.builders.staff import ORG
from tests.faults.payments.town import Channel, Crash, Town

OFFICERS = [
    Principal(kind="staff", id=uuid7(), org=ORG, region="341602", roles=frozenset({"finance"}))
    for _ in range(2)
]
TRIES = 8
PATIENCE = 40


@dataclass(frozen=True)
class Person:
    """Somebody with a bill, and the channel they like."""

    town: Town
    payer: Principal
    bill_no: str
    fen: int
    channel: Channel
    other: Channel

    async def tries(self, doing: Callable[[], Awaitable[object]], tries: int = TRIES) -> object:
        """What came of it in the end; None after so many failures."""
        for turn in range(tries):
            try:
                async with self.town.turns:
                    return await self.town.under_fire(doing())
            except (GatewayUnreachable, GatewayRefused, BillInUse):
                pass
            except Crash:
                pass
            except Exception as error:
                if not is_weather(error):
                    raise
            await self.town.sleep(seconds=20 * (turn + 1))
        return None

    async def starts(self, channel: Channel) -> payments.OrderFacts | None:
        """Begin to pay, or go on; None when there is nothing to pay or no way to."""
        product = self.town.dice.choice(channel.products)
        payer = Payer(channel.gateway.app_id(product), "oSIMULATED", "127.0.0.1")
        wish = payments.Wish(channel.name, product, payer)
        try:
            made = await self.tries(lambda: payments.start_order(self.payer, self.bill_no, wish))
        except BillNotPayable:
            return None
        if not isinstance(made, payments.OrderFacts) or not made.go:
            return None
        told = made.go["told"]
        if channel.name == "alipay" and made.go["kind"] == "redirect":
            opened(channel.world, told["url"])
        return made

    async def number(self, channel: Channel) -> str:
        """The newest attempt at a channel: what the phone shows."""
        return str(
            await db.value(
                "SELECT a.out_trade_no FROM payments_attempt a JOIN payments_order o "
                "ON o.id = a.order_id JOIN payments_bill b ON b.id = o.bill_id "
                "WHERE b.bill_no = $1 AND a.channel = $2 ORDER BY a.id DESC LIMIT 1",
                self.bill_no,
                channel.name,
            )
        )

    async def looks(self, order: payments.OrderFacts) -> None:
        """The result page, which asks the gateway."""
        await self.tries(lambda: payments.order_now(self.payer, order.order_no), 1)

    async def sees_it_paid(self) -> bool:
        """Until the bill says so, a day long."""
        for turn in range(PATIENCE):
            facts = await payments.bill_summary(self.bill_no)
            if facts.state == "paid":
                return True
            await self.town.sleep(seconds=30 * 1.2 ** min(turn, 25))
        return False

    async def gets_back(self, fen: int) -> object:
        """One officer asks, another agrees."""
        reason = f"多缴退回{self.town.dice.randrange(10**9)}"

        async def ask() -> object:
            known = await db.row(
                "SELECT out_refund_no, version FROM payments_refund WHERE reason = $1", reason
            )
            if known is None:
                return await payments.ask_refund(OFFICERS[0], self.bill_no, fen, reason)
            return known

        async def agree() -> object:
            row = await db.row(
                "SELECT out_refund_no, version, state FROM payments_refund WHERE reason = $1",
                reason,
            )
            if row is None or row["state"] != "asked":
                return row
            number, version = row["out_refund_no"], row["version"]
            return await payments.decide_refund(OFFICERS[1], number, version, agreed=True)

        try:
            asked = await self.tries(ask)
        except NotRefundable:
            return None
        return asked and await self.tries(agree)


def is_weather(error: Exception) -> bool:
    """What a database does now and then, and a caller meets as an error to try again after."""
    name = type(error).__name__
    return name in {"SerializationError", "DeadlockDetectedError", "OperationalError"}


async def pay(who: Person) -> None:
    """Begin, pay some minutes later, look at the result perhaps."""
    order = await who.starts(who.channel)
    if order is None:
        return
    await who.town.sleep(seconds=who.town.dice.choice((2, 2, 10, 20, 60, 300, 1795)))
    who.channel.world.pay(await who.number(who.channel))
    if who.town.dice.random() < 0.5:
        await who.looks(order)


async def close(who: Person) -> None:
    """Begin and let it be; some come back when it is over."""
    await who.starts(who.channel)
    if who.town.dice.random() < 0.5:
        await who.town.sleep(minutes=45)
        again = await who.starts(who.channel)
        if again is not None and who.town.dice.random() < 0.5:
            who.channel.world.pay(await who.number(who.channel))


async def late(who: Person) -> None:
    """Close, and the money comes all the same: the channel says so an hour later."""
    await who.starts(who.channel)
    number = await who.number(who.channel)
    await who.town.sleep(minutes=who.town.dice.choice((36, 50, 70)))
    reopen(who.channel, number)
    if who.channel.world.pay(number):
        who.town.injected["late_success"] += 1


def reopen(channel: Channel, number: str) -> None:
    """A channel that closed an order whose money was under way."""
    for key, order in channel.world.orders.items():
        if number not in (key, key[-1]):
            continue
        if order.get("trade_state") == "CLOSED":
            order |= {"trade_state": "NOTPAY", "expires": channel.world.now().replace(year=2027)}
        if order.get("trade_status") == "TRADE_CLOSED" and "paid_at" not in order:
            order |= {
                "trade_status": "WAIT_BUYER_PAY",
                "expires": channel.world.now().replace(year=2027),
            }
        if order.get("state") == "CLOSED":
            order["state"] = "WAIT"


async def refund(who: Person) -> None:
    """Pay, and have all of it back."""
    await pay(who)
    if await who.sees_it_paid():
        await who.gets_back(who.fen)


async def partial(who: Person) -> None:
    """Pay, and have two parts back; a third would be more than was paid."""
    await pay(who)
    if await who.sees_it_paid():
        part = who.fen // 3
        await who.gets_back(part)
        await who.gets_back(part + 1)
        assert await who.gets_back(who.fen - part) is None


async def double(who: Person) -> None:
    """Begin on one channel, change one's mind, and pay on both."""
    first = await who.starts(who.channel)
    early = who.town.dice.random() < 0.5
    if first is not None and early:
        who.channel.world.pay(await who.number(who.channel))
    second = await who.starts(who.other)
    if first is not None and not early:
        who.channel.world.pay(await who.number(who.channel))
    if second is not None:
        # A moment later the first is known and the second closed: fingers are quicker sometimes.
        if who.town.dice.random() < 0.3:
            await who.town.sleep(seconds=30)
        who.other.world.pay(await who.number(who.other))


STORIES = {"pay": pay, "close": close, "refund": refund, "partial": partial, "double": double}
