"""Taking in licences an office issued before, each compared first (归集、比对和存储; R-LIC-09).

A row is compared with itself (number, days), with the type's directory, with the holder's
real-name account, and with the licence that a case here gave or that bears the same number. What
fits is sealed and stored as a licence; what does not waits in the office's queue with its findings.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index, seal
from app_server.kernel.errors import PreconditionFailed
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.licences.errors import (
    AlreadyHeld,
    ContentUnfit,
    HolderUnfit,
    ImportSettled,
    NoSuchImport,
    UnknownType,
)
from app_server.licences.models import Import, Licence
from app_server.licences.rules.identifier import parts_of
from app_server.licences.rules.importing import Finding, differences, finding, own_findings
from app_server.licences.rules.types import holder_kind, serial
from app_server.licences.service.expiring import end_overdue_of
from app_server.licences.service.issuing import Wanted, check, make
from app_server.licences.service.types import TypeFacts, published
from app_server.seals.errors import CertificateRefused, NotAuthorised, NoUsableSeal
from auth.people import service as people


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One licence as an office's store has it; `identifier` is empty where it has none."""

    identifier: str
    type_code: str
    issuer_name: str
    region: str
    holder_name: str
    holder_number: str
    content: dict[str, Any]
    issued_on: date
    expires_on: date | None
    case_no: str


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """What became of one row."""

    id: UUID
    type_code: str
    state: str
    findings: tuple[Finding, ...]
    licence_id: UUID | None
    note: str
    received_at: datetime
    version: int


def _facts(row: Import) -> ImportFacts:
    return ImportFacts(
        row.id,
        row.type_code,
        row.state,
        tuple(row.findings),
        row.licence_id,
        row.note,
        row.received_at,
        row.version,
    )


def _written(row: ImportRow) -> str:
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode()


def _read(text: str) -> ImportRow:
    told = orjson.loads(text)
    until = told["expires_on"]
    return ImportRow(
        **told
        | {
            "issued_on": date.fromisoformat(told["issued_on"]),
            "expires_on": date.fromisoformat(until) if until else None,
        }
    )


async def take_in(keeper: Principal, rows: list[ImportRow]) -> list[ImportFacts]:
    """Compare rows of my office and store those that fit; the same row again changes nothing."""
    return [await _take(keeper, row) for row in rows]


async def _take(keeper: Principal, row: ImportRow) -> ImportFacts:
    text, now = _written(row), clock.now()
    digest = blind_index(text, "licences.import")
    fresh = await db.execute(
        "INSERT INTO licences_import (id, org, by, digest, type_code, data, findings, state, note, "
        "received_at, compared_at, version) VALUES ($1, $2, $3, $4, $5, $6, '[]', 'mismatch', '', "
        "$7, $7, 1) ON CONFLICT (org, digest) DO NOTHING",
        uuid7(),
        keeper.org,
        keeper.ref,
        digest,
        row.type_code,
        seal(text, "licences_import.data"),
        now,
    )
    found = await Import.get(org=keeper.org, digest=digest)
    return await _compared(keeper, found, row) if fresh else _facts(found)


async def _compared(keeper: Principal, found: Import, row: ImportRow) -> ImportFacts:
    """Compare once more and write down what came of it; raises `ImportSettled` after a race."""
    findings = await _findings(keeper, row)
    known, against = await _there(row, keeper.org)
    if not findings and known is not None:
        findings = _against(keeper, row, known, against)
    if not findings:
        try:
            async with db.unit_of_work():
                licence_id = known.id if known else await _made(keeper, row)
                await _mark(found, [], licence_id)
        except AlreadyHeld as error:
            findings = [finding("type_code", error.title)]
        except (NoUsableSeal, NotAuthorised, CertificateRefused) as error:
            findings = [finding("issuer_code", error.title)]
        except IntegrityError:
            findings = [finding("identifier", "证照标识已被使用")]
    if findings:
        await _mark(found, findings, None)
    return _facts(await Import.get(id=found.id))


async def _mark(found: Import, findings: list[Finding], licence_id: UUID | None) -> None:
    moved = await Import.filter(id=found.id, state="mismatch", version=found.version).update(
        state="mismatch" if findings else "matched",
        findings=findings,
        licence_id=licence_id,
        compared_at=clock.now(),
        version=F("version") + 1,
    )
    if not moved:
        raise ImportSettled


def _against(keeper: Principal, row: ImportRow, known: Licence, against: str) -> list[Finding]:
    theirs = _compared_facts(keeper, row)
    ours = {name: getattr(known, name) for name in theirs if name != "content"}
    ours["content"] = orjson.loads(known.content)["content"]
    wrong = differences(theirs, ours, against)
    if row.identifier and row.identifier != known.identifier:
        wrong.append(finding("identifier", f"证照标识与{against}不一致"))
    return wrong


async def _findings(keeper: Principal, row: ImportRow) -> list[Finding]:
    found = own_findings(
        _compared_facts(keeper, row) | {"identifier": row.identifier}, clock.today()
    )
    try:
        check(await published(row.type_code), _wanted(keeper, row, keeper.subject))
    except UnknownType as error:
        found.append(finding("type_code", error.title))
    except HolderUnfit as error:
        found.append(finding("holder_number", error.title))
    except ContentUnfit as error:
        found += error.facts["errors"]
    return found + await _registry_findings(row)


async def _registry_findings(row: ImportRow) -> list[Finding]:
    if holder_kind(row.holder_number) != "person":
        return [finding("holder_number", "法人证照须由办件结果生成，暂不归集")]
    holder = await people.find_by_id_number(row.holder_number)
    if holder is None:
        return [finding("holder_number", "持有人尚未实名注册")]
    if (await people.person(holder)).name != row.holder_name:
        return [finding("holder_name", "姓名与实名信息不一致")]
    return []


def _compared_facts(keeper: Principal, row: ImportRow) -> dict[str, Any]:
    return {
        "holder_name": row.holder_name,
        "holder_number": row.holder_number,
        "type_code": row.type_code,
        "issuer_code": keeper.org,
        "issued_on": row.issued_on,
        "expires_on": row.expires_on,
        "content": row.content,
    }


async def _there(row: ImportRow, org: str) -> tuple[Licence | None, str]:
    """The licence here that the row should be: by its number, or by the case that gave it."""
    if row.identifier and (known := await Licence.get_or_none(identifier=row.identifier)):
        return known, "已有证照"
    if not row.case_no:
        return None, ""
    by_case = Licence.filter(case_no=row.case_no, type_code=row.type_code, issuer_code=org)
    return await by_case.order_by("-id").first(), "办件结果"


async def _made(keeper: Principal, row: ImportRow) -> UUID:
    holder = await people.find_by_id_number(row.holder_number)
    if holder is None:
        raise NoSuchImport
    kind = await published(row.type_code)
    number, version = await _number(row, kind)
    await end_overdue_of(holder, row.type_code)
    wanted = _wanted(keeper, row, holder)
    made = await make(keeper, kind, wanted, serial=number, version=version)
    audit.record(
        keeper, "licences.imported", f"licence:{made.id}", owner=holder, purpose="证照归集"
    )
    return made.id


async def _number(row: ImportRow, kind: TypeFacts) -> tuple[str, int]:
    if row.identifier:
        parts = parts_of(row.identifier)
        return parts.serial, parts.version
    turn = await db.value("SELECT nextval('licences_serial')")
    return serial(kind.spec.directory.number, row.issued_on.year, turn), 1


def _wanted(keeper: Principal, row: ImportRow, holder_id: UUID) -> Wanted:
    return Wanted(
        holder_id,
        row.holder_name,
        row.holder_number,
        keeper.org,
        row.issuer_name,
        row.region,
        row.content,
        row.expires_on,
        row.case_no,
        row.issued_on,
    )


async def imports(
    keeper: Principal, *, state: str = "mismatch", before: UUID | None = None, limit: int = 50
) -> list[ImportFacts]:
    """My office's rows in a state, newest first: the queue of what does not fit."""
    where: dict[str, Any] = {"org": keeper.org, "state": state}
    if before:
        where["id__lt"] = before
    return [_facts(row) for row in await Import.filter(**where).order_by("-id").limit(limit)]


async def compare_again(keeper: Principal, import_id: UUID, expected: int) -> ImportFacts:
    """Compare a waiting row once more, after what it is compared with was put right.

    Raises `NoSuchImport`, `ImportSettled`, `PreconditionFailed`.
    """
    found = await _waiting(keeper, import_id, expected)
    return await _compared(keeper, found, _read(found.data))


async def drop_import(
    keeper: Principal, import_id: UUID, expected: int, reason: str
) -> ImportFacts:
    """Give a waiting row up, with a reason; raises as `compare_again`."""
    found = await _waiting(keeper, import_id, expected)
    async with db.unit_of_work():
        moved = await Import.filter(id=import_id, state="mismatch", version=expected).update(
            state="dropped", note=reason, version=F("version") + 1
        )
        if not moved:
            raise ImportSettled
        audit.record(keeper, "licences.import_dropped", f"import:{found.id}", purpose=reason)
    return _facts(await Import.get(id=import_id))


async def _waiting(keeper: Principal, import_id: UUID, expected: int) -> Import:
    found = await Import.get_or_none(id=import_id, org=keeper.org)
    if found is None:
        raise NoSuchImport
    if found.state != "mismatch":
        raise ImportSettled
    if found.version != expected:
        raise PreconditionFailed
    return found
