"""The open gateway: what apps' back ends do for people who agreed, on the partner surface."""

from app_server.kernel.http import Call, client, endpoint, staff
from miniapps import rules, service
from miniapps.schemas.gateway import (
    BillAsked,
    BillMade,
    BillState,
    GatewayKeyAsked,
    GatewayKeyMade,
    LicencesAsked,
    LicenceSeen,
    LicencesSeen,
    MessageAsked,
    ProgressTold,
    SentView,
)
from payments.service import BillItem


async def make_gateway_key(call: Call, appid: str, body: GatewayKeyAsked) -> GatewayKeyMade:
    """Make my app's key for the gateway, or a new one: the one before ends at once."""
    client_id, secret, scopes = await service.make_gateway_key(
        call.principal, appid[:40], sandbox=body.sandbox
    )
    return GatewayKeyMade(client_id=client_id, secret=secret, scopes=scopes)


for _guard in (staff(rules.PUBLISHER), client(rules.PUBLISH_SCOPE)):
    endpoint("POST", "/miniapps/{appid}/gateway-keys", guard=_guard, status=201)(make_gateway_key)


@endpoint("POST", "/gateway/messages", guard=client("messages.send"), status=201)
async def send_message(call: Call, body: MessageAsked) -> SentView:
    """Send one of my app's reviewed messages to somebody who agreed to them."""
    done = await service.send_message(
        call.principal, body.openid, body.template, dict(body.params), body.ref
    )
    _mark(call, done)
    return SentView(sandbox=done.sandbox)


@endpoint("POST", "/gateway/case-progress", guard=client("cases.progress"), status=201)
async def push_progress(call: Call, body: ProgressTold) -> SentView:
    """Tell the applicant how far my department is with an accepted case."""
    done = await service.push_progress(call.principal, body.case_no, body.title, body.note)
    _mark(call, done)
    return SentView(sandbox=done.sandbox)


@endpoint("POST", "/gateway/bills", guard=client("bills.create"), status=201)
async def create_bill(call: Call, body: BillAsked) -> BillMade:
    """Make a bill for one of my app's people; the same `ref` gives no second one."""
    items = [BillItem(i.name, i.code, i.amount_fen) for i in body.items]
    done = await service.create_bill(call.principal, body.openid, body.title, items, body.ref)
    _mark(call, done)
    return BillMade(bill_no=done.bill_no, sandbox=done.sandbox)


@endpoint("GET", "/gateway/bills/{bill_no}", guard=client("bills.create"))
async def read_bill(call: Call, bill_no: str) -> BillState:
    """How a bill my app made stands: what the page says of it is not to be believed."""
    bill = await service.own_bill(call.principal, bill_no[:32])
    return BillState(
        bill_no=bill.bill_no,
        ref=bill.source_ref.partition("/")[2],
        state=bill.state,
        amount_fen=bill.amount_fen,
        paid_at=bill.paid_at,
    )


@endpoint("POST", "/gateway/licences", guard=client("licences.read"))
async def read_licences(call: Call, body: LicencesAsked) -> LicencesSeen:
    """Licences of one kind that somebody agreed to show my app; they see each look."""
    done = await service.read_licences(call.principal, body.openid, body.type_name)
    _mark(call, done)
    return LicencesSeen(
        items=[
            LicenceSeen(
                identifier=one.identifier,
                type_name=one.type_name,
                holder_masked=one.holder_masked,
                issuer_name=one.issuer_name,
                issued_on=one.issued_on,
                expires_on=one.expires_on,
                state=one.state,
            )
            for one in done.seen
        ],
        sandbox=done.sandbox,
    )


def _mark(call: Call, done: service.Done) -> None:
    if done.sandbox:
        call.reply_headers["x-sandbox"] = "true"
