"""The standard payment record (GB/T 39046-2020 table 14), as finance departments take it.

Requirement R-PAY-08.
"""

import csv
import io
from datetime import date, datetime, time, timedelta

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import InvalidInput
from app_server.kernel.principal import Principal
from auth.people import service as people
from payments.models import Bill
from payments.rules import SETTLED, yuan_from_fen
from payments.service.sight import within

FIELDS = ("办件编号", "缴款单号", "收费单位", "收费人员", "收费金额", "收费时间", "缴款人")
MOST_DAYS = 31
MOST_ROWS = 5_000
ONLINE = "线上缴费"
COUNTER = "收费窗口"


async def payment_records(officer: Principal, first: date, last: date, purpose: str) -> bytes:
    """What was paid from `first` to `last`, as CSV in UTF-8 with a BOM; amounts in yuan.

    Each payer sees that their record was taken out, and for what. Raises `InvalidInput` for a
    span that is turned round or too long, or for more rows than a person can answer for.
    """
    if not first <= last or (last - first).days >= MOST_DAYS:
        raise InvalidInput(errors=[{"field": "last", "message": f"最多 {MOST_DAYS} 天"}])
    begins = datetime.combine(first, time(0), clock.SHANGHAI)
    ends = datetime.combine(last, time(0), clock.SHANGHAI) + timedelta(days=1)
    found = Bill.filter(**within(officer), state__in=SETTLED, paid_at__gte=begins, paid_at__lt=ends)
    rows = await found.order_by("paid_at").limit(MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise InvalidInput(errors=[{"field": "last", "message": f"一次最多 {MOST_ROWS} 条"}])
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(FIELDS)
    async with db.unit_of_work():
        for row in rows:
            payer = await people.person(row.person_id)
            writer.writerow([_plain(cell) for cell in _cells(row, payer.name)])
            audit.record(
                officer,
                "payments.record_exported",
                f"bill:{row.bill_no}",
                owner=row.person_id,
                purpose=purpose,
            )
    return ("\ufeff" + file.getvalue()).encode()


def _cells(row: Bill, payer: str) -> tuple[str, ...]:
    at = clock.local(row.paid_at) if row.paid_at else None
    return (
        row.source_ref if row.source == "cases" else "",
        row.pay_code,
        row.agency_name,
        COUNTER if row.channel == "counter" else ONLINE,
        yuan_from_fen(row.total_fen),
        f"{at:%Y-%m-%d %H:%M:%S}" if at else "",
        payer,
    )


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
