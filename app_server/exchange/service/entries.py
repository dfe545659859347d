"""补录: process lines an officer enters by hand for systems nobody is connected to (R-CAS-15)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app_server.cases import service as cases
from app_server.exchange.errors import NotYourItem
from app_server.exchange.events import LateEntry
from app_server.exchange.models import Entry, EntryLimit
from app_server.exchange.rules import DEFAULT_ENTRY_DAYS
from app_server.items import service as items
from app_server.kernel import audit, clock, db, working_days
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal

PAGE = 50


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of an entry; `added` is False when it stood there already."""

    added: bool
    late: bool
    limit_days: int


async def enter(
    officer: Principal, case_no: str, *, title: str, note: str, at: datetime
) -> Entered:
    """Enter a process line; one entered later than the item allows is told to supervision.

    Raises `NoSuchCase`, `NotInThisState`, `InvalidInput`.
    """
    calendar = await working_days.calendar()
    async with db.unit_of_work() as uow:
        case = await cases.enter_late(officer, case_no, title=title, note=note, at=at)
        if case is None:
            return Entered(added=False, late=False, limit_days=0)
        days = await limit_of(case.item_code)
        last, _ = calendar.add_working_days(clock.local(at).date(), days)
        now, late = clock.now(), clock.today() > last
        uow.add(
            "exchange_entry",
            {
                "id": uuid7(),
                "case_no": case_no,
                "item_code": case.item_code,
                "org": case.org,
                "region": case.region,
                "officer_id": officer.subject,
                "title": title,
                "event_at": at,
                "entered_at": now,
                "limit_days": days,
                "late": late,
            },
        )
        if late:
            announce(
                LateEntry(
                    case_no=case_no,
                    item_code=case.item_code,
                    org=case.org,
                    region=case.region,
                    officer=officer.ref,
                    event_at=at.isoformat(),
                    entered_at=now.isoformat(),
                    limit_days=days,
                )
            )
    return Entered(added=True, late=late, limit_days=days)


async def limit_of(item_code: str) -> int:
    """Within how many working days a line of this item must be entered."""
    held = await EntryLimit.get_or_none(item_code=item_code)
    return DEFAULT_ENTRY_DAYS if held is None else held.days


async def set_limit(head: Principal, item_code: str, days: int) -> None:
    """Set an item's limit, as its organisation; raises `NoSuchItem`, `NotYourItem`."""
    facts = await items.published(item_code)
    if facts.org != head.org:
        raise NotYourItem
    async with db.unit_of_work():
        await EntryLimit.update_or_create(
            {"days": days, "set_by": head.ref, "at": clock.now()}, item_code=item_code
        )
        audit.record(head, "exchange.entry_limit_set", f"item:{item_code}", days=days)


async def entries(officer: Principal, after: UUID | None, *, late_only: bool) -> list[Entry]:
    """One page of the entries of the officer's organisation, newest first."""
    found = Entry.filter(org=officer.org)
    if late_only:
        found = found.filter(late=True)
    if after is not None:
        found = found.filter(id__lt=after)
    return await found.order_by("-id").limit(PAGE)
