"""What arrives for a case after it was filed: registries' answers, and what machines read.

A case is filed also while a registry is silent, and waits (R-CAS-24). What the applicant wrote
stays what the applicant wrote: an answer fills what is empty, and says beside the rest whether it
agrees. What was proved by an act of its own is not touched at all.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from app_server.cases.events import RegistryDue
from app_server.cases.models import Case
from app_server.cases.rules import ENDED, MOVES
from app_server.cases.service import prefill
from app_server.cases.service.automatic import accept_automatically
from app_server.cases.service.steps import move, note_step
from app_server.forms import service as forms
from app_server.kernel import clock, db, schedule
from app_server.kernel.crypto import seal
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal

TIMER = "cases.registry_due"
FIRST_WAIT = timedelta(minutes=5)
# Doubling from five minutes, the twelfth comes after a week: then an officer has long asked.
MOST_TURNS = 12


def ask_later(case_id: UUID, case_no: str, turn: int) -> None:
    """Set the timer of a case for which a registry had not answered."""
    at = clock.now() + FIRST_WAIT * 2**turn
    schedule.later(TIMER, f"case:{case_id}", at, case_no=case_no, turn=turn)


async def ask_now(case_no: str, turn: int) -> None:
    """The time has come: have the registries asked, outside of the timer's unit of work."""
    case = await Case.get(case_no=case_no)
    if _waits(case):
        announce(RegistryDue(case_id=case.id, case_no=case_no, turn=turn))


def _waits(case: Case) -> bool:
    return bool(case.handling.get("missing")) and case.state in MOVES["supply"].come_from


async def supply(case_no: str, turn: int) -> None:
    """Ask the registries for what a case lacks and add what they tell; silence is asked again."""
    case = await Case.get(case_no=case_no)
    if not _waits(case):
        return
    form = await forms.form(case.form_code, case.form_version)
    purpose = f"{case.item_name}办理"
    found = await prefill.still_missing(case.person_id, form, case.handling["missing"], purpose)
    async with db.unit_of_work():
        case = await Case.filter(case_no=case_no).select_for_update().get()
        if not _waits(case):
            return
        if found.missing and turn < MOST_TURNS:
            ask_later(case.id, case_no, turn + 1)
        if found.data:
            await _added(case, found)
    if found.data:
        await accept_automatically(case_no)


async def _added(case: Case, found: prefill.Prefilled) -> None:
    held: dict[str, Any] = orjson.loads(case.data)
    filled = {name: value for name, value in found.data.items() if held.get(name) in (None, "")}
    sources = dict(case.sources)
    for name, source in found.sources.items():
        agrees = name in filled or held[name] == found.data[name]
        sources[name] = source | {"after_filing": True, "agrees": agrees}
    said_by = "、".join(sorted({source["source_name"] for source in found.sources.values()}))
    differ = sum(not sources[name]["agrees"] for name in found.sources)
    text = orjson.dumps(held | filled).decode()
    await move(
        Principal(),
        case,
        "supply",
        by=said_by,
        note=f"有 {differ} 项与填写内容不一致，由部门核实" if differ else "",
        changes={
            "data": seal(text, "cases_case.data"),
            "sources": sources,
            "handling": case.handling | {"missing": found.missing},
        },
    )
    case.data = text


async def take_checks(draft_id: UUID) -> None:
    """Bring what machines found in a case's papers since it was filed; twice is once."""
    async with db.unit_of_work():
        case = await Case.filter(draft_id=draft_id).select_for_update().first()
        if case is None or case.state in ENDED:
            return
        looked = await forms.with_checks(draft_id, [_unlooked(m) for m in case.materials])
        checks = {m["code"]: m["check"] for m in looked if "check" in m}
        materials = [_checked(m, checks) for m in case.materials]
        if materials == case.materials:
            return
        case.materials = materials
        note_step(Principal(), case, "papers_read", "、".join(sorted(checks)))
        await case.save(update_fields=["materials"])


def _unlooked(material: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in material.items() if k != "check"}


def _checked(material: dict[str, Any], checks: Mapping[str, Any]) -> dict[str, Any]:
    """A material replaced since the filing has no look of the draft's any more."""
    check = checks.get(material["code"])
    if check is None or "check" not in material:
        return material
    return {**material, "check": check}
