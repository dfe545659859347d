"""Composed services: checked when registered, run in rounds, answered part by part (R-DAT-01).

A part of another organisation's is called under a grant that the composing organisation holds,
and takes that grant's quota: composing opens no door that the provider did not open.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.errors import Problem
from app_server.kernel.principal import Principal
from app_server.sharing.errors import FlowIncomplete, NoGrant, ServicePaused, SharingUnavailable
from app_server.sharing.models import DataService, Grant, Resource
from app_server.sharing.rules.flows import (
    SUBJECT,
    Flow,
    Step,
    flow_findings,
    flow_of,
    reaches,
    rounds,
)
from app_server.sharing.service.answering import (
    Admission,
    Asked,
    Counted,
    Given,
    admit,
    answer,
    take,
)
from app_server.sharing.service.checking import disputed
from app_server.sharing.service.traffic import Passed, count

Findings = list[dict[str, str]]


async def findings(
    code: str, org: str, told: Mapping[str, Any], needs: list[str], gives: list[str]
) -> Findings:
    """What is wrong with a flow: by itself, with the services it names, and as a circle."""
    try:
        flow = flow_of(told)
    except (KeyError, TypeError, ValueError, AttributeError):
        return [{"field": "flow", "message": "格式不正确"}]
    wrong = flow_findings(flow, needs, gives)
    parts = {row.code: row for row in await DataService.filter(code__in=_codes(flow))}
    for place, step in enumerate(flow.steps):
        message = await _wrong_part(step, parts.get(step.service), org)
        if message:
            wrong.append({"field": f"flow.steps.{place}", "message": message})
    known = {
        row.code: [step["service"] for step in (row.flow or {}).get("steps", [])]
        for row in await DataService.filter(kind="flow")
    }
    if reaches(known, _codes(flow), code):
        wrong.append({"field": "flow", "message": "组合服务之间循环引用"})
    return wrong


def _codes(flow: Flow) -> set[str]:
    return {step.service for step in flow.steps}


async def _wrong_part(step: Step, part: DataService | None, org: str) -> str:
    if part is None or part.state == "retired":
        return f"没有这项数据服务：{step.service}"
    if set(step.needs) != set(part.needs):
        return f"须给出：{'、'.join(part.needs)}"
    if not step.fields or not set(step.fields) <= set(part.gives):
        return f"只能取：{'、'.join(part.gives)}"
    if part.org != org and await _own_grant(part, step, org) is None:
        return "本单位没有该服务这些信息项的有效共享授权"
    return ""


async def _own_grant(part: DataService, step: Step, org: str) -> Grant | None:
    found = await Grant.filter(
        service_id=part.id, org=org, state="granted", expires_on__gte=clock.today()
    )
    fitting = (one for one in found if set(step.fields) <= set(one.fields_granted))
    return next(fitting, None)


async def respond(
    client: Principal,
    admitted: Admission,
    subject: dict[str, str],
    asked: Asked,
    counted: Counted,
) -> Given:
    """Answer a call that was let in, composed or not.

    Raises `SharingUnavailable`, or `FlowIncomplete` where all parts are needed and one fails.
    """
    if admitted.service.kind != "flow":
        given = await answer(client, admitted, subject, asked, counted)
        doubted = await disputed(admitted.resource.id, set(given.data))
        return replace(given, disputed=doubted)
    return await _run(client, admitted, subject, asked, counted)


@dataclass(slots=True)
class _State:
    """What is known so far: facts by source, where they come from, how each part fared."""

    facts: dict[str, Any]
    sources: dict[str, str] = field(default_factory=dict)
    disputed: list[str] = field(default_factory=list)
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def note(self, step: Step, status: str, given: Given | None, receipt: UUID | None) -> None:
        """One part is done with."""
        told = {"name": step.name, "service": step.service, "status": status}
        self.parts[step.name] = told | {"receipt": receipt}
        if given:
            self.facts |= {f"{step.name}.{name}": value for name, value in given.data.items()}
            self.sources |= {f"{step.name}.{name}": by for name, by in given.sources.items()}
            self.disputed += [f"{step.name}.{name}" for name in given.disputed]


async def _run(
    client: Principal,
    admitted: Admission,
    subject: dict[str, str],
    asked: Asked,
    counted: Counted,
) -> Given:
    service = admitted.service
    flow = flow_of(service.flow or {})
    state = _State({f"{SUBJECT}.{name}": value for name, value in subject.items()})
    seconds = service.timeout_ms / 1000
    limit = time.perf_counter() + min(seconds, counted.within_s or seconds)
    for steps in rounds(flow) or []:
        found = await asyncio.gather(
            *(_part(client, admitted, step, state.facts, asked, limit) for step in steps)
        )
        for step, result in zip(steps, found, strict=True):
            state.note(step, *result)
    told = tuple(state.parts[step.name] for step in flow.steps)
    answered = [part for part in told if part["status"] == "answered"]
    whole = len(answered) == len(told)
    good = whole if flow.policy == "all" else bool(answered)
    passed = Passed(service.code, client.org, counted.started, None, admitted.grant.id, counted.via)
    async with db.single_statement():
        if good:
            count(passed, "answered" if whole else "partial")
        else:
            count(passed, "unavailable", FlowIncomplete.code, "provider")
    if not good:
        shown = [part | {"receipt": str(part["receipt"] or "")} for part in told]
        raise FlowIncomplete(fault="provider", parts=shown)
    data = {name: state.facts[name] for name in asked.fields if name in state.facts}
    sources = {name: state.sources[name] for name in data if name in state.sources}
    doubted = tuple(sorted(set(state.disputed) & set(data)))
    return Given(data, sources, answered[0]["receipt"], clock.now(), doubted, told)


async def _part(
    client: Principal,
    admitted: Admission,
    step: Step,
    facts: Mapping[str, Any],
    asked: Asked,
    limit: float,
) -> tuple[str, Given | None, UUID | None]:
    """One part: its status, what it gave, and its receipt."""
    needed = {need: facts.get(source) for need, source in step.needs.items()}
    if not all(isinstance(value, str) and value for value in needed.values()):
        return "skipped", None, None
    now = time.perf_counter()
    seconds = min(step.timeout_ms / 1000, limit - now)
    if seconds <= 0:
        return "timed_out", None, None
    subject = {need: str(value) for need, value in needed.items()}
    wanted = Asked(asked.purpose, step.fields, asked.case_no, asked.basis)
    counted = Counted(now, admitted.service.code, seconds)
    try:
        inner = await _let_in(admitted, step, wanted)
        given = await respond(client, inner, subject, wanted, counted)
    except (SharingUnavailable, FlowIncomplete) as problem:
        receipt = problem.facts.get("receipt")
        status = str(problem.facts.get("cause", "unavailable"))
        return status, None, UUID(receipt) if receipt else None
    except Problem:
        return "refused", None, None
    return "answered", given, given.receipt


async def _let_in(admitted: Admission, step: Step, wanted: Asked) -> Admission:
    part = await DataService.get_or_none(code=step.service)
    if part is None or part.state != "published":
        raise ServicePaused
    resource = await Resource.get(id=part.resource_id)
    if part.org == admitted.service.org:
        return Admission(part, resource, admitted.grant)
    grant = await _own_grant(part, step, admitted.service.org)
    if grant is None:
        raise NoGrant
    await admit(grant, part, wanted, 1)
    await take(grant, 1)
    return Admission(part, resource, grant)
