"""What department systems and other platforms say to us."""

from typing import Any

from app_server.exchange import service
from app_server.exchange.rules import SCOPE
from app_server.exchange.schemas import (
    BatchAsked,
    BatchView,
    ExportPage,
    ExportQuery,
    MessageTaken,
    RowErrorView,
)
from app_server.kernel import paging
from app_server.kernel.errors import NotFound
from app_server.kernel.http import Call, RawReply, client, endpoint, own_credentials
from app_server.kernel.ratelimit import Limit

SYSTEM = client(SCOPE)
JSON = ("application/json",)


@endpoint(
    "POST",
    "/exchange/reports",
    guard=SYSTEM,
    raw=JSON,
    limit=Limit("exchange-reports", 6_000, 60),
)
async def take_report(call: Call) -> MessageTaken:
    """Take a system's message about a case; the same one again is answered as before."""
    token = call.headers.get(service.HEADER, "")
    taken = await service.take_message(call.principal, token, call.raw)
    return MessageTaken(message_id=taken.message_id, state=taken.state, repeated=taken.repeated)


@endpoint(
    "POST",
    "/exchange/batches",
    guard=SYSTEM,
    max_body=2 * 1024 * 1024,
    limit=Limit("exchange-batches", 600, 60),
)
async def take_batch(call: Call, body: BatchAsked) -> BatchView:
    """Take a batch of records; every bad row is reported by field."""
    return _batch(await service.take_batch(call.principal, body.cd_batch, body.rows))


@endpoint("GET", "/exchange/batches/{number}", guard=SYSTEM)
async def read_batch(call: Call, number: str) -> BatchView:
    """The report of my batch once more."""
    found = await service.own_batch(call.principal, number)
    if found is None:
        raise NotFound
    return _batch(found)


@endpoint("GET", "/exchange/cases", guard=SYSTEM, limit=Limit("exchange-cases", 600, 60))
async def export_cases(call: Call, query: ExportQuery) -> ExportPage:
    """My department's cases in the exchange schema, after a cursor."""
    found = await service.export_cases(call.principal, paging.after(query.cursor))
    following = paging.cursor(found.last) if found.last else None
    return ExportPage(rows=found.rows, next=following, more=found.more)


@endpoint(
    "POST",
    "/exchange/messages",
    guard=own_credentials("partner", "signed message of a registered platform"),
    raw=JSON,
    max_body=512 * 1024,
    limit=Limit("exchange-platforms", 12_000, 60),
)
async def take_platform_message(call: Call) -> RawReply:
    """Answer a platform's signed message (decision 0015)."""
    token = call.headers.get(service.HEADER, "")
    body, headers = await service.answer_platform(token, call.raw)
    return RawReply(body, headers=headers)


def _batch(report: service.BatchReport) -> BatchView:
    told: dict[str, Any] = {
        name: getattr(report, name) for name in BatchView.model_fields if name != "errors"
    }
    return BatchView(**told, errors=[RowErrorView(**dict(error)) for error in report.errors])
