"""The trade bill of a finished day as WeChat Pay writes it."""

import gzip
import hashlib
from datetime import datetime
from typing import Any

from app_server.kernel.clock import local
from payments.rules import yuan_from_fen

HEADER = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
    "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
TOTALS = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)


def bill_of(rows: list[dict[str, Any]], *, zipped: bool) -> tuple[dict[str, str], bytes]:
    """The digest they tell and the file they send."""
    paid = sum(row["amount"]["total"] for row in rows if row["kind"] == "SUCCESS")
    back = sum(row["amount"]["refund"] for row in rows if row["kind"] == "REFUND")
    lines = [HEADER, *(_line(row) for row in rows), TOTALS]
    sums = (f"{len(rows)}.0", paid, back, 0, 0, paid, back)
    lines.append(_row(n if isinstance(n, str) else yuan_from_fen(n) for n in sums))
    file = ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()
    told = {
        "hash_type": "SHA1",
        "hash_value": hashlib.sha1(file, usedforsecurity=False).hexdigest(),
    }
    return told, gzip.compress(file) if zipped else file


def _row(cells: Any) -> str:
    return ",".join(f"`{cell}" for cell in cells)


def _line(row: dict[str, Any]) -> str:
    at: datetime = row["at"]
    back = row["kind"] == "REFUND"
    order = row["order"] if back else row
    total = "0.00" if back else yuan_from_fen(row["amount"]["total"])
    refund = yuan_from_fen(row["amount"]["refund"]) if back else "0.00"
    cells = (
        f"{local(at):%Y-%m-%d %H:%M:%S}", order["appid"], order["mchid"], "0", "",
        row["transaction_id"], row["out_trade_no"], order["payer"]["openid"],
        "MWEB", row["kind"], "OTHERS", "CNY", total, "0.00",
        row["refund_id"] if back else "0", row["out_refund_no"] if back else "0", refund,
        "0.00", "ORIGINAL" if back else "", row["status"] if back else "",
        order["description"], "", "0.00000", "0.00%", total, refund, "",
    )  # fmt: skip
    return _row(cells)
