"""Passwords: Argon2id in a small thread pool, and a lock-out that survives everything."""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar, TypeVar
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app_server.kernel import clock, db
from app_server.kernel.errors import ServiceUnavailable
from app_server.kernel.outbox import announce
from auth.grants.errors import SamePassword, SignInLocked, SignInRefused
from auth.grants.events import AccountLocked
from auth.grants.models import Password
from auth.grants.rules import ADDRESS_TRIES, LOGIN_TRIES, network_of
from auth.grants.service import lockouts

T = TypeVar("T")

MOST_WAITING = 24  # some three seconds' work; who comes then is told to come again
NICENESS = 15


def _behind_everybody() -> None:
    # A hash is four lanes of arithmetic: without this, two of them take turns with the event loop
    # as its equals. Linux keeps the niceness of threads apart.
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


_hasher = PasswordHasher()
# One hash takes about 270 ms and 64 MiB: two at a time, or a flood of log-ins starves the loop.
_threads = ThreadPoolExecutor(2, "argon2", initializer=_behind_everybody)
# Verified in place of a missing account's, so that both answers take equally long.
_DECOY = (
    "$argon2id$v=19$m=65536,t=3,p=4$c29tZS1kZWNveS1zYWx0$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)


class _Queue:
    """How many hashes this process has promised."""

    length: ClassVar[int] = 0


async def _in_thread(action: Callable[..., T], *args: str) -> T:
    if _Queue.length >= MOST_WAITING:
        raise ServiceUnavailable
    _Queue.length += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, action, *args)
    finally:
        _Queue.length -= 1


async def digest_of(password: str) -> str:
    """The Argon2id digest of a password; takes about a quarter of a second.

    Raises `ServiceUnavailable` when too many wait already.
    """
    return await _in_thread(_hasher.hash, password)


def _matches(digest: str, password: str) -> bool:
    try:
        return _hasher.verify(digest, password)
    except (VerificationError, InvalidHashError):
        return False


async def set_password(subject_id: UUID, digest: str) -> None:
    """Store a digest made by `digest_of`, in the caller's unit of work."""
    await Password.update_or_create(
        {"digest": digest, "changed_at": clock.now()}, subject_id=subject_id
    )
    await lockouts.release("subject", str(subject_id))


async def has_password(subject_id: UUID) -> bool:
    """Whether a person or staff member has a password."""
    return await Password.filter(subject_id=subject_id).exists()


async def same_password(subject_id: UUID, password: str) -> None:
    """Raise `SamePassword` when this is the present one."""
    held = await Password.get_or_none(subject_id=subject_id)
    if held is not None and await _in_thread(_matches, held.digest, password):
        raise SamePassword


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says who brings a password: the login as typed, whose it is, and from where."""

    kind: str
    login: str
    subject_id: UUID | None
    address: str = ""

    @property
    def typed(self) -> str:
        """The login in one spelling."""
        return self.login.strip().upper()


async def check_password(claim: Claim, password: str) -> None:
    """Raise `SignInRefused`, `SignInLocked` or `TooManyTries` unless the password is theirs.

    A login that nobody has is counted, locked and answered like one that somebody has. A lock of
    the account that came by another of its logins is not told: it would join the two.
    """
    network = network_of(claim.address)
    if network:
        await lockouts.take(ADDRESS_TRIES, "sign-in", network)
    by_login = await lockouts.count("login", claim.kind, claim.typed)
    if not by_login.allowed:
        raise SignInLocked(retry_after_s=by_login.wait_s)
    if network:
        await lockouts.take(LOGIN_TRIES, "sign-in", network, claim.kind, claim.typed)
    whose = str(claim.subject_id or f"nobody:{claim.kind}:{claim.typed}")
    by_subject = await lockouts.count("subject", whose)
    digest = await db.value(
        "SELECT digest FROM grants_password WHERE subject_id=$1", claim.subject_id
    )
    countable = bool(digest) and by_subject.allowed
    matched = await _in_thread(_matches, digest if countable else _DECOY, password)
    if countable and matched:
        await lockouts.clear(by_login, by_subject)
        if network:
            await lockouts.give_back("sign-in", network, claim.kind, claim.typed)
        return
    if countable and by_subject.locked_until and claim.subject_id:
        async with db.unit_of_work():
            announce(AccountLocked(subject_id=claim.subject_id))
    raise SignInRefused
