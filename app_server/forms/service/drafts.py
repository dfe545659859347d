"""Drafts: opened with prefilled values, saved as often as people like, used once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from app_server.forms import rules
from app_server.forms.errors import DraftUsed, NoSuchDraft
from app_server.forms.models import Draft
from app_server.forms.service.checks import forget_checks, with_checks
from app_server.forms.service.definitions import FormFacts, form
from app_server.forms.service.papers import filled_from_papers, keep_papers
from app_server.kernel import clock, db
from app_server.kernel.crypto import unseal
from app_server.kernel.errors import Conflict, PreconditionFailed

# A registry that was away for a day is not asked again for a draft nobody touches.
WAITS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewDraft:
    """What a draft starts with: the form, what it is for, and what others already know.

    `sources` is `{field: {source_name, as_of, editable}}`; `missing` names the source of each
    field that could not be asked; `materials` is a list of `{code, name, required, hint}` and,
    as far as they are known, `kinds`, `max_files`, `ocr`, `check_required`, `library`,
    `source_class`, `valid_days`, `commitment` (the text), `licence` and `fetched`.
    """

    person_id: UUID
    form: FormFacts
    subject: str
    subject_name: str
    data: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    materials: list[dict[str, Any]] = field(default_factory=list)
    channel: str = ""
    held_for: str = ""


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
    channel: str = ""

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
        materials=await filled_from_papers(new.person_id, new.materials),
        created_at=now,
        updated_at=now,
        channel=new.channel,
        held_for=new.held_for,
    )
    return _facts(row, new.form)


async def draft(person_id: UUID, draft_id: UUID, held_for: str = "") -> DraftFacts:
    """A person's own draft; raises `NoSuchDraft`, also for one that is held for something else."""
    # Plain SQL: building the same text anew cost the ORM more than the query itself.
    found = await db.row(
        "SELECT * FROM forms_draft WHERE id=$1 AND person_id=$2 AND held_for=$3",
        draft_id,
        person_id,
        held_for,
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
        materials=await with_checks(found["id"], orjson.loads(found["materials"])),
        used=found["state"] != "open",
        version=found["version"],
        channel=found["channel"],
    )


async def save(
    person_id: UUID,
    draft_id: UUID,
    version: int,
    given: Mapping[str, Any],
    channel: str = "",
    *,
    held_for: str = "",
) -> DraftFacts:
    """Replace what the person filled in, and remember on which channel.

    Raises `NoSuchDraft`, `DraftUsed`, `PreconditionFailed` for another version (it names the
    newer one and its channel), `InvalidInput` for unknown fields and for changed values that an
    authority vouched for.
    """
    held = opened(await draft(person_id, draft_id, held_for))
    data = rules.without_blanks(given)
    held.form.check_partial(data)
    data = rules.keep_trusted(held.sources, held.data, data)
    if held.version != version:
        raise PreconditionFailed(newer={"version": held.version, "channel": held.channel})
    changed = await Draft.filter(id=draft_id, version=version, state="open").update(
        data=orjson.dumps(data).decode(),
        version=version + 1,
        updated_at=clock.now(),
        channel=channel or held.channel,
        warned_at=None,
    )
    if not changed:
        raise Conflict
    return await draft(person_id, draft_id, held_for)


async def drop_held(held_for: str) -> None:
    """Throw away the open drafts of something that was given up, in the caller's unit of work."""
    rows = await Draft.filter(held_for=held_for, state="open")
    await forget_checks([row.id for row in rows])
    await Draft.filter(id__in=[row.id for row in rows]).delete()


async def mark_used(draft_id: UUID) -> None:
    """Close a draft for good (its case exists); doing it twice is fine.

    Its reusable papers are kept, so that they need not be asked for again (R-ITM-23).
    """
    row = await Draft.filter(id=draft_id, state="open").first()
    if row is not None:
        await keep_papers(row.person_id, row.materials)
    await Draft.filter(id=draft_id).update(state="used", updated_at=clock.now())


async def delete_draft(person_id: UUID, draft_id: UUID) -> None:
    """Throw a draft away; raises `NoSuchDraft`, `DraftUsed`."""
    opened(await draft(person_id, draft_id))
    async with db.unit_of_work():
        gone = await Draft.filter(id=draft_id, person_id=person_id, state="open").delete()
        if not gone:
            raise DraftUsed
        await forget_checks([draft_id])


async def complete(
    draft_id: UUID, data: Mapping[str, Any], sources: Mapping[str, Any], still: Mapping[str, str]
) -> bool:
    """Add what a registry told after all; False when the draft is used or gone.

    What the person wrote meanwhile gives way to an authority's value only where the form keeps
    such values from being changed; the version moves on, so an open page learns of it.
    """
    async with db.unit_of_work():
        row = await Draft.filter(id=draft_id, state="open").select_for_update().first()
        if row is None:
            return False
        held = orjson.loads(row.data)
        taken = {n: v for n, v in data.items() if n not in held or not sources[n]["editable"]}
        row.data = orjson.dumps({**held, **taken}).decode()
        row.sources = {**row.sources, **{name: sources[name] for name in taken}}
        row.missing = dict(still)
        row.version += 1
        await row.save(update_fields=["data", "sources", "missing", "version"])
    return True


async def drafts_waiting(limit: int = 20) -> list[DraftFacts]:
    """Open drafts for which a registry did not answer, the last touched first."""
    since = clock.now() - WAITS
    rows = (
        await Draft.filter(state="open", updated_at__gt=since)
        .exclude(missing={})
        .order_by("-updated_at")
        .limit(limit)
    )
    return [_facts(row, await form(row.form_code, row.form_version)) for row in rows]


def opened(held: DraftFacts) -> DraftFacts:
    """The draft if it may still change; raises `DraftUsed`."""
    if held.used:
        raise DraftUsed
    return held


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
        channel=row.channel,
    )
