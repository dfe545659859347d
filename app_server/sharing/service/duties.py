"""Updates that a change of law or function demands within fifteen working days (R-DAT-04)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app_server.kernel import audit, clock, db, working_days
from app_server.kernel.errors import InvalidInput
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.sharing.errors import NoSuchDuty, NotTheProvider, ResourceInvalid
from app_server.sharing.events import UpdateOverdue
from app_server.sharing.models import Duty, Edition, Resource
from app_server.sharing.rules import states
from app_server.sharing.rules.catalogue import UPDATE_DAYS
from app_server.sharing.service.moving import transit
from app_server.sharing.service.telling import tell

PAGE = 50


@dataclass(frozen=True, slots=True)
class Change:
    """What happened: why, on what ground, and on which day."""

    reason: str
    basis: str
    happened_on: date


async def open_duties(by: Principal, change: Change, resources: list[UUID]) -> list[Duty]:
    """Open an update task for each of these entries of one organisation.

    The responsible organisation itself or the catalogue's operators open them. Raises
    `NotTheProvider`, `ResourceInvalid` for entries that are not published, `InvalidInput` for a
    day that is still to come.
    """
    if change.happened_on > clock.today():
        wrong = {"field": "happened_on", "message": "不能晚于今天"}
        raise InvalidInput(errors=[wrong])
    rows = await Resource.filter(id__in=resources, state="published").order_by("code")
    if len(rows) != len(set(resources)):
        raise ResourceInvalid("只有已发布的信息资源才有更新任务")
    if "operator" not in by.roles and any(row.org != by.org for row in rows):
        raise NotTheProvider
    calendar = await working_days.calendar()
    due, provisional = calendar.add_working_days(change.happened_on, UPDATE_DAYS)
    opened = []
    async with db.unit_of_work():
        for row in rows:
            duty = await Duty.create(
                resource_id=row.id,
                org=row.org,
                reason=change.reason,
                basis=change.basis,
                happened_on=change.happened_on,
                due_on=due,
                provisional=provisional,
                opened_by=by.ref,
                at=clock.now(),
            )
            opened.append(duty)
            tell(row.org, row.id, f"duty:{duty.id}", f"“{row.name}”须在 {due} 前更新目录")
        audit.record(by, "sharing.duties_opened", f"org:{rows[0].org}", count=len(rows))
    return opened


async def duties(org: str, *, overdue_only: bool, after: UUID | None) -> list[Duty]:
    """Update tasks of an organisation (empty: of all), oldest first."""
    found = Duty.all()
    if org:
        found = found.filter(org=org)
    if overdue_only:
        found = found.filter(state="open", due_on__lt=clock.today())
    if after is not None:
        found = found.filter(id__gt=after)
    return await found.order_by("id").limit(PAGE)


def is_overdue(duty: Duty) -> bool:
    """Whether a task's day is past, or was when it was done."""
    ended = clock.local(duty.done_at).date() if duty.done_at else clock.today()
    return ended > duty.due_on


async def finish_duty(by: Principal, duty_id: UUID, outcome: str) -> Duty:
    """Say that an entry needs no change, and why; raises `NoSuchDuty`, `NotTheProvider`."""
    duty = await Duty.get_or_none(id=duty_id)
    if duty is None:
        raise NoSuchDuty
    if duty.org != by.org:
        raise NotTheProvider
    async with db.unit_of_work():
        done = await transit(
            Duty, duty_id, None, states.DUTY, "finish", outcome=outcome, done_at=clock.now()
        )
        audit.record(by, "sharing.duty_finished", f"duty:{duty_id}", purpose=outcome)
    return done


async def end_duties(resource_id: UUID, edition: int) -> None:
    """A new edition ends the tasks of its entry that were open before it."""
    published = await Edition.get(resource_id=resource_id, number=edition)
    before = Duty.filter(resource_id=resource_id, state="open", at__lt=published.at)
    await before.update(state="done", outcome=f"第 {edition} 版", done_at=clock.now())


async def tell_overdue() -> int:
    """Announce tasks whose day is past, each once; answers how many."""
    late = await Duty.filter(
        state="open", overdue_told=False, due_on__lt=clock.today()
    ).select_for_update()
    for duty in late:
        announce(
            UpdateOverdue(
                resource_id=duty.resource_id,
                duty_id=duty.id,
                org=duty.org,
                due_on=duty.due_on.isoformat(),
            )
        )
    await Duty.filter(id__in=[duty.id for duty in late]).update(overdue_told=True)
    return len(late)


async def tell_lateness(resource_id: UUID, duty_id: UUID, org: str, due_on: str) -> None:
    """Tell the organisation that it is late."""
    row = await Resource.get(id=resource_id)
    tell(org, resource_id, f"overdue:{duty_id}", f"“{row.name}”的目录更新已超过 {due_on} 的时限")
