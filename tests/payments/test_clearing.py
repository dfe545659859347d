"""The third side: the finance department's list, and money that reaches the treasury."""

from datetime import timedelta

import pytest

from app_server.kernel import clock, db
from app_server.kernel.events import Rejected
from payments import service as payments
from payments.errors import BadBill
from payments.providers.nontax_clearing import clearing_lines
from payments.service import receipts, reconciling
from payments.service.reconciling import clearing
from tests.builders.channels import turnable
from tests.builders.gateways import channels
from tests.builders.payments import unpaid_bill
from tests.builders.people import bearer, resident
from tests.builders.staff import ORG, officer


@pytest.fixture
def gateways(database, monkeypatch):
    noon = clock.now().replace(hour=4, minute=0)
    with channels() as made, turnable(noon) as made.times:
        door = made.gateway("nontax")
        for module in (receipts, clearing):
            monkeypatch.setattr(module, "nontax", lambda: door)
        yield made


async def paid(gateways, ref: str, channel: str = "nontax", *, receipted: bool = True) -> str:
    """A bill paid through a channel and confirmed to the finance department; its number."""
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer, ref=ref)
    await payments.start_order(payer, bill, payments.Wish(channel, "h5"))
    number = await db.value("SELECT out_trade_no FROM payments_attempt ORDER BY id DESC LIMIT 1")
    assert gateways.pay(number, channel)
    await gateways.tell(channel)
    if receipted:
        await payments.issue_receipt(bill)
    return bill


async def told_next_day(gateways):
    """The finance department's list of the day that is over, matched."""
    gateways.times.turn(days=1)
    assert await reconciling.ask_for_clearing()
    assert not await reconciling.ask_for_clearing()
    day = clock.today() - timedelta(days=1)
    await reconciling.pursue_clearing(day)
    [batch] = [b for b in await reconciling.batches(day) if b.channel == "finance"]
    return batch


async def state(bill: str) -> str:
    return (await payments.bill_summary(bill)).state


async def balance() -> dict[str, int]:
    rows = await db.rows(
        "SELECT split_part(account, ':', 1) AS kind, sum(amount_fen)::bigint AS fen "
        "FROM payments_ledger_entry GROUP BY 1"
    )
    return {row["kind"]: row["fen"] for row in rows if row["fen"]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "stage,pay_code,agency_code,amount_fen\n",
        "stage,pay_code,agency_code,amount_fen\nCLEARED,1,A,5\nTOTAL,1,,6\n",
        "stage,pay_code,agency_code,amount_fen\nCLEARED,1,A,５\nTOTAL,1,,5\n",
        "stage,pay_code,agency_code,amount_fen\nTOTAL,0,,0\nCLEARED,1,A,5\n",
        "stage,pay_code,agency_code,amount_fen\nGONE,1,A,5\nTOTAL,1,,5\n",
    ],
)
def test_a_list_that_does_not_add_up_is_not_read(text):
    with pytest.raises(BadBill):
        list(clearing_lines(text))


async def test_money_of_every_channel_is_cleared_and_reaches_the_treasury(gateways):
    one, two = await paid(gateways, "1"), await paid(gateways, "2", "wechat")
    batch = await told_next_day(gateways)
    assert (batch.state, batch.rows, batch.trade_fen, batch.unproved_fen) == (
        "balanced", 2, 4000, 0,
    )  # fmt: skip
    assert {await state(one), await state(two)} == {"cleared"}
    assert await balance() == {"channel": 4000, "clearing": -4000}
    closed = await reconciling.close_day(await officer("treasurer"), batch.id, batch.version)
    assert closed.state == "closed"
    again = await told_next_day(gateways)
    assert (again.state, again.rows) == ("balanced", 0)
    assert {await state(one), await state(two)} == {"in_treasury"}
    assert await balance() == {"channel": 4000, "treasury": -4000}


async def test_what_was_confirmed_late_waits_for_a_later_list_and_then_counts_as_missing(gateways):
    late, lost = [await paid(gateways, ref, receipted=False) for ref in "12"]
    first = await told_next_day(gateways)
    assert (first.state, first.differences) == ("differs", 2)
    await payments.issue_receipt(late)
    await told_next_day(gateways)
    assert (await state(late), await state(lost)) == ("cleared", "paid")
    found = await reconciling.differences(first.id)
    assert sorted(one.state for one in found) == ["resolved", "waiting"]
    gateways.times.turn(days=3)
    await reconciling.mature()
    assert [one.kind for one in await reconciling.differences(first.id, "open")] == [
        "CHANNEL_MISSING"
    ]


async def test_every_difference_of_a_list_is_found_and_the_day_proved_after_it(gateways):
    right, less, other, void = [await paid(gateways, ref) for ref in "1234"]
    world = gateways.worlds["nontax"]
    codes = {bill: (await payments.bill_summary(bill)).pay_code for bill in (less, other, void)}
    world.receipts[codes[less]]["amount_fen"] = 1999
    world.receipts[codes[other]]["agency"] = "9" * 18
    world.receipts["1" * 20] = world.receipts[codes[less]] | {"amount_fen": 7}
    await db.execute("UPDATE payments_bill SET state='void' WHERE bill_no=$1", void)
    batch = await told_next_day(gateways)
    found = await reconciling.differences(batch.id)
    assert sorted(one.kind for one in found) == [
        "AMOUNT", "LOCAL_MISSING", "STATE", "UNKNOWN_MERCHANT",
    ]  # fmt: skip
    assert await state(right) == "cleared"
    assert (await state(less), await state(other)) == ("paid", "paid")
    treasurer = await officer("treasurer")
    for one in found:
        await reconciling.resolve(treasurer, one.id, one.version, "book", "财政来函")
    [batch] = [b for b in await reconciling.batches(batch.day) if b.channel == "finance"]
    assert (batch.state, batch.unproved_fen) == ("balanced", 0)


async def test_a_silent_or_early_finance_department_is_asked_again_and_days_keep_their_order(
    gateways,
):
    await paid(gateways, "1")
    assert await reconciling.ask_for_clearing(clock.today())
    assert (await reconciling.pursue_clearing(clock.today())).detail == "not ready"
    gateways.times.turn(days=1)
    assert await reconciling.ask_for_clearing(clock.today())
    outcome = await reconciling.pursue_clearing(clock.today())
    assert outcome.detail == "an earlier day waits"
    world = gateways.worlds["nontax"]
    world.faults.set({"answer_lost": 1})
    before = clock.today() - timedelta(days=1)
    assert (await reconciling.pursue_clearing(before)).detail == "no signed answer"
    assert (await reconciling.pursue_clearing(before)).detail == "matched"


async def test_three_sides_are_told_by_executing_unit(gateways):
    await paid(gateways, "1")
    await paid(gateways, "2", "wechat", receipted=False)
    gateways.times.turn(days=1)
    day = clock.today() - timedelta(days=1)
    await reconciling.ask_for_days()
    await reconciling.ask_for_clearing()
    await reconciling.pursue_day("nontax", "treasury", day)
    await reconciling.pursue_clearing(day)
    [told] = await reconciling.agencies_of_day(day)
    assert (told.agency_code, told.ours_fen) == (ORG, 4000)
    assert (told.channel_fen, told.finance_fen) == (2000, 2000)
    assert not isinstance(await reconciling.pursue_day("wechat", "treasury", day), Rejected)
    [told] = await reconciling.agencies_of_day(day)
    assert told.channel_fen == 4000


async def test_only_the_treasury_reads_three_sides(staff_surface):
    path = "/reconciliation-agencies?day=2026-06-01"
    assert (await staff_surface.get(path)).status_code == 401
    desk = await bearer(await officer("finance", login="one", org=ORG))
    assert (await staff_surface.get(path, headers=desk)).status_code == 403
    treasury = await bearer(await officer("treasurer", login="two", region="340000"))
    assert (await staff_surface.get(path, headers=treasury)).json() == {"items": []}
