"""One transition: a conditional update, its step, its record, in the caller's unit of work."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from app_server.cases.errors import NoSuchCase
from app_server.cases.models import Case
from app_server.cases.rules import STATES, checked_move, reach, roles_of
from app_server.cases.service.capacity import facts_of
from app_server.cases.service.following import follow
from app_server.kernel import audit, clock, db
from app_server.kernel.errors import Conflict, PreconditionFailed
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal

SELF = "本人"
ORGANISATION = "申请单位"
SYSTEM = "系统"

# Where a deed was done, as people read it: one timeline over all channels (R-CAS-35).
CHANNELS = {
    "web": "网上",
    "app": "皖事通",
    "wechat": "微信",
    "alipay": "支付宝",
    "window": "窗口",
    "kiosk": "自助终端",
    "console": "工作台",
    "system": "业务系统",
}
# What an officer entered by hand after it happened elsewhere (R-CAS-15).
LATE_ENTRY = "补录"


def channel_name(principal: Principal) -> str:
    """The channel of a deed in words; the platform's own deeds have none."""
    if principal.kind == "staff":
        return "窗口" if "case_window" in principal.roles else "部门"
    if principal.kind == "person":
        return CHANNELS.get(principal.channel, "网上")
    return CHANNELS.get(principal.channel, "") if principal.kind == "client" else ""


def by_whom(for_organisation: bool) -> str:
    """How the applicant is called in the timeline."""
    return ORGANISATION if for_organisation else SELF


def timeline_entry(
    state: str, by: str, note: str, at: datetime, name: str = "", channel: str = ""
) -> dict[str, str]:
    """A step as the applicant reads it."""
    return {
        "state_name": name or STATES[state],
        "at": at.isoformat(),
        "by": by,
        "note": note,
        "channel": channel,
    }


def news(case: Case) -> dict[str, Any]:
    """What every event about a case says."""
    return {
        "case_id": case.id,
        "case_no": case.case_no,
        "person_id": case.person_id,
        "item_code": case.item_code,
        "item_name": case.item_name,
        "region": case.region,
    }


async def on_desk(officer: Principal, case_no: str, *scopes: reach.Scope) -> Case:
    """A case the officer reaches in one of `scopes` (their own desk's); raises `NoSuchCase`."""
    condition, args = reach.anywhere(officer, 2, scopes or ("own",))
    found = await db.value(
        f"SELECT id FROM cases_case WHERE case_no=$1 AND {condition}",
        case_no,
        *args,
    )
    if found is None:
        raise NoSuchCase
    return await Case.get(id=found, case_no=case_no)


async def move(
    principal: Principal,
    case: Case,
    name: str,
    *,
    by: str,
    note: str = "",
    expected: int | None = None,
    changes: Mapping[str, Any] | None = None,
    shown: str = "",
    quiet: bool = False,
) -> None:
    """Take one edge of the state table; afterwards `case` is what the row is.

    Of N parallel identical moves one takes the row; the others find no row of that state and
    version. `shown` replaces the deed's name in the timeline; a `quiet` deed is the authority's own
    and not told there. Raises `NotInThisState`,
    `ApproverNeeded`, `NotYourDeed`, `PreconditionFailed`, `Conflict`.
    """
    edge = checked_move(name, case.state, roles_of(principal))
    if expected is not None and expected != case.version:
        raise PreconditionFailed
    now, to = clock.now(), edge.to or case.state
    entry = timeline_entry(to, by, note, now, shown or edge.deed, channel_name(principal))
    await _update(case, to, [] if quiet else [entry], dict(changes or {}))
    db.needed().add("cases_step", _step(principal, case, name, to, by, note, now))
    audit.record(
        principal,
        "cases.moved",
        f"case:{case.case_no}",
        owner=case.person_id,
        purpose=shown or edge.deed,
        **facts_of(case),
        before={"state": case.state, "version": case.version},
        after={"state": to, "version": case.version + 1},
    )
    case.state = to
    case.version += 1
    for column, value in (changes or {}).items():
        setattr(case, column, value)
    await follow(principal, case, name)


def _step(
    principal: Principal, case: Case, name: str, to: str, by: str, note: str, at: datetime
) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "city_code": case.city_code,
        "case_id": case.id,
        "move": name,
        "from_state": case.state,
        "to_state": to,
        "actor": principal.ref,
        "actor_name": principal.name or by,
        "channel": principal.channel,
        "note": note,
        "at": at,
    }


def note_step(principal: Principal, case: Case, name: str, note: str) -> None:
    """Leave a step for a change of the row that moves nothing."""
    db.needed().add("cases_step", _step(principal, case, name, case.state, "", note, clock.now()))


async def _update(
    case: Case, to: str, told: list[dict[str, str]], changes: Mapping[str, Any]
) -> None:
    columns = "".join(f", {column}=${number}" for number, column in enumerate(changes, 7))
    values = [
        orjson.dumps(value, default=str).decode() if isinstance(value, dict | list) else value
        for value in changes.values()
    ]
    # Column names come from this package's own calls, never from a request.
    sql = (
        "UPDATE cases_case SET state=$5, version=version+1, "
        f"timeline=timeline || $6::jsonb{columns} "
        "WHERE id=$1 AND city_code=$2 AND version=$3 AND state=$4"
    )
    text = orjson.dumps(told).decode()
    row = (case.id, case.city_code, case.version, case.state)
    if not await db.execute(sql, *row, to, text, *values):
        raise Conflict
