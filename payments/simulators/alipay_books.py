"""What Alipay knows of its sellers' orders, and what it still has to tell them."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from app_server.kernel.clock import local
from app_server.kernel.rsa2 import sign, to_sign
from payments.providers.alipay_account import AlipayPaySettings
from payments.rules import yuan_from_fen
from payments.simulators.faults import Faults
from payments.simulators.notices import Notices, Outgoing
from payments.simulators.takings import Taking

# Three at once, then these gaps in seconds (payments-channels.md §2.4).
RETRIES = (0, 0, 0, 240, 600, 600, 3600, 7200, 21600, 54000)


class Problem(Exception):
    """An error they answer with: code, message, sub code."""

    def __init__(self, sub_code: str, words: str = "", code: str = "40004") -> None:
        super().__init__(sub_code)
        self.code, self.sub_code, self.words = code, sub_code, words or sub_code


@dataclass(frozen=True)
class Seller:
    """One seller as Alipay knows it: its account, its public key, and Alipay's own key for it."""

    account: AlipayPaySettings
    theirs: RSAPublicKey
    ours: RSAPrivateKey


@dataclass
class Books:
    """Orders, refunds and files of some sellers, and what is still to be told of them."""

    sellers: Sequence[Seller]
    now: Callable[[], datetime]
    base: str = "http://alipay.invalid"
    faults: Faults = field(default_factory=Faults)
    orders: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    refunds: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    cashiers: dict[str, dict[str, Any]] = field(default_factory=dict)
    days: dict[tuple[str, date], list[dict[str, Any]]] = field(default_factory=dict)
    files: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The queue shares our faults."""
        self.notices = Notices(RETRIES, self.faults)

    def pay(self, out_trade_no: str, payer: str = "SIMULATED") -> bool:
        """Somebody pays; whether there was something to pay."""
        for seller in self.sellers:
            order = self.orders.get((seller.account.merchant, out_trade_no))
            if order is None or self.expired(order):
                continue
            order |= {"trade_status": "TRADE_SUCCESS", "paid_at": self.now(), "payer": payer}
            self.on_day(seller, {"kind": "交易", "order": order, "at": self.now()})
            self.tell(order, {})
            return True
        return False

    def takings(self) -> list[Taking]:
        """All orders, with what was paid and what went back."""
        back: dict[tuple[str, str], dict[str, int]] = {}
        for (seller, both), refund in self.refunds.items():
            of = back.setdefault((seller, both.partition("\n")[0]), {})
            of[refund["out_request_no"]] = refund["fen"]
        return [
            Taking(key[1], key[0], one["total_fen"] if "paid_at" in one else 0, back.get(key, {}))
            for key, one in self.orders.items()
        ]

    def due(self, now: datetime) -> list[Outgoing]:
        """The notices that leave now, signed."""
        return self.notices.due(now)

    def placed(
        self, seller: Seller, asked: Mapping[str, Any], params: Mapping[str, str]
    ) -> dict[str, Any]:
        """An order as it is placed; the same number again is the same order."""
        key = (seller.account.merchant, asked["out_trade_no"])
        order = self.orders.get(key)
        if order is None:
            order = {
                "seller": seller, "out_trade_no": asked["out_trade_no"],
                "total_fen": asked["total_fen"], "subject": asked["subject"],
                "expires": asked["expires"], "trade_status": "WAIT_BUYER_PAY",
                "trade_no": f"SIM{local(self.now()):%Y%m%d}{secrets.randbelow(10**17):017d}",
                "created": self.now(), "refunded": 0, "cashier": secrets.token_urlsafe(18),
                "notify_url": params.get("notify_url", ""),
                "return_url": params.get("return_url", ""),
            }  # fmt: skip
            self.orders[key] = self.cashiers[order["cashier"]] = order
            return order
        self.expired(order)
        if (order["total_fen"], order["subject"]) != (asked["total_fen"], asked["subject"]):
            raise Problem("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
        if order["trade_status"] == "TRADE_SUCCESS":
            raise Problem("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
        if order["trade_status"] == "TRADE_CLOSED":
            raise Problem("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
        return order

    def expired(self, order: dict[str, Any]) -> bool:
        """Whether an order cannot be paid any more; past its time it closes itself."""
        if order["trade_status"] == "WAIT_BUYER_PAY" and self.now() >= order["expires"]:
            order["trade_status"] = "TRADE_CLOSED"
        return bool(order["trade_status"] != "WAIT_BUYER_PAY")

    def on_day(self, seller: Seller, row: dict[str, Any]) -> None:
        """Keep a movement for the bill of its day."""
        day = local(row["at"]).date()
        self.days.setdefault((seller.account.merchant, day), []).append(row)

    def tell(self, order: dict[str, Any], more: dict[str, str]) -> None:
        """Have the order's present state told, after a payment or a refund."""
        seller: Seller = order["seller"]
        fields = self._notice(order) | more

        def write(forged: bool) -> tuple[Mapping[str, str], bytes]:
            told = fields | {"notify_time": stamp(self.now())}
            bare = {name: value for name, value in told.items() if name != "sign_type"}
            mark = sign(seller.ours, (b"forged" if forged else b"") + to_sign(bare))
            headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
            return headers, urlencode(told | {"sign": mark}).encode()

        self.notices.add(order["notify_url"], self.now(), write)

    def _notice(self, order: dict[str, Any]) -> dict[str, str]:
        amount, account = yuan_from_fen(order["total_fen"]), order["seller"].account
        return {
            "notify_type": "trade_status_sync",
            "notify_id": f"{local(self.now()):%Y%m%d}{secrets.token_hex(13)}",
            "sign_type": "RSA2",
            "charset": "utf-8",
            "version": "1.0",
            "app_id": account.key_id,
            "auth_app_id": account.key_id,
            "seller_id": account.merchant,
            "buyer_open_id": order["payer"],
            "out_trade_no": order["out_trade_no"],
            "trade_no": order["trade_no"],
            "trade_status": order["trade_status"],
            "subject": order["subject"],
            "total_amount": amount,
            "receipt_amount": amount,
            "buyer_pay_amount": amount,
            "invoice_amount": amount,
            "point_amount": "0.00",
            "gmt_create": stamp(order["created"]),
            "gmt_payment": stamp(order["paid_at"]),
        }


def stamp(at: datetime) -> str:
    """A moment as they write it, GMT+8."""
    return f"{local(at):%Y-%m-%d %H:%M:%S}"
