"""Sessions: opened by a sign-in, kept by a rotating refresh token, ended everywhere at once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from app_server.kernel import clock, db
from app_server.kernel.cache import Lost, redis
from app_server.kernel.crypto import blind_index, same
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from auth.grants.errors import ReauthenticationNeeded, SessionOver
from auth.grants.events import SessionEnded, SignedIn
from auth.grants.models import Session
from auth.grants.rules import (
    ACCESS_LIFE,
    FRESH,
    IDLE,
    LIFE,
    REFRESH_GRACE,
    USE_NOTED_EVERY,
    device_name,
)
from auth.grants.service import tokens
from auth.identity import service as identity
from auth.organisations import service as organisations
from auth.organisations.errors import NoSuchOrganisation
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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sign-in comes from: its address, which is only ever keyed, and its device."""

    address: str = ""
    user_agent: str = ""

    @property
    def device(self) -> str:
        """The device's name; empty where there is none to tell."""
        return device_name(self.user_agent) if self.user_agent else ""


NOWHERE = Place()


def _digest(secret: str) -> str:
    return blind_index(secret, "grants.refresh")


async def principal_for(
    kind: str, subject_id: UUID, session: UUID, channel: str, organisation: UUID | None = None
) -> Principal:
    """The principal a session stands for now: tier, level and roles are looked up anew."""
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
    return Principal(
        kind="person",
        id=subject_id,
        tier=await identity.tier_of_person(subject_id),
        session=session,
        channel=channel,
        organisation=organisation,
        level=await level_for(subject_id, organisation),
    )


async def level_for(person_id: UUID, organisation_id: UUID | None) -> int:
    """The level on which a person acts for an organisation now; 0 when they no longer may.

    Whom a session acts for changes by its holder's choice alone: an ended delegation leaves the
    organisation named and no level, or a company's next case would be filed as a private one.
    """
    if organisation_id is None:
        return 0
    try:
        return (await organisations.acting(person_id, organisation_id)).level
    except NoSuchOrganisation:
        return 0


async def open_session(
    kind: str,
    subject_id: UUID,
    channel: str,
    amr: tuple[str, ...] = ("pwd",),
    place: Place = NOWHERE,
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
            rotated_at=now,
            device=place.device,
        )
        announce(SignedIn(subject_id=subject_id, kind=kind, channel=channel))
    return granted(principal, amr, f"{session_id}.{secret}")


def granted(principal: Principal, amr: Sequence[str], refresh_token: str = "") -> Granted:
    """What a session gives now."""
    return Granted(
        principal,
        tokens.issue(principal, amr=amr),
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
            row.used_at = row.rotated_at = now
            await row.save(
                update_fields=["previous_digest", "refresh_digest", "used_at", "rotated_at"]
            )
            token = f"{session_id}.{fresh}"
        elif (
            same(given, row.previous_digest)
            and now - (row.rotated_at or row.used_at) <= REFRESH_GRACE
        ):
            token = ""
        else:
            reused = True
            row.revoked_at, row.revoked_for = now, "refresh_reuse"
            await row.save(update_fields=["revoked_at", "revoked_for"])
            announce(SessionEnded(session_id=session_id, reason="refresh_reuse"))
        if not reused:
            principal = await principal_of(row)
    if reused:
        await tell_revoked(session_id)
        raise SessionOver
    return granted(principal, row.amr, token)


async def principal_of(row: Session) -> Principal:
    """The principal of a session's row."""
    return await principal_for(row.kind, row.subject_id, row.id, row.channel, row.organisation_id)


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
        uow.then(lambda: tell_revoked(session_id))


async def authenticated_again(session_id: UUID, amr: tuple[str, ...] = ("pwd",)) -> None:
    """Note that the holder of a session proved who they are anew (`auth_time`, RFC 9470)."""
    await Session.filter(id=session_id, revoked_at=None).update(
        authenticated_at=clock.now(), amr=list(amr)
    )


async def end_sessions_of(
    subject_id: UUID,
    reason: str,
    before: datetime | None = None,
    *,
    sparing: UUID | None = None,
    channel: str = "",
) -> int:
    """End all sessions of a subject, or some: opened before a moment, on one channel.

    One may be spared (the one that asks). Joins the caller's unit of work; other processes are
    told after the commit. Answers how many ended.
    """
    async with db.unit_of_work() as uow:
        ended = await db.rows(
            "UPDATE grants_session SET revoked_at=$2, revoked_for=$3 WHERE subject_id=$1 "
            "AND revoked_at IS NULL AND ($4::timestamptz IS NULL OR created_at < $4) "
            "AND ($5::uuid IS NULL OR id <> $5) AND ($6 = '' OR channel = $6) RETURNING id",
            subject_id,
            clock.now(),
            reason,
            before,
            sparing,
            channel,
        )
        for row in ended:
            announce(SessionEnded(session_id=row["id"], reason=reason))
            uow.then(partial(tell_revoked, row["id"]))
    return len(ended)


async def alive(session_id: UUID) -> bool:
    """Whether a session still stands (asked when a token is seen first, and each minute)."""
    return await _standing(session_id) is not None


async def seen(session_id: UUID) -> bool:
    """Whether a session stands and has not been idle too long; notes that it is in use."""
    row, now = await _standing(session_id), clock.now()
    if row is None or row["used_at"] + IDLE[row["kind"]] <= now:
        return False
    if row["used_at"] + USE_NOTED_EVERY <= now:
        await db.execute(
            "UPDATE grants_session SET used_at=$2 WHERE id=$1 AND used_at < $2", session_id, now
        )
    return True


async def _standing(session_id: UUID) -> Any:
    found = await db.row(
        "SELECT kind, subject_id, created_at, used_at, revoked_at, expires_at "
        "FROM grants_session WHERE id=$1",
        session_id,
    )
    if found is None or found["revoked_at"] is not None or found["expires_at"] <= clock.now():
        return None
    if await _outlived(found["kind"], found["subject_id"], found["created_at"]):
        return None
    return found


async def needs_fresh(principal: Principal) -> UUID:
    """The caller's session; raises `ReauthenticationNeeded` unless proved minutes ago."""
    if principal.session is None:
        raise SessionOver
    row = await Session.get_or_none(id=principal.session, revoked_at=None)
    if row is None or (row.authenticated_at or row.created_at) + FRESH <= clock.now():
        raise ReauthenticationNeeded
    return principal.session


async def _outlived(kind: str, subject_id: UUID, created_at: datetime) -> bool:
    """Whether a staff session is older than its officer's last change of rights (R-ID-29).

    Such a session is over, whether or not anybody has ended it yet.
    """
    if kind != "staff":
        return False
    since = await staff.entitled_since(subject_id)
    return since is None or created_at < since


async def tell_revoked(session_id: UUID) -> None:
    """Have every process look again before it believes a token of this session's."""
    try:
        await redis().publish(REVOKED, str(session_id))
    except Lost as error:
        # Every process asks the database again within a minute: late, never lost.
        log.warning("revocation_not_published", error=str(error))
