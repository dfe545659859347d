"""The non-tax system's clearing list of a day: UTF-8 CSV in fen, its last row the totals."""

import csv
from collections.abc import Iterator
from io import StringIO
from types import MappingProxyType
from typing import Literal

from payments.errors import BadBill
from payments.rules.clearing import CLEARING_HEADER, ClearingLine

_STAGES: MappingProxyType[str, Literal["cleared", "in_treasury"]] = MappingProxyType(
    {"CLEARED": "cleared", "IN_TREASURY": "in_treasury"}
)


def clearing_lines(text: str) -> Iterator[ClearingLine]:
    """The rows; raises `BadBill` for a row of another form, or totals that differ."""
    reader = csv.reader(StringIO(text))
    if next(reader, None) != list(CLEARING_HEADER):
        raise BadBill("row 1: not the header of a clearing list")
    counted = total = 0
    closed = False
    for number, row in enumerate(reader, 2):
        if closed or len(row) != len(CLEARING_HEADER):
            raise BadBill(f"row {number}: unreadable")
        stage, code, agency, amount = row
        if stage == "TOTAL":
            closed = True
            if (code, amount) != (str(counted), str(total)):
                raise BadBill(f"row {number}: totals differ")
            continue
        if stage not in _STAGES or not (amount.isascii() and amount.isdigit()):
            raise BadBill(f"row {number}: unreadable")
        if not int(amount) or not (code.isascii() and code.isdigit() and agency.isalnum()):
            raise BadBill(f"row {number}: unreadable")
        counted, total = counted + 1, total + int(amount)
        yield ClearingLine(_STAGES[stage], code[:20], agency[:18], int(amount))
    if not closed:
        raise BadBill("the totals are missing")
