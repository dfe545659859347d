"""What the issuing office does with a licence: suspend, resume, revoke, change, renew, print."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from tortoise.expressions import F

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import InvalidInput, PreconditionFailed
from app_server.kernel.principal import Principal
from app_server.licences.errors import LicenceMoved, NoSuchLicence
from app_server.licences.models import Licence, LicenceStep
from app_server.licences.rules.identifier import MAX_VERSION
from app_server.licences.rules.states import STAFF_MOVES, moves_from, state_on
from app_server.licences.service.holding import LicenceFacts, facts_of
from app_server.licences.service.issuing import Issued, Wanted, check, make
from app_server.licences.service.moving import move
from app_server.licences.service.types import published


@dataclass(frozen=True, slots=True)
class KeptLicence:
    """A licence as its issuing office sees it."""

    facts: LicenceFacts
    version: int
    kind: str
    trust_class: str
    case_no: str
    prints: int
    replaces: UUID | None
    moves: tuple[str, ...]
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One move that was made."""

    at: datetime
    move: str
    state: str
    reason: str
    by_name: str


def _kept(row: Licence) -> KeptLicence:
    facts = facts_of(row)
    return KeptLicence(
        facts,
        row.version,
        row.kind,
        row.trust_class,
        row.case_no,
        row.prints,
        row.replaces_id,
        moves_from(facts.state),
        orjson.loads(row.content)["content"],
    )


async def _own(keeper: Principal, licence_id: UUID) -> Licence:
    row = await Licence.get_or_none(id=licence_id, issuer_code=keeper.org)
    if row is None:
        raise NoSuchLicence
    return row


async def kept_licences(
    keeper: Principal, *, state: str = "", before: UUID | None = None, limit: int = 50
) -> list[KeptLicence]:
    """Licences my office issued, newest first."""
    where: dict[str, Any] = {"issuer_code": keeper.org}
    if state:
        where["state"] = state
    if before:
        where["id__lt"] = before
    return [_kept(row) for row in await Licence.filter(**where).order_by("-id").limit(limit)]


async def kept_licence(keeper: Principal, licence_id: UUID) -> tuple[KeptLicence, list[StepFacts]]:
    """One licence of my office with what was done to it; its holder sees the look."""
    row = await _own(keeper, licence_id)
    async with db.single_statement():
        audit.record(keeper, "licences.read", f"licence:{row.id}", owner=row.holder_id)
    steps = await LicenceStep.filter(licence_id=licence_id).order_by("id")
    return _kept(row), [StepFacts(s.at, s.move, s.state, s.reason, s.by_name) for s in steps]


async def act(
    keeper: Principal, licence_id: UUID, expected: int, name: str, reason: str
) -> KeptLicence:
    """Suspend, resume or revoke a licence of my office.

    Raises `NoSuchLicence`, `PreconditionFailed`, `LicenceMoved`, and `InvalidInput` for another
    deed.
    """
    if name not in STAFF_MOVES:
        raise InvalidInput(errors=[{"field": "move", "message": "没有这种操作"}])
    row = await _own(keeper, licence_id)
    if name == "resume":
        _not_over(row)
    async with db.unit_of_work():
        await move(keeper, row, name, reason, expected=expected)
    return _kept(await _own(keeper, licence_id))


def _not_over(row: Licence) -> None:
    if state_on(row.state, row.expires_on, clock.today()) == "expired":
        raise LicenceMoved


async def change(
    keeper: Principal,
    licence_id: UUID,
    expected: int,
    *,
    content: dict[str, Any],
    reason: str,
) -> Issued:
    """Give a licence other content: a new version of its number replaces it.

    Raises as `act`, and `UnknownType`, `ContentUnfit`, `NoUsableSeal`, and `NotAuthorised` for a
    keeper without leave to use the office's seal (R-SEA-05).
    """
    row = await _own(keeper, licence_id)
    return await _replace(keeper, row, expected, "change", (content, row.expires_on), reason)


async def renew(
    keeper: Principal, licence_id: UUID, expected: int, *, valid_until: date, reason: str
) -> Issued:
    """Let a licence last longer: a new version of its number replaces it.

    Raises as `change`, and `InvalidInput` for a day that is not later than the present one.
    """
    row = await _own(keeper, licence_id)
    if row.expires_on is None or valid_until <= max(row.expires_on, clock.today()):
        raise InvalidInput(
            errors=[{"field": "valid_until", "message": "延续后的有效期须晚于现有效期"}]
        )
    content = orjson.loads(row.content)["content"]
    return await _replace(keeper, row, expected, "renew", (content, valid_until), reason)


async def _replace(
    keeper: Principal,
    row: Licence,
    expected: int,
    name: str,
    becomes: tuple[dict[str, Any], date | None],
    reason: str,
) -> Issued:
    _not_over(row)
    if row.copy_version >= MAX_VERSION:
        raise LicenceMoved
    kind = await published(row.type_code)
    wanted = Wanted(
        row.holder_id,
        row.holder_name,
        row.holder_number,
        row.issuer_code,
        row.issuer_name,
        row.region,
        becomes[0],
        becomes[1],
        row.case_no,
    )
    check(kind, wanted)
    async with db.unit_of_work():
        await move(keeper, row, name, reason, expected=expected)
        return await make(
            keeper,
            kind,
            wanted,
            serial=row.serial,
            version=row.copy_version + 1,
            replaces=row.id,
        )


async def print_paper(keeper: Principal, licence_id: UUID, expected: int, reason: str) -> int:
    """Count one paper of a valid licence; answers which it is (R-LIC-05).

    Raises `NoSuchLicence`, `PreconditionFailed`, `LicenceMoved`.
    """
    row = await _own(keeper, licence_id)
    _not_over(row)
    if expected != row.version:
        raise PreconditionFailed
    async with db.unit_of_work():
        counted = await Licence.filter(id=row.id, state="valid", version=expected).update(
            prints=F("prints") + 1, version=F("version") + 1
        )
        if not counted:
            raise LicenceMoved
        audit.record(
            keeper, "licences.printed", f"licence:{row.id}", owner=row.holder_id, purpose=reason
        )
    return row.prints + 1
