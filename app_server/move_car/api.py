"""My codes, the page behind a sticker, an owner's answers, and figures for supervisors."""

from dataclasses import asdict
from uuid import UUID

from app_server.kernel.http import Call, RawReply, anyone, endpoint, person, staff
from app_server.kernel.ratelimit import Limit
from app_server.move_car import service
from app_server.move_car.rules import (
    ANSWERS,
    HAND_OVER,
    LINES_BUSY,
    MAX_REPORT,
    REASONS,
    STATES,
)
from app_server.move_car.schemas import (
    AnswerTold,
    CallerCodeSent,
    CodeList,
    CodeView,
    Days,
    FigureList,
    FigureView,
    MailOrdered,
    MailWanted,
    MoveWanted,
    PhoneTold,
    PlateWanted,
    RequestList,
    RequestMade,
    RequestView,
    ScanView,
    StickerWanted,
)

OWNER = person(2)
REGISTERS = Limit("move_car.register", 10, 3600, fail_closed=True)
PRINTS = Limit("move_car.print", 20, 60)
# By address: whoever tries tokens finds none, and is slowed down; no Redis, no try.
SCANS = Limit("move_car.scan", 30, 60, fail_closed=True)
CODES = Limit("move_car.code", 5, 60, fail_closed=True)
ASKS = Limit("move_car.ask", 10, 60, fail_closed=True)
LOOKS = Limit("move_car.look", 120, 60)


def _view(facts: service.RequestFacts) -> RequestView:
    advice = HAND_OVER if facts.state == "handed_over" else ""
    if advice and facts.step == "call" and not facts.answer:
        advice = LINES_BUSY + advice
    return RequestView(
        id=facts.id,
        state=facts.state,
        step=facts.step,
        reason_name=REASONS[facts.reason],
        answer=facts.answer,
        call_number=facts.call_number,
        call_until=facts.call_until,
        created_at=facts.created_at,
        state_name=STATES[facts.state],
        answer_name=ANSWERS.get(facts.answer, ""),
        advice=advice,
    )


@endpoint("GET", "/move-car/codes", guard=OWNER)
async def my_codes(call: Call) -> CodeList:
    """My live codes."""
    return CodeList(items=[CodeView(**asdict(c)) for c in await service.codes_of(call.principal)])


@endpoint("POST", "/move-car/codes", guard=OWNER, status=201, idempotent=True, limit=REGISTERS)
async def register(call: Call, body: PlateWanted) -> CodeView:
    """Get a code for my car, free of charge."""
    return CodeView(**asdict(await service.register(call.principal, body.plate)))


@endpoint("POST", "/move-car/codes/{code_id}/reissue", guard=OWNER, status=201, limit=REGISTERS)
async def reissue(call: Call, code_id: UUID) -> CodeView:
    """Replace my code; the old sticker no longer works."""
    return CodeView(**asdict(await service.reissue(call.principal, code_id)))


@endpoint("DELETE", "/move-car/codes/{code_id}", guard=OWNER)
async def stop(call: Call, code_id: UUID) -> None:
    """Stop my code."""
    await service.stop(call.principal, code_id)


@endpoint("GET", "/move-car/codes/{code_id}/sticker", guard=OWNER, limit=PRINTS)
async def sticker(call: Call, code_id: UUID, query: StickerWanted) -> RawReply:
    """The sticker to print."""
    make = service.printed if query.form == "pdf" else service.pictured
    data = await make(call.principal, code_id, query.size)
    kind = "application/pdf" if query.form == "pdf" else "image/png"
    return RawReply(data, kind)


@endpoint("POST", "/move-car/codes/{code_id}/mail", guard=OWNER, limit=REGISTERS)
async def mail(call: Call, code_id: UUID, body: MailWanted) -> MailOrdered:
    """Have the sticker brought, free of charge."""
    return MailOrdered(parcel_id=await service.mail(call.principal, code_id, body.address))


@endpoint("GET", "/move-car/scans/{token}", guard=anyone("public"), limit=SCANS)
async def scan(call: Call, token: str) -> ScanView:
    """What stands behind a sticker."""
    del call
    return ScanView(tail=await service.look(token), reasons=dict(REASONS))


@endpoint("POST", "/move-car/scans/{token}/codes", guard=anyone("public"), limit=CODES)
async def send_code(call: Call, token: str, body: PhoneTold) -> CallerCodeSent:
    """Prove my phone before I ask."""
    del call
    return CallerCodeSent(expires_in_s=await service.send_caller_code(token, body.phone))


@endpoint(
    "POST", "/move-car/scans/{token}/requests", guard=anyone("public"), status=201, limit=ASKS
)
async def ask(call: Call, token: str, body: MoveWanted) -> RequestMade:
    """Ask the owner to move the car."""
    del call
    facts, key = await service.ask(token, body.phone, body.code, body.reason)
    return RequestMade(key=key, request=_view(facts))


@endpoint("GET", "/move-car/requests/{key}", guard=anyone("public"), limit=LOOKS)
async def of_caller(call: Call, key: str) -> RequestView:
    """How far my request is."""
    del call
    return _view(await service.of_caller(key))


@endpoint("POST", "/move-car/requests/{key}/moved", guard=anyone("public"), limit=ASKS)
async def moved(call: Call, key: str) -> RequestView:
    """The car is gone."""
    del call
    return _view(await service.moved(key))


@endpoint("GET", "/move-car/answers/{key}", guard=anyone("public"), limit=LOOKS)
async def of_link(call: Call, key: str) -> RequestView:
    """The request behind the link of my message."""
    del call
    return _view(await service.of_link(key))


@endpoint("POST", "/move-car/answers/{key}", guard=anyone("public"), limit=ASKS)
async def answer_by_link(call: Call, key: str, body: AnswerTold) -> RequestView:
    """Answer by the link of my message."""
    del call
    return _view(await service.answer_by_link(key, body.answer))


@endpoint("GET", "/move-car/requests", guard=OWNER)
async def my_requests(call: Call) -> RequestList:
    """What strangers asked of me."""
    found = await service.requests_of(call.principal)
    return RequestList(items=[_view(facts) for facts in found])


@endpoint("POST", "/move-car/my-requests/{request_id}/answer", guard=OWNER)
async def answer(call: Call, request_id: UUID, body: AnswerTold) -> RequestView:
    """Answer a request."""
    return _view(await service.answer(call.principal, request_id, body.answer))


@endpoint("POST", "/move-car/my-requests/{request_id}/abuse", guard=OWNER)
async def report_abuse(call: Call, request_id: UUID) -> None:
    """End a request that is abuse, and keep its caller from my car."""
    await service.report_abuse(call.principal, request_id)


@endpoint(
    "POST",
    "/callbacks/privacy-number",
    guard=anyone("partner"),
    raw=("application/json",),
    max_body=MAX_REPORT,
)
async def take_report(call: Call) -> None:
    """Take a signed report of calls."""
    await service.take_report(call.headers, call.raw)


@endpoint("GET", "/move-car/figures", guard=staff("supervisor"))
async def figures(call: Call, query: Days) -> FigureList:
    """How many requests there are, and how soon cars move."""
    found = await service.figures(call.principal, query.first, query.last)
    return FigureList(items=[FigureView(**asdict(f)) for f in found])
