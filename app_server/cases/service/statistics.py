"""How many cases: by region subtree, department, kind, state and day (R-CAS-12).

One query makes the cells; the report's rows, the chart's series and the total are sums of the same
cells, and the list behind them is found by the same conditions. Whoever may not list a case does
not count it (`reach`).
"""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from app_server.cases.errors import SpanTooLong
from app_server.cases.rules import STATES, region_pattern
from app_server.cases.service.desk import PAGE, Conditions
from app_server.cases.service.reading import CaseRow
from app_server.kernel import audit, clock, db, regions
from app_server.kernel.principal import Principal

LONGEST = 400  # days
By = Literal["region", "department", "item_type", "state"]
# Rows of a report: a city's figures contain its counties', as people read them.
_KEYS = {
    "region": "CASE WHEN {0} THEN substr(region, 1, 4) || '00' ELSE region END",
    "department": "department",
    "item_type": "item_type",
    "state": "state",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is counted: days are those of submission, both included."""

    first: date
    last: date
    region: str = ""
    department: str = ""
    item_type: str = ""
    state: str = ""
    by: By = "region"


@dataclass(frozen=True, slots=True)
class Report:
    """Three views of the same cells."""

    rows: list[tuple[str, str, int]]  # key, name, cases
    series: list[tuple[date, int]]  # every day of the span
    total: int


async def statistics(officer: Principal, asked: Question) -> Report:
    """Cells by key and day, summed up three ways; raises `SpanTooLong`."""
    where = _where(officer, asked)
    key = _KEYS[asked.by].format(str(officer.region.endswith("0000")).lower())
    cells = await db.rows(
        f"SELECT {key} AS key, (submitted_at AT TIME ZONE 'Asia/Shanghai')::date AS day, "
        f"count(*) AS cases FROM cases_case WHERE {where.text} GROUP BY 1, 2",
        *where.args,
    )
    rows, days = Counter[str](), Counter[date]()
    for cell in cells:
        rows[cell["key"]] += cell["cases"]
        days[cell["day"]] += cell["cases"]
    span = (asked.last - asked.first).days + 1
    every = [asked.first + timedelta(days=n) for n in range(span)]
    return Report(
        [(key, _name(asked.by, key), cases) for key, cases in rows.most_common()],
        [(day, days[day]) for day in every],
        rows.total(),
    )


async def cases_counted(officer: Principal, asked: Question, after: UUID | None) -> list[CaseRow]:
    """One page of the cases a report counts, newest first."""
    where = _where(officer, asked)
    if after:
        where.add("id < {0}::uuid", after)
    found: list[CaseRow] = await db.rows(
        "SELECT id, case_no, item_name, state, submitted_at, due_on, limit_unit, region "
        f"FROM cases_case WHERE {where.text} ORDER BY id DESC LIMIT {PAGE}",
        *where.args,
    )
    return found


async def as_csv(officer: Principal, asked: Question) -> bytes:
    """A report as a spreadsheet opens it (UTF-8 with its mark); the export is recorded."""
    report = await statistics(officer, asked)
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(["代码", "名称", "办件数"])
    for key, name, cases in report.rows:
        write.writerow([_plain(key), _plain(name), cases])
    write.writerow(["", "合计", report.total])
    write.writerow([])
    write.writerow(["日期", "办件数"])
    write.writerows((day.isoformat(), cases) for day, cases in report.series)
    async with db.unit_of_work():
        audit.record(
            officer,
            "cases.statistics_exported",
            "cases",
            purpose="统计导出",
            by=asked.by,
            first=asked.first.isoformat(),
            last=asked.last.isoformat(),
        )
    return "\ufeff".encode() + out.getvalue().encode()


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _where(officer: Principal, asked: Question) -> Conditions:
    if not 0 <= (asked.last - asked.first).days < LONGEST:
        raise SpanTooLong
    begin = datetime.combine(asked.first, time.min, clock.SHANGHAI)
    end = datetime.combine(asked.last + timedelta(days=1), time.min, clock.SHANGHAI)
    where = Conditions(officer, "own")
    where.add("submitted_at >= {0} AND submitted_at < {1}", begin, end)
    # No case is older than its submission: earlier months are not looked at.
    oldest = int((begin - timedelta(days=1)).timestamp() * 1000) << 80
    where.add("id >= {0}::uuid", UUID(int=oldest))
    if asked.region:
        where.add("region LIKE {0}", region_pattern(asked.region))
    for column in ("department", "item_type", "state"):
        if value := getattr(asked, column):
            where.add(f"{column} = {{0}}", value)
    return where


def _name(by: By, key: str) -> str:
    match by:
        case "region":
            return regions.full_name(key)
        case "state":
            return STATES.get(key, key)
        case _:
            return key
