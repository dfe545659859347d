"""The non-tax platform's statement: the columns of WeChat's older bills, and where money belongs.

Cells are cut at `,` followed by a back-tick. Our own number stands in 缴费通知书编号(或平台订单号);
a refund's is 商户退款单号.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from app_server.kernel.clock import SHANGHAI
from payments.errors import BadBill
from payments.rules.bills import BillLine
from payments.rules.money import fen_from_yuan

COLUMNS = (
    "交易时间", "公众账号ID", "商户号", "子商户号", "微信订单号", "商户订单号", "用户标识",
    "交易类型", "交易状态", "付款银行", "货币种类", "总金额", "企业红包金额", "微信退款单号",
    "商户退款单号", "退款金额", "企业红包退款金额", "退款类型", "退款状态", "商品名称",
    "手续费", "费率", "行政区划代码", "缴费通知书编号(或平台订单号)", "执收单位编码", "通知书类型",
    "银行ID",
)  # fmt: skip
TOTALS = ("总交易单数", "总交易额", "总退款金额", "总企业红包退款金额", "手续费总金额")


def nontax_bill_lines(file: Path) -> Iterator[BillLine]:
    """The rows, streamed; raises `BadBill` for a row of another form or totals that differ."""
    counted, sums, closed = 0, [0, 0, 0], False
    with file.open(encoding="utf-8-sig", newline="") as rows:
        try:
            texts = ((n, text.rstrip("\r\n")) for n, text in enumerate(rows, 1) if text.strip())
            _, head = next(texts, (1, ""))
            columns = _columns(head)
            for number, text in texts:
                if text == ",".join(TOTALS):
                    _, last = next(texts, (number, ""))
                    _compare(last, counted, sums)
                    closed = True
                    break
                line, amounts = _line(number, text, columns)
                counted += 1
                sums = [a + b for a, b in zip(sums, amounts, strict=True)]
                yield line
        except UnicodeDecodeError as error:
            raise BadBill("not UTF-8") from error
    if not closed:
        raise BadBill("the totals are missing")


def _columns(head: str) -> dict[str, int]:
    names = head.split(",")
    try:
        return {name: names.index(name) for name in COLUMNS}
    except ValueError as error:
        raise BadBill("a column is missing") from error


def _line(number: int, text: str, columns: dict[str, int]) -> tuple[BillLine, list[int]]:
    cells = text[1:].split(",`") if text.startswith("`") else []
    if len(cells) < len(COLUMNS):
        raise BadBill(f"row {number}: unreadable")
    cell = {name: cells[at] for name, at in columns.items()}
    back = cell["交易状态"] == "REFUND"
    if cell["货币种类"] != "CNY" or cell["交易状态"] not in {"SUCCESS", "REFUND"}:
        raise BadBill(f"row {number}: {cell['交易状态']}")
    try:
        amounts = [fen_from_yuan(cell[name]) for name in ("总金额", "退款金额", "手续费")]
        at = datetime.strptime(cell["交易时间"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)
    except ValueError as error:
        raise BadBill(f"row {number}: unreadable") from error
    line = BillLine(
        "refund" if back else "trade",
        cell["商户号"],
        cell["缴费通知书编号(或平台订单号)"],
        cell["商户退款单号"] if back else "",
        cell["微信退款单号"] if back else cell["微信订单号"],
        amounts[1] if back else amounts[0],
        amounts[2],
        at,
        cell["退款状态"] if back else cell["交易状态"],
    )
    return line, amounts


def _compare(text: str, counted: int, sums: list[int]) -> None:
    cells = text[1:].split(",`") if text.startswith("`") else []
    try:
        told = [fen_from_yuan(cells[at]) for at in (1, 2, 4)]
        agrees = int(cells[0]) == counted and told == sums
    except (ValueError, IndexError) as error:
        raise BadBill("the totals are unreadable") from error
    if not agrees:
        raise BadBill("totals differ")
