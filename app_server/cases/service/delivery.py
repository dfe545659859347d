"""From the decision to the applicant's hand: charge, make, hand out, archive (R-CAS-20, 21).

Charged after the decision: nobody pays for a case that may still be refused. What was decided is
made when it is paid for. Downloads close at once; what is fetched or posted waits at `delivering`.
"""

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import orjson

from app_server.cases.errors import NotTheReceiver
from app_server.cases.events import CaseClosed, ResultWaits
from app_server.cases.models import Case
from app_server.cases.rules import ARCHIVE_AFTER, reach
from app_server.cases.service.capacity import own_case_for_deed
from app_server.cases.service.documents import order_document
from app_server.cases.service.fees import ask_fee
from app_server.cases.service.steps import SYSTEM, by_whom, move, news, on_desk
from app_server.forms import service as forms
from app_server.items import service as items
from app_server.kernel import clock, db, regions
from app_server.kernel.crypto import same, seal, unseal
from app_server.kernel.errors import InvalidInput
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.licences import service as licences
from app_server.logistics import service as logistics
from auth.organisations import service as organisations
from auth.people import service as people

Way = Literal["download", "window", "courier"]
# What our parcels are about, and how their addresses are sealed until the courier has them.
PARCEL = "case:"
ADDRESS = "cases_case.address"
COURIER = "快递"
OF_A_BUNDLE = "SELECT 1 FROM cases_bundle_part WHERE case_no=$1"
WAYS = {"download": "网上下载", "window": "窗口领取", "courier": "邮寄"}


def way_of(case: Case, item: items.ItemFacts) -> str:
    """How the result gets to the applicant: as chosen, else as the item offers it first."""
    return chosen_way(case.handling.get("delivery", {}).get("way", ""), item)


def chosen_way(chosen: str, item: items.ItemFacts) -> str:
    """The way that was chosen if the item offers it, else the one that costs nobody a walk."""
    if chosen in item.delivery:
        return chosen
    return "download" if "download" in item.delivery else item.delivery[0]


async def choose_delivery(
    principal: Principal,
    case_no: str,
    version: int,
    way: Way,
    outlet_region: str = "",
    recipient: logistics.Recipient | None = None,
) -> None:
    """Choose how, where or to whom the result is handed out, until it is made.

    The address stays sealed until the courier has it. Raises `InvalidInput` for a way the item
    does not offer and for a courier without an address, `NoSuchRegion`.
    """
    async with db.unit_of_work():
        case, filer = await own_case_for_deed(principal, case_no)
        item = await items.version(case.item_code, case.item_version)
        if way not in item.delivery:
            raise InvalidInput(errors=[{"field": "way", "message": "该事项不支持这种领取方式"}])
        if way == "download" and case.state == "making":
            raise InvalidInput(errors=[{"field": "way", "message": "纸质结果已在制作"}])
        if way == "courier" and await db.value(OF_A_BUNDLE, case_no):
            said = "一件事的结果由牵头单位统一寄送"
            raise InvalidInput(errors=[{"field": "way", "message": said}])
        if way == "courier" and recipient is None:
            raise InvalidInput(errors=[{"field": "recipient", "message": "请填写收件信息"}])
        place = outlet_region or case.region
        regions.region(place)
        chosen: dict[str, str] = {"way": way}
        if way == "courier":
            chosen["to"] = seal(orjson.dumps(recipient).decode(), ADDRESS)
        await move(
            principal,
            case,
            "choose_delivery",
            by=by_whom(filer is not None),
            note=WAYS[way],
            expected=version,
            changes={
                "handling": case.handling | {"delivery": chosen},
                "outlet_region": place if way == "window" else "",
            },
        )


async def settle(case: Case, item: items.ItemFacts) -> None:
    """Go on from an approval, in its unit of work: charge first, or make and hand out."""
    if case.fee_fen:
        await ask_fee(case, item)
        return
    made = await _made(case, item)
    if way_of(case, item) == "download":
        await _close(case, made)
    else:
        await move(Principal(), case, "make", by=SYSTEM, changes=made)


async def _made(case: Case, item: items.ItemFacts) -> dict[str, Any]:
    """Make what was decided, in the caller's unit of work; answers the columns that say so."""
    licence_id = await _licence(case, item)
    return {"licence_id": licence_id} if licence_id else {}


async def _close(case: Case, changes: dict[str, Any]) -> None:
    now = clock.now()
    changes = changes | {"closed_at": now, "delivered_at": now}
    await move(Principal(), case, "close", by=SYSTEM, changes=changes)
    announce(CaseClosed(**news(case), outcome="approved"))


async def hand_over(officer: Principal, case_no: str, version: int) -> None:
    """The paper is made: it can be fetched, or the courier is called.

    Without an address it waits at a window, where nobody has to be asked for one.
    """
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        item = await items.version(case.item_code, case.item_version)
        chosen = dict(case.handling.get("delivery", {}))
        way = way_of(case, item)
        if to := chosen.pop("to", ""):
            await _posted(case, item, to)
        elif way == "courier":
            chosen["way"] = way = "window"
        place = case.outlet_region or case.region
        await move(
            officer,
            case,
            "hand_over",
            by=case.department,
            note=f"{WAYS[way]}：{regions.full_name(place)}" if way == "window" else WAYS[way],
            expected=version,
            changes={
                "outlet_region": place if way == "window" else "",
                "handling": case.handling | {"delivery": chosen},
            },
        )
        announce(ResultWaits(**news(case), way=way, outlet_region=place))


async def _posted(case: Case, item: items.ItemFacts, to: str) -> None:
    recipient = logistics.Recipient(**orjson.loads(unseal(to, ADDRESS)))
    contents = [{"name": item.result_name or item.name, "number": case.case_no}]
    await logistics.send(
        case.person_id,
        f"{PARCEL}{case.case_no}",
        recipient,
        contents,
        region=case.region,
        org=case.org,
    )


async def parcel_signed(case_no: str, *, intact: bool) -> None:
    """The courier's recipient signed: the case closes, unless the lists differ.

    Then it stays open for the department, and the timeline says so. Twice is once.
    """
    async with db.unit_of_work():
        case = await Case.filter(case_no=case_no).select_for_update().first()
        if case is None or case.state != "delivering":
            return
        if not intact:
            await move(Principal(), case, "doubt_parcel", by=COURIER)
            return
        now = clock.now()
        receipt = {"way": "courier", "receiver": "self", "at": now.isoformat()}
        await move(
            Principal(),
            case,
            "deliver",
            by=COURIER,
            note="快递已签收",
            changes=_received(case, receipt, now),
        )
        _receipt(case, receipt, "收件人", regions.full_name(case.region), now)


async def parcel_came_back(case_no: str, *, refused: bool = False) -> None:
    """Nobody took the parcel, or no carrier did: the result waits at a window of its region."""
    async with db.unit_of_work():
        case = await Case.filter(case_no=case_no).select_for_update().first()
        if case is None or case.state != "delivering" or case.outlet_region:
            return
        changes = {
            "outlet_region": case.region,
            "handling": case.handling | {"delivery": {"way": "window"}},
        }
        shown = "快递未能承运，改为窗口领取" if refused else ""
        await move(Principal(), case, "take_parcel_back", by=COURIER, changes=changes, shown=shown)
        announce(ResultWaits(**news(case), way="window", outlet_region=case.region))


async def deliver(
    officer: Principal, case_no: str, version: int, *, id_number: str, agent: str = ""
) -> None:
    """Hand the result out at a window, or note that it was (统一出件); the receipt is made.

    `id_number` is the applicant's, read from the card shown; `agent` names who fetches it for
    them. Raises `NotTheReceiver`, and `NoSuchCase` at a window where it does not wait.
    """
    case = await on_desk(officer, case_no, "own", "outlet")
    holder = await people.person(case.person_id)
    if not same(holder.id_number, id_number.strip().upper()):
        raise NotTheReceiver(errors=[{"field": "id_number", "message": "与申请人证件号码不一致"}])
    async with db.unit_of_work():
        await _handed_out(officer, case, version, agent)


async def _handed_out(officer: Principal, case: Case, version: int, agent: str) -> None:
    now = clock.now()
    receipt = {
        "way": case.handling.get("delivery", {}).get("way", "window"),
        "receiver": "agent" if agent else "self",
        "officer": officer.ref,
        "org": officer.org,
        "region": officer.region,
        "at": now.isoformat(),
    }
    place = regions.full_name(officer.region)
    await move(
        officer,
        case,
        "deliver",
        by=f"{place}窗口" if reach.WINDOW_ROLE in officer.roles else case.department,
        note="由代领人领取" if agent else "由本人领取",
        expected=version,
        changes=_received(case, receipt, now),
    )
    _receipt(case, receipt, "代领人" if agent else "本人", place, now)


def _received(case: Case, receipt: dict[str, str], now: datetime) -> dict[str, Any]:
    delivery = case.handling.get("delivery", {}) | {"receipt": receipt}
    handling = case.handling | {"delivery": delivery}
    return {"closed_at": now, "delivered_at": now, "handling": handling}


def _receipt(case: Case, receipt: dict[str, str], receiver: str, place: str, now: datetime) -> None:
    order_document(
        case,
        "delivery",
        way=WAYS[receipt["way"]],
        receiver=receiver,
        delivered_at=f"{clock.local(now):%Y-%m-%d %H:%M}",
        outlet=place,
    )
    announce(CaseClosed(**news(case), outcome="approved"))


async def fee_paid(case_no: str, bill_no: str) -> None:
    """Go on with a case whose bill was paid; a second telling changes nothing."""
    async with db.unit_of_work():
        found = await db.value(
            "SELECT id FROM cases_case WHERE case_no=$1 AND state='fee_due' FOR UPDATE", case_no
        )
        if found is None:
            return
        case = await Case.get(id=found, case_no=case_no)
        if (case.bill or {}).get("bill_no") != bill_no:
            return
        item = await items.version(case.item_code, case.item_version)
        made = await _made(case, item)
        paid = {"bill": {**(case.bill or {}), "state": "paid"}}
        await move(Principal(), case, "take_fee", by=SYSTEM, changes=paid | made)
        if way_of(case, item) == "download":
            await _close(case, {})


_CLOSED_LONG_AGO = (
    "SELECT case_no FROM cases_case WHERE state='closed' AND closed_at < $1 "
    "ORDER BY closed_at LIMIT 500"
)


async def archive_closed() -> int:
    """Archive what was closed `ARCHIVE_AFTER` ago; answers how many. Never forgets a row."""
    rows = await db.rows(_CLOSED_LONG_AGO, clock.now() - ARCHIVE_AFTER)
    for row in rows:
        async with db.unit_of_work():
            case = await Case.get(case_no=row["case_no"])
            await move(Principal(), case, "archive", by=SYSTEM)
    return len(rows)


async def _licence(case: Case, item: items.ItemFacts) -> UUID | None:
    if not item.licence_type:
        return None
    holder = await people.person(case.person_id)
    held_by = (holder.id, holder.name, holder.id_number)
    if case.organisation_id is not None:
        # The organisation's own; its representative looks after it until licences know of them.
        owner = await organisations.organisation(case.organisation_id)
        held_by = (owner.representative_id, owner.name, owner.credit_code)
    until = clock.today() + timedelta(days=365 * item.licence_years)
    form = await forms.form(case.form_code, case.form_version)
    issued = await licences.issue(
        _decider(case),
        type_code=item.licence_type,
        holder_id=held_by[0],
        holder_name=held_by[1],
        holder_number=held_by[2],
        issuer_code=case.org,
        issuer_name=case.department,
        region=case.region,
        content=form.labelled(orjson.loads(case.data), item.licence_fields),
        valid_until=until if item.licence_years else None,
        case_no=case.case_no,
    )
    return issued.id


def _decider(case: Case) -> Principal:
    """Whoever decided lets the seal be used, also when the making waited for the payment."""
    told = case.handling["decider"]
    if told["kind"] != "staff":
        return Principal()
    return Principal(
        kind="staff",
        id=UUID(told["id"]),
        name=told["name"],
        org=told["org"],
        region=told["region"],
        # Only approvers decide: the leave to use the seal is given to that post.
        roles=frozenset({"case_approver"}),
    )
