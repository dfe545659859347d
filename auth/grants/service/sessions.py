"""Sessions: opened by a sign-in, kept by a rotating refresh token, ended everywhere at once."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog

from app_server.kernel import clock, db
from app_server.kernel.cache import Lost, redis
from app_server.kernel.crypto import blind_index, same
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from auth.grants.errors import SessionOver
from auth.grants.events import SessionEnded, SignedIn
from auth.grants.models import Session
from auth.grants.rules import ACCESS_LIFE, IDLE, LIFE, REFRESH_GRACE
from auth.grants.service import tokens
from auth.identity import service as identity
from auth.staff import service as staff

log = structlog.get_logger(__name__)

REVOKED = "wanshi:sessions-revoked"


@dataclass(frozen=True, slots=True)
class Granted:
    """What a sign-in gives: the token, its life in seconds, and the refresh secret."""

    principal: Principal
    access_token: str
    expires_in_s: int
    refresh_token: str


def _digest(secret: str) -> str:
    return blind_index(secret, "grants.refresh")


async def principal_for(kind: str, subject_id: UUID, session: UUID, channel: str) -> Principal:
    """The principal a session stands for now: tier and roles are looked up anew each time."""
    if kind == "staff":
        member = await staff.staff_member(subject_id)
        return Principal(
            kind="staff",
            id=member.id,
            roles=frozenset(member.roles),
            org=member.org,
            region=member.region,
            name=member.name,
            session=session,
            channel=channel,
        )
    tier = await identity.tier_of_person(subject_id)
    return Principal(kind="person", id=subject_id, tier=tier, session=session, channel=channel)


async def open_session(
    kind: str, subject_id: UUID, channel: str, amr: tuple[str, ...] = ("pwd",)
) -> Granted:
    """Open a session for somebody who has just proved who they are, by `amr` (RFC 8176)."""
    session_id, secret, now = uuid7(), secrets.token_urlsafe(32), clock.now()
    async with db.unit_of_work():
        principal = await principal_for(kind, subject_id, session_id, channel)
        await Session.create(
            id=session_id,
            kind=kind,
            subject_id=subject_id,
            channel=channel,
            created_at=now,
            used_at=now,
            expires_at=now + LIFE[kind],
            refresh_digest=_digest(secret),
            authenticated_at=now,
            amr=list(amr),
        )
        announce(SignedIn(subject_id=subject_id, kind=kind, channel=channel))
    return _granted(principal, f"{session_id}.{secret}")


def _granted(principal: Principal, refresh_token: str) -> Granted:
    return Granted(
        principal,
        tokens.issue(principal),
        int(ACCESS_LIFE.total_seconds()),
        refresh_token,
    )


async def refresh(token: str, kind: str) -> Granted:
    """Exchange a refresh token for a new pair; a used one ends the session (family kill).

    The one before the present is accepted for ten seconds, without rotating, so that two tabs
    refreshing at once do not sign the person out.
    """
    session_id, secret = _parts(token)
    fresh, now = secrets.token_urlsafe(32), clock.now()
    reused = False
    async with db.unit_of_work():
        row = await Session.select_for_update().get_or_none(id=session_id, kind=kind)
        if row is None or row.revoked_at is not None:
            raise SessionOver
        if min(row.expires_at, row.used_at + IDLE[kind]) <= now:
            raise SessionOver
        if await _outlived(kind, row.subject_id, row.created_at):
            raise SessionOver
        given = _digest(secret)
        if same(given, row.refresh_digest):
            row.previous_digest, row.refresh_digest = row.refresh_digest, _digest(fresh)
            row.used_at = now
            await row.save(update_fields=["previous_digest", "refresh_digest", "used_at"])
            token = f"{session_id}.{fresh}"
        elif same(given, row.previous_digest) and now - row.used_at <= REFRESH_GRACE:
            token = ""
        else:
            reused = True
            row.revoked_at, row.revoked_for = now, "refresh_reuse"
            await row.save(update_fields=["revoked_at", "revoked_for"])
            announce(SessionEnded(session_id=session_id, reason="refresh_reuse"))
        if not reused:
            principal = await principal_for(kind, row.subject_id, row.id, row.channel)
    if reused:
        await _tell_revoked(session_id)
        raise SessionOver
    return _granted(principal, token)


def _parts(token: str) -> tuple[UUID, str]:
    head, _, secret = token.partition(".")
    try:
        return UUID(head), secret
    except ValueError as error:
        raise SessionOver from error


async def end_session(session_id: UUID, reason: str = "signed_out") -> None:
    """End one session; tokens of it stop working within a second."""
    async with db.unit_of_work() as uow:
        ended = await Session.filter(id=session_id, revoked_at=None).update(
            revoked_at=clock.now(), revoked_for=reason
        )
        if ended:
            announce(SessionEnded(session_id=session_id, reason=reason))
        uow.then(lambda: _tell_revoked(session_id))


async def authenticated_again(session_id: UUID, amr: tuple[str, ...] = ("pwd",)) -> None:
    """Note that the holder of a session proved who they are anew (`auth_time`, RFC 9470)."""
    await Session.filter(id=session_id, revoked_at=None).update(
        authenticated_at=clock.now(), amr=list(amr)
    )


async def end_sessions_of(subject_id: UUID, reason: str, before: datetime | None = None) -> int:
    """End all sessions of a subject, or those opened before a moment; answers how many.

    Joins the caller's unit of work; other processes are told after the commit.
    """
    async with db.unit_of_work() as uow:
        ended = await db.rows(
            "UPDATE grants_session SET revoked_at=$2, revoked_for=$3 WHERE subject_id=$1 "
            "AND revoked_at IS NULL AND ($4::timestamptz IS NULL OR created_at < $4) RETURNING id",
            subject_id,
            clock.now(),
            reason,
            before,
        )
        for row in ended:
            announce(SessionEnded(session_id=row["id"], reason=reason))
            uow.then(partial(_tell_revoked, row["id"]))
    return len(ended)


async def alive(session_id: UUID) -> bool:
    """Whether a session still stands (asked when a token is seen first, and each minute)."""
    found = await db.row(
        "SELECT kind, subject_id, created_at, revoked_at, expires_at FROM grants_session "
        "WHERE id=$1",
        session_id,
    )
    if found is None or found["revoked_at"] is not None or found["expires_at"] <= clock.now():
        return False
    return not await _outlived(found["kind"], found["subject_id"], found["created_at"])


async def _outlived(kind: str, subject_id: UUID, created_at: datetime) -> bool:
    """Whether a staff session is older than its officer's last change of rights (R-ID-29).

    Such a session is over, whether or not anybody has ended it yet.
    """
    if kind != "staff":
        return False
    since = await staff.entitled_since(subject_id)
    return since is None or created_at < since


async def _tell_revoked(session_id: UUID) -> None:
    try:
        await redis().publish(REVOKED, str(session_id))
    except Lost as error:
        # Every process asks the database again within a minute: late, never lost.
        log.warning("revocation_not_published", error=str(error))
