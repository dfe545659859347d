"""Papers on their way to the office (揽收): fetched, ticked off, and what the case makes of it.

The list is shown and agreed by its digest; equal at receipt, the clock begins; different, both
sides are told and the case says so until an officer has settled it (R-LOG-01, R-LOG-04).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app_server.cases.errors import NoOriginals
from app_server.cases.models import Case
from app_server.cases.rules import originals
from app_server.cases.rules.reach import SCOPES
from app_server.cases.service.automatic import accept_automatically
from app_server.cases.service.capacity import own_case_for_deed
from app_server.cases.service.clock import restarted
from app_server.cases.service.steps import SYSTEM, move, on_desk
from app_server.cases.service.submission import SILENCE
from app_server.kernel import clock, db, schedule, working_days
from app_server.kernel.principal import Principal
from app_server.logistics import service as logistics
from app_server.logistics.errors import ContentsDiffer, NoContract

# What our parcels with papers are about; results have `case:`.
PAPERS = "originals:"


@dataclass(frozen=True, slots=True)
class OriginalsView:
    """What has to be sent in, what that costs, and where it is."""

    state: str
    state_name: str
    contents: list[dict[str, str]]
    digest: str
    postage: logistics.Postage | None
    parcel: logistics.ParcelFacts | None


async def originals_of(principal: Principal, case_no: str) -> OriginalsView:
    """The papers of one's case; raises `NoSuchCase`, `OtherCapacity`, `NoOriginals`."""
    case, told = await _own(principal, case_no)
    try:
        postage = await logistics.postage(case.region, case.org)
    except NoContract:
        postage = None
    return await _view(case_no, told, postage)


async def originals_at_desk(officer: Principal, case_no: str) -> OriginalsView:
    """The papers of a case at its office, an empty list when it needs none; `NoSuchCase`."""
    case = await on_desk(officer, case_no, *SCOPES)
    if not case.handling.get("originals"):
        return OriginalsView("", "不需要材料原件", [], "", None, None)
    return await _view(case_no, _list_of(case), None)


async def _view(
    case_no: str, told: dict[str, Any], postage: logistics.Postage | None
) -> OriginalsView:
    return OriginalsView(
        state=told["state"],
        state_name=originals.STATE_NAMES[told["state"]],
        contents=told["list"],
        digest=logistics.digest_of(told["list"]),
        postage=postage,
        parcel=await logistics.parcel_for(PAPERS + case_no, "in"),
    )


async def postage_of(principal: Principal, case_no: str) -> logistics.Postage:
    """What posting its result costs and whom, before courier is chosen.

    Raises `NoSuchCase`, `OtherCapacity`, `NoContract`.
    """
    case, _ = await own_case_for_deed(principal, case_no)
    return await logistics.postage(case.region, case.org)


async def pick_up_slots(principal: Principal, case_no: str, address: str) -> list[logistics.Slot]:
    """When a courier can fetch them; raises as `originals_of`, `NoContract`, `CarrierSilent`."""
    case, _ = await _own(principal, case_no)
    return await logistics.slots(case.region, case.org, address)


async def book_pick_up(
    principal: Principal,
    case_no: str,
    sender: logistics.Recipient,
    start: datetime,
    digest: str,
) -> logistics.ParcelFacts:
    """Have them fetched in a window, by the list that was shown. Outside a unit of work.

    Raises as `pick_up_slots`, `NoOriginals` when they are there, `ContentsDiffer`, `SlotTaken`.
    """
    case, told = await _own(principal, case_no)
    if not originals.awaited(case.handling):
        raise NoOriginals
    return await logistics.book(
        case.person_id,
        PAPERS + case_no,
        sender,
        told["list"],
        start,
        digest=digest,
        region=case.region,
        org=case.org,
    )


async def _own(principal: Principal, case_no: str) -> tuple[Case, dict[str, Any]]:
    case, _ = await own_case_for_deed(principal, case_no)
    return case, _list_of(case)


def _list_of(case: Case) -> dict[str, Any]:
    told: dict[str, Any] | None = case.handling.get("originals")
    if not told:
        raise NoOriginals
    return told


async def parcel_ticked(case_no: str, *, intact: bool) -> None:
    """An office ticked a parcel off: the clock begins, or the case says what is wrong. Once."""
    async with db.unit_of_work():
        case = await Case.filter(case_no=case_no).select_for_update().first()
        if case is None or not _open(case):
            return
        if intact:
            await _arrived(Principal(), case, SYSTEM, "快递寄达，清单一致")
        else:
            changes = {"handling": _with(case, "differs")}
            await move(Principal(), case, "doubt_originals", by=SYSTEM, changes=changes)
    if intact:
        await accept_automatically(case_no)


async def take_originals(
    officer: Principal, case_no: str, version: int, contents: Sequence[Mapping[str, str]]
) -> None:
    """Tick off papers somebody brought, or that a second parcel made complete.

    Raises `NoSuchCase`, `NoOriginals`, `ContentsDiffer`, `NotInThisState`, `PreconditionFailed`.
    """
    async with db.unit_of_work():
        case = await on_desk(officer, case_no, "own", "intake")
        if not originals.awaited(case.handling):
            raise NoOriginals
        if logistics.digest_of(contents) != logistics.digest_of(case.handling["originals"]["list"]):
            raise ContentsDiffer
        await _arrived(officer, case, case.department, "窗口核收，清单一致", version)
    await accept_automatically(case_no)


def _open(case: Case) -> bool:
    states = {"submitted", "received", "pre_review_returned", "correction_asked"}
    return case.state in states and originals.awaited(case.handling)


def _with(case: Case, state: str) -> dict[str, Any]:
    return case.handling | {"originals": case.handling["originals"] | {"state": state}}


async def _arrived(
    principal: Principal, case: Case, by: str, note: str, expected: int | None = None
) -> None:
    """The application is complete only now: the five days of art. 32 begin."""
    now = clock.now()
    changes: dict[str, Any] = {"handling": _with(case, "arrived")}
    # Where something else was asked for, handing that in begins them.
    if case.state in {"submitted", "received"}:
        ends, shown = restarted(await working_days.calendar(), clock.today())
        changes |= shown | {"received_at": now}
        received = now.isoformat()
        schedule.later(SILENCE, f"case:{case.id}", ends, case_no=case.case_no, received=received)
    await move(
        principal, case, "take_originals", by=by, note=note, expected=expected, changes=changes
    )
