"""What WeChat Pay knows of its merchants' orders, and what it still has to tell them."""

import secrets
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from app_server.kernel.clock import local
from payments.providers.wechatpay_account import WeChatPaySettings
from payments.simulators.faults import Faults
from payments.simulators.notices import Notices, Outgoing
from payments.simulators.takings import Taking
from payments.simulators.wechatpay_seals import Platform

# Their public table: seconds before each try.
RETRIES = (
    0, 15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600,
)  # fmt: skip
PRODUCTS = {"jsapi": "JSAPI", "h5": "MWEB", "native": "NATIVE", "app": "APP"}


class Problem(Exception):
    """An error they answer with."""

    def __init__(self, status: int, code: str, words: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.words = status, code, words or code


@dataclass(frozen=True)
class Merchant:
    """One merchant as WeChat knows it: its account, its public key, and WeChat's own key for it."""

    account: WeChatPaySettings
    theirs: RSAPublicKey
    ours: RSAPrivateKey

    @cached_property
    def platform(self) -> Platform:
        """What signs for this merchant."""
        return Platform(self.account.public_key_id, self.account.secret, self.ours)

    @property
    def apps(self) -> set[str]:
        """The apps bound to it."""
        return {self.account.app_id, self.account.mini_app_id, self.account.open_app_id}


@dataclass
class Books:
    """Orders, refunds and files of some merchants, and what is still to be told of them."""

    merchants: Sequence[Merchant]
    now: Callable[[], datetime]
    base: str = "http://wechatpay.invalid"
    faults: Faults = field(default_factory=Faults)
    orders: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    refunds: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    prepared: dict[str, dict[str, Any]] = field(default_factory=dict)
    settling: deque[dict[str, Any]] = field(default_factory=deque)
    days: dict[tuple[str, date], list[dict[str, Any]]] = field(default_factory=dict)
    files: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The queue shares our faults."""
        self.notices = Notices(RETRIES, self.faults)

    def pay(self, out_trade_no: str, payer: str = "oSIMULATED") -> bool:
        """Somebody pays; whether there was something to pay."""
        for merchant in self.merchants:
            order = self.orders.get((merchant.account.merchant, out_trade_no))
            if order is None or self.expired(order):
                continue
            order |= {
                "trade_state": "SUCCESS",
                "transaction_id": f"42000{secrets.randbelow(10**23):023d}",
                "success_time": stamp(self.now()),
                "payer": {"openid": payer},
            }
            self._on_day(merchant, order | {"kind": "SUCCESS", "at": self.now()})
            self._tell(merchant, order["notify_url"], "TRANSACTION.SUCCESS", trade_of(order))
            return True
        return False

    def due(self, now: datetime) -> list[Outgoing]:
        """The notices that leave now, signed; refunds whose time has come end first."""
        self.settle(now)
        return self.notices.due(now)

    def takings(self) -> list[Taking]:
        """All orders, with what was paid and what went back."""
        back: dict[tuple[str, str], dict[str, int]] = {}
        for (mchid, number), refund in self.refunds.items():
            if refund["status"] == "SUCCESS":
                of = back.setdefault((mchid, refund["out_trade_no"]), {})
                of[number] = refund["amount"]["refund"]
        return [
            Taking(
                key[1],
                key[0],
                order["amount"]["total"] if "transaction_id" in order else 0,
                back.get(key, {}),
            )
            for key, order in self.orders.items()
        ]

    def expired(self, order: dict[str, Any]) -> bool:
        """Whether an order cannot be paid any more; past its time it closes itself."""
        if order["trade_state"] == "NOTPAY" and self.now() >= order["expires"]:
            order["trade_state"] = "CLOSED"
        return bool(order["trade_state"] != "NOTPAY")

    def settle(self, now: datetime) -> None:
        """End the refunds whose time has come."""
        # Each takes as long as the other, so the first in is the first out.
        while self.settling and self.settling[0]["due"] <= now:
            refund = self.settling.popleft()
            refund |= {"status": "SUCCESS", "success_time": stamp(self.now())}
            merchant = refund["merchant"]
            self._on_day(merchant, refund | {"kind": "REFUND", "at": self.now()})
            told = refund_of(refund) | {"mchid": merchant.account.merchant}
            told["refund_status"] = told.pop("status")
            self._tell(merchant, refund["notify_url"], "REFUND.SUCCESS", told)

    def _on_day(self, merchant: Merchant, row: dict[str, Any]) -> None:
        self.days.setdefault((merchant.account.merchant, local(row["at"]).date()), []).append(row)

    def _tell(self, merchant: Merchant, url: str, kind: str, told: dict[str, Any]) -> None:
        number, made = secrets.token_hex(16), stamp(self.now())

        def write(forged: bool) -> tuple[Mapping[str, str], bytes]:
            return merchant.platform.notice(number, made, kind, told, self.now(), forged=forged)

        self.notices.add(url, self.now(), write)


def stamp(at: datetime) -> str:
    """A moment as they write it."""
    return local(at).replace(microsecond=0).isoformat()


def trade_of(order: dict[str, Any]) -> dict[str, Any]:
    """An order as queries and notices describe it."""
    amount = order["amount"]
    told = {
        "amount": {"total": amount["total"], "currency": "CNY", "payer_currency": "CNY"},
        "appid": order["appid"],
        "attach": "",
        "bank_type": "",
        "mchid": order["mchid"],
        "out_trade_no": order["out_trade_no"],
        "payer": {},
        "promotion_detail": [],
        "success_time": "",
        "trade_state": order["trade_state"],
        "trade_state_desc": order["trade_state"],
        "trade_type": "",
        "transaction_id": "",
    }
    if "transaction_id" in order:
        told["amount"] = told["amount"] | {"payer_total": amount["total"]}
        told |= {name: order[name] for name in ("payer", "success_time", "transaction_id")}
        told |= {"trade_type": PRODUCTS[order["product"]], "bank_type": "OTHERS"}
    return told


def refund_of(refund: dict[str, Any]) -> dict[str, Any]:
    """A refund as answers and notices describe it."""
    names = (
        "refund_id",
        "out_refund_no",
        "transaction_id",
        "out_trade_no",
        "create_time",
        "status",
    )
    told = {name: refund[name] for name in names}
    told |= {"channel": "ORIGINAL", "user_received_account": "支付用户零钱"}
    told["amount"] = refund["amount"] | {"payer_refund": refund["amount"]["refund"]}
    if "success_time" in refund:
        told["success_time"] = refund["success_time"]
    return told
