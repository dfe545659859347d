"""The non-tax system without a network: what it knows, what it answers, what it still has to tell.

The same world serves the simulator process and, in process with a virtual clock, the fault matrix.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson

from app_server.kernel.clock import local
from payments.errors import BadNotice
from payments.providers.nontax import NonTaxSettings, envelope, opened
from payments.providers.nontax_bill import HEADER
from payments.rules.clearing import CLEARING_HEADER
from payments.simulators.faults import Faults, Reply
from payments.simulators.notices import Notices
from payments.simulators.takings import Taking

# Seconds between notices (WeChat Pay's public table serves as the measure).
RETRIES = (0, 15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)


@dataclass
class NonTaxWorld:
    """Orders and refunds of one account, and the notices it still has to tell."""

    account: NonTaxSettings
    now: Callable[[], datetime]
    base: str = ""
    faults: Faults = field(default_factory=Faults)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    cashiers: dict[str, str] = field(default_factory=dict)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    notices: Notices = field(init=False)

    def __post_init__(self) -> None:
        """The queue shares the world's faults."""
        self.notices = Notices(RETRIES, self.faults)

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one call, signed; what is not signed for us is refused."""
        path = urlsplit(target).path
        call = _CALLS.get(path)
        if method != "POST" or call is None:
            return 404, {}, b"{}"
        try:
            asked = opened(self.account, path, headers, body, self.now())
        except BadNotice:
            return 401, {}, b'{"code":"SIGN_ERROR"}'
        if self.faults.due("busy"):
            return self._signed(path, {"code": "SYSTEM_ERROR"}, 500)
        return self._signed(path, call(self, asked))

    def _signed(self, path: str, answer: dict[str, Any], status: int = 200) -> Reply:
        body = orjson.dumps(answer)
        headers = envelope(self.account, path, body)
        if self.faults.due("bad_signature"):
            headers["x-nontax-mark"] = "0" * 64
        return status, headers, body

    def pay(self, out_trade_no: str) -> bool:
        """Somebody pays at the cashier; whether there was something to pay."""
        order = self.orders.get(out_trade_no)
        if order is None or order["state"] != "WAIT":
            return False
        order |= {"state": "PAID", "paid_at": int(self.now().timestamp())}
        self._tell(order["notify_url"], _told(order) | {"notice_id": f"N{order['trade_no']}"})
        return True

    def takings(self) -> list[Taking]:
        """All orders, with what was paid and what went back."""
        back: dict[str, dict[str, int]] = {}
        for number, refund in self.refunds.items():
            if refund["state"] == "REFUNDED":
                back.setdefault(refund["out_trade_no"], {})[number] = refund["amount_fen"]
        merchant = self.account.merchant
        return [
            Taking(no, merchant, one["amount_fen"] if "paid_at" in one else 0, back.get(no, {}))
            for no, one in self.orders.items()
        ]

    def _tell(self, url: str, told: dict[str, Any]) -> None:
        body = orjson.dumps(told)

        def write(forged: bool) -> tuple[Mapping[str, str], bytes]:
            headers = envelope(self.account, urlsplit(url).path, body)
            return (headers | {"x-nontax-mark": "0" * 64} if forged else headers), body

        self.notices.add(url, self.now(), write)

    def settle_refunds(self) -> None:
        """What was taken in hand comes to its end."""
        for refund in self.refunds.values():
            if refund["state"] == "PROCESSING":
                refund |= {"state": "REFUNDED", "refunded_at": int(self.now().timestamp())}
                order = self.orders[refund["out_trade_no"]]
                number = {"notice_id": f"N{refund['refund_no']}"}
                self._tell(order["notify_url"], _refund_told(refund) | number)


def _create(world: NonTaxWorld, asked: dict[str, Any]) -> dict[str, Any]:
    if asked.get("merchant") != world.account.merchant:
        return {"code": "MERCHANT_UNKNOWN"}
    number = str(asked["out_trade_no"])
    order = world.orders.get(number)
    if order is not None and order["amount_fen"] != asked["amount_fen"]:
        return {"code": "ORDER_DIFFERS"}
    if order is not None and order["state"] != "WAIT":
        return {"code": "ORDER_CLOSED" if order["state"] == "CLOSED" else "ORDER_PAID"}
    if order is None:
        cashier = secrets.token_urlsafe(18)
        world.cashiers[cashier] = number
        order = asked | {"state": "WAIT", "trade_no": f"SIM{secrets.token_hex(9)}"}
        order["cashier"] = cashier
        world.orders[number] = order
    url = f"{world.base}/cashier/{order['cashier']}"
    return {"code": "OK", "trade_no": order["trade_no"], "cashier_url": url}


def _told(order: dict[str, Any]) -> dict[str, Any]:
    names = ("merchant", "out_trade_no", "amount_fen", "state", "trade_no", "paid_at")
    return {"code": "OK"} | {name: order[name] for name in names if name in order}


def _query(world: NonTaxWorld, asked: dict[str, Any]) -> dict[str, Any]:
    order = world.orders.get(str(asked["out_trade_no"]))
    if order is None:
        missing = {"state": "NOT_EXIST", "amount_fen": 0, "merchant": world.account.merchant}
        return {"code": "OK", "out_trade_no": asked["out_trade_no"]} | missing
    return _told(order)


def _close(world: NonTaxWorld, asked: dict[str, Any]) -> dict[str, Any]:
    order = world.orders.get(str(asked["out_trade_no"]))
    if order is not None and order["state"] == "WAIT":
        order["state"] = "CLOSED"
    return _query(world, asked)


def _refund(world: NonTaxWorld, asked: dict[str, Any]) -> dict[str, Any]:
    order = world.orders.get(str(asked["out_trade_no"]))
    known = world.refunds.get(str(asked["out_refund_no"]))
    if known is not None:
        same = known["amount_fen"] == asked["amount_fen"]
        return _refund_told(known) if same else {"code": "REFUND_DIFFERS"}
    if order is None or order["state"] != "PAID":
        return {"code": "NOT_PAID"}
    own = [r for r in world.refunds.values() if r["out_trade_no"] == order["out_trade_no"]]
    if sum(r["amount_fen"] for r in own) + asked["amount_fen"] > order["amount_fen"]:
        return {"code": "NOT_ENOUGH"}
    made = {"state": "PROCESSING", "refund_no": f"SIMR{secrets.token_hex(9)}"}
    world.refunds[str(asked["out_refund_no"])] = asked | made
    return _refund_told(world.refunds[str(asked["out_refund_no"])])


def _refund_told(refund: dict[str, Any]) -> dict[str, Any]:
    names = (
        "merchant", "out_trade_no", "out_refund_no", "amount_fen", "state", "refund_no",
        "refunded_at",
    )  # fmt: skip
    return {"code": "OK"} | {name: refund[name] for name in names if name in refund}


def _query_refund(world: NonTaxWorld, asked: dict[str, Any]) -> dict[str, Any]:
    refund = world.refunds.get(str(asked["out_refund_no"]))
    if refund is None:
        return {
            "code": "OK", "state": "NOT_EXIST", "amount_fen": 0, "out_trade_no": "",
            "merchant": world.account.merchant, "out_refund_no": asked["out_refund_no"],
        }  # fmt: skip
    # Asked a second time it is done: a refund takes its time, here as there.
    refund["asked"] = refund.get("asked", 0) + 1
    if refund["asked"] > 1 and refund["state"] == "PROCESSING":
        refund |= {"state": "REFUNDED", "refunded_at": int(world.now().timestamp())}
    return _refund_told(refund)


def _bill(world: NonTaxWorld, asked: dict[str, Any]) -> dict[str, Any]:
    day = date.fromisoformat(str(asked["day"]))
    if day >= local(world.now()).date():
        return {"code": "NOT_READY"}
    rows, total = [",".join(HEADER)], 0
    for kind, mark, found in (
        ("PAY", "paid_at", world.orders),
        ("REFUND", "refunded_at", world.refunds),
    ):
        for row in found.values():
            at = row.get(mark)
            if at is None or local(datetime.fromtimestamp(at, world.now().tzinfo)).date() != day:
                continue
            total += row["amount_fen"] if kind == "PAY" else -row["amount_fen"]
            theirs = row["trade_no"] if kind == "PAY" else row["refund_no"]
            told = (
                kind, row["merchant"], row["out_trade_no"], row.get("out_refund_no", ""), theirs,
                str(row["amount_fen"]), str(row.get("fee_fen", 0)), str(at), row["state"],
            )  # fmt: skip
            rows.append(",".join(told))
    rows.append(f"TOTAL,{len(rows) - 1},{total},,,,,,")
    return {"code": "OK", "file": "\n".join(rows) + "\n"}


def _receipt(world: NonTaxWorld, asked: dict[str, Any]) -> dict[str, Any]:
    code = str(asked["pay_code"])
    known = world.receipts.get(code)
    if known is None:
        # Other channels collect for the same finance account: it is not asked who paid.
        known = {
            "einvoice_code": f"34{world.now():%y}0001",
            "einvoice_number": f"{len(world.receipts) + 1:010d}",
            "random_number": secrets.token_hex(3).upper(),
            "issue_date": local(world.now()).date().isoformat(),
            "amount_fen": asked["amount_fen"],
            "agency": asked["agency"],
            "is_reversal": False,
        }
        world.receipts[code] = known
    if known["amount_fen"] != asked["amount_fen"]:
        return {"code": "RECEIPT_DIFFERS"}
    return {"code": "OK"} | known


def _reverse(world: NonTaxWorld, asked: dict[str, Any]) -> dict[str, Any]:
    known = world.receipts.get(str(asked["pay_code"]))
    if known is None or known["einvoice_number"] != asked["einvoice_number"]:
        return {"code": "RECEIPT_UNKNOWN"}
    known["is_reversal"] = True
    return {"code": "OK"}


def _clearing(world: NonTaxWorld, asked: dict[str, Any]) -> dict[str, Any]:
    """What was confirmed on a day is cleared that day and in the treasury the day after."""
    day = date.fromisoformat(str(asked["day"]))
    if day >= local(world.now()).date():
        return {"code": "NOT_READY"}
    rows, total = [",".join(CLEARING_HEADER)], 0
    for stage, confirmed in (("CLEARED", day), ("IN_TREASURY", day - timedelta(days=1))):
        for code, known in world.receipts.items():
            if known["issue_date"] == confirmed.isoformat() and not known["is_reversal"]:
                rows.append(f"{stage},{code},{known['agency']},{known['amount_fen']}")
                total += known["amount_fen"]
    rows.append(f"TOTAL,{len(rows) - 1},,{total}")
    return {"code": "OK", "file": "\n".join(rows) + "\n"}


_CALLS: dict[str, Callable[[NonTaxWorld, dict[str, Any]], dict[str, Any]]] = {
    "/orders": _create,
    "/query": _query,
    "/close": _close,
    "/refunds": _refund,
    "/refund-query": _query_refund,
    "/bill": _bill,
    "/clearing": _clearing,
    "/receipts": _receipt,
    "/receipt-reversals": _reverse,
}
