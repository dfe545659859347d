"""Drafts: opened with prefilled values, saved as often as people like, used once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from app_server.forms import rules
from app_server.forms.errors import DraftUsed, NoSuchDraft, NoSuchMaterial
from app_server.forms.models import Draft
from app_server.forms.service.definitions import FormFacts, form
from app_server.forms.service.files import keep_picture
from app_server.kernel import clock, db
from app_server.kernel.crypto import unseal
from app_server.kernel.errors import Conflict, PreconditionFailed


@dataclass(frozen=True, slots=True)
class NewDraft:
    """What a draft starts with: the form, what it is for, and what others already know.

    `sources` is `{field: {source_name, as_of, editable}}`; `missing` names the source of each
    field that could not be asked; `materials` is a list of `{code, name, required, hint}`.
    """

    person_id: UUID
    form: FormFacts
    subject: str
    subject_name: str
    data: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    materials: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """A draft in plain values."""

    id: UUID
    person_id: UUID
    form: FormFacts
    subject: str
    subject_name: str
    data: dict[str, Any]
    sources: dict[str, dict[str, Any]]
    missing: dict[str, str]
    materials: list[dict[str, Any]]
    used: bool
    version: int

    def checked_for_submission(self) -> dict[str, Any]:
        """The complete data; raises `InvalidInput` with one message per field or material."""
        data = self.form.completed(self.data)
        rules.check_materials(self.materials)
        return data


async def open_draft(new: NewDraft) -> DraftFacts:
    """Open a draft; values that do not fit the form's fields are left out."""
    known = new.form.schema["properties"]
    data = {name: value for name, value in new.data.items() if name in known}
    now = clock.now()
    row = await Draft.create(
        person_id=new.person_id,
        form_code=new.form.code,
        form_version=new.form.version,
        subject=new.subject,
        subject_name=new.subject_name,
        data=orjson.dumps(data).decode(),
        sources={name: s for name, s in new.sources.items() if name in data},
        missing=new.missing,
        materials=[{**material, "file": None} for material in new.materials],
        created_at=now,
        updated_at=now,
    )
    return _facts(row, new.form)


async def draft(person_id: UUID, draft_id: UUID) -> DraftFacts:
    """A person's own draft; raises `NoSuchDraft`."""
    # Plain SQL: building the same text anew cost the ORM more than the query itself.
    found = await db.row(
        "SELECT * FROM forms_draft WHERE id=$1 AND person_id=$2", draft_id, person_id
    )
    if found is None:
        raise NoSuchDraft
    return DraftFacts(
        id=found["id"],
        person_id=found["person_id"],
        form=await form(found["form_code"], found["form_version"]),
        subject=found["subject"],
        subject_name=found["subject_name"],
        data=orjson.loads(unseal(found["data"], "forms_draft.data")),
        sources=orjson.loads(found["sources"]),
        missing=orjson.loads(found["missing"]),
        materials=orjson.loads(found["materials"]),
        used=found["state"] != "open",
        version=found["version"],
    )


async def save(
    person_id: UUID, draft_id: UUID, version: int, given: Mapping[str, Any]
) -> DraftFacts:
    """Replace what the person filled in.

    Raises `NoSuchDraft`, `DraftUsed`, `PreconditionFailed` for another version, `InvalidInput`
    for unknown fields and for changed values that an authority vouched for.
    """
    held = _open(await draft(person_id, draft_id))
    data = rules.without_blanks(given)
    held.form.check_partial(data)
    data = rules.keep_trusted(held.sources, held.data, data)
    if held.version != version:
        raise PreconditionFailed
    changed = await Draft.filter(id=draft_id, version=version, state="open").update(
        data=orjson.dumps(data).decode(), version=version + 1, updated_at=clock.now()
    )
    if not changed:
        raise Conflict
    return await draft(person_id, draft_id)


async def put_material(
    person_id: UUID, draft_id: UUID, code: str, picture: bytes, name: str
) -> DraftFacts:
    """Add or replace the file of a material.

    Raises `NoSuchDraft`, `DraftUsed`, `NoSuchMaterial`, `images.ImageRefused`; then nothing has
    changed.
    """
    held = _open(await draft(person_id, draft_id))
    _needed(held, code)
    file = await keep_picture(picture, name)
    return await _set_file(person_id, draft_id, code, file)


async def remove_material(person_id: UUID, draft_id: UUID, code: str) -> DraftFacts:
    """Take the file of a material away; raises `NoSuchDraft`, `DraftUsed`, `NoSuchMaterial`."""
    _needed(_open(await draft(person_id, draft_id)), code)
    return await _set_file(person_id, draft_id, code, None)


async def mark_used(draft_id: UUID) -> None:
    """Close a draft for good (its case exists); doing it twice is fine."""
    await Draft.filter(id=draft_id).update(state="used", updated_at=clock.now())


def _open(held: DraftFacts) -> DraftFacts:
    if held.used:
        raise DraftUsed
    return held


def _needed(held: DraftFacts, code: str) -> None:
    if all(material["code"] != code for material in held.materials):
        raise NoSuchMaterial


async def _set_file(
    person_id: UUID, draft_id: UUID, code: str, file: dict[str, Any] | None
) -> DraftFacts:
    async with db.unit_of_work():
        # Two uploads at once each change one entry of the same list.
        row = await Draft.filter(id=draft_id, person_id=person_id).select_for_update().get()
        if row.state != "open":
            raise DraftUsed
        row.materials = [
            {**material, "file": file} if material["code"] == code else material
            for material in row.materials
        ]
        row.version += 1
        row.updated_at = clock.now()
        await row.save(update_fields=["materials", "version", "updated_at"])
    return _facts(row, await form(row.form_code, row.form_version))


def _facts(row: Draft, definition: FormFacts) -> DraftFacts:
    return DraftFacts(
        id=row.id,
        person_id=row.person_id,
        form=definition,
        subject=row.subject,
        subject_name=row.subject_name,
        data=orjson.loads(row.data),
        sources=row.sources,
        missing=row.missing,
        materials=row.materials,
        used=row.state != "open",
        version=row.version,
    )
