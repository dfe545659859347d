"""UnionPay without a network: signed forms, orders, refunds, notices, daily files.

The same world serves the simulator process and, in process with a virtual clock, the fault matrix.
"""

import base64
import io
import secrets
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from app_server.kernel.clock import local
from app_server.kernel.rsa2 import private_key, sign, verifies
from payments.errors import BadNotice
from payments.providers.unionpay_account import SimulatedUnionPay, UnionPaySettings
from payments.providers.unionpay_bill import WIDTHS
from payments.providers.unionpay_signing import digest, read_form
from payments.simulators.faults import Faults, Reply
from payments.simulators.notices import Notices, Outgoing
from payments.simulators.takings import Taking

# Seconds between notices: one, two, four and five minutes after the first.
RETRIES = (0, 60, 120, 240, 300)
DAY_ENDS = timedelta(hours=1)  # their day ends at 23:00
_FORM = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}
_ECHOED = ("orderId", "txnTime", "txnAmt", "txnType", "txnSubType", "currencyCode", "reqReserved")


@dataclass(frozen=True)
class UnionMerchant:
    """One merchant as UnionPay knows it."""

    account: UnionPaySettings
    key: RSAPublicKey


@dataclass
class UnionPayWorld:
    """Orders and refunds of some merchants, and what is still to be told of them."""

    merchants: Sequence[UnionMerchant]
    made: SimulatedUnionPay
    now: Callable[[], datetime]
    base: str = "http://unionpay.invalid"
    faults: Faults = field(default_factory=Faults)
    orders: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    cashiers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The queue shares our faults."""
        self.notices = Notices(RETRIES, self.faults)
        self._key = private_key(self.made.signing_key)

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one call, signed; what no merchant signed is refused with their code."""
        del headers
        path = urlsplit(target).path
        call = _CALLS.get(path)
        if method != "POST" or call is None:
            return 404, {}, b"not found"
        try:
            asked = read_form(body)
        except BadNotice:
            return 200, _FORM, self._signed({"respCode": "10", "respMsg": "报文格式错误"})
        found = (m for m in self.merchants if m.account.merchant == asked.get("merId"))
        merchant = next(found, None)
        if merchant is None:
            return 200, _FORM, self._signed({"respCode": "31", "respMsg": "商户状态不正确"})
        told = {"merId": merchant.account.merchant} | _echo(asked)
        known = asked.get("certId") == merchant.account.key_id
        if not (known and verifies(merchant.key, digest(asked), asked.get("signature", ""))):
            return 200, _FORM, self._signed(told | {"respCode": "11", "respMsg": "验证签名失败"})
        if self.faults.due("busy"):
            return 200, _FORM, self._signed(told | {"respCode": "06", "respMsg": "系统繁忙"})
        answer = call(self, asked)
        if "location" in answer:
            return 302, {"location": answer["location"]}, b""
        return 200, _FORM, self._signed(told | answer)

    def pay(self, number: str) -> bool:
        """Somebody pays; whether there was something to pay."""
        for merchant in self.merchants:
            order = self.orders.get((merchant.account.merchant, number))
            if order is not None and order["state"] == "" and not self.expired(order):
                self.done(order)
                return True
        return False

    def fail(self, number: str) -> None:
        """A try with a card that has not enough on it; another may still pay."""
        for (_, known), order in self.orders.items():
            if known == number and order["state"] == "":
                order["tried"] = "51"

    def expired(self, order: Mapping[str, Any]) -> bool:
        """Whether an order's time is over."""
        return bool(order["until"] and f"{local(self.now()):%Y%m%d%H%M%S}" > order["until"])

    def settle_refunds(self) -> None:
        """What was taken in hand comes to its end."""
        for order in self.orders.values():
            if order["txnType"] == "04" and order["state"] == "05":
                self.done(order)

    def takings(self) -> list[Taking]:
        """All orders, with what was paid and what went back."""
        back: dict[tuple[str, str], dict[str, int]] = {}
        for (owner, number), one in self.orders.items():
            if one["txnType"] == "04":
                back.setdefault((owner, one["origOrderId"]), {})[number] = int(one["txnAmt"])
        return [
            Taking(
                number,
                owner,
                int(one["txnAmt"]) if one["state"] == "00" else 0,
                back.get((owner, number), {}),
            )
            for (owner, number), one in self.orders.items()
            if one["txnType"] == "01"
        ]

    def due(self, now: datetime) -> list[Outgoing]:
        """The notices that leave now, signed."""
        return self.notices.due(now)

    def returned(self, order: Mapping[str, Any]) -> dict[str, str]:
        """What the payer's browser posts when it comes back."""
        return self._form(self._notice(order))

    def done(self, order: dict[str, Any]) -> None:
        """An order or refund comes to its good end, and its notice leaves."""
        order |= {"state": "00", "at": self.now()}
        fields = self._notice(order)

        def write(forged: bool) -> tuple[Mapping[str, str], bytes]:
            told = self._form(fields)
            if forged:
                told["txnAmt"] = "1"
            return _FORM, urlencode(told).encode()

        self.notices.add(order["backUrl"], self.now(), write)

    def _notice(self, order: Mapping[str, Any]) -> dict[str, str]:
        return (
            {
                "merId": order["merId"],
                "respCode": order["state"] or "04",
                "queryId": order["queryId"],
                "settleAmt": order["txnAmt"],
                "accNo": "6226********0048",
            }
            | _times(order)
            | _echo(order)
        )

    def _form(self, fields: Mapping[str, str]) -> dict[str, str]:
        told = {"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01"}
        told |= {"signPubKeyCert": self.made.signing, **fields}
        return told | {"signature": sign(self._key, digest(told))}

    def _signed(self, fields: Mapping[str, str]) -> bytes:
        told = self._form(fields)
        if self.faults.due("bad_signature"):
            told["signature"] = sign(self._key, b"spoilt")
        return urlencode(told).encode()


def _echo(asked: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(asked[name]) for name in _ECHOED if asked.get(name)}


def _times(order: Mapping[str, Any]) -> dict[str, str]:
    at = order.get("at")
    if at is None:
        return {}
    return {
        "traceTime": f"{local(at):%m%d%H%M%S}",
        "settleDate": f"{_day(at):%m%d}",
    }


def _day(at: datetime) -> date:
    return (local(at) + DAY_ENDS).date()


def _place(world: UnionPayWorld, asked: Mapping[str, str]) -> dict[str, Any] | None:
    """An order as it is placed; the same number and time again is the same, if it says the same."""
    key = (asked["merId"], asked.get("orderId", ""))
    order = world.orders.get(key)
    if order is None:
        order = dict(asked) | {
            "state": "", "tried": "", "until": asked.get("payTimeout", ""),
            "queryId": f"{local(world.now()):%Y%m%d%H%M%S}{secrets.randbelow(10**7):07d}",
            "cashier": secrets.token_urlsafe(18), "refunded": 0,
        }  # fmt: skip
        world.orders[key] = world.cashiers[order["cashier"]] = order
    same = all(order.get(name) == asked.get(name) for name in ("txnTime", "txnAmt"))
    return order if same and order["state"] == "" else None


def _front(world: UnionPayWorld, asked: Mapping[str, str]) -> dict[str, str]:
    order = _place(world, asked)
    if order is None:
        return {"respCode": "12", "respMsg": "重复交易"}
    return {"location": f"{world.base}/cashier/{order['cashier']}"}


def _app(world: UnionPayWorld, asked: Mapping[str, str]) -> dict[str, str]:
    order = _place(world, asked)
    if order is None:
        return {"respCode": "12", "respMsg": "重复交易"}
    return {"respCode": "00", "respMsg": "成功", "tn": f"SIM{order['queryId']}"}


def _back(world: UnionPayWorld, asked: Mapping[str, str]) -> dict[str, str]:
    if asked.get("txnType") == "04":
        return _refund(world, asked)
    order = _place(world, asked)
    if order is None:
        return {"respCode": "12", "respMsg": "重复交易"}
    return {"respCode": "00", "qrCode": f"{world.base}/cashier/{order['cashier']}"}


def _refund(world: UnionPayWorld, asked: Mapping[str, str]) -> dict[str, str]:
    key = (asked["merId"], asked.get("orderId", ""))
    if key in world.orders:
        return {"respCode": "12", "respMsg": "重复交易"}
    paid = world.orders.get((asked["merId"], asked.get("origOrderId", "")))
    if paid is None or paid["state"] != "00" or paid["txnTime"] != asked.get("origTxnTime"):
        return {"respCode": "35", "respMsg": "原交易不存在或状态不正确"}
    if paid["refunded"] + int(asked["txnAmt"]) > int(paid["txnAmt"]):
        return {"respCode": "33", "respMsg": "交易金额超限"}
    paid["refunded"] += int(asked["txnAmt"])
    number = f"{local(world.now()):%Y%m%d%H%M%S}{secrets.randbelow(10**7):07d}"
    world.orders[key] = dict(asked) | {
        "state": "05", "tried": "", "until": "", "queryId": number,
        "origQryId": paid["queryId"], "asked": 0,
    }  # fmt: skip
    return {"respCode": "00", "respMsg": "成功", "queryId": number}


def _query(world: UnionPayWorld, asked: Mapping[str, str]) -> dict[str, str]:
    order = world.orders.get((asked["merId"], asked.get("orderId", "")))
    if order is None or order["txnTime"] != asked.get("txnTime"):
        return {"respCode": "34", "respMsg": "查无此交易"}
    if order["txnType"] == "04" and order["state"] == "05":
        # Asked a second time it is done: a refund takes its time, here as there.
        order["asked"] += 1
        if order["asked"] > 1:
            world.done(order)
    if order["state"] == "" and not order["tried"]:
        # Placed and never tried: to them that is no transaction.
        return {"respCode": "34", "respMsg": "查无此交易"}
    told = {"respCode": "00", "origRespCode": order["state"] or order["tried"]}
    return told | {"queryId": order["queryId"]} | _times(order) | _echo(order)


def _file(world: UnionPayWorld, asked: Mapping[str, str]) -> dict[str, str]:
    wanted, merchant = asked.get("settleDate", ""), asked["merId"]
    rows = [
        _row(order)
        for (owner, _), order in world.orders.items()
        if owner == merchant and order["state"] == "00" and f"{_day(order['at']):%m%d}" == wanted
    ]
    if not rows or wanted == f"{_day(world.now()):%m%d}":
        return {"respCode": "98", "respMsg": "文件不存在"}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"INN{wanted}88ZM_{merchant}", "".join(rows))
        archive.writestr(f"INN{wanted}88ZME_{merchant}", "")
    content = base64.b64encode(zlib.compress(packed.getvalue())).decode()
    return {"respCode": "00", "fileName": f"{merchant}_{wanted}.zip", "fileContent": content}


def _row(order: Mapping[str, Any]) -> str:
    cells = {
        0: "E22", 4: f"{local(order['at']):%m%d%H%M%S}", 5: "6226********0048",
        6: f"{int(order['txnAmt']):012d}", 9: order["queryId"], 11: order["orderId"],
        15: f"D{0:012d}", 16: f"C{int(order['txnAmt']):012d}", 19: order["txnType"],
        20: order["txnSubType"], 21: "000201", 26: order.get("origQryId", ""), 27: order["merId"],
    }  # fmt: skip
    told = (str(cells.get(index, "")).ljust(width) for index, width in enumerate(WIDTHS))
    return " ".join(told) + "\n"


_CALLS: dict[str, Callable[[UnionPayWorld, Mapping[str, str]], dict[str, str]]] = {
    "/gateway/api/frontTransReq.do": _front,
    "/gateway/api/appTransReq.do": _app,
    "/gateway/api/backTransReq.do": _back,
    "/gateway/api/queryTrans.do": _query,
    "/": _file,
}
