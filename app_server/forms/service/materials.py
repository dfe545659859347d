"""What a draft's materials consist of: several files, or a written commitment instead."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from app_server.forms.errors import (
    DraftUsed,
    NoCommitment,
    NoSuchFile,
    NoSuchMaterial,
    NothingOffered,
    TooManyFiles,
)
from app_server.forms.models import Draft
from app_server.forms.service.checks import ask_for_check
from app_server.forms.service.drafts import DraftFacts, draft, opened
from app_server.forms.service.files import keep_file
from app_server.forms.service.papers import files_of
from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import same
from app_server.kernel.principal import Principal

MAX_FILES = 9
Material = dict[str, Any]

__all__ = [
    "MAX_FILES",
    "add_file",
    "agree",
    "digest_of",
    "files_of",
    "give_file",
    "propose",
    "put_material",
    "remove_file",
    "remove_material",
    "settle",
]


def digest_of(text: str) -> str:
    """SHA-256 of a commitment's text: one agrees to what was shown, not to what came later."""
    return hashlib.sha256(text.encode()).hexdigest()


async def put_material(
    person_id: UUID, draft_id: UUID, code: str, data: bytes, name: str, *, held_for: str = ""
) -> DraftFacts:
    """Add or replace the file of a material.

    Raises `NoSuchDraft`, `DraftUsed`, `NoSuchMaterial`, `images.ImageRefused`, `FileRefused`;
    then nothing has changed.
    """
    material = await _material(person_id, draft_id, code, held_for)
    file = await keep_file(data, name, material.get("kinds", ["picture"]))
    return await give_file(person_id, draft_id, code, file, held_for=held_for)


async def give_file(
    person_id: UUID, draft_id: UUID, code: str, file: Material, *, held_for: str = ""
) -> DraftFacts:
    """Let a file that is kept already be the material's one; raises as `put_material`."""
    return await _change(person_id, draft_id, code, lambda _: [file], held_for)


async def add_file(
    person_id: UUID, draft_id: UUID, code: str, data: bytes, name: str
) -> DraftFacts:
    """Add one more file to a material; raises as `put_material`, and `TooManyFiles`."""
    material = await _material(person_id, draft_id, code)
    most = material.get("max_files", MAX_FILES)
    if len(files_of(material)) >= most:
        raise TooManyFiles(max_files=most)
    file = await keep_file(data, name, material.get("kinds", ["picture"]))

    def added(files: list[Material]) -> list[Material]:
        if len(files) >= most:
            raise TooManyFiles(max_files=most)
        return [*files, file]

    return await _change(person_id, draft_id, code, added)


async def remove_file(person_id: UUID, draft_id: UUID, code: str, file_id: UUID) -> DraftFacts:
    """Take one file away; raises as `remove_material`, and `NoSuchFile`."""
    await _material(person_id, draft_id, code)

    def without(files: list[Material]) -> list[Material]:
        kept = [file for file in files if file["id"] != str(file_id)]
        if len(kept) == len(files):
            raise NoSuchFile
        return kept

    return await _change(person_id, draft_id, code, without)


async def remove_material(
    person_id: UUID, draft_id: UUID, code: str, *, held_for: str = ""
) -> DraftFacts:
    """Take all files of a material away; raises `NoSuchDraft`, `DraftUsed`, `NoSuchMaterial`."""
    await _material(person_id, draft_id, code, held_for)
    return await _change(person_id, draft_id, code, lambda _: [], held_for)


async def agree(
    principal: Principal, draft_id: UUID, code: str, digest: str, *, held_for: str = ""
) -> DraftFacts:
    """Give the written commitment in place of a paper (R-ITM-19): text, time and who are kept.

    Raises `NoSuchDraft`, `DraftUsed`, `NoSuchMaterial`, `NoCommitment`.
    """
    material = await _material(principal.subject, draft_id, code, held_for)
    text = material.get("commitment", "")
    if not text or not same(digest_of(text), digest):
        raise NoCommitment
    given = {"text": text, "sha256": digest, "at": clock.now().isoformat()}
    async with db.unit_of_work():
        row = await _locked(principal.subject, draft_id)
        row.materials = [
            {**m, "committed": given} if m["code"] == code else m for m in row.materials
        ]
        await _save(row)
        audit.record(
            principal, "forms.committed", f"draft:{draft_id}", owner=principal.subject, purpose=code
        )
    return await draft(principal.subject, draft_id, held_for)


async def propose(person_id: UUID, draft_id: UUID, code: str, licence: Mapping[str, str]) -> None:
    """Keep that a licence is offered for a material until its holder agrees; joins the unit."""
    await _offer(person_id, draft_id, code, lambda material: {**material, "offered": dict(licence)})


async def settle(person_id: UUID, draft_id: UUID, code: str, number: str, *, agreed: bool) -> None:
    """Let the offered licence stand for the paper, or forget it; joins the unit of work.

    Raises `NoSuchDraft`, `DraftUsed`, `NoSuchMaterial`, `NothingOffered` for another licence.
    """

    def settled(material: Material) -> Material:
        offered = material.get("offered")
        if not offered or not same(offered["number"], number):
            raise NothingOffered
        rest = {k: v for k, v in material.items() if k != "offered"}
        return {**rest, "licence": offered} if agreed else rest

    await _offer(person_id, draft_id, code, settled)


async def _offer(
    person_id: UUID, draft_id: UUID, code: str, change: Callable[[Material], Material]
) -> None:
    await _material(person_id, draft_id, code)
    async with db.unit_of_work():
        row = await _locked(person_id, draft_id)
        row.materials = [change(m) if m["code"] == code else m for m in row.materials]
        await _save(row)


async def _material(person_id: UUID, draft_id: UUID, code: str, held_for: str = "") -> Material:
    held = opened(await draft(person_id, draft_id, held_for))
    for material in held.materials:
        if material["code"] == code:
            return material
    raise NoSuchMaterial


async def _change(
    person_id: UUID,
    draft_id: UUID,
    code: str,
    change: Callable[[list[Material]], list[Material]],
    held_for: str = "",
) -> DraftFacts:
    async with db.unit_of_work():
        row = await _locked(person_id, draft_id)
        changed = []
        for material in row.materials:
            changed.append(material)
            if material["code"] == code:
                files = change(files_of(material))
                changed[-1] = {**material, "file": files[0] if files else None, "files": files}
                await ask_for_check(draft_id, person_id, changed[-1])
        row.materials = changed
        await _save(row)
    return await draft(person_id, draft_id, held_for)


async def _locked(person_id: UUID, draft_id: UUID) -> Draft:
    # Two uploads at once each change one entry of the same list.
    row = await Draft.filter(id=draft_id, person_id=person_id).select_for_update().first()
    if row is None or row.state != "open":
        raise DraftUsed
    return row


async def _save(row: Draft) -> None:
    row.version += 1
    row.updated_at = clock.now()
    await row.save(update_fields=["materials", "version", "updated_at"])
