"""WeChat Pay's trade bill (ALL): UTF-8 with a BOM, a back-tick before each cell, totals last.

The file is not quoted: cells are cut at `,` followed by a back-tick, so that a comma in a product
name is no cell. Their own order numbers repeat (payments-channels.md §2.2): the match key is ours.
"""

import gzip
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from app_server.kernel.clock import SHANGHAI
from app_server.kernel.crypto import same
from payments.errors import BadBill
from payments.rules.bills import BillLine
from payments.rules.money import fen_from_yuan

MAX_UNPACKED = 1024 * 1024 * 1024
MAX_LINE = 64 * 1024
TRADE_COLUMNS = {
    "at": "交易时间",
    "merchant": "商户号",
    "trade_no": "微信订单号",
    "out_trade_no": "商户订单号",
    "state": "交易状态",
    "currency": "货币种类",
    "settled": "应结订单金额",
    "refund_no": "微信退款单号",
    "out_refund_no": "商户退款单号",
    "returned": "退款金额",
    "refund_state": "退款状态",
    "fee": "手续费",
    "total": "订单金额",
    "refund": "申请退款金额",
}
TOTAL_COLUMNS = {
    "count": "总交易单数",
    "settled": "应结订单总金额",
    "returned": "退款总金额",
    "fee": "手续费总金额",
    "total": "订单总金额",
    "refund": "申请退款总金额",
}
_NUMBER = re.compile(r"[0-9A-Za-z_\-|*]{1,64}", re.ASCII)
_COUNT = re.compile(r"([0-9]{1,9})(\.0+)?", re.ASCII)
_MONEY = re.compile(r"(-?)([0-9]{1,11}(?:\.[0-9]{1,2})?)(?:(?<=\.[0-9]{2})0{1,3})?", re.ASCII)


def unpack(packed: Path, into: Path, sha1: str) -> bool:
    """Unzip a bill and compare the digest they told of what is inside; whether it agrees.

    Raises `BadBill` for a file that is no archive or grows past any true bill.
    """
    digest, size = hashlib.sha1(usedforsecurity=False), 0
    part = into.with_suffix(".part")
    try:
        with gzip.open(packed) as source, part.open("wb") as target:
            while chunk := source.read(1 << 20):
                size += len(chunk)
                if size > MAX_UNPACKED:
                    raise BadBill("larger than any true bill")
                digest.update(chunk)
                target.write(chunk)
        agrees = same(digest.hexdigest(), sha1.lower())
        if agrees:
            part.replace(into)
    except (OSError, EOFError) as error:
        raise BadBill("no archive") from error
    finally:
        part.unlink(missing_ok=True)
    return agrees


@dataclass
class _Sums:
    count: int = 0
    fen: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("settled", "returned", "fee", "total", "refund"), 0)
    )


def wechatpay_lines(file: Path) -> Iterator[BillLine]:
    """The rows, streamed; raises `BadBill` for a row of another form or totals that differ."""
    sums, closed = _Sums(), False
    rows = _rows(file)
    _, first = next(rows, (1, ""))
    columns = _columns(first, TRADE_COLUMNS)
    for number, text in rows:
        if closed:
            raise BadBill(f"row {number}: after the totals")
        if not text.startswith("`"):
            _compare(sums, _columns(text, TOTAL_COLUMNS), next(rows, (number, ""))[1])
            closed = True
            continue
        yield _line(number, text, columns, len(first.split(",")), sums)
    if not closed:
        raise BadBill("the totals are missing")


def _rows(file: Path) -> Iterator[tuple[int, str]]:
    with file.open("rb") as source:
        number = 0
        while raw := source.readline(MAX_LINE):
            number += 1
            if len(raw) == MAX_LINE:
                raise BadBill(f"row {number}: too long")
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise BadBill(f"row {number}: not UTF-8") from error
            if text:
                yield number, text


def _columns(header: str, wanted: dict[str, str]) -> dict[str, int]:
    names = header.split(",")
    try:
        return {name: names.index(title) for name, title in wanted.items()}
    except ValueError as error:
        raise BadBill("a column is missing") from error


def _cells(text: str) -> list[str]:
    return text[1:].split(",`")


def _line(number: int, text: str, columns: dict[str, int], width: int, sums: _Sums) -> BillLine:
    cells = _cells(text)
    if len(cells) != width:
        raise BadBill(f"row {number}: {len(cells)} cells")
    cell = {name: cells[at] for name, at in columns.items()}
    try:
        back = cell["state"] in {"REFUND", "REVOKED"}
        fen = _amounts(cell, sums)
        at = datetime.strptime(cell["at"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)
        line = BillLine(
            "refund" if back else "trade",
            _plain(cell["merchant"]),
            _plain(cell["out_trade_no"]),
            _plain(cell["out_refund_no"]) if back else "",
            _plain(cell["refund_no"] if back else cell["trade_no"]),
            fen["refund"] if back else fen["total"],
            fen["fee"],
            at,
            cell["refund_state"] if back else cell["state"],
        )
    except ValueError as error:
        raise BadBill(f"row {number}: unreadable") from error
    sums.count += 1
    for name, amount in fen.items():
        sums.fen[name] += amount
    return line


def _amounts(cell: dict[str, str], sums: _Sums) -> dict[str, int]:
    if cell["currency"] != "CNY" or cell["state"] not in {"SUCCESS", "REFUND", "REVOKED"}:
        raise ValueError(cell["state"])
    fen = {name: _signed(cell[name]) for name in sums.fen}
    if any(amount < 0 for name, amount in fen.items() if name != "fee"):
        raise ValueError("a negative amount")
    return fen


def _compare(sums: _Sums, columns: dict[str, int], text: str) -> None:
    cells = _cells(text)
    try:
        told = {name: cells[at] for name, at in columns.items()}
        # Their own sample writes 45 rows as `45.0`.
        count = _COUNT.fullmatch(told.pop("count"))
        agrees = count is not None and int(count[1]) == sums.count
        agrees = agrees and all(_signed(told[name]) == sums.fen[name] for name in told)
    except (ValueError, IndexError) as error:
        raise BadBill("the totals are unreadable") from error
    if not agrees:
        raise BadBill("totals differ")


def _plain(text: str) -> str:
    """A number as channels write them; a formula is none."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return text


def _signed(text: str) -> int:
    """Yuan to fen; fees have five decimals, of which the last three are zero, and may be owed."""
    found = _MONEY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return fen_from_yuan(found[2]) * (-1 if found[1] else 1)
