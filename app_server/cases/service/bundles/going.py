"""A bundle on its way: filed at once, parts started when their time comes, finished together.

Whatever happens to a part happens under the lock of its bundle's row, so that a decision and a
stop that come together are one after the other. When one part is lost, the template's rule says
what becomes of the rest (compensation); what was decided stays decided.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import orjson

from app_server.cases.errors import AlreadyRunning
from app_server.cases.events import BundleFiled, BundleFinished, BundlePartMoved, CaseWithdrawn
from app_server.cases.models import Bundle, BundlePart, Case
from app_server.cases.rules import MOVES, graph, merging
from app_server.cases.service import submission
from app_server.cases.service.bundles.opening import (
    BundleView,
    drafts_of,
    holder,
    merged,
    own_bundle,
    own_row,
    parts_of,
    renamed,
)
from app_server.cases.service.documents import order_document
from app_server.cases.service.steps import SYSTEM, by_whom, move, news, timeline_entry
from app_server.kernel import audit, clock, db, working_days
from app_server.kernel.crypto import seal, unseal
from app_server.kernel.errors import Conflict, InvalidInput, PreconditionFailed, Problem
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.logistics import service as logistics
from auth.identity import service as identity

ADDRESS = "cases_bundle.address"
PARCEL = "bundle:"
STATE_NAMES: Mapping[str, str] = {
    "waiting": "等待前置事项",
    "running": "办理中",
    "approved": "已准予",
    "refused": "不予批准",
    "not_accepted": "不予受理",
    "pre_review_failed": "预审不通过",
    "withdrawn": "已撤回",
    "returned": "已退件",
    "ended": "已终止",
    "skipped": "不再办理",
}
BUNDLE_STATES: Mapping[str, str] = {
    "draft": "填写中",
    "running": "办理中",
    "finished": "已办结",
    "stopped": "已终止",
    "dropped": "已放弃",
}


def said(row: Bundle) -> dict[str, Any]:
    """What every event about a bundle says."""
    return {
        "bundle_id": row.id,
        "bundle_no": row.bundle_no,
        "person_id": row.person_id,
        "name_of": row.name,
        "template": row.template,
        "project_code": row.project_code,
    }


def graph_of(parts: Sequence[BundlePart]) -> list[graph.Part]:
    """Parts as the graph's rules know them."""
    return [graph.Part(p.code, p.item_code, tuple(p.after), p.days, p.unit) for p in parts]


def note(row: Bundle, title: str, by: str, text: str = "", channel: str = "") -> None:
    """A line of the bundle's one timeline."""
    entry = timeline_entry("submitted", by, text, clock.now(), title, channel)
    row.timeline = [*row.timeline, entry]


async def file_bundle(
    principal: Principal,
    bundle_no: str,
    version: int,
    address: logistics.Recipient | None = None,
) -> BundleView:
    """Hand everything in at once: what waits for nothing starts now (R-PAR-02, R-PAR-04).

    With an `address` all results come in one parcel. Raises `NoSuchBundle`, `PreconditionFailed`,
    `Conflict` when it was filed before, `InvalidInput` under the one form's names, and for a part
    what submitting it alone raises: then nothing is filed.
    """
    async with db.unit_of_work():
        row = await own_row(principal, bundle_no, lock=True)
        if row.state != "draft":
            raise Conflict
        if row.version != version:
            raise PreconditionFailed(newer={"version": row.version})
        parts = await parts_of(row)
        await _complete(row, parts)
        calendar = await working_days.calendar()
        due = graph.deadline(graph_of(parts), calendar, clock.today())
        row.state, row.filed_at, row.version = "running", clock.now(), row.version + 1
        row.due_on, row.due_path, row.due_provisional = due.due_on, list(due.path), due.provisional
        if address is not None:
            row.address = seal(orjson.dumps(address).decode(), ADDRESS)
        note(row, "已提交，一次受理", by_whom(row.organisation_id is not None))
        states = {part.code: part.state for part in parts}
        for code in graph.startable(graph_of(parts), states):
            await _start(principal, row, next(p for p in parts if p.code == code))
        await row.save()
        audit.record(principal, "cases.bundle_filed", f"bundle:{bundle_no}", owner=row.person_id)
        announce(BundleFiled(**said(row), due_on=due.due_on.isoformat()))
    return await own_bundle(principal, bundle_no)


async def _complete(row: Bundle, parts: tuple[BundlePart, ...]) -> None:
    """Every part could be handed in, also those that start later; all complaints at once."""
    drafts = await drafts_of(row, parts)
    fills = merged(parts, drafts).fills
    errors: dict[str, Any] = {}
    for part in parts:
        draft = drafts[part.code]
        keys = {m["code"]: merging.paper_key(m) for m in draft.materials}
        try:
            draft.checked_for_submission()
        except InvalidInput as error:
            told = renamed(error, part.code, fills, keys).facts["errors"]
            errors |= {one["field"]: one for one in told}
    if errors:
        raise InvalidInput(errors=list(errors.values()))


async def _start(principal: Principal, row: Bundle, part: BundlePart) -> None:
    """Submit one part in the bundle's unit of work; raises what `submit` raises."""
    try:
        standing = await submission.submit(principal, part.draft_id, held_for=holder(row.bundle_no))
        await db.needed().flush()
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "cases_register_running":
            raise AlreadyRunning(item_name=part.item_name) from error
        raise
    part.state, part.case_no, part.held_up = "running", standing.row["case_no"], ""
    await part.save(update_fields=["state", "case_no", "held_up"])
    _moved(row, part)


def _moved(row: Bundle, part: BundlePart) -> None:
    announce(
        BundlePartMoved(
            **said(row),
            part=part.code,
            item_name=part.item_name,
            case_no=part.case_no or "",
            state=part.state,
        )
    )


async def part_moved(case_no: str, state: str) -> None:
    """A part was decided or ended: start what waited for it, or do what a loss means.

    Twice is once; a case that is no part is left alone.
    """
    part = await BundlePart.get_or_none(case_no=case_no)
    if part is None:
        return
    async with db.unit_of_work():
        row = await Bundle.filter(id=part.bundle_id).select_for_update().get()
        await part.refresh_from_db()
        if part.state != "running":
            return
        part.state = state
        await part.save(update_fields=["state"])
        note(row, f"{part.item_name}：{STATE_NAMES[state]}", part.department)
        _moved(row, part)
        # What the lead closed before is over: the rest comes after it and changes nothing.
        if row.state == "running":
            await go_on(row)
        await row.save()


async def part_reopened(case_no: str) -> None:
    """A machine's approval is looked at again by a person: the part runs again."""
    part = await BundlePart.get_or_none(case_no=case_no)
    if part is None:
        return
    async with db.unit_of_work():
        row = await Bundle.filter(id=part.bundle_id).select_for_update().get()
        await part.refresh_from_db()
        if row.state != "running" or part.state not in graph.GOOD:
            return
        part.state, part.closed_at = "running", None
        await part.save(update_fields=["state", "closed_at"])
        note(row, f"{part.item_name}：重新审查", part.department)
        _moved(row, part)
        await row.save()


async def part_closed(case_no: str) -> None:
    """A part's result is with the applicant: perhaps it was the last one. Twice is once."""
    part = await BundlePart.get_or_none(case_no=case_no)
    if part is None:
        return
    async with db.unit_of_work():
        row = await Bundle.filter(id=part.bundle_id).select_for_update().get()
        await BundlePart.filter(id=part.id, closed_at=None).update(closed_at=clock.now())
        await collect(row)
        await finish(row)
        await row.save()


async def result_ready(case_no: str) -> None:
    """A part's paper result is made: perhaps all can go out together."""
    part = await BundlePart.get_or_none(case_no=case_no)
    if part is None:
        return
    async with db.unit_of_work():
        row = await Bundle.filter(id=part.bundle_id).select_for_update().get()
        await collect(row)
        await row.save()


async def go_on(row: Bundle) -> None:
    """Start what can start, give up what never will; the caller holds the lock and saves."""
    parts = list(await parts_of(row))
    drawn = graph_of(parts)
    by_code = {part.code: part for part in parts}
    states = {part.code: part.state for part in parts}
    for code in graph.hopeless(drawn, states, row.on_refusal):
        await _skip(row, by_code[code])
        states[code] = "skipped"
    lost = [p for p in parts if states[p.code] not in graph.GOOD | graph.LIVE]
    if lost and row.on_refusal == "stop":
        for part in parts:
            if part.state == "running":
                await _stop(part)
    else:
        acting = await _acting(row)
        for code in graph.startable(drawn, states):
            await _try_start(acting, row, by_code[code])
    await collect(row)
    await finish(row)


async def _acting(row: Bundle) -> Principal:
    """The applicant, who handed everything in and is not here now, with the tier of today."""
    return Principal(
        kind="person",
        id=row.person_id,
        tier=await identity.tier_of_person(row.person_id),
        channel=row.channel or "web",
        organisation=row.organisation_id,
        level=row.level,
    )


async def _try_start(acting: Principal, row: Bundle, part: BundlePart) -> None:
    running = await db.value(
        "SELECT case_no FROM cases_register WHERE owner=$1 AND item_code=$2 AND running",
        row.organisation_id or row.person_id,
        part.item_code,
    )
    try:
        if running:
            raise AlreadyRunning(case_no=running)
        # A part that meets another case in the same moment undoes itself and nothing else.
        async with db.savepoint():
            await _start(acting, row, part)
    except Problem as problem:
        # Raised before anything is written: it is told, and the applicant may start it again.
        part.held_up = str(problem)[:200]
        await part.save(update_fields=["held_up"])
        note(row, f"{part.item_name}：暂不能启动", SYSTEM, part.held_up)


async def start_part(principal: Principal, bundle_no: str, code: str) -> BundleView:
    """Start a part that was held up; raises `NoSuchBundle`, `Conflict`, and as `submit`."""
    async with db.unit_of_work():
        row = await own_row(principal, bundle_no, lock=True)
        parts = await parts_of(row)
        states = {part.code: part.state for part in parts}
        if row.state != "running" or code not in graph.startable(graph_of(parts), states):
            raise Conflict
        await _start(principal, row, next(p for p in parts if p.code == code))
        await row.save()
    return await own_bundle(principal, bundle_no)


async def _skip(row: Bundle, part: BundlePart) -> None:
    part.state, part.held_up = "skipped", ""
    await part.save(update_fields=["state", "held_up"])
    note(row, f"{part.item_name}：不再办理", SYSTEM, graph.REFUSALS[row.on_refusal])
    _moved(row, part)


async def _stop(part: BundlePart) -> None:
    """Take back what is not decided yet, as the applicant agreed when filing."""
    case = await Case.filter(case_no=part.case_no).select_for_update().get()
    if case.state not in MOVES["withdraw"].come_from:
        return
    await withdraw_case(Principal(), case, SYSTEM, "一件事中另一项未获批准，本项停止办理")


async def withdraw_case(principal: Principal, case: Case, by: str, why: str) -> None:
    """Withdraw one part, in the caller's unit of work; its event comes back to the bundle."""
    changes = {"closed_at": clock.now(), "outcome": "withdrawn", "correction": None}
    changes |= {"silence_on": None, "due_on": None}
    await move(principal, case, "withdraw", by=by, note=why, changes=changes)
    order_document(case, "withdrawal")
    announce(CaseWithdrawn(**news(case)))


async def withdraw_bundle(principal: Principal, bundle_no: str, version: int) -> BundleView:
    """Take back everything that is not decided; what was decided stays.

    Raises `NoSuchBundle`, `Conflict`, `PreconditionFailed`.
    """
    async with db.unit_of_work():
        row = await own_row(principal, bundle_no, lock=True)
        if row.state != "running":
            raise Conflict
        if row.version != version:
            raise PreconditionFailed(newer={"version": row.version})
        by = by_whom(row.organisation_id is not None)
        note(row, "申请人撤回", by)
        row.on_refusal = "stop"
        for part in await parts_of(row):
            if part.state == "waiting":
                await _skip(row, part)
            elif part.state == "running":
                case = await Case.filter(case_no=part.case_no).select_for_update().get()
                if case.state in MOVES["withdraw"].come_from:
                    await withdraw_case(principal, case, by, "")
        row.version += 1
        await collect(row)
        await finish(row)
        await row.save()
    return await own_bundle(principal, bundle_no)


async def collect(row: Bundle) -> None:
    """Send one parcel when all that will be given has been made (R-PAR-04, R-PAR-05)."""
    parts = await parts_of(row)
    if not row.address or row.parcel or any(p.state in graph.LIVE for p in parts):
        return
    approved = {part.code for part in parts if part.state == "approved"}
    given = [part.case_no for part in parts if part.code in approved]
    left = await db.value(
        "SELECT count(*) FROM cases_case WHERE case_no = ANY($1::text[]) "
        "AND state NOT IN ('delivering', 'closed', 'archived')",
        given,
    )
    if left or not given:
        return
    recipient = logistics.Recipient(**orjson.loads(unseal(row.address, ADDRESS)))
    contents = [
        {"name": output["name"], "number": f"{output['quantity']}{output['unit']}"}
        for output in row.outputs
        if not output["part"] or output["part"] in approved
    ] or [{"name": p.item_name, "number": str(p.case_no)} for p in parts if p.case_no in given]
    await logistics.send(
        row.person_id,
        f"{PARCEL}{row.bundle_no}",
        recipient,
        contents,
        region=row.region,
        org=row.lead_org,
    )
    row.address, row.parcel = "", "sent"
    note(row, "全部结果已一并交寄", row.lead_name)


async def finish(row: Bundle) -> None:
    """Finish when every part, task and joint session is over; one answer for all."""
    parts = await parts_of(row)
    if row.state != "running" or any(p.state in graph.LIVE for p in parts):
        return
    approved = [part for part in parts if part.state == "approved"]
    lost = {part.code for part in parts} - {part.code for part in approved}
    open_tasks = [t for t in row.tasks if not t["done_at"] and not lost & set(t["after"])]
    sessions = [session for session in row.sessions if not session["report"]]
    if row.parcel == "sent" or sessions or any(p.closed_at is None for p in approved):
        return
    if open_tasks and approved:
        return
    over(row, len(approved), len(parts))


def over(row: Bundle, approved: int, total: int) -> None:
    """Say that the bundle is over."""
    row.state = "finished" if approved else "stopped"
    row.finished_at, row.version = clock.now(), row.version + 1
    note(row, "一件事办结", row.lead_name, f"{total} 项中 {approved} 项已准予")
    announce(BundleFinished(**said(row), approved=approved, total=total))
