"""One-time codes by which an officer sets a password; grants keeps the password itself."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.crypto import blind_index
from auth.staff.errors import ActivationRefused
from auth.staff.models import Activation
from auth.staff.rules import ACTIVATION_LIFE

# 20 letters of 31: 99 bits, and none that is mistaken for another when read aloud.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it is said once, and until when it works."""

    text: str
    expires_at: datetime


def new_code(groups: int = 5) -> str:
    """A random code in groups of four letters."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(groups))


def digest(code: str, purpose: str) -> str:
    """What is kept of a code; spaces, dashes and case are the typist's."""
    bare = "".join(char for char in code.upper() if char.isalnum())
    return blind_index(bare, purpose)


async def issue(staff_id: UUID) -> Code:
    """A fresh code in the caller's unit of work; earlier ones stop working."""
    await withdraw(staff_id)
    code = Code(new_code(), clock.now() + ACTIVATION_LIFE)
    await Activation.create(
        staff_id=staff_id,
        digest=digest(code.text, "staff.activation"),
        expires_at=code.expires_at,
    )
    return code


async def withdraw(staff_id: UUID) -> None:
    """Make the open codes of an officer useless."""
    await db.execute(
        "UPDATE staff_activation SET expires_at=$2 WHERE staff_id=$1 AND used_at IS NULL "
        "AND expires_at > $2",
        staff_id,
        clock.now(),
    )


async def consume(login: str, code: str) -> UUID:
    """Use up a code, in the caller's unit of work; `ActivationRefused` says nothing more.

    Of N parallel uses one succeeds.
    """
    found: UUID | None = await db.value(
        "UPDATE staff_activation a SET used_at=$3 FROM staff_member m WHERE a.digest=$1 "
        "AND m.id = a.staff_id AND m.login=$2 AND m.state='active' "
        "AND a.used_at IS NULL AND a.expires_at > $3 RETURNING a.staff_id",
        digest(code, "staff.activation"),
        login.strip().lower(),
        clock.now(),
    )
    if found is None:
        raise ActivationRefused
    return found


async def pending_until(staff_id: UUID) -> datetime | None:
    """Until when an unused code of this officer works."""
    until: datetime | None = await db.value(
        "SELECT max(expires_at) FROM staff_activation WHERE staff_id=$1 AND used_at IS NULL "
        "AND expires_at > $2",
        staff_id,
        clock.now(),
    )
    return until
