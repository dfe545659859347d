"""Two-way exchange with the investment platform by project code (R-PAR-08)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app_server.cases import service as cases
from app_server.cases.service import BundleView
from app_server.kernel import audit, clock, db
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.themes.errors import (
    BadNotice,
    NoSuchProject,
    NoticeDiffers,
    NoticeUnfit,
    NotYourProject,
)
from app_server.themes.events import ProjectNoticed
from app_server.themes.models import ProjectNotice
from app_server.themes.providers.investment import (
    NOTICES,
    InvestmentSettings,
    is_signed,
    platform,
)
from app_server.themes.rules.project_codes import project_code_fault

KINDS = frozenset({"process", "result"})
_LENGTHS = {"number": 60, "title": 120, "note": 500, "document_no": 60}


@dataclass(frozen=True, slots=True)
class Project:
    """What happened to one's project here, and what the investment platform told of it."""

    project_code: str
    bundles: tuple[BundleView, ...]
    notices: tuple[ProjectNotice, ...]


async def push(delivery: str, project_code: str, told: Mapping[str, Any]) -> Outcome:
    """Tell the platform what happened to a project."""
    try:
        done = await platform().tell(delivery, {**told, "project_code": project_code})
    except OSError as error:
        return Unknown(str(error))
    return Ok("told") if done else Rejected("the platform refuses")


async def taken(delivery: str) -> Outcome:
    """Ask the platform for a delivery before it is repeated."""
    try:
        return Ok("known") if await platform().knows(delivery) else Rejected("not there")
    except OSError as error:
        return Unknown(str(error))


async def take_notice(headers: Mapping[str, str], body: bytes) -> bool:
    """Keep a notice of the platform once; False when it was known already.

    Raises `BadNotice`, `NoticeUnfit`, `NoSuchProject` and `NoticeDiffers`.
    """
    text = body.decode(errors="replace")
    if not is_signed(InvestmentSettings(), "POST", NOTICES, text, headers):
        raise BadNotice
    row = _read(body)
    if not await cases.bundles_of_project(row["project_code"]):
        raise NoSuchProject
    async with db.unit_of_work():
        fresh = await db.execute(
            "INSERT INTO themes_notice (id, number, digest, project_code, kind, title, note, "
            "document_no, at, received_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) "
            "ON CONFLICT (number) DO NOTHING",
            uuid7(),
            *row.values(),
            clock.now(),
        )
        if not fresh:
            if (await ProjectNotice.get(number=row["number"])).digest != row["digest"]:
                raise NoticeDiffers
            return False
        announce(ProjectNoticed(**{k: row[k] for k in ("project_code", "number", "kind", "title")}))
    return True


def _read(body: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(body)
        at = datetime.fromisoformat(told["at"])
        texts = {name: told.get(name, "") for name in _LENGTHS}
        fits = (
            told["kind"] in KINDS
            and not project_code_fault(told["project_code"])
            and at.tzinfo is not None
            and bool(texts["number"] and texts["title"])
            and all(_fits(text, _LENGTHS[name]) for name, text in texts.items())
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoticeUnfit from error
    if not fits:
        raise NoticeUnfit
    return {
        "number": texts["number"],
        "digest": hashlib.sha256(body).hexdigest(),
        "project_code": told["project_code"],
        "kind": told["kind"],
        "title": texts["title"],
        "note": texts["note"],
        "document_no": texts["document_no"],
        "at": at,
    }


def _fits(text: Any, longest: int) -> bool:
    return isinstance(text, str) and len(text) <= longest and "\x00" not in text


def _whose(view: BundleView) -> UUID:
    return view.row.organisation_id or view.row.person_id


async def _bundles_of(project_code: str) -> list[BundleView]:
    """A project's bundles: whoever files first for a code holds it, others' are not of it."""
    found = await cases.bundles_of_project(project_code)
    return [view for view in found if _whose(view) == _whose(found[-1])]


async def needs_project(principal: Principal, project_code: str) -> None:
    """Raise `NotYourProject` when somebody else filed for the code: they would hear of it."""
    found = await _bundles_of(project_code)
    if found and _whose(found[0]) != (principal.organisation or principal.subject):
        raise NotYourProject


async def whom_to_tell(project_code: str) -> list[UUID]:
    """The people who filed for a project."""
    return sorted({view.row.person_id for view in await _bundles_of(project_code)})


async def own_project(principal: Principal, project_code: str) -> Project:
    """One's own project: bundles and notices; raises `NoSuchProject` for everybody else."""
    found = tuple(
        view
        for view in await _bundles_of(project_code)
        if (view.row.person_id, view.row.organisation_id)
        == (principal.subject, principal.organisation)
    )
    if not found:
        raise NoSuchProject
    notices = await ProjectNotice.filter(project_code=project_code).order_by("at", "id")
    async with db.unit_of_work():
        audit.record(
            principal, "themes.project_read", f"project:{project_code}", owner=principal.subject
        )
    return Project(project_code, found, tuple(notices))
