"""Passwords: Argon2id in a small thread pool, and a lock-out that survives everything."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app_server.kernel import clock, db
from app_server.kernel.outbox import announce
from auth.grants.errors import SignInLocked, SignInRefused
from auth.grants.events import AccountLocked
from auth.grants.models import Password
from auth.grants.rules import LOCKED_FOR, WRONG_PASSWORDS

_hasher = PasswordHasher()
# One hash takes about 270 ms and 64 MiB: two at a time, or a flood of log-ins starves the loop.
_threads = ThreadPoolExecutor(2, "argon2")
# Verified in place of a missing account's, so that both answers take equally long.
_DECOY = (
    "$argon2id$v=19$m=65536,t=3,p=4$c29tZS1kZWNveS1zYWx0$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)


async def _in_thread(action: object, *args: object) -> object:
    return await asyncio.get_running_loop().run_in_executor(_threads, action, *args)  # type: ignore[arg-type]


async def digest_of(password: str) -> str:
    """The Argon2id digest of a password; takes about a quarter of a second."""
    return str(await _in_thread(_hasher.hash, password))


def _matches(digest: str, password: str) -> bool:
    try:
        return _hasher.verify(digest, password)
    except (VerificationError, InvalidHashError):
        return False


async def set_password(subject_id: UUID, digest: str) -> None:
    """Store a digest made by `digest_of`, in the caller's unit of work."""
    await Password.update_or_create(
        {"digest": digest, "changed_at": clock.now(), "wrong": 0, "locked_until": None},
        subject_id=subject_id,
    )


async def has_password(subject_id: UUID) -> bool:
    """Whether a person or staff member has a password."""
    return await Password.filter(subject_id=subject_id).exists()


async def check_password(subject_id: UUID | None, password: str) -> None:
    """Raise `SignInRefused` or `SignInLocked` unless this is the subject's password.

    The try is counted before the slow comparison, by one conditional update: parallel guesses
    cannot buy more tries than the limit.
    """
    if subject_id is None:
        await _in_thread(_matches, _DECOY, password)
        raise SignInRefused
    now = clock.now()
    counted = await db.row(
        "UPDATE grants_password SET wrong = wrong + 1, locked_until = CASE WHEN wrong + 1 >= $3 "
        "THEN $4::timestamptz ELSE locked_until END "
        "WHERE subject_id=$1 AND (locked_until IS NULL OR locked_until <= $2) "
        "RETURNING digest, wrong",
        subject_id,
        now,
        WRONG_PASSWORDS,
        now + LOCKED_FOR,
    )
    if counted is None:
        await _in_thread(_matches, _DECOY, password)
        if await Password.filter(subject_id=subject_id).exists():
            raise SignInLocked(retry_after_s=int(LOCKED_FOR.total_seconds()))
        raise SignInRefused
    if await _in_thread(_matches, counted["digest"], password):
        await db.execute(
            "UPDATE grants_password SET wrong=0, locked_until=NULL WHERE subject_id=$1", subject_id
        )
        return
    if counted["wrong"] >= WRONG_PASSWORDS:
        async with db.unit_of_work():
            await db.execute("UPDATE grants_password SET wrong=0 WHERE subject_id=$1", subject_id)
            announce(AccountLocked(subject_id=subject_id))
    raise SignInRefused
