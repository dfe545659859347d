"""The devices somebody is signed in on: listed by their owner, and ended one by one or all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.principal import Principal
from auth.grants.errors import NoSuchSession
from auth.grants.models import Session
from auth.grants.rules import CHANNEL_NAMES, IDLE
from auth.grants.service.sessions import end_session, end_sessions_of

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Device:
    """One running session as its owner sees it."""

    id: UUID
    device: str
    channel: str
    channel_name: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    current: bool


async def devices_of(principal: Principal) -> list[Device]:
    """The caller's running sessions, the last used first."""
    now = clock.now()
    rows = await (
        Session.filter(
            subject_id=principal.subject,
            kind=principal.kind,
            revoked_at=None,
            expires_at__gt=now,
            used_at__gt=now - IDLE[principal.kind],
        )
        .order_by("-used_at")
        .limit(MOST_SHOWN)
    )
    return [
        Device(
            id=row.id,
            device=row.device or "未知设备",
            channel=row.channel,
            channel_name=CHANNEL_NAMES.get(row.channel, "其他"),
            created_at=row.created_at,
            used_at=row.used_at,
            expires_at=min(row.expires_at, row.used_at + IDLE[row.kind]),
            current=row.id == principal.session,
        )
        for row in rows
    ]


async def end_device(principal: Principal, session_id: UUID) -> None:
    """End one of the caller's own sessions everywhere; raises `NoSuchSession`."""
    async with db.unit_of_work():
        if not await Session.filter(
            id=session_id, subject_id=principal.subject, kind=principal.kind, revoked_at=None
        ).exists():
            raise NoSuchSession
        await end_session(session_id, "ended_by_owner")
        _note(principal, f"session:{session_id}")


async def end_devices(principal: Principal, *, this_one_too: bool) -> int:
    """End all the caller's other sessions, or this one as well; answers how many."""
    async with db.unit_of_work():
        sparing = None if this_one_too else principal.session
        ended = await end_sessions_of(principal.subject, "ended_by_owner", sparing=sparing)
        _note(principal, "sessions", ended=ended)
    return ended


def _note(principal: Principal, thing: str, ended: int = 1) -> None:
    owner = principal.subject if principal.kind == "person" else None
    audit.record(principal, "grants.sessions_ended", thing, owner=owner, ended=ended)
