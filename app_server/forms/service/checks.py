"""The queue of papers a machine reads before an officer does, and what it noticed.

A row is claimed with a lease; the child process reads; name and number are compared in memory
and forgotten. What stays are codes. A machine that cannot look never stops anybody.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog

from app_server.forms import rules
from app_server.forms.events import PaperRead
from app_server.forms.models import Precheck
from app_server.forms.providers.paper_reader import read_paper, reader_pool
from app_server.forms.rules.papers import RESHOOT, SENTENCES
from app_server.kernel import clock, db
from app_server.kernel.outbox import announce
from app_server.kernel.storage import NoSuchObject, storage
from app_server.kernel.wake import wake_workers
from auth.people import service as people

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=90)
TRIES = 3
STATE_NAMES = {
    "waiting": "排队等待识别",
    "reading": "正在识别",
    "done": "识别完成",
    "failed": "暂时无法识别，由工作人员核对",
}

_CLAIM = """
UPDATE forms_precheck SET state='reading', attempts=attempts+1, lease_until=$2
WHERE id = (
  SELECT id FROM forms_precheck
  WHERE (state='waiting' AND (lease_until IS NULL OR lease_until < $1))
     OR (state='reading' AND lease_until < $1)
  ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, draft_id, person_id, key, kind, wanted, attempts
"""


async def ask_for_check(draft_id: UUID, person_id: UUID, material: Mapping[str, Any]) -> None:
    """Queue the files of a material in the current unit of work, in place of earlier ones."""
    await Precheck.filter(draft_id=draft_id, material=material["code"]).delete()
    if not material.get("ocr"):
        return
    for file in material["files"]:
        await Precheck.create(
            draft_id=draft_id,
            person_id=person_id,
            material=material["code"],
            file_id=file["id"],
            key=file["key"],
            kind=file.get("type", "image/jpeg"),
            wanted=material["ocr"],
            created_at=clock.now(),
        )
    db.needed().then(wake_workers)


async def forget_checks(draft_ids: Sequence[UUID]) -> None:
    """Delete what was noticed about drafts that are gone."""
    await Precheck.filter(draft_id__in=list(draft_ids)).delete()


async def read_one() -> bool:
    """Read the next paper of the queue; False when none waits. Runs in the worker."""
    now = clock.now()
    due = await db.row(_CLAIM, now, now + LEASE)
    if due is None:
        return False
    state, found = "done", []
    try:
        found = await _findings(due)
    except NoSuchObject:
        # Kept apart until it was scanned, or gone: look again in a minute, not for ever.
        state = "waiting" if due["attempts"] < 60 else "failed"
    except Exception as error:  # noqa: BLE001 - whatever a stranger's file does to a reader
        log.warning("paper_unread", error=type(error).__name__, attempt=due["attempts"])
        state = "waiting" if due["attempts"] < TRIES else "failed"
    again = now + timedelta(minutes=1) if state == "waiting" else None
    async with db.unit_of_work():
        kept = await db.execute(
            "UPDATE forms_precheck SET state=$2, findings=$3, lease_until=$4 "
            "WHERE id=$1 AND state='reading' AND attempts=$5",
            due["id"],
            state,
            orjson.dumps(found).decode(),
            again,
            due["attempts"],
        )
        if kept and again is None and await _handed_in(due["draft_id"]):
            announce(PaperRead(draft_id=due["draft_id"]))
    return True


async def _handed_in(draft_id: UUID) -> bool:
    return bool(await db.value("SELECT 1 FROM forms_draft WHERE id=$1 AND state='used'", draft_id))


async def _findings(due: Mapping[str, Any]) -> list[str]:
    who = await people.person(due["person_id"])
    data = await storage().get(due["key"])
    reading = await reader_pool().run(read_paper, data, due["kind"])
    return rules.findings(
        reading,
        orjson.loads(due["wanted"]),
        name=who.name,
        id_number=who.id_number,
        today=clock.today(),
    )


async def with_checks(draft_id: UUID, materials: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The materials with how the machine's look at them stands."""
    if not any(m.get("ocr") and m["file"] for m in materials):
        return materials
    rows = await db.rows(
        "SELECT p.material, p.state, p.findings, (SELECT count(*) FROM forms_precheck q "
        "WHERE q.state IN ('waiting', 'reading') AND q.id < p.id) AS ahead "
        "FROM forms_precheck p WHERE p.draft_id=$1",
        draft_id,
    )
    checks: dict[str, list[Any]] = {}
    for row in rows:
        checks.setdefault(row["material"], []).append(row)
    return [
        {**m, "check": _check(checks[m["code"]])} if m["code"] in checks else m for m in materials
    ]


def _check(rows: Sequence[Any]) -> dict[str, Any]:
    """One word for all files: a name or date that one of them shows is there."""
    states = {row["state"] for row in rows}
    state = next(s for s in ("reading", "waiting", "failed", "done") if s in states)
    each = [set(orjson.loads(row["findings"])) for row in rows]
    # Absent is what every file lacks; a blurred or foreign one is worth telling by itself.
    codes = [
        code
        for code in SENTENCES
        if (all if code.endswith("_absent") else any)(code in found for found in each)
    ]
    done = state == "done"
    return {
        "state": state,
        "state_name": STATE_NAMES[state],
        "ahead": 0 if state != "waiting" else min(r["ahead"] for r in rows),
        "passed": not codes if done else None,
        "findings": [
            {"code": code, "message": SENTENCES[code], "reshoot": code in RESHOOT} for code in codes
        ]
        if done
        else [],
    }
