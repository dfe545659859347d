"""My drafts in a list, and those nobody touches: a word before, then gone (R-CAS-10)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from app_server.forms.events import DraftExpiring
from app_server.forms.models import Draft
from app_server.forms.service.checks import forget_checks
from app_server.forms.service.definitions import form
from app_server.kernel import clock
from app_server.kernel.outbox import announce

KEPT = timedelta(days=90)
WARNED = timedelta(days=7)
MOST = 100
BATCH = 500


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """A draft in a list; `filled` is the share of fields that have an answer."""

    id: UUID
    item_code: str
    item_name: str
    filled: float
    updated_at: datetime
    expires_on: date
    channel: str
    version: int


async def drafts_of(person_id: UUID, subject: str = "") -> list[DraftSummary]:
    """A person's open drafts, of one item if named, the last touched first."""
    rows = Draft.filter(person_id=person_id, state="open", held_for="")
    if subject:
        rows = rows.filter(subject=subject)
    return [await _summary(row) for row in await rows.order_by("-updated_at").limit(MOST)]


async def _summary(row: Draft) -> DraftSummary:
    definition = await form(row.form_code, row.form_version)
    data: dict[str, Any] = orjson.loads(row.data)
    return DraftSummary(
        row.id,
        row.subject,
        row.subject_name,
        round(len(data) / len(definition.schema["properties"]), 2),
        row.updated_at,
        clock.local(row.updated_at + KEPT).date(),
        row.channel,
        row.version,
    )


async def expire() -> int:
    """Tell owners of drafts that will go, and delete those whose time has come."""
    now = clock.now()
    soon = (
        await Draft.filter(
            state="open", held_for="", warned_at=None, updated_at__lt=now - KEPT + WARNED
        )
        .limit(BATCH)
        .select_for_update(skip_locked=True)
    )
    for row in soon:
        row.warned_at = now
        await row.save(update_fields=["warned_at"])
        announce(
            DraftExpiring(
                draft_id=row.id,
                person_id=row.person_id,
                subject_name=row.subject_name,
                on=clock.local(max(row.updated_at + KEPT, now + WARNED)).date(),
            )
        )
    # Nobody loses a draft unwarned, however long the worker stood still.
    over = await Draft.filter(
        state="open", warned_at__lt=now - WARNED + timedelta(hours=1), updated_at__lt=now - KEPT
    ).limit(BATCH)
    ids = [row.id for row in over]
    await forget_checks(ids)
    await Draft.filter(id__in=ids, state="open").delete()
    return len(ids)
