"""Calls of data services by departments' systems, each under its grant (R-DAT-13, R-DAT-16)."""

from dataclasses import asdict
from uuid import UUID

from app_server.kernel.errors import NotFound
from app_server.kernel.http import Call, anyone, client, endpoint
from app_server.kernel.ratelimit import Limit
from app_server.sharing import service
from app_server.sharing.rules.grants import SCOPE
from app_server.sharing.schemas.calls import (
    BatchCallAsked,
    BatchGiven,
    BatchLine,
    CallAsked,
    CallBound,
    CallGiven,
    FlowPartView,
    ReceiptView,
    SharingPublicKey,
    SharingPublicKeys,
)

SYSTEM = client(SCOPE)


@endpoint(
    "POST",
    "/sharing/services/{code}/calls",
    guard=SYSTEM,
    limit=Limit("sharing-calls", 6_000, 60),
)
async def call_service(call: Call, code: str, body: CallAsked) -> CallGiven:
    """Ask a data service about one subject."""
    given = await service.call(call.principal, code, dict(body.subject), _asked(body))
    return _given(given)


@endpoint(
    "POST",
    "/sharing/services/{code}/batch-calls",
    guard=SYSTEM,
    limit=Limit("sharing-batches", 300, 60),
    max_body=512 * 1024,
)
async def call_service_for_many(call: Call, code: str, body: BatchCallAsked) -> BatchGiven:
    """Ask a data service about up to a hundred subjects; the quota is taken for all or none."""
    subjects = [dict(one) for one in body.subjects]
    found = await service.call_many(call.principal, code, subjects, _asked(body))
    return BatchGiven(
        items=[
            BatchLine(given=_given(one), code="", fault="")
            if isinstance(one, service.Given)
            else BatchLine(given=None, code=one.code, fault=str(one.facts.get("fault", "us")))
            for one in found
        ]
    )


@endpoint("GET", "/sharing/receipts/{receipt_id}", guard=SYSTEM)
async def read_receipt(call: Call, receipt_id: UUID) -> ReceiptView:
    """The receipt of my own call."""
    found = await service.a_receipt(call.principal.ref, receipt_id)
    if found is None:
        raise NotFound
    told = asdict(found)
    del told["owner"]
    return ReceiptView(**told, genuine=service.is_genuine(found))


@endpoint(
    "GET", "/sharing/keys", guard=anyone("partner"), limit=Limit("sharing-public-keys", 60, 60)
)
async def read_keys(call: Call) -> SharingPublicKeys:
    """Our public keys: departments check our requests by them."""
    del call
    return SharingPublicKeys(keys=[SharingPublicKey(**key) for key in service.public_keys()])


def _asked(body: CallBound) -> service.Asked:
    return service.Asked(body.purpose, tuple(body.fields), body.case_no, body.basis)


def _given(given: service.Given) -> CallGiven:
    return CallGiven(
        data=given.data,
        sources=given.sources,
        disputed=list(given.disputed),
        receipt=given.receipt,
        at=given.at,
        parts=[FlowPartView(**part) for part in given.parts],
    )
