"""What may be given to everybody: open fields alone, and nothing that points at a person.

R-DAT-19. A batch with anything else is refused as a whole: dropping it silently would teach
providers to send it.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MOST_FINDINGS = 20
# A citizen's number or a mobile phone, wherever it stands in a text.
_PERSONAL = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")
# A spreadsheet would run these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def opening_findings(
    rows: Sequence[Mapping[str, Any]], fields: Iterable[str]
) -> list[dict[str, str]]:
    """Why a batch must not be opened: the first twenty places."""
    known = set(fields)
    wrong = []
    for place, row in enumerate(rows):
        for name, value in row.items():
            shown = name[:60] if name.isprintable() else "?"
            where = f"rows.{place}.{shown}"
            if name not in known:
                wrong.append({"field": where, "message": "不是可公开的信息项"})
            elif isinstance(value, dict | list):
                wrong.append({"field": where, "message": "须为单个值"})
            elif _PERSONAL.search(str(value)):
                wrong.append({"field": where, "message": "疑似包含公民身份号码或手机号"})
        if len(wrong) >= MOST_FINDINGS:
            break
    return wrong[:MOST_FINDINGS]


def as_csv(rows: Iterable[Mapping[str, Any]], fields: Sequence[str]) -> str:
    """The rows as a table with a heading (RFC 4180), safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(fields)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in fields])
    return out.getvalue()


def _cell(value: Any) -> str:
    text = "" if value is None else str(value).replace("\x00", "")
    number = re.fullmatch(r"[+-]?\d+(\.\d+)?", text) is not None
    return f"'{text}" if text.startswith(_FORMULA) and not number else text
