"""WeChat's non-tax platform without a network: orders by executing unit, refunds, statements.

The same world serves the simulator process and, in process with a virtual clock, the fault matrix.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from app_server.kernel.clock import local
from payments.providers.wechat_nontax_account import WeChatNonTaxSettings
from payments.providers.wechat_nontax_bill import COLUMNS, TOTALS
from payments.rules import yuan_from_fen
from payments.simulators.faults import Faults, Reply
from payments.simulators.notices import Notices, Outgoing
from payments.simulators.takings import Taking

_JSON = {"content-type": "application/json"}
UNPAID, PAID, REFUNDED, REFUNDING, CLOSED = 1, 3, 5, 6, 12
NEEDED = (
    "desc", "fee", "ip", "order_no", "department_code", "department_name", "region_code", "items",
    "payment_notice_create_time", "scene",
)  # fmt: skip


@dataclass
class WeChatNonTaxWorld:
    """Orders of one service, and their refunds."""

    account: WeChatNonTaxSettings
    now: Callable[[], datetime]
    base: str = "http://nontax.invalid"
    faults: Faults = field(default_factory=Faults)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Nothing is told: how notices are encrypted is not published."""
        self.notices = Notices((0,), self.faults)

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one call; who brings no token is refused."""
        del headers
        parts = urlsplit(target)
        call = _CALLS.get(parts.path)
        if method != "POST" or call is None:
            return 404, {}, b"not found"
        if not dict(parse_qsl(parts.query)).get("access_token"):
            return self._told({"errcode": 40001, "errmsg": "invalid credential"})
        if self.faults.due("bad_signature"):
            return self._told({"errcode": 42001, "errmsg": "access_token expired"})
        if self.faults.due("busy"):
            return self._told({"errcode": -1, "errmsg": "system error"})
        asked = orjson.loads(body)
        if asked.get("appid") != self.account.key_id:
            return self._told({"errcode": 40013, "errmsg": "invalid appid"})
        answer = call(self, asked)
        if isinstance(answer, bytes):
            return 200, {"content-type": "text/csv; charset=utf-8"}, answer
        return self._told({"errcode": 0, "errmsg": "ok"} | answer)

    def pay(self, out_trade_no: str) -> bool:
        """Somebody pays; whether there was something to pay, and it was not paid already."""
        own = [one for one in self.orders.values() if one["order_no"] == out_trade_no]
        if not own or any(one["status"] != UNPAID for one in own) or self.expired(own[-1]):
            return False
        paid = {"status": PAID, "pay_finish_time": int(self.now().timestamp())}
        own[-1] |= paid | {"trans_id": f"SIM{secrets.token_hex(12)}"}
        return True

    def expired(self, order: dict[str, Any]) -> bool:
        """Whether an order's day is over; then it closes itself."""
        if order["status"] == UNPAID and f"{local(self.now()):%Y%m%d}" > order["until"]:
            order["status"] = CLOSED
        return bool(order["status"] != UNPAID)

    def settle_refunds(self) -> None:
        """What was taken in hand comes to its end."""
        for order in self.orders.values():
            for row in order["partial_refund_info"]:
                if row["status"] == REFUNDING:
                    done = int(self.now().timestamp())
                    row |= {"status": REFUNDED, "refund_finish_time": done}
            if sum(row["refund_fee"] for row in order["partial_refund_info"]) == order["fee"]:
                order["status"] = REFUNDED

    def due(self, now: datetime) -> list[Outgoing]:
        """Nothing leaves."""
        return self.notices.due(now)

    def takings(self) -> list[Taking]:
        """All orders, with what was paid and what went back."""
        return [
            Taking(
                one["order_no"],
                self.account.merchant,
                one["fee"] if "pay_finish_time" in one else 0,
                {row["refund_out_id"]: row["refund_fee"] for row in one["partial_refund_info"]},
            )
            for one in self.orders.values()
        ]

    def _told(self, answer: dict[str, Any]) -> Reply:
        return 200, _JSON, orjson.dumps(answer)


def _place(world: WeChatNonTaxWorld, asked: dict[str, Any]) -> dict[str, Any]:
    if any(asked.get(name) in {None, ""} for name in NEEDED if name != "items"):
        return {"errcode": 47001, "errmsg": "data format error"}
    number = f"AQ{secrets.token_urlsafe(20)}"
    world.orders[number] = {
        "order_id": number, "appid": asked["appid"], "order_no": asked["order_no"],
        "desc": asked["desc"], "fee": asked["fee"], "fee_type": 1, "status": UNPAID,
        "create_time": int(world.now().timestamp()), "region_code": asked["region_code"],
        "department_code": asked["department_code"], "partial_refund_info": [],
        "until": asked.get("payment_expire_date") or "99991231", "mch_id": asked["mch_id"],
    }  # fmt: skip
    return {"order_id": number, "pay_url": f"{world.base}/cashier?order_id={number}"}


def _list(world: WeChatNonTaxWorld, asked: dict[str, Any]) -> dict[str, Any]:
    names = ("order_no", "department_code", "region_code")
    own = [o for o in world.orders.values() if all(o[n] == asked.get(n) for n in names)]
    paid = [o["order_id"] for o in own if "pay_finish_time" in o]
    return {"order_id_list": [o["order_id"] for o in own]} | (
        {"paid_order_id": paid[0]} if paid else {}
    )


def _get(world: WeChatNonTaxWorld, asked: dict[str, Any]) -> dict[str, Any]:
    order = world.orders.get(str(asked.get("order_id")))
    if order is None:
        return {"errcode": 268498, "errmsg": "order not found"}
    world.expired(order)
    for row in order["partial_refund_info"]:
        # Asked a second time it is done: a refund takes its time, here as there.
        row["asked"] += 1
        if row["asked"] > 1:
            world.settle_refunds()
            break
    return order


def _refund(world: WeChatNonTaxWorld, asked: dict[str, Any]) -> dict[str, Any]:
    order = world.orders.get(str(asked.get("order_id")))
    if order is None or "pay_finish_time" not in order:
        return {"errcode": 268499, "errmsg": "order not paid"}
    rows = order["partial_refund_info"]
    fee = asked.get("refund_fee") or order["fee"]
    if any(row["refund_out_id"] == asked.get("refund_out_id") for row in rows):
        return {"errcode": 268500, "errmsg": "refund_out_id used"}
    if sum(row["refund_fee"] for row in rows) + fee > order["fee"]:
        return {"errcode": 268501, "errmsg": "not enough"}
    number = f"SIMR{secrets.token_hex(9)}"
    row = {"refund_out_id": asked.get("refund_out_id"), "refund_fee": fee, "asked": 0}
    rows.append(row | {"status": REFUNDING, "refund_order_id": number})
    return {"refund_order_id": number}


def _bill(world: WeChatNonTaxWorld, asked: dict[str, Any]) -> bytes:
    wanted, rows = asked["bill_date"], []
    sums = [0, 0]
    for order in world.orders.values():
        at = _when(world, order.get("pay_finish_time"))
        if at and f"{at:%Y%m%d}" == wanted:
            rows.append(_row(order, at, None))
            sums[0] += order["fee"]
        for back in order["partial_refund_info"]:
            done = _when(world, back.get("refund_finish_time"))
            if done and f"{done:%Y%m%d}" == wanted:
                rows.append(_row(order, done, back))
                sums[1] += back["refund_fee"]
    last = [str(len(rows)), yuan_from_fen(sums[0]), yuan_from_fen(sums[1]), "0.00", "0.00"]
    told = [",".join(COLUMNS), *rows, ",".join(TOTALS), "`" + ",`".join(last)]
    return ("\ufeff" + "\r\n".join(told) + "\r\n").encode()


def _when(world: WeChatNonTaxWorld, stamp: int | None) -> datetime | None:
    return local(datetime.fromtimestamp(stamp, world.now().tzinfo)) if stamp else None


def _row(order: Mapping[str, Any], at: datetime, back: Mapping[str, Any] | None) -> str:
    cell = dict.fromkeys(COLUMNS, "")
    cell |= {
        "交易时间": f"{at:%Y-%m-%d %H:%M:%S}", "公众账号ID": order["appid"],
        "商户号": order["mch_id"], "微信订单号": order["trans_id"], "用户标识": "SIMULATED",
        "交易类型": "MWEB", "交易状态": "REFUND" if back else "SUCCESS", "货币种类": "CNY",
        "总金额": "0.00" if back else yuan_from_fen(order["fee"]),
        "退款金额": yuan_from_fen(back["refund_fee"]) if back else "0.00",
        "微信退款单号": back["refund_order_id"] if back else "0",
        "商户退款单号": back["refund_out_id"] if back else "0",
        "退款状态": "SUCCESS" if back else "", "商品名称": order["desc"], "手续费": "0.00",
        "行政区划代码": order["region_code"], "缴费通知书编号(或平台订单号)": order["order_no"],
        "执收单位编码": order["department_code"], "通知书类型": "1",
    }  # fmt: skip
    return "`" + ",`".join(cell[name] for name in COLUMNS)


_CALLS: dict[str, Callable[[WeChatNonTaxWorld, dict[str, Any]], dict[str, Any] | bytes]] = {
    "/nontax/unifiedorder": _place,
    "/nontax/getorderlist": _list,
    "/nontax/getorder": _get,
    "/nontax/refund": _refund,
    "/nontax/downloadbill": _bill,
}
