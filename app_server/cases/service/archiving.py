"""The package of a finished case: gathered, listed, signed and time-stamped; and its check.

Everything that the platform holds of a case goes in: what was filled in, each material, each
document, each step, the proofs of identity, and the licence's signed files.
"""

from dataclasses import dataclass
from typing import Any

import orjson

from app_server.cases.errors import NoSuchCase, NotArchivable
from app_server.cases.models import Case, CaseEvidence, Document, Step
from app_server.cases.rules import archive
from app_server.cases.service.documents import document_number
from app_server.kernel import audit, clock, db
from app_server.kernel.principal import Principal
from app_server.kernel.signing_keys import public_jwk, signing_keys
from app_server.kernel.storage import storage
from app_server.licences import service as licences
from app_server.seals import service as seals

PURPOSE = "archive"
_FINISHED = frozenset({"closed", "archived"})
_CASE = (
    "case_no", "item_code", "item_version", "item_name", "applicant", "region", "city_code",
    "org", "department", "form_code", "form_version", "sources", "state", "outcome", "timeline",
    "correction", "bill", "fee_fen", "limit_days", "limit_unit", "submitted_at", "received_at",
    "accepted_at", "due_on", "decided_at", "closed_at", "delivered_at", "channel", "clock",
)  # fmt: skip
_STEP = ("move", "from_state", "to_state", "actor", "actor_name", "note", "at", "channel")


async def package(principal: Principal, case_no: str) -> bytes:
    """The package of a finished case; raises `NoSuchCase`, `NotArchivable`.

    Call outside a unit of work: the time-stamp authority is asked (`TimeStampUnavailable`). The
    look at the case is on record for its owner.
    """
    case = await Case.get_or_none(case_no=case_no)
    if case is None:
        raise NoSuchCase
    if case.state not in _FINISHED:
        raise NotArchivable
    files = await _files(case)
    listed = archive.manifest(case_no, clock.now(), files)
    stamp = await seals.time_stamped(listed)
    async with db.unit_of_work():
        audit.record(
            principal, "cases.archive_made", f"case:{case_no}", owner=case.person_id,
            purpose="制作电子档案",
        )  # fmt: skip
    key = signing_keys(PURPOSE)[0]
    return archive.packed(files, listed, archive.signature(key, listed), stamp)


async def _files(case: Case) -> dict[str, bytes]:
    told = {name: getattr(case, name) for name in _CASE} | {"data": orjson.loads(case.data)}
    steps = await Step.filter(case_id=case.id).order_by("id")
    proofs = await CaseEvidence.filter(case_id=case.id).order_by("seq")
    files = {
        "case.json": _json(told),
        "steps.json": _json([{name: getattr(row, name) for name in _STEP} for row in steps]),
        "evidence.json": _json(
            [{"seq": p.seq, "kind": p.kind, "facts": p.facts, "hash": p.hash} for p in proofs]
        ),
    }
    for material in case.materials:
        files |= await _material(material)
    for document in await Document.filter(case_id=case.id, state="ready").order_by("id"):
        number = document_number(document.kind, document.year or 0, document.number or 0)
        name = f"documents/{document.kind}-{number}.pdf"
        files[name] = await storage().get(document.key)
    if case.licence_id is not None:
        for kind, data in (await licences.files_of(case.licence_id)).items():
            files[f"licence/licence.{kind}"] = data
    return files


async def _material(material: dict[str, Any]) -> dict[str, bytes]:
    found = {}
    for number, file in enumerate(material.get("files", []), 1):
        suffix = file["key"].rpartition(".")[2]
        path = f"materials/{material['code']}-{number}.{suffix}"
        found[path] = await storage().get(file["key"])
    return found


def _json(told: Any) -> bytes:
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)


def archive_keys() -> list[dict[str, Any]]:
    """The public keys that packages are signed with, for whoever verifies them without us."""
    return [public_jwk(key) for key in signing_keys(PURPOSE)]


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with a package, and when it was made by the time stamp."""

    findings: tuple[str, ...]
    case_no: str
    stamped_at: str

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


def check_package(data: bytes, keys: list[dict[str, Any]], tsa_root: bytes) -> Checked:
    """Check a package with nothing but public keys and a root; raises `NotAnArchive`."""
    found = archive.opened(data)
    wrong = archive.findings(found, keys)
    at = seals.stamped_at(found.stamp, found.manifest, tsa_root)
    if at is None:
        wrong.append("时间戳无效")
    for path, file in found.files.items():
        if path.endswith(".ofd") and not seals.is_unaltered_ofd(file):
            wrong.append(f"证照文件的签章无效：{path}")
    return Checked(tuple(wrong), str(found.told.get("case_no")), at.isoformat() if at else "")
