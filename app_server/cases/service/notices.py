"""The one-time notice (一次性告知): what is missing, why, and how to put it right."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from app_server.cases import rules
from app_server.cases.errors import BeyondTheGuide, LateDemand, PaperHeld
from app_server.cases.events import CorrectionAsked, CorrectionOverdue, LateDemandRefused
from app_server.cases.models import Case
from app_server.cases.rules import Defect
from app_server.cases.service.documents import order_document
from app_server.cases.service.intake import send_back
from app_server.cases.service.steps import SYSTEM, move, news, note_step, on_desk
from app_server.forms import service as forms
from app_server.items import service as items
from app_server.kernel import audit, clock, db, schedule, working_days
from app_server.kernel.crypto import blind_index
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal

DUE = "cases.correction_due"
OVER = "cases.correction_over"


async def request_correction(
    officer: Principal,
    case_no: str,
    version: int,
    *,
    reason: str,
    fields: Iterable[str] = (),
    materials: Iterable[str] = (),
    defects: Iterable[Defect] = (),
) -> None:
    """Tell once everything that is missing (Administrative Licensing Law art. 32).

    `fields` and `materials` are those whose explanation is the reason itself. Raises
    `BeyondTheGuide` for what the pinned version does not ask for, `LateDemand` (and tells
    supervision) for what could be seen the first time and was not told, `PaperHeld` for what
    government holds already, and as `accept`.
    """
    plain = [
        *(Defect("field", code, "form", reason) for code in fields),
        *(Defect("material", code, "form", reason) for code in materials),
    ]
    named = list(defects)
    told = {defect.key for defect in named}
    named += [defect for defect in plain if defect.key not in told]
    case = await on_desk(officer, case_no)
    rules.checked_move("ask_correction", case.state, rules.roles_of(officer))
    await _within_the_guide(case, named)
    await _not_held(case, named)
    marks = marks_of(case)
    earlier = case.handling.get("notices", [])
    if late := rules.late(named, earlier, marks):
        await _refused(officer, case, late)
    await _asked(officer, case, version, reason, named, marks)


async def _within_the_guide(case: Case, named: Sequence[Defect]) -> None:
    item = await items.version(case.item_code, case.item_version)
    form = await forms.form(case.form_code, case.form_version)
    beyond = rules.unknown(
        named,
        fields=form.schema["properties"],
        materials={m["code"] for m in case.materials},
        conditions=item.conditions,
    )
    if beyond:
        errors = [{"field": k, "message": "办事指南没有要求这一项"} for k in beyond]
        raise BeyondTheGuide(errors=errors)


async def _not_held(case: Case, named: Sequence[Defect]) -> None:
    """Nothing is asked for that government holds already (R-ITM-18, R-ITM-20, R-ITM-23)."""
    asked = {defect.code for defect in named if defect.kind == "material"}
    wanted = [material for material in case.materials if material["code"] in asked]
    if held := [material["code"] for material in wanted if await _is_held(case, material)]:
        said = "已由电子证照、共享数据或以前提交的有效材料证明，不得要求再次提交"
        raise PaperHeld(errors=[{"field": f"materials.{code}", "message": said} for code in held])


async def _is_held(case: Case, material: Mapping[str, Any]) -> bool:
    if material.get("licence") or material.get("fetched"):
        return True
    if file := material.get("file"):
        # What this case itself brought may be unreadable; what served before was looked at.
        return "reused_from" in file
    library, trusted = material.get("library", ""), material.get("source_class") in {"A", "B"}
    return bool(library and trusted and await forms.paper_of(case.person_id, library))


async def _refused(officer: Principal, case: Case, late: list[str]) -> None:
    """The refusal is a fact of its own: it is kept although the deed is not done."""
    async with db.unit_of_work():
        audit.record(officer, "cases.late_demand", f"case:{case.case_no}", named=late)
        announce(
            LateDemandRefused(
                **news(case),
                org=case.org,
                officer=officer.ref,
                named=late,
                round=case.corrections + 1,
            )
        )
    raise LateDemand(named=late)


async def _asked(
    officer: Principal,
    case: Case,
    version: int,
    reason: str,
    named: Sequence[Defect],
    marks: Mapping[str, str],
) -> None:
    calendar = await working_days.calendar()
    due, _ = calendar.add_working_days(clock.today(), rules.CORRECTION_DAYS)
    last, _ = calendar.add_working_days(due, rules.CORRECTION_GRACE)
    number = case.corrections + 1
    told = [defect.told() for defect in named]
    notice = {"round": number, "at": clock.now().isoformat(), "items": told, "marks": marks}
    correction = {
        "reason": reason,
        "fields": [d.code for d in named if d.kind == "field"],
        "materials": [d.code for d in named if d.kind == "material"],
        "items": told,
        "due_on": due.isoformat(),
        "replaced": [],
    }
    async with db.unit_of_work():
        await move(
            officer,
            case,
            "ask_correction",
            by=case.department,
            note=reason,
            expected=version,
            changes={
                "correction": correction,
                "corrections": number,
                "silence_on": None,
                "handling": case.handling
                | {"notices": [*case.handling.get("notices", []), notice]},
            },
        )
        order_document(case, "correction", reason=reason, items=told, due_on=due.isoformat())
        for name, day in ((DUE, due), (OVER, last)):
            schedule.later(
                name,
                f"case:{case.id}",
                rules.after_day(day),
                case_no=case.case_no,
                round=number,
                return_on=last.isoformat(),
            )
        announce(CorrectionAsked(**news(case), round=number, due_on=due.isoformat()))


def marks_of(case: Case) -> dict[str, str]:
    """Keyed digests of every field and material as they are now: equal content, equal mark."""
    data = orjson.loads(case.data)
    found = {f"field:{name}": _mark(value) for name, value in data.items()}
    for material in case.materials:
        file = material.get("file")
        found[f"material:{material['code']}"] = _mark(file["key"]) if file else ""
    return found


def _mark(value: Any) -> str:
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return blind_index(text, "cases.mark")[:24]


async def correction_due(case_no: str, number: int, return_on: str) -> None:
    """Remind once when the time to correct is over; a case that went on is left alone."""
    async with db.unit_of_work():
        case = await Case.get(case_no=case_no)
        if case.state == "correction_asked" and case.corrections == number:
            note_step(Principal(), case, "remind", "补正期限已到")
            announce(CorrectionOverdue(**news(case), round=number, return_on=return_on))


async def correction_over(case_no: str, number: int) -> None:
    """Return a case that was not corrected in its grace either (the platform's rule, 演示值)."""
    async with db.unit_of_work():
        case = await Case.get(case_no=case_no)
        if case.state == "correction_asked" and case.corrections == number:
            await send_back(Principal(), case, by=SYSTEM, reason="逾期未补正，退回申请材料")
