"""Who used what and when: kept half a year, shown to whom it is about (PIPL art. 44)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app_server.kernel import clock, db, paging
from app_server.kernel.ids import uuid7
from miniapps import rules
from miniapps.models import Launch

PAGE = 20


@dataclass(frozen=True, slots=True)
class UseFacts:
    """One use of a permission."""

    id: UUID
    at: datetime
    appid: str
    app_name: str
    method: str
    scope: str
    what: str
    outcome: str


def note(opened: Launch, method: str, scope: str, what: str, outcome: str) -> None:
    """Put a use by an opened app on record, in the caller's unit of work."""
    note_of(opened.person_id, opened.appid, method, scope, what, outcome, opened.id)


def note_of(
    person_id: UUID | None,
    appid: str,
    method: str,
    scope: str,
    what: str,
    outcome: str,
    launch_id: UUID | None = None,
) -> None:
    """Put a use on record, in the caller's unit of work."""
    db.needed().add(
        "miniapps_use",
        {
            "id": uuid7(),
            "at": clock.now(),
            "person_id": person_id,
            "appid": appid,
            "launch_id": launch_id,
            "method": method,
            "scope": scope,
            "what": what[:120],
            "outcome": outcome,
        },
    )


_OWN = """
SELECT u.id, u.at, u.appid, a.name AS app_name, u.method, u.scope, u.what, u.outcome
FROM miniapps_use u JOIN miniapps_app a ON a.appid = u.appid
WHERE u.person_id = $1 AND ($2 = '' OR u.appid = $2) AND ($3::uuid IS NULL OR u.id < $3)
ORDER BY u.id DESC LIMIT $4
"""


async def uses_of(
    person_id: UUID, appid: str = "", before: str = ""
) -> tuple[list[UseFacts], str | None]:
    """What apps used of a person, newest first, and where the list goes on."""
    rows = await db.rows(_OWN, person_id, appid, paging.after(before), PAGE + 1)
    found = [UseFacts(**dict(row)) for row in rows[:PAGE]]
    return found, paging.cursor(found[-1].id) if len(rows) > PAGE else None


async def forget_uses() -> None:
    """Drop what is older than anybody needs to look back."""
    before = clock.now() - rules.KEEP_USES
    await db.execute("DELETE FROM miniapps_use WHERE at < $1", before)
    await db.execute("DELETE FROM miniapps_quota WHERE day < $1", before.date())
