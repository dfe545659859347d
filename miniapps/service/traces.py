"""What an app's pages report, for its makers: errors, visits, speed; never who."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from app_server.kernel import clock, db, ratelimit
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from miniapps import rules
from miniapps.models import Trace
from miniapps.service.launching import open_app

PAGE = 100
A_DAY = ratelimit.Limit("miniapp-traces", 50_000, 86_400)


@dataclass(frozen=True, slots=True)
class Reported:
    """One report of a page."""

    kind: str
    page: str
    name: str
    data: Mapping[str, Any]
    duration_ms: int | None


async def report(principal: Principal, launch_id: UUID, token: str, told: Reported) -> None:
    """Keep a report where the app's manifest asks for its kind, without any person.

    Raises `NoSuchLaunch`, `AppSuspended`, and `TooManyRequests` beyond what an app may report.
    """
    opened = await open_app(principal, launch_id, token)
    if not getattr(opened.manifest.telemetry, rules.SWITCH[told.kind]):
        return
    await ratelimit.take(A_DAY, opened.launch.appid)
    async with db.unit_of_work() as uow:
        uow.add(
            "miniapps_trace",
            {
                "id": uuid7(),
                "appid": opened.launch.appid,
                "code": opened.launch.code,
                "kind": told.kind,
                "page": rules.page_of(told.page),
                "name": rules.plain(told.name),
                "data": orjson.Fragment(orjson.dumps(rules.fields_of(told.data))),
                "duration_ms": told.duration_ms,
                "at": clock.now(),
            },
        )


async def traces_of(appid: str, kind: str = "", before: UUID | None = None) -> list[Trace]:
    """Reports of an app, newest first, one page; `before` is the id of the last one seen."""
    rows = Trace.filter(appid=appid)
    if kind:
        rows = rows.filter(kind=kind)
    if before:
        rows = rows.filter(id__lt=before)
    return await rows.order_by("-id").limit(PAGE)


async def forget_traces() -> None:
    """Drop reports nobody looks at any more."""
    before = clock.now() - rules.KEEP_TRACES
    await db.execute("DELETE FROM miniapps_trace WHERE at < $1", before)
