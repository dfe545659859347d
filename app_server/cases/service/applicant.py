"""What applicants do with their case: correct it, or take it back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from app_server.cases import rules
from app_server.cases.errors import CorrectionIncomplete, NotInThisState
from app_server.cases.events import CaseCorrected, CaseWithdrawn
from app_server.cases.models import Case
from app_server.cases.rules import originals
from app_server.cases.service import proofs
from app_server.cases.service.capacity import Filer, checked_act, own_case_for_deed
from app_server.cases.service.clock import restarted
from app_server.cases.service.documents import order_document
from app_server.cases.service.steps import by_whom, move, news, note_step
from app_server.cases.service.submission import SILENCE
from app_server.forms import service as forms
from app_server.forms.errors import NoSuchMaterial, TooManyFiles
from app_server.items import service as items
from app_server.kernel import clock, db, schedule, working_days
from app_server.kernel.crypto import seal
from app_server.kernel.errors import InvalidInput
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal

PRE_REVIEW = "cases.pre_review"


async def put_material(
    principal: Principal,
    case_no: str,
    code: str,
    data: bytes,
    name: str,
    *,
    more: bool = False,
    actor: Principal | None = None,
) -> None:
    """Replace a material that was asked for again, or give it one file `more`.

    A window does it as `actor`. Raises `NoSuchCase`, `OtherCapacity`, `NotInThisState`,
    `NoSuchMaterial`, `TooManyFiles`, and what `forms.keep_file` raises. The version stays: it
    guards transitions, and the files are serialised by the row's lock.
    """
    own, _ = await own_case_for_deed(principal, case_no)
    _asked(own, code)
    held = next(material for material in own.materials if material["code"] == code)
    file = await forms.keep_file(data, name, held.get("kinds", ["picture"]))
    async with db.unit_of_work():
        case = await Case.filter(id=own.id).select_for_update().get()
        correction = _asked(case, code)
        # What was found wanting goes; files that came since the notice stay beside a new one.
        again = more and (not correction or code in correction["replaced"])
        case.materials = [
            _with_file(material, file, again) if material["code"] == code else material
            for material in case.materials
        ]
        if correction:
            replaced = sorted({*correction["replaced"], code})
            case.correction = correction | {"replaced": replaced}
        note_step(actor or principal, case, "replace_material", code)
        await case.save(update_fields=["materials", "correction"])


def _with_file(material: dict[str, Any], file: dict[str, Any], more: bool) -> dict[str, Any]:
    files = [*forms.files_of(material), file] if more else [file]
    if len(files) > forms.MAX_FILES:
        raise TooManyFiles(max_files=forms.MAX_FILES)
    # What a machine found in the old paper says nothing of the new one.
    kept = {k: v for k, v in material.items() if k != "check"}
    return {**kept, "file": files[0], "files": files}


def _asked(case: Case, code: str) -> dict[str, Any]:
    """What was asked for; after pre-review any of the case's materials may be replaced."""
    if case.state == "pre_review_returned":
        open_to = {material["code"] for material in case.materials}
    elif case.state == "correction_asked" and case.correction is not None:
        open_to = set(case.correction["materials"])
    else:
        raise NotInThisState(state=case.state)
    if code not in open_to:
        raise NoSuchMaterial
    return case.correction or {}


async def correct(
    principal: Principal,
    case_no: str,
    version: int,
    given: Mapping[str, Any],
    note: str,
    act_proof: str | None = None,
    actor: Principal | None = None,
) -> None:
    """Hand the case in again with what was asked for; a window does it as `actor`.

    Only fields the authority named may differ, the whole must be valid, and every material asked
    for must have been replaced. Raises `NoSuchCase`, `OtherCapacity`, `NotInThisState`,
    `InvalidInput`, `CorrectionIncomplete`, `PreconditionFailed`, `Conflict`, and
    `ActProofNeeded`: what was proved at submission covers no other content (R-ID-15).
    """
    async with db.unit_of_work():
        case, filer = await own_case_for_deed(principal, case_no)
        rules.checked_move("correct", case.state)
        correction = case.correction or {}
        data = await _corrected(case, correction, given)
        if left := set(correction["materials"]) - set(correction["replaced"]):
            raise CorrectionIncomplete(
                errors=[{"field": f"materials.{c}", "message": "请重新上传"} for c in sorted(left)]
            )
        again = await _again(principal, case, data, act_proof, filer)
        await move(
            actor or principal,
            case,
            "correct",
            by=by_whom(filer is not None),
            note=note,
            expected=version,
            changes=again | {"correction": None},
        )
        announce(CaseCorrected(**news(case), round=case.corrections))


async def resubmit(
    principal: Principal,
    case_no: str,
    version: int,
    given: Mapping[str, Any],
    note: str,
    act_proof: str | None = None,
) -> None:
    """Hand in again what pre-review gave back.

    Everything may change but what an authority vouched for; pre-review and the five days begin
    anew. Raises as `correct`.
    """
    async with db.unit_of_work():
        case, filer = await own_case_for_deed(principal, case_no)
        rules.checked_move("resubmit", case.state)
        trusted = {n for n, s in case.sources.items() if not s.get("editable")}
        form = await forms.form(case.form_code, case.form_version)
        open_to = set(form.schema["properties"]) - trusted
        data = await _corrected(case, {"fields": open_to}, given)
        again = await _again(principal, case, data, act_proof, filer)
        await move(
            principal,
            case,
            "resubmit",
            by=by_whom(filer is not None),
            note=note,
            expected=version,
            changes=again,
        )
        await _watched(case.case_no, again["received_at"])


async def watch_pre_review(case_no: str) -> None:
    """Set the timer that ends the pre-review of a fresh case."""
    async with db.unit_of_work():
        case = await Case.get(case_no=case_no)
        await _watched(case_no, case.received_at)


async def _watched(case_no: str, received: datetime) -> None:
    calendar = await working_days.calendar()
    last, _ = calendar.add_working_days(clock.local(received).date(), rules.PRE_REVIEW_DAYS)
    schedule.later(
        PRE_REVIEW,
        f"case:{case_no}",
        rules.after_day(last),
        case_no=case_no,
        received=received.isoformat(),
    )


async def _again(
    principal: Principal,
    case: Case,
    data: dict[str, Any],
    act_proof: str | None,
    filer: Filer | None,
) -> dict[str, Any]:
    """The columns of a case handed in again; its five days of art. 32 begin anew."""
    now = clock.now()
    shown: dict[str, Any] = {}
    # With papers still on their way the five days begin when they are there.
    if not originals.awaited(case.handling):
        ends, shown = restarted(await working_days.calendar(), clock.today())
        key = f"case:{case.id}"
        schedule.later(SILENCE, key, ends, case_no=case.case_no, received=now.isoformat())
    sealed = {"data": seal(orjson.dumps(data).decode(), "cases_case.data"), "received_at": now}
    return sealed | shown | await _proved_again(principal, case, data, act_proof, filer)


async def _proved_again(
    principal: Principal,
    case: Case,
    data: dict[str, Any],
    act_proof: str | None,
    filer: Filer | None,
) -> dict[str, Any]:
    item = await items.version(case.item_code, case.item_version)
    if not checked_act(filer, item, data):
        return {}
    digest = proofs.digest_of(item, (case.form_code, case.form_version), data, case.materials)
    facts = await proofs.consume(principal, proofs.CORRECT, case.case_no, digest, act_proof)
    chain = await proofs.chain_of(case.id, case.evidence_head)
    seq = len(chain.entries) + 1 if chain else 1
    head = proofs.append(
        case.id, case.city_code, seq, proofs.CORRECT, facts, case.evidence_head or ""
    )
    return {"evidence_head": head}


async def _corrected(
    case: Case, correction: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    held: dict[str, Any] = orjson.loads(case.data)
    other = [
        name
        for name, value in given.items()
        if name not in correction["fields"] and held.get(name) != value
    ]
    if other:
        raise InvalidInput(
            errors=[{"field": name, "message": "不在补正范围内，不能修改"} for name in other]
        )
    form = await forms.form(case.form_code, case.form_version)
    return form.completed({**held, **given})


async def withdraw(principal: Principal, case_no: str, version: int) -> None:
    """Take an application back before it is decided.

    Raises `NoSuchCase`, `NotInThisState`, `PreconditionFailed`, `Conflict`.
    """
    async with db.unit_of_work():
        case, filer = await own_case_for_deed(principal, case_no)
        await move(
            principal,
            case,
            "withdraw",
            by=by_whom(filer is not None),
            expected=version,
            changes={
                "closed_at": clock.now(),
                "outcome": "withdrawn",
                "correction": None,
                "silence_on": None,
                "due_on": None,
            },
        )
        order_document(case, "withdrawal")
        announce(CaseWithdrawn(**news(case)))
