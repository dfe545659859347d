"""What exchange announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class CasePushDue(Event):
    """A department's system is to be told of a case; `ref` is `<system id>/<case number>`."""

    name: ClassVar[str] = "exchange.case_push_due/1"
    key: ClassVar[str] = "ref"
    ref: str
    system_id: UUID
    case_no: str


class LateEntry(Event):
    """A process line was entered later than allowed (R-CAS-15); supervision counts these."""

    name: ClassVar[str] = "exchange.late_entry/1"
    key: ClassVar[str] = "case_no"
    case_no: str
    item_code: str
    org: str
    region: str
    officer: str
    event_at: str
    entered_at: str
    limit_days: int


class DayCheckDue(Event):
    """A city's day is to be compared, digest by digest (R-CAS-13)."""

    name: ClassVar[str] = "exchange.day_check_due/1"
    key: ClassVar[str] = "city"
    city: str
    day: str
