"""The trade bill of a finished day as Alipay writes it: a zip of GBK files."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

from app_server.kernel.clock import local
from payments.providers.alipay_bill import ACCOUNT
from payments.rules import yuan_from_fen

HEADER = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,"
    "券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,"
    "分润（元）,备注"
)
RULE = "-" * 38


def bill_of(merchant: str, day: date, rows: list[dict[str, Any]], now: datetime) -> bytes:
    """The archive: every movement, and the sums."""
    paid = [row["order"]["total_fen"] for row in rows if row["kind"] == "交易"]
    back = [row["fen"] for row in rows if row["kind"] == "退款"]
    owner = f"#账号：[{merchant}{ACCOUNT}]"
    span = f"#起始日期：[{day:%Y年%m月%d日} 00:00:00]   终止日期：[{day:%Y年%m月%d日} 24:00:00]"
    details = [
        "#支付宝业务明细查询",
        owner,
        span,
        f"#{RULE}业务明细列表{RULE}",
        HEADER,
        *(_line(row) for row in rows),
        f"#{RULE}业务明细列表结束{RULE}",
        f"#交易合计：{len(paid)}笔，商家实收共{yuan_from_fen(sum(paid))}元，商家优惠共0.00元",
        f"#退款合计：{len(back)}笔，商家实收退款共{yuan_from_fen(-sum(back))}元，商家优惠退款共0.00元",
        f"#导出时间：[{local(now):%Y年%m月%d日 %H:%M:%S}]",
    ]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        stem = f"{merchant}{ACCOUNT}_{day:%Y%m%d}"
        archive.writestr(f"{stem}_业务明细.csv", _file(details))
        archive.writestr(f"{stem}_业务明细(汇总).csv", _file([owner, span]))
    return made.getvalue()


def _file(lines: list[str]) -> bytes:
    return ("\r\n".join(lines) + "\r\n").encode("gb18030")


def _line(row: dict[str, Any]) -> str:
    order, back = row["order"], row["kind"] == "退款"
    amount = yuan_from_fen(-row["fen"] if back else order["total_fen"])
    title = str(order["subject"]).replace(",", " ").replace('"', " ")
    at = f"{local(row['at']):%Y-%m-%d %H:%M:%S}"
    cells = (
        order["trade_no"], order["out_trade_no"], row["kind"], title,
        f"{local(order['created']):%Y-%m-%d %H:%M:%S}", at, "", "", "", "", "sim***@example.test",
        amount, amount, "0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00", "0.00",
        row.get("out_request_no", ""), "0.00", "0.00", "",
    )  # fmt: skip
    return ",".join(f"{cell}\t" for cell in cells)
