"""What officers do: accept, ask for correction, decide."""

from datetime import date, timedelta
from typing import Any

import orjson

from app_server.cases.errors import ApproverNeeded
from app_server.cases.events import CaseClosed, CaseDecided, CorrectionAsked
from app_server.cases.models import Case
from app_server.cases.rules import CORRECTION_DAYS
from app_server.cases.service.clock import started, tell_accepted
from app_server.cases.service.fees import ask_fee
from app_server.cases.service.steps import SYSTEM, move, news, on_desk
from app_server.forms import service as forms
from app_server.items import service as items
from app_server.kernel import clock, db, working_days
from app_server.kernel.errors import InvalidInput
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.licences import service as licences
from auth.organisations import service as organisations
from auth.people import service as people

APPROVER = "case_approver"


async def accept(officer: Principal, case_no: str, version: int) -> None:
    """Accept a case: the clock starts, or a bill is made and the clock waits for it.

    Raises `NoSuchCase`, `NotInThisState`, `PreconditionFailed`, `Conflict`.
    """
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        if case.fee_fen:
            await ask_fee(officer, case, by=case.department, expected=version)
            return
        changes = await started(case, clock.now())
        await move(officer, case, "accept", by=case.department, expected=version, changes=changes)
        tell_accepted(case)


async def request_correction(
    officer: Principal,
    case_no: str,
    version: int,
    *,
    reason: str,
    fields: list[str],
    materials: list[str],
) -> None:
    """Tell once everything that is missing (Administrative Licensing Law art. 32).

    Raises `InvalidInput` for fields and materials the case does not have, and as `accept`.
    """
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        form = await forms.form(case.form_code, case.form_version)
        _known("fields", fields, set(form.schema["properties"]))
        _known("materials", materials, {m["code"] for m in case.materials})
        due = await _correction_due()
        asked = {"reason": reason, "fields": fields, "materials": materials}
        number = case.corrections + 1
        await move(
            officer,
            case,
            "ask_correction",
            by=case.department,
            note=reason,
            expected=version,
            changes={
                "correction": asked | {"due_on": due.isoformat(), "replaced": []},
                "corrections": number,
            },
        )
        announce(CorrectionAsked(**news(case), round=number, due_on=due.isoformat()))


def _known(what: str, named: list[str], known: set[str]) -> None:
    if unknown := sorted(set(named) - known):
        raise InvalidInput(
            errors=[{"field": what, "message": f"办件中没有 {name}"} for name in unknown]
        )


async def _correction_due() -> date:
    calendar = await working_days.calendar()
    return calendar.add_working_days(clock.today(), CORRECTION_DAYS)[0]


async def approve(officer: Principal, case_no: str, version: int, note: str) -> None:
    """Decide in favour; the licence and the close commit with the decision or not at all.

    Raises `ApproverNeeded`, and as `accept`.
    """
    _needs_approver(officer)
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        now = clock.now()
        await move(
            officer,
            case,
            "approve",
            by=case.department,
            note=note,
            expected=version,
            changes={"decided_at": now, "outcome": "approved"},
        )
        licence_id = await _licence(officer, case)
        await _close(case, {"licence_id": licence_id} if licence_id else {})
        announce(CaseDecided(**news(case), outcome="approved"))
        announce(CaseClosed(**news(case), outcome="approved"))


async def refuse(officer: Principal, case_no: str, version: int, reason: str) -> None:
    """Refuse: not to accept a case, or to decide against it; the reason is told (art. 38).

    Raises `ApproverNeeded` for a decision, and as `accept`.
    """
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        now = clock.now()
        if case.state != "accepted":
            await move(
                officer,
                case,
                "decline",
                by=case.department,
                note=reason,
                expected=version,
                changes={"decided_at": now, "outcome": "not_accepted", "correction": None},
            )
            announce(CaseDecided(**news(case), outcome="not_accepted"))
            return
        _needs_approver(officer)
        await move(
            officer,
            case,
            "refuse",
            by=case.department,
            note=reason,
            expected=version,
            changes={"decided_at": now, "outcome": "refused"},
        )
        await _close(case, {})
        announce(CaseDecided(**news(case), outcome="refused"))
        announce(CaseClosed(**news(case), outcome="refused"))


def _needs_approver(officer: Principal) -> None:
    if APPROVER not in officer.roles:
        raise ApproverNeeded


async def _close(case: Case, changes: dict[str, Any]) -> None:
    await move(Principal(), case, "close", by=SYSTEM, changes=changes | {"closed_at": clock.now()})


async def _licence(officer: Principal, case: Case) -> Any:
    item = await items.version(case.item_code, case.item_version)
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
        officer,
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
