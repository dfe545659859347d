"""One thing at once: residents fill in, hand in and follow; the lead and the others work."""

from app_server.cases.schemas import FileWanted
from app_server.cases.schemas.bundles import (
    BundleAnswers,
    BundleExtension,
    BundleFiling,
    BundleLine,
    BundleList,
    BundleReply,
    ClosingWanted,
    PromiseWanted,
    SessionCalled,
    SessionReport,
    SessionWanted,
    bundle_line,
    bundle_reply,
)
from app_server.cases.service import bundles
from app_server.forms.service import FILES, MAX_FILE
from app_server.kernel.http import Call, endpoint, person, staff
from app_server.kernel.ratelimit import Limit
from app_server.logistics.service import Recipient

UPLOADS = Limit("bundle-material", 40, 60)
DESK = staff("case_officer", "case_approver", "case_head")
LEAD = staff("case_approver", "case_head")


def _own(view: bundles.BundleView) -> BundleReply:
    open_parts = any(part.state in {"waiting", "running"} for part in view.parts)
    can = {"draft": ["save", "file", "drop"], "running": ["withdraw"] if open_parts else []}
    return bundle_reply(view, can.get(view.row.state, []))


@endpoint("GET", "/bundles", guard=person(1))
async def my_bundles(call: Call) -> BundleList:
    """My bundles, newest first."""
    found = await bundles.own_bundles(call.principal)
    return BundleList(items=[BundleLine(**bundle_line(view)) for view in found])


@endpoint("GET", "/bundles/{bundle_no}", guard=person(1))
async def read_bundle(call: Call, bundle_no: str) -> BundleReply:
    """My bundle: the form while it is open, the whole way afterwards."""
    return _own(await bundles.own_bundle(call.principal, bundle_no))


@endpoint("PUT", "/bundles/{bundle_no}", guard=person(1))
async def save_bundle(call: Call, bundle_no: str, body: BundleAnswers) -> BundleReply:
    """Save what I filled in, once for every part."""
    version = call.expected_version()
    return _own(await bundles.save_bundle(call.principal, bundle_no, version, body.data))


@endpoint("DELETE", "/bundles/{bundle_no}", guard=person(1))
async def drop_bundle(call: Call, bundle_no: str) -> None:
    """Give up what I have not handed in."""
    await bundles.drop_bundle(call.principal, bundle_no)


@endpoint(
    "PUT",
    "/bundles/{bundle_no}/materials/{key}",
    guard=person(1),
    raw=FILES,
    max_body=MAX_FILE,
    limit=UPLOADS,
)
async def put_paper(call: Call, bundle_no: str, key: str, query: FileWanted) -> BundleReply:
    """Give a paper once for every part that needs it."""
    return _own(await bundles.put_paper(call.principal, bundle_no, key, call.raw, query.name))


@endpoint("DELETE", "/bundles/{bundle_no}/materials/{key}", guard=person(1))
async def remove_paper(call: Call, bundle_no: str, key: str) -> BundleReply:
    """Take a paper away again."""
    return _own(await bundles.remove_paper(call.principal, bundle_no, key))


@endpoint("POST", "/bundles/{bundle_no}/filing", guard=person(1), status=200)
async def file_bundle(call: Call, bundle_no: str, body: BundleFiling) -> BundleReply:
    """Hand everything in at once."""
    to = Recipient(**body.address.model_dump()) if body.address else None
    version = call.expected_version()
    return _own(await bundles.file_bundle(call.principal, bundle_no, version, to))


@endpoint("POST", "/bundles/{bundle_no}/parts/{code}/start", guard=person(1), status=200)
async def start_part(call: Call, bundle_no: str, code: str) -> BundleReply:
    """Start a part that was held up."""
    return _own(await bundles.start_part(call.principal, bundle_no, code))


@endpoint("POST", "/bundles/{bundle_no}/tasks/{code}/confirmation", guard=person(1), status=200)
async def confirm_task(call: Call, bundle_no: str, code: str) -> BundleReply:
    """Confirm what was done at my place."""
    await bundles.confirm_task(call.principal, bundle_no, code)
    return _own(await bundles.own_bundle(call.principal, bundle_no))


@endpoint("POST", "/bundles/{bundle_no}/withdraw", guard=person(1), status=200)
async def withdraw_bundle(call: Call, bundle_no: str) -> BundleReply:
    """Take back what is not decided."""
    version = call.expected_version()
    return _own(await bundles.withdraw_bundle(call.principal, bundle_no, version))


async def _led(call: Call, bundle_no: str) -> BundleReply:
    view = await bundles.desk_bundle(call.principal, bundle_no)
    running, lead = view.row.state == "running", view.row.lead_org == call.principal.org
    can = ["close", "extend", "session", "task"] if running and lead else []
    if running and view.row.mode == "pre" and not lead:
        can = ["promise"]
    return bundle_reply(view, can)


@endpoint("GET", "/bundles", guard=DESK)
async def desk_bundles(call: Call) -> BundleList:
    """The bundles my organisation leads or works on."""
    found = await bundles.desk_bundles(call.principal)
    return BundleList(items=[BundleLine(**bundle_line(view)) for view in found])


@endpoint("GET", "/bundles/{bundle_no}", guard=DESK)
async def read_led_bundle(call: Call, bundle_no: str) -> BundleReply:
    """A bundle my organisation leads or works on."""
    return await _led(call, bundle_no)


@endpoint("POST", "/bundles/{bundle_no}/parts/{code}/promise", guard=LEAD, status=200)
async def promise_part(call: Call, bundle_no: str, code: str, body: PromiseWanted) -> BundleReply:
    """Promise my organisation's part, so that the lead may close."""
    await bundles.promise_part(call.principal, bundle_no, code, body.text)
    return await _led(call, bundle_no)


@endpoint("POST", "/bundles/{bundle_no}/close", guard=LEAD, status=200)
async def close_bundle(call: Call, bundle_no: str, body: ClosingWanted) -> BundleReply:
    """Close it for all, as its lead."""
    await bundles.close_bundle(call.principal, bundle_no, body.note)
    return await _led(call, bundle_no)


@endpoint("POST", "/bundles/{bundle_no}/extend", guard=LEAD, status=200)
async def extend_bundle(call: Call, bundle_no: str, body: BundleExtension) -> BundleReply:
    """Take longer, as its lead."""
    await bundles.extend_bundle(call.principal, bundle_no, body.days, body.reason)
    return await _led(call, bundle_no)


@endpoint("POST", "/bundles/{bundle_no}/sessions", guard=LEAD, status=201)
async def call_session(call: Call, bundle_no: str, body: SessionWanted) -> SessionCalled:
    """Call a joint survey, review or acceptance, as its lead."""
    return SessionCalled(
        id=await bundles.call_session(call.principal, bundle_no, **body.model_dump())
    )


@endpoint("POST", "/bundles/{bundle_no}/sessions/{session_id}/report", guard=LEAD, status=200)
async def report_session(
    call: Call, bundle_no: str, session_id: str, body: SessionReport
) -> BundleReply:
    """Write the one report of a joint session."""
    await bundles.report_session(call.principal, bundle_no, session_id, **body.model_dump())
    return await _led(call, bundle_no)


@endpoint("POST", "/bundles/{bundle_no}/tasks/{code}/done", guard=LEAD, status=200)
async def task_done(call: Call, bundle_no: str, code: str) -> BundleReply:
    """Confirm what was done on the spot, as its lead."""
    await bundles.confirm_task(call.principal, bundle_no, code)
    return await _led(call, bundle_no)
