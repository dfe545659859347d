"""Alipay's trade bill: a zip of GBK files, of which `业务明细.csv` has a row for every movement.

Lines that begin with `#` are the frame: whose account, and the totals at the end.
"""

import csv
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from app_server.kernel.clock import SHANGHAI
from payments.errors import BadBill
from payments.rules.bills import BillLine
from payments.rules.money import fen_from_yuan

MAX_UNPACKED = 1024 * 1024 * 1024
MAX_LINE = 64 * 1024
COLUMNS = {
    "trade_no": "支付宝交易号",
    "out_trade_no": "商户订单号",
    "kind": "业务类型",
    "at": "完成时间",
    "total": "订单金额（元）",
    "received": "商家实收（元）",
    "out_refund_no": "退款批次号/请求号",
    "fee": "服务费（元）",
}
KINDS = {"交易": "trade", "退款": "refund"}
# Behind a seller's id the bill writes the number of its account there.
ACCOUNT = "0156"
_OWNER = re.compile(r"#账号：\[([0-9A-Za-z]{1,32})\]")
_TRADES = re.compile(r"#交易合计：([0-9]{1,9})笔，商家实收共([0-9.]{1,15})元")
_REFUNDS = re.compile(r"#退款合计：([0-9]{1,9})笔，商家实收退款共(-?)([0-9.]{1,15})元")
_NUMBER = re.compile(r"[0-9A-Za-z_\-|*]{1,64}", re.ASCII)


@dataclass
class _Sums:
    trades: int = 0
    received: int = 0
    refunds: int = 0
    returned: int = 0


def alipay_lines(file: Path) -> Iterator[BillLine]:
    """The rows, streamed; raises `BadBill` for a row of another form or totals that differ."""
    try:
        with zipfile.ZipFile(file) as archive, archive.open(_details(archive)) as details:
            yield from _lines(details)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
        raise BadBill("no archive") from error


def _details(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The entry with the rows; names of these archives are GBK without saying so."""
    found = []
    for entry in archive.infolist():
        name = entry.filename
        if not entry.flag_bits & 0x800:
            name = name.encode("cp437").decode("gbk", "replace")
        if name.endswith("业务明细.csv"):
            found.append(entry)
    if len(found) != 1 or found[0].file_size > MAX_UNPACKED:
        raise BadBill("no rows in it, or more than any true bill has")
    return found[0]


def _texts(details: IO[bytes]) -> Iterator[tuple[int, str]]:
    number = size = 0
    while raw := details.readline(MAX_LINE):
        number, size = number + 1, size + len(raw)
        if len(raw) == MAX_LINE or size > MAX_UNPACKED:
            raise BadBill(f"row {number}: too long")
        try:
            text = raw.decode("gb18030").strip("\r\n")
        except UnicodeDecodeError as error:
            raise BadBill(f"row {number}: not GBK") from error
        if text:
            yield number, text


def _lines(details: IO[bytes]) -> Iterator[BillLine]:
    sums, columns, width, merchant, closed = _Sums(), dict[str, int](), 0, "", set[str]()
    for number, text in _texts(details):
        if text.startswith("#"):
            if found := _OWNER.match(text):
                merchant = found[1].removesuffix(ACCOUNT) if len(found[1]) > 16 else found[1]
            closed |= _compare(text, sums)
            continue
        cells = [cell.strip() for cell in next(csv.reader([text]))]
        if not columns:
            columns, width = _columns(cells), len(cells)
            continue
        if closed or len(cells) != width or not merchant:
            raise BadBill(f"row {number}: unreadable")
        yield _line(number, {name: cells[at] for name, at in columns.items()}, merchant, sums)
    if closed != {"trades", "refunds"}:
        raise BadBill("the totals are missing")


def _columns(cells: list[str]) -> dict[str, int]:
    try:
        return {name: cells.index(title) for name, title in COLUMNS.items()}
    except ValueError as error:
        raise BadBill("a column is missing") from error


def _line(number: int, cell: dict[str, str], merchant: str, sums: _Sums) -> BillLine:
    try:
        back = KINDS[cell["kind"]] == "refund"
        total, received = _amount(cell["total"], back), _amount(cell["received"], back)
        fee = cell["fee"]
        at = datetime.strptime(cell["at"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)
        line = BillLine(
            "refund" if back else "trade",
            merchant,
            _plain(cell["out_trade_no"]),
            _plain(cell["out_refund_no"]) if back else "",
            _plain(cell["trade_no"]),
            total,
            # The bill writes what the seller pays with a minus; a returned fee without.
            -fen_from_yuan(fee) if not fee.startswith("-") else fen_from_yuan(fee[1:]),
            at,
            cell["kind"],
        )
    except (KeyError, ValueError) as error:
        raise BadBill(f"row {number}: unreadable") from error
    if back:
        sums.refunds, sums.returned = sums.refunds + 1, sums.returned + received
    else:
        sums.trades, sums.received = sums.trades + 1, sums.received + received
    return line


def _compare(text: str, sums: _Sums) -> set[str]:
    """Which totals a line of the frame tells; raises `BadBill` when they differ."""
    try:
        if found := _TRADES.match(text):
            if (int(found[1]), fen_from_yuan(found[2])) != (sums.trades, sums.received):
                raise BadBill("totals differ")
            return {"trades"}
        if found := _REFUNDS.match(text):
            if (int(found[1]), fen_from_yuan(found[3])) != (sums.refunds, sums.returned):
                raise BadBill("totals differ")
            return {"refunds"}
    except ValueError as error:
        raise BadBill("the totals are unreadable") from error
    return set()


def _amount(text: str, back: bool) -> int:
    """Yuan to fen; a refund's are written with a minus, and nothing else's."""
    if back != text.startswith("-") and fen_from_yuan(text.removeprefix("-")):
        raise ValueError(text)
    return fen_from_yuan(text.removeprefix("-"))


def _plain(text: str) -> str:
    """A number as channels write them; a formula is none."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return text
