"""Calls by partners: under a grant, within its quota, for its purposes, its fields (R-DAT-13)."""

import asyncio
import time
from collections.abc import Sequence

from app_server.kernel import db
from app_server.kernel.errors import Problem, ServiceUnavailable
from app_server.kernel.principal import Principal
from app_server.sharing.errors import CallInvalid, NoGrant, ServicePaused
from app_server.sharing.models import Grant, Resource
from app_server.sharing.rules.grants import grant_scope, missing
from app_server.sharing.service.answering import Admission, Asked, Counted, Given, admit, take
from app_server.sharing.service.composing import respond
from app_server.sharing.service.registering import a_service
from app_server.sharing.service.traffic import Passed, count

AT_ONCE = 8


async def call(client: Principal, code: str, subject: dict[str, str], asked: Asked) -> Given:
    """Answer one call; every outcome is counted, with whose fault it is.

    Raises `NoGrant`, `GrantExpired`, `OutsideGrant`, `QuotaUsed`, `ServicePaused`,
    `CallInvalid`, `SharingUnavailable`.
    """
    started = time.perf_counter()
    admitted = await _admitted(client, code, [subject], asked, started)
    return await _answered(client, admitted, subject, asked, started)


async def call_many(
    client: Principal, code: str, subjects: Sequence[dict[str, str]], asked: Asked
) -> list[Given | Problem]:
    """Answer a batch, in order; each has its own receipt, and what failed stands in its place.

    The quota is taken for all or for none. Raises as `call` for the batch as a whole.
    """
    started = time.perf_counter()
    admitted = await _admitted(client, code, subjects, asked, started)
    few = asyncio.Semaphore(AT_ONCE)

    async def one(subject: dict[str, str]) -> Given | Problem:
        async with few:
            try:
                return await _answered(client, admitted, subject, asked, time.perf_counter())
            except ServiceUnavailable as problem:
                return problem

    return list(await asyncio.gather(*(one(subject) for subject in subjects)))


async def _answered(
    client: Principal,
    admitted: Admission,
    subject: dict[str, str],
    asked: Asked,
    started: float,
) -> Given:
    try:
        return await respond(client, admitted, subject, asked, Counted(started))
    except Problem:
        raise
    except Exception:
        # Neither caller nor provider: it must not vanish from the counts.
        passed = Passed(admitted.service.code, client.org, started, grant=admitted.grant.id)
        async with db.single_statement():
            count(passed, "unavailable", "kernel.internal", "us")
        raise


async def _admitted(
    client: Principal,
    code: str,
    subjects: Sequence[dict[str, str]],
    asked: Asked,
    started: float,
) -> Admission:
    try:
        return await _admit(client, code, subjects, asked)
    except Problem as problem:
        # X-Road's lesson: an error says whose fault it is.
        fault = "provider" if isinstance(problem, ServicePaused) else "caller"
        problem.facts.setdefault("fault", fault)
        async with db.single_statement():
            count(Passed(code, client.org, started), "refused", problem.code, fault)
        raise


async def _admit(
    client: Principal, code: str, subjects: Sequence[dict[str, str]], asked: Asked
) -> Admission:
    grant = await Grant.get_or_none(client_id=client.org)
    if grant is None or grant_scope(grant.id) not in client.scopes:
        raise NoGrant
    service = await a_service(code)
    if grant.service_id != service.id:
        raise NoGrant
    await admit(grant, service, asked, len(subjects))
    wrong = [fault for subject in subjects for fault in missing(subject, service.needs)]
    if not (asked.case_no or asked.basis):
        wrong.append({"field": "case_no", "message": "须填写办件编号或法定用途依据"})
    if wrong:
        raise CallInvalid(errors=wrong[:20])
    await take(grant, len(subjects))
    return Admission(service, await Resource.get(id=service.resource_id), grant)
