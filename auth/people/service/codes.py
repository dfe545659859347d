"""One-time codes: sent, checked, used once (R-ID-04)."""

import secrets
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.crypto import blind_index, same
from app_server.kernel.ids import uuid7
from auth.people.errors import CodeRefused, CodeTriesSpent
from auth.people.models import OneTimeCode
from auth.people.rules import CODE_LIFE, CODE_TRIES, CODE_TRIES_AN_HOUR, CODES_PER, may_send_code


class CodeSender(Protocol):
    """Port: puts a code on its way to a phone (← notify)."""

    async def __call__(self, phone: str, code: str, purpose: str) -> None:
        """Send it now; raises when surely nothing left the house."""


_sender: CodeSender | None = None


def send_codes_by(sender: CodeSender) -> None:
    """Bind the code sender (the registry does, once)."""
    global _sender  # noqa: PLW0603 - a port is bound once at start
    _sender = sender


_TRY = (
    "UPDATE people_one_time_code SET tries = tries + 1 WHERE id = ("
    " SELECT id FROM people_one_time_code WHERE phone_index=$1 AND purpose=$2"
    " ORDER BY created_at DESC LIMIT 1)"
    " AND used_at IS NULL AND expires_at > $3 AND tries < $4 RETURNING id, digest"
)
CODE_HOUR = timedelta(hours=1) + CODE_LIFE


def _digest(code_id: UUID, code: str) -> str:
    return blind_index(f"{code_id}:{code}", "people.code")


async def send_code(phone: str, purpose: str) -> timedelta:
    """Send a fresh code; answers its life.

    Raises `CodeTooSoon` beyond the limits (R-ID-04), and what the sender raises: a code that never
    left counts for nothing.
    """
    if _sender is None:
        raise RuntimeError("no code sender is bound")
    index = blind_index(phone, "phone")
    now = clock.now()
    async with db.unit_of_work():
        # Two requests at once must not both see an empty minute.
        await db.lock(f"people.code:{index}")
        sent = await OneTimeCode.filter(
            phone_index=index, created_at__gt=now - timedelta(days=1)
        ).values_list("created_at", flat=True)
        may_send_code([now - at for at in sent])  # type: ignore[operator]
        code_id, code = uuid7(), f"{secrets.randbelow(1_000_000):06d}"
        await OneTimeCode.create(
            id=code_id,
            purpose=purpose,
            phone_index=index,
            digest=_digest(code_id, code),
            created_at=now,
            expires_at=now + CODE_LIFE,
        )
    try:
        await _sender(phone, code, purpose)
    except Exception:
        await OneTimeCode.filter(id=code_id).delete()
        raise
    return CODE_LIFE


async def check_code(phone: str, purpose: str, code: str) -> UUID:
    """Count a try against the newest code; answers its id, to be used up with the command.

    Raises `CodeTriesSpent`, and `CodeRefused` for any other reason; the try stays counted: call
    outside a unit of work. Five tries a code are not all: a fresh code must not buy five more.
    """
    index, now = blind_index(phone, "phone"), clock.now()
    async with db.unit_of_work():
        await db.lock(f"people.code:{index}")
        await _within_the_hour(index, now)
        found = await db.row(_TRY, index, purpose, now, CODE_TRIES)
    if found is None or not same(found["digest"], _digest(found["id"], code)):
        raise CodeRefused
    code_id: UUID = found["id"]
    return code_id


async def _within_the_hour(index: str, now: datetime) -> None:
    # A code that was tried within the hour was sent within it, or a life before.
    tried = await db.row(
        "SELECT coalesce(sum(tries), 0) AS tries, min(created_at) AS since "
        "FROM people_one_time_code WHERE phone_index=$1 AND created_at > $2 AND tries > 0",
        index,
        now - CODE_HOUR,
    )
    if tried and tried["tries"] >= CODE_TRIES_AN_HOUR:
        wait = tried["since"] + CODE_HOUR - now
        raise CodeTriesSpent(retry_after_s=max(1, int(wait.total_seconds())))


async def sweep_codes() -> None:
    """Forget codes that no limit counts any more."""
    longest = max(window for window, _ in CODES_PER)
    await OneTimeCode.filter(created_at__lt=clock.now() - longest).delete()


async def consume_code(code_id: UUID) -> None:
    """Use a checked code up, in the command it allows; raises `CodeRefused` if it was used."""
    used = await db.execute(
        "UPDATE people_one_time_code SET used_at=$2 WHERE id=$1 AND used_at IS NULL",
        code_id,
        clock.now(),
    )
    if not used:
        raise CodeRefused
