"""Instances: started, gone on with piece by piece, stopped. All in the caller's unit of work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app_server.kernel import clock, db
from app_server.kernel.principal import Principal
from app_server.workflow.errors import NoSuchInstance, UnknownFacts, WorkNotOpen
from app_server.workflow.models import Instance, Work
from app_server.workflow.rules import tables
from app_server.workflow.service import engine
from app_server.workflow.service.engine import Done
from app_server.workflow.service.publishing import PublishedFacts, flow, table

SYSTEM = "系统"
MAX_OUTCOME = 20
MAX_TEXT = 200


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """A piece of work. `kind` is person or action; `days` is how long it may take, 0 for no say."""

    id: UUID
    element: str
    name: str
    kind: str
    action: str
    deeds: tuple[str, ...]
    role: str
    org: str
    days: int
    state: str
    outcome: dict[str, Any] | None
    actor: str
    opened_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class InstanceFacts:
    """An instance and its open work."""

    id: UUID
    flow_code: str
    flow_version: int
    subject: str
    state: str
    open: tuple[WorkFacts, ...]


async def start(flow_code: str, subject: str, facts: Mapping[str, Any]) -> InstanceFacts:
    """Start the newest version of a flow for a subject.

    `facts` are plain values under the dotted names the flow asks for (`flow(code).facts`) and no
    others: what no condition asks for need not be kept. Raises `NoSuchFlow`, `UnknownFacts`.
    """
    drawn = await flow(flow_code)
    if unknown := sorted(set(facts) - set(drawn.facts)):
        raise UnknownFacts(errors=[{"field": n, "message": "流程不认识这个事实"} for n in unknown])
    async with db.unit_of_work():
        row = await Instance.create(
            flow_code=flow_code,
            flow_version=drawn.version,
            subject=subject,
            facts=orjson.dumps(_nested(facts)).decode(),
            started_at=clock.now(),
        )
        return await _go_on(row, drawn, [])


async def running(subject: str) -> InstanceFacts | None:
    """The instance under way for a subject, the newest first, or None."""
    row = await Instance.filter(subject=subject, state="running").order_by("-id").first()
    return None if row is None else _facts(row, await _open(row.id))


async def open_work(instance_id: UUID) -> list[WorkFacts]:
    """What is to be done now."""
    return [_work(row) for row in await _open(instance_id)]


async def history(instance_id: UUID) -> list[WorkFacts]:
    """What was done, in its order."""
    rows = await Work.filter(instance_id=instance_id, state="done").order_by("seq")
    return [_work(row) for row in rows]


async def complete(
    principal: Principal, instance_id: UUID, work_id: UUID, outcome: Mapping[str, Any]
) -> InstanceFacts:
    """Finish a piece of work and go on; of N at once one succeeds.

    Raises `NoSuchInstance`, `WorkNotOpen`, `UnknownFacts` for an outcome that is not a few plain
    values, or names a deed that is not the work's.
    """
    async with db.unit_of_work():
        row = await _locked(instance_id)
        work = await Work.get_or_none(id=work_id, instance_id=instance_id)
        if row.state != "running" or work is None or work.state != "open":
            raise WorkNotOpen
        _check_outcome(outcome, work)
        done = await _done(instance_id)
        await _finish(work, len(done) + 1, dict(outcome), principal.ref)
        done.append(Done(work.element, outcome))
        return await _go_on(row, await flow(row.flow_code, row.flow_version), done)


async def stop(instance_id: UUID) -> None:
    """End an instance before its time: its subject goes another way. Twice is fine."""
    async with db.unit_of_work():
        row = await _locked(instance_id)
        if row.state == "running":
            await Work.filter(instance_id=instance_id, state="open").update(state="dropped")
            await _end(row, "stopped")


async def _go_on(row: Instance, drawn: PublishedFacts, done: list[Done]) -> InstanceFacts:
    """Decide what tables can decide, then open what people and callers have to do."""
    elements = engine.drawn(drawn.text).elements
    while True:
        position = engine.walk(drawn.text, orjson.loads(row.facts), done)
        table_here = next((o for o in position.open if elements[o[0]].kind == "table"), None)
        if table_here is None:
            break
        element = elements[table_here[0]]
        decided = tables.decide(
            tables.table((await table(element.table, drawn.tables[element.table])).text),
            position.facts,
        )
        outcome = {} if decided.unknown else decided.outcome
        reasons = [f"{t['rule']} {t['matched']}：{t['reason']}" for t in decided.trace]
        work = await _opened(row.id, element, table_here[1])
        await _finish(work, len(done) + 1, {**outcome, "reasons": reasons}, SYSTEM)
        done = [*done, Done(element.id, outcome)]
    held = {(w.element, w.visit): w for w in await _open(row.id)}
    for key, visit in position.open:
        if (key, visit) not in held:
            held[key, visit] = await _opened(row.id, elements[key], visit)
    if position.ended:
        await _end(row, "ended")
    return _facts(row, list(held.values()))


def _nested(facts: Mapping[str, Any]) -> dict[str, Any]:
    """`{"a.b": 1}` as the closed language reads it: `{"a": {"b": 1}}`."""
    found: dict[str, Any] = {}
    for name, value in facts.items():
        *above, last = name.split(".")
        held = found
        for part in above:
            held = held.setdefault(part, {})
        held[last] = value
    return found


async def _end(row: Instance, state: str) -> None:
    row.state = state
    row.ended_at = clock.now()
    await row.save(update_fields=["state", "ended_at"])


async def _locked(instance_id: UUID) -> Instance:
    row = await Instance.filter(id=instance_id).select_for_update().get_or_none()
    if row is None:
        raise NoSuchInstance
    return row


async def _open(instance_id: UUID) -> list[Work]:
    return list(await Work.filter(instance_id=instance_id, state="open").order_by("id"))


async def _done(instance_id: UUID) -> list[Done]:
    rows = await Work.filter(instance_id=instance_id, state="done").order_by("seq")
    return [Done(row.element, row.outcome or {}) for row in rows]


async def _opened(instance_id: UUID, element: Any, visit: int) -> Work:
    return await Work.create(
        instance_id=instance_id,
        element=element.id,
        visit=visit,
        name=element.name,
        kind=element.kind,
        action=element.action,
        deeds=list(element.deeds),
        role=element.role,
        org=element.org,
        days=element.days,
        opened_at=clock.now(),
    )


async def _finish(work: Work, seq: int, outcome: dict[str, Any], actor: str) -> None:
    work.state, work.seq, work.outcome, work.actor = "done", seq, outcome, actor
    work.done_at = clock.now()
    await work.save(update_fields=["state", "seq", "outcome", "actor", "done_at"])


def _check_outcome(outcome: Mapping[str, Any], work: Work) -> None:
    unfit = [
        name
        for name, value in outcome.items()
        if not name.isidentifier()
        or not isinstance(value, bool | int | float | str)
        or (isinstance(value, str) and len(value) > MAX_TEXT)
    ]
    if work.deeds and outcome.get("deed") not in work.deeds:
        unfit.append("deed")
    if unfit or len(outcome) > MAX_OUTCOME:
        raise UnknownFacts(errors=[{"field": n, "message": "结果不符合要求"} for n in unfit])


def _facts(row: Instance, work: list[Work]) -> InstanceFacts:
    opened = tuple(_work(w) for w in work if w.state == "open")
    return InstanceFacts(row.id, row.flow_code, row.flow_version, row.subject, row.state, opened)


def _work(row: Work) -> WorkFacts:
    return WorkFacts(
        id=row.id,
        element=row.element,
        name=row.name,
        kind=row.kind,
        action=row.action,
        deeds=tuple(row.deeds),
        role=row.role,
        org=row.org,
        days=row.days,
        state=row.state,
        outcome=row.outcome,
        actor=row.actor,
        opened_at=row.opened_at,
        done_at=row.done_at,
    )
