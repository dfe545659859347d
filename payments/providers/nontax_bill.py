"""The non-tax system's daily list: UTF-8 CSV in fen, its last row the totals."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from payments.errors import BadBill
from payments.rules.bills import BillLine

HEADER = [
    "kind", "merchant", "out_trade_no", "out_refund_no", "trade_no", "amount_fen", "fee_fen",
    "at", "state",
]  # fmt: skip
_KINDS = {"PAY": "trade", "REFUND": "refund"}


def nontax_lines(file: Path) -> Iterator[BillLine]:
    """The rows, streamed; raises `BadBill` for a row of another form or totals that differ."""
    counted = total = 0
    closed = False
    with file.open(encoding="utf-8", newline="") as rows:
        reader = csv.reader(rows)
        if next(reader, None) != HEADER:
            raise BadBill("row 1: not the header of such a list")
        for number, row in enumerate(reader, 2):
            if closed:
                raise BadBill(f"row {number}: after the totals")
            if row[:1] == ["TOTAL"]:
                closed = True
                if row[1:3] != [str(counted), str(total)]:
                    raise BadBill(f"row {number}: totals differ")
                continue
            line = _line(number, row)
            counted += 1
            total += line.amount_fen if line.kind == "trade" else -line.amount_fen
            yield line
    if not closed:
        raise BadBill("the totals are missing")


def _line(number: int, row: list[str]) -> BillLine:
    if len(row) != len(HEADER) or not all(t.isascii() and t.isdigit() for t in row[5:8]):
        raise BadBill(f"row {number}: unreadable")
    kind, merchant, trade, refund, theirs, amount, fee, at, state = row
    try:
        return BillLine(
            "trade" if _KINDS[kind] == "trade" else "refund",
            merchant,
            trade,
            refund,
            theirs,
            int(amount),
            int(fee),
            datetime.fromtimestamp(int(at), UTC),
            state,
        )
    except (ValueError, KeyError, OverflowError) as error:
        raise BadBill(f"row {number}: unreadable") from error
