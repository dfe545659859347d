"""The judge: our tables beside the books of the channels and of the finance department.

It knows nothing of how payments works, only what must hold in the end: no money lost, none counted
twice, every ledger transaction in balance, nothing left halfway.
"""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from payments.simulators.takings import Taking

FAULTS = ("lost", "doubled", "unbalanced", "stuck")
Ask = Callable[[str], Awaitable[Sequence[Mapping[str, Any]]]]
_ATTEMPTS = """
SELECT a.out_trade_no AS number, a.channel, a.merchant, a.state, a.amount_fen, b.bill_no,
       b.state AS bill, b.total_fen, b.refunded_fen, o.state AS order_state
FROM payments_attempt a JOIN payments_order o ON o.id = a.order_id
JOIN payments_bill b ON b.id = o.bill_id
"""
_REFUNDS = """
SELECT r.out_refund_no AS number, r.state, r.amount_fen, r.auto, a.out_trade_no AS of
FROM payments_refund r JOIN payments_attempt a ON a.id = r.attempt_id
"""
_BOOKED = "SELECT DISTINCT key FROM payments_ledger_transaction"
_SUMS = """
SELECT t.key, count(e.id) AS n, coalesce(sum(e.amount_fen), 1)::bigint AS fen
FROM payments_ledger_transaction t LEFT JOIN payments_ledger_entry e ON e.transaction_id = t.id
GROUP BY t.id, t.key
HAVING coalesce(sum(e.amount_fen), 1) <> 0
"""
_ACCOUNTS = "SELECT account, sum(amount_fen)::bigint AS fen FROM payments_ledger_entry GROUP BY 1"
_PAID_NEWS = """
SELECT payload->>'bill_no' AS bill_no, count(*) AS n FROM kernel_event
WHERE name = 'payments.bill_paid/1' GROUP BY 1
"""
_BILLS = """
SELECT b.bill_no, b.pay_code, b.state, b.total_fen, b.refunded_fen, r.state AS receipt, r.amount_fen
FROM payments_bill b LEFT JOIN payments_receipt r ON r.bill_id = b.id
"""
_OPEN = """
SELECT 'order ' || order_no AS what, state FROM payments_order
  WHERE state IN ('created', 'paying', 'closing')
UNION ALL SELECT 'attempt ' || channel || ' ' || out_trade_no, state FROM payments_attempt
  WHERE state IN ('new', 'sent', 'waiting')
UNION ALL SELECT 'refund ' || out_refund_no, state FROM payments_refund
  WHERE state NOT IN ('success', 'turned_down')
UNION ALL SELECT 'bill ' || bill_no, state FROM payments_bill WHERE state = 'locked'
UNION ALL SELECT 'news ' || name, 'not relayed' FROM kernel_event WHERE NOT relayed
UNION ALL SELECT 'delivery ' || handler, state || ' ' || coalesce(error, '') FROM kernel_delivery
  WHERE state IN ('ready', 'parked') AND handler LIKE 'payments.%'
"""


@dataclass
class Verdict:
    """What was found, by kind, and some examples of each."""

    orders: int = 0
    facts: int = 0
    paid: int = 0
    refunded: int = 0
    found: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def say(self, kind: str, what: str) -> None:
        """Note one finding."""
        self.found[kind] += 1
        if len(self.examples[kind]) < 5:
            self.examples[kind].append(what)

    def add(self, other: "Verdict") -> None:
        """Take in another wave's."""
        self.orders += other.orders
        self.facts += other.facts
        self.paid += other.paid
        self.refunded += other.refunded
        self.found += other.found
        for kind, told in other.examples.items():
            self.examples[kind] = (self.examples[kind] + told)[:5]

    @property
    def clean(self) -> bool:
        """Nothing found."""
        return not self.found

    def __str__(self) -> str:
        """The zeros, or what is none."""
        return ", ".join(f"{kind} {self.found[kind]}" for kind in FAULTS)


async def judge(
    ask: Ask, books: Mapping[str, Sequence[Taking]], receipts: Mapping[str, Mapping[str, Any]]
) -> Verdict:
    """Compare; `ask` answers a query of our tables, `receipts` are the finance department's."""
    verdict = Verdict()
    attempts = {row["number"]: row for row in await ask(_ATTEMPTS)}
    refunds = {row["number"]: row for row in await ask(_REFUNDS)}
    taken = {(name, one.out_trade_no): one for name, all_ in books.items() for one in all_}
    verdict.orders = int((await ask("SELECT count(*) AS n FROM payments_order"))[0]["n"])
    verdict.facts = int((await ask("SELECT count(*) AS n FROM payments_channel_fact"))[0]["n"])
    _trades(verdict, attempts, taken)
    _refunds(verdict, attempts, refunds, taken)
    bills = list(await ask(_BILLS))
    _bills(verdict, attempts, taken, bills)
    _finance(verdict, bills, receipts)
    await _ledger(verdict, ask, attempts, refunds, taken, bills)
    for row in await ask(_PAID_NEWS):
        if row["n"] > 1:
            verdict.say("doubled", f"{row['bill_no']} was announced paid {row['n']} times")
    for row in await ask(_OPEN):
        verdict.say("stuck", f"{row['what']} {row['state']}")
    return verdict


Rows = Mapping[str, Mapping[str, Any]]
Takings = Mapping[tuple[str, str], Taking]


def _trades(verdict: Verdict, attempts: Rows, taken: Takings) -> None:
    for (channel, number), one in taken.items():
        ours = attempts.get(number)
        verdict.paid += one.paid_fen > 0
        if one.paid_fen and (ours is None or ours["channel"] != channel):
            verdict.say("lost", f"{channel} {number}: paid there, nobody's here")
        elif one.paid_fen and ours is not None and ours["state"] not in {"success", "duplicate"}:
            verdict.say("lost", f"{channel} {number}: paid there, {ours['state']} here")
        elif one.paid_fen and ours is not None and one.paid_fen != ours["amount_fen"]:
            verdict.say("lost", f"{channel} {number}: another amount")
    for number, row in attempts.items():
        theirs = taken.get((row["channel"], number))
        if row["state"] in {"success", "duplicate"} and not (theirs and theirs.paid_fen):
            verdict.say("doubled", f"{row['channel']} {number}: paid here, not there")


def _refunds(verdict: Verdict, attempts: Rows, refunds: Rows, taken: Takings) -> None:
    for (channel, number), one in taken.items():
        if sum(one.refunds.values()) > one.paid_fen:
            verdict.say("doubled", f"{channel} {number}: more went back than came")
        for back, fen in one.refunds.items():
            verdict.refunded += 1
            ours = refunds.get(back)
            if ours is None:
                verdict.say("doubled", f"{channel} {back}: went back there, nobody's here")
            elif ours["state"] != "success":
                verdict.say("lost", f"{channel} {back}: went back there, {ours['state']} here")
            elif ours["amount_fen"] != fen or ours["of"] != number:
                verdict.say("lost", f"{channel} {back}: another amount or order")
    for back, row in refunds.items():
        channel = attempts[row["of"]]["channel"]
        theirs = taken.get((channel, row["of"]))
        if row["state"] == "success" and (theirs is None or back not in theirs.refunds):
            verdict.say("lost", f"{channel} {back}: went back here, not there")


def _bills(
    verdict: Verdict, attempts: Rows, taken: Takings, bills: Sequence[Mapping[str, Any]]
) -> None:
    """What each payer is out of pocket is what the bill says they paid."""
    spent: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for number, row in attempts.items():
        one = taken.get((row["channel"], number))
        if one is not None:
            spent[row["bill_no"]] += one.paid_fen - sum(one.refunds.values())
        kept[row["bill_no"]] += row["state"] == "success"
    for bill in bills:
        settled = bill["state"] in {"paid", "cleared", "in_treasury"}
        owed = bill["total_fen"] - bill["refunded_fen"] if settled else 0
        told = f"{bill['bill_no']} {bill['state']}: payer gave {spent[bill['bill_no']]}, not {owed}"
        if spent[bill["bill_no"]] > owed:
            verdict.say("lost", told)
        elif spent[bill["bill_no"]] < owed:
            verdict.say("doubled", told)
        if kept[bill["bill_no"]] != settled:
            verdict.say(
                "doubled", f"{bill['bill_no']} {bill['state']}: {kept[bill['bill_no']]} paid it"
            )


def _finance(
    verdict: Verdict, bills: Sequence[Mapping[str, Any]], receipts: Mapping[str, Mapping[str, Any]]
) -> None:
    """One receipt for each bill that was paid, valid while not all of the money went back."""
    for bill in bills:
        theirs = receipts.get(bill["pay_code"])
        if bill["state"] != "paid":
            if theirs is not None:
                verdict.say("doubled", f"{bill['bill_no']}: receipted and not paid")
            continue
        back = bill["refunded_fen"] >= bill["total_fen"]
        if theirs is None or bill["receipt"] is None:
            verdict.say("lost", f"{bill['bill_no']}: paid and not receipted")
            continue
        if theirs["amount_fen"] != bill["total_fen"] or bill["amount_fen"] != bill["total_fen"]:
            verdict.say("unbalanced", f"{bill['bill_no']}: receipted another amount")
        if (bill["receipt"] == "reversed", bool(theirs["is_reversal"])) != (back, back):
            verdict.say("lost", f"{bill['bill_no']}: receipt {bill['receipt']}, refunded {back}")


async def _ledger(
    verdict: Verdict,
    ask: Ask,
    attempts: Rows,
    refunds: Rows,
    taken: Takings,
    bills: Sequence[Mapping[str, Any]],
) -> None:
    """Each event of money once, each transaction to nothing, each account as others' books."""
    for row in await ask(_SUMS):
        verdict.say("unbalanced", f"{row['key']} sums to {row['fen']}")
    booked = {row["key"] for row in await ask(_BOOKED)}
    wanted = {
        f"collect:{number}"
        for number, row in attempts.items()
        if row["state"] in {"success", "duplicate"}
    } | {f"refund:{number}" for number, row in refunds.items() if row["state"] == "success"}
    for key in wanted - booked:
        verdict.say("lost", f"{key} was never booked")
    for key in booked - wanted:
        verdict.say("doubled", f"{key} was booked and did not happen")
    held: Counter[str] = Counter()
    for (channel, _), one in taken.items():
        held[f"channel:{channel}/{one.merchant}"] += one.paid_fen - sum(one.refunds.values())
    for bill in bills:
        if bill["state"] == "paid":
            held["agency"] -= bill["total_fen"] - bill["refunded_fen"]
    ours: Counter[str] = Counter()
    for row in await ask(_ACCOUNTS):
        name = row["account"]
        ours["agency" if name.startswith("agency:") else name] += row["fen"]
    for account in set(held) | set(ours):
        if held[account] != ours[account]:
            verdict.say("unbalanced", f"{account}: {ours[account]} here, {held[account]} there")
