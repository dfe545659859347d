"""What applicants do with their case: correct it, or take it back."""

from collections.abc import Mapping
from typing import Any

import orjson

from app_server.cases import rules
from app_server.cases.errors import CorrectionIncomplete, NotInThisState
from app_server.cases.events import CaseCorrected, CaseWithdrawn
from app_server.cases.models import Case
from app_server.cases.service import proofs
from app_server.cases.service.capacity import Filer, checked_act, own_case_for_deed
from app_server.cases.service.steps import by_whom, move, news
from app_server.cases.service.submission import SILENCE
from app_server.forms import service as forms
from app_server.forms.errors import NoSuchMaterial
from app_server.items import service as items
from app_server.kernel import clock, db, schedule, working_days
from app_server.kernel.crypto import seal
from app_server.kernel.errors import InvalidInput
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal


async def put_material(
    principal: Principal, case_no: str, code: str, picture: bytes, name: str
) -> None:
    """Replace a material that was asked for again.

    Raises `NoSuchCase`, `OtherCapacity`, `NotInThisState`, `NoSuchMaterial`,
    `images.ImageRefused`. The version stays: it guards transitions, and the pictures are
    serialised by the row's lock.
    """
    own, _ = await own_case_for_deed(principal, case_no)
    _asked(own, code)
    file = await forms.keep_picture(picture, name)
    async with db.unit_of_work():
        case = await Case.filter(id=own.id).select_for_update().get()
        correction = _asked(case, code)
        case.materials = [
            {**material, "file": file} if material["code"] == code else material
            for material in case.materials
        ]
        case.correction = {
            **correction,
            "replaced": sorted({*correction["replaced"], code}),
        }
        await case.save(update_fields=["materials", "correction"])


def _asked(case: Case, code: str) -> dict[str, Any]:
    if case.state != "correction_asked" or case.correction is None:
        raise NotInThisState(state=case.state)
    if code not in case.correction["materials"]:
        raise NoSuchMaterial
    return case.correction


async def correct(
    principal: Principal,
    case_no: str,
    version: int,
    given: Mapping[str, Any],
    note: str,
    act_proof: str | None = None,
) -> None:
    """Hand the case in again with what was asked for.

    Only fields the authority named may differ, the whole must be valid, and every material asked
    for must have been replaced. Raises `NoSuchCase`, `OtherCapacity`, `NotInThisState`,
    `InvalidInput`, `CorrectionIncomplete`, `PreconditionFailed`, `Conflict`, and
    `ActProofNeeded`: what was proved at submission covers no other content (R-ID-15).
    """
    calendar = await working_days.calendar()
    async with db.unit_of_work():
        case, filer = await own_case_for_deed(principal, case_no)
        rules.checked_move("correct", case.state)
        correction = case.correction or {}
        data = await _corrected(case, correction, given)
        if left := set(correction["materials"]) - set(correction["replaced"]):
            raise CorrectionIncomplete(
                errors=[{"field": f"materials.{c}", "message": "请重新上传"} for c in sorted(left)]
            )
        now = clock.now()
        changes: dict[str, Any] = {
            "data": seal(orjson.dumps(data).decode(), "cases_case.data"),
            "correction": None,
            "received_at": now,
        }
        changes |= await _proved_again(principal, case, data, act_proof, filer)
        await move(
            principal,
            case,
            "correct",
            by=by_whom(filer is not None),
            note=note,
            expected=version,
            changes=changes,
        )
        schedule.later(
            SILENCE,
            f"case:{case.id}",
            rules.silence_ends(calendar, clock.today()),
            case_no=case.case_no,
            received=now.isoformat(),
        )
        announce(CaseCorrected(**news(case), round=case.corrections))


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
    head = proofs.append(case.id, seq, proofs.CORRECT, facts, case.evidence_head or "")
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

    Raises `NoSuchCase`, `NotInThisState` (also once a fee is due or paid), `PreconditionFailed`,
    `Conflict`.
    """
    async with db.unit_of_work():
        case, filer = await own_case_for_deed(principal, case_no)
        if "withdraw" not in rules.can(case.state, case.fee_fen):
            raise NotInThisState(state=case.state)
        await move(
            principal,
            case,
            "withdraw",
            by=by_whom(filer is not None),
            expected=version,
            changes={"closed_at": clock.now(), "outcome": "withdrawn", "correction": None},
        )
        announce(CaseWithdrawn(**news(case)))
