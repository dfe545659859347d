"""What the lead organisation alone does, and what the others answer (R-PAR-03).

General (一般联办件): it closes when all have closed. Pre (前置联办件): a promise of the others is
enough. Forwarded (上报件): the decision is a higher authority's, so it waits for that, too.
"""

from datetime import date, datetime
from typing import Any, Literal

from app_server.cases.errors import LeadOnly, NoSuchBundle, NoSuchPart, PartsOpen
from app_server.cases.events import BundleExtended
from app_server.cases.models import Bundle, BundlePart
from app_server.cases.rules import graph
from app_server.cases.service.bundles.going import finish, note, over, said
from app_server.cases.service.bundles.opening import BundleView, own_row, parts_of
from app_server.cases.service.steps import by_whom
from app_server.kernel import audit, clock, db, working_days
from app_server.kernel.errors import Conflict, InvalidInput
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal

PAGE = 50
SESSIONS = {
    "survey": "联合踏勘",
    "acceptance": "联合验收",
    "review": "联合审图",
    "hearing": "联合评审",
}
SessionKind = Literal["survey", "acceptance", "review", "hearing"]


async def desk_bundles(officer: Principal) -> list[BundleView]:
    """Bundles that the officer's organisation leads or works on, those that run first."""
    rows = await db.rows(
        "SELECT b.id FROM cases_bundle b WHERE b.state IN ('running', 'finished', 'stopped') "
        "AND (b.lead_org = $1 OR EXISTS (SELECT 1 FROM cases_bundle_part p "
        "WHERE p.bundle_id = b.id AND p.org = $1)) "
        "ORDER BY b.state = 'running' DESC, b.id DESC LIMIT $2",
        officer.org,
        PAGE,
    )
    found = await Bundle.filter(id__in=[row["id"] for row in rows])
    order = {row["id"]: n for n, row in enumerate(rows)}
    found.sort(key=lambda row: order[row.id])
    return [BundleView(row, await parts_of(row)) for row in found]


async def desk_bundle(officer: Principal, bundle_no: str) -> BundleView:
    """One bundle the officer's organisation leads or works on; raises `NoSuchBundle`."""
    row = await Bundle.filter(bundle_no=bundle_no).exclude(state__in=["draft", "dropped"]).first()
    parts = await parts_of(row) if row else ()
    if row is None or officer.org not in {row.lead_org, *(part.org for part in parts)}:
        raise NoSuchBundle
    async with db.unit_of_work():
        audit.record(officer, "cases.bundle_read", f"bundle:{bundle_no}", owner=row.person_id)
    return BundleView(row, parts)


async def _led(officer: Principal, bundle_no: str) -> Bundle:
    """The running bundle, locked, for its lead; raises `NoSuchBundle`, `LeadOnly`, `Conflict`."""
    await desk_bundle(officer, bundle_no)
    row = await Bundle.filter(bundle_no=bundle_no).select_for_update().get()
    if row.lead_org != officer.org:
        raise LeadOnly
    if row.state != "running":
        raise Conflict
    return row


async def promise_part(officer: Principal, bundle_no: str, code: str, text: str) -> None:
    """A co-window promises its part, so that the lead of a pre-type bundle may close.

    Raises `NoSuchBundle`, `NoSuchPart` for another organisation's, `Conflict`.
    """
    await desk_bundle(officer, bundle_no)
    async with db.unit_of_work():
        row = await Bundle.filter(bundle_no=bundle_no).select_for_update().get()
        part = await BundlePart.get_or_none(bundle_id=row.id, code=code, org=officer.org)
        if part is None:
            raise NoSuchPart
        if row.state != "running" or row.mode != "pre" or part.state != "running":
            raise Conflict
        if part.promised_at is None:
            part.promised_at = clock.now()
            await part.save(update_fields=["promised_at"])
            note(row, f"{part.item_name}：已承诺", part.department, text, "部门")
            await _kept(officer, row, "promised", part=code)


async def close_bundle(officer: Principal, bundle_no: str, note_text: str) -> None:
    """Close it for all: by the lead alone, and only when its mode lets it.

    Raises `NoSuchBundle`, `LeadOnly`, `Conflict`, `PartsOpen`.
    """
    async with db.unit_of_work():
        row = await _led(officer, bundle_no)
        parts = await parts_of(row)
        others = [p for p in parts if p.org != row.lead_org]
        own = [p for p in parts if p.org == row.lead_org]
        waits = [p for p in own if p.state in graph.LIVE]
        if row.mode == "pre":
            waits += [p for p in others if p.state in graph.LIVE and p.promised_at is None]
        else:
            waits += [p for p in others if p.state in graph.LIVE]
        open_sessions = [s["id"] for s in row.sessions if not s["report"]]
        granted = {part.code for part in parts if part.state == "approved"}
        tasks = [t["name"] for t in row.tasks if not t["done_at"] and set(t["after"]) <= granted]
        if waits or open_sessions or tasks:
            names = [part.item_name for part in waits]
            raise PartsOpen(parts=names, sessions=open_sessions, tasks=tasks)
        note(row, "牵头单位办结", row.lead_name, note_text, "部门")
        over(row, sum(p.state == "approved" for p in parts), len(parts))
        await _kept(officer, row, "closed")


async def extend_bundle(officer: Principal, bundle_no: str, days: int, reason: str) -> date:
    """Take so many working days longer, once, with the reason told; answers the new last day.

    Raises `NoSuchBundle`, `LeadOnly`, `Conflict` for a second time.
    """
    calendar = await working_days.calendar()
    async with db.unit_of_work():
        row = await _led(officer, bundle_no)
        if row.extension is not None or row.due_on is None:
            raise Conflict
        due, provisional = calendar.add_working_days(row.due_on, days)
        row.extension = {"days": days, "reason": reason, "from": row.due_on.isoformat()}
        row.due_on, row.due_provisional = due, row.due_provisional or provisional
        note(row, f"延长 {days} 个工作日，至 {due:%Y-%m-%d}", row.lead_name, reason, "部门")
        announce(BundleExtended(**said(row), due_on=due.isoformat()))
        await _kept(officer, row, "extended", days=days)
    return due


async def call_session(
    officer: Principal,
    bundle_no: str,
    *,
    kind: SessionKind,
    begins_at: datetime,
    minutes: int,
    place: str,
    orgs: list[str],
) -> str:
    """Call a joint survey or acceptance: one slot, the organisations that come; answers its id.

    Raises `NoSuchBundle`, `LeadOnly`, `Conflict`, and `InvalidInput` for a time that is over and
    organisations that have no part.
    """
    async with db.unit_of_work():
        row = await _led(officer, bundle_no)
        parts = {part.org: part.department for part in await parts_of(row)}
        parts[row.lead_org] = row.lead_name
        if strangers := [org for org in orgs if org not in parts]:
            said_no = f"没有参与本件的单位：{'、'.join(strangers)}"
            raise InvalidInput(errors=[{"field": "orgs", "message": said_no}])
        if begins_at <= clock.now():
            raise InvalidInput(errors=[{"field": "begins_at", "message": "时间已经过去"}])
        session: dict[str, Any] = {
            "id": str(uuid7()),
            "kind": kind,
            "kind_name": SESSIONS[kind],
            "begins_at": begins_at.isoformat(),
            "minutes": minutes,
            "place": place,
            "attendees": [
                {"org": org, "name": parts[org]} for org in sorted({*orgs, row.lead_org})
            ],
            "report": None,
        }
        row.sessions = [*row.sessions, session]
        at = f"{clock.local(begins_at):%Y-%m-%d %H:%M}"
        names = "、".join(one["name"] for one in session["attendees"])
        note(row, f"{SESSIONS[kind]}：{at}", row.lead_name, f"{place}；参加：{names}", "部门")
        await _kept(officer, row, "session", kind=kind)
    return str(session["id"])


async def report_session(
    officer: Principal,
    bundle_no: str,
    session_id: str,
    *,
    passed: bool,
    text: str,
    present: list[str],
) -> None:
    """The one report of a joint session, with who was there; a second one is a `Conflict`.

    Raises as `call_session`, and `NoSuchPart`.
    """
    async with db.unit_of_work():
        row = await _led(officer, bundle_no)
        session = next((s for s in row.sessions if s["id"] == session_id), None)
        if session is None:
            raise NoSuchPart
        if session["report"]:
            raise Conflict
        if strangers := set(present) - {one["org"] for one in session["attendees"]}:
            said_no = f"未被邀请：{'、'.join(sorted(strangers))}"
            raise InvalidInput(errors=[{"field": "present", "message": said_no}])
        report = {
            "passed": passed,
            "text": text,
            "present": sorted(present),
            "by": officer.ref,
            "at": clock.now().isoformat(),
        }
        row.sessions = [
            {**s, "report": report} if s["id"] == session_id else s for s in row.sessions
        ]
        outcome = "通过" if passed else "未通过"
        note(row, f"{session['kind_name']}{outcome}", row.lead_name, text, "部门")
        await finish(row)
        await _kept(officer, row, "session_reported", passed=passed)


async def confirm_task(principal: Principal, bundle_no: str, code: str) -> None:
    """Confirm what was done on the spot: by the lead's officer, or by the applicant.

    Raises `NoSuchBundle`, `LeadOnly`, `NoSuchPart`, and `Conflict` before its time or twice.
    """
    async with db.unit_of_work():
        if principal.kind == "person":
            row = await own_row(principal, bundle_no, lock=True)
        else:
            row = await _led(principal, bundle_no)
        task = next((t for t in row.tasks if t["code"] == code), None)
        if task is None:
            raise NoSuchPart
        states = {part.code: part.state for part in await parts_of(row)}
        ready = all(states[before] in graph.GOOD for before in task["after"])
        if row.state != "running" or task["done_at"] or not ready:
            raise Conflict
        by = row.lead_name if principal.kind == "staff" else by_whom(bool(row.organisation_id))
        done = {"done_at": clock.now().isoformat(), "by": principal.kind}
        row.tasks = [{**t, **done} if t["code"] == code else t for t in row.tasks]
        note(row, f"{task['name']}：已完成", by)
        await finish(row)
        await _kept(principal, row, "task_confirmed", task=code)


async def parcel_signed(bundle_no: str, *, intact: bool) -> list[str]:
    """The one parcel is there; answers the parts whose cases wait for it. Twice is once."""
    async with db.unit_of_work():
        row = await Bundle.filter(bundle_no=bundle_no).select_for_update().first()
        if row is None or row.parcel != "sent":
            return []
        row.parcel = "signed" if intact else "differs"
        note(row, "快递已签收" if intact else "快递签收清单与交寄清单不一致，待核实", "快递")
        await finish(row)
        await row.save()
        parts = await BundlePart.filter(bundle_id=row.id, state="approved", closed_at=None)
    return [part.case_no for part in parts if part.case_no] if intact else []


async def parcel_came_back(bundle_no: str, *, refused: bool = False) -> None:
    """Nobody took the parcel, or no carrier did: the results wait at the window."""
    async with db.unit_of_work():
        row = await Bundle.filter(bundle_no=bundle_no).select_for_update().first()
        if row is None or row.parcel != "sent":
            return
        row.parcel = "returned"
        said = "快递未能承运" if refused else "快递退回"
        note(row, f"{said}，请到窗口领取", "快递")
        await finish(row)
        await row.save()


async def bundle_of(case_no: str) -> str | None:
    """The number of the bundle a case is a part of."""
    found: str | None = await db.value(
        "SELECT b.bundle_no FROM cases_bundle_part p JOIN cases_bundle b ON b.id = p.bundle_id "
        "WHERE p.case_no = $1",
        case_no,
    )
    return found


async def bundles_of_project(project_code: str) -> list[BundleView]:
    """The bundles filed for a national project code, newest first."""
    rows = (
        await Bundle.filter(project_code=project_code)
        .exclude(state__in=["draft", "dropped"])
        .order_by("-id")
    )
    return [BundleView(row, await parts_of(row)) for row in rows]


async def _kept(principal: Principal, row: Bundle, what: str, **facts: Any) -> None:
    row.version += 0 if row.state != "running" else 1
    await row.save()
    thing = f"bundle:{row.bundle_no}"
    audit.record(principal, f"cases.bundle_{what}", thing, owner=row.person_id, **facts)
