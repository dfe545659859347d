"""One-time passwords by time (RFC 6238): the second factor of officers whose PC has no passkey."""

import secrets
from base64 import b32encode
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from app_server.kernel import clock, db
from app_server.kernel.crypto import same
from app_server.kernel.settings import load
from auth.grants.errors import FactorRefused
from auth.grants.models import Totp

STEP_S = 30
# Authenticator apps know these parameters and no others.
DIGITS, SECRET_BYTES = 6, 20


def new_secret() -> str:
    """A fresh secret, as hex."""
    return secrets.token_hex(SECRET_BYTES)


def _totp(secret: str) -> TOTP:
    return TOTP(bytes.fromhex(secret), DIGITS, SHA1(), STEP_S)  # noqa: S303 - RFC 6238; an HMAC


def to_show(secret: str, login: str) -> tuple[str, str]:
    """What an authenticator app takes over: the secret in base32, and its QR code's address."""
    address = _totp(secret).get_provisioning_uri(login, f"{load().platform_name}工作台")
    return b32encode(bytes.fromhex(secret)).decode(), address


def step_of(secret: str, code: str) -> int | None:
    """The time step whose code this is: the present one, or a neighbour for slow clocks."""
    now = int(clock.now().timestamp()) // STEP_S
    for step in (now, now - 1, now + 1):
        if same(_totp(secret).generate(step * STEP_S).decode(), code):
            return step
    return None


async def enrol(staff_id: UUID, secret: str, step: int) -> None:
    """Keep a secret whose first code was right, in the caller's unit of work."""
    await Totp.update_or_create(
        {"secret": secret, "last_step": step, "created_at": clock.now()}, staff_id=staff_id
    )


async def prove_totp(staff_id: UUID, code: str) -> None:
    """Raise `FactorRefused` unless the code is right and was never shown before."""
    row = await Totp.get_or_none(staff_id=staff_id)
    step = step_of(row.secret, code) if row else None
    if step is None or not await db.execute(
        "UPDATE grants_totp SET last_step=$2 WHERE staff_id=$1 AND last_step < $2", staff_id, step
    ):
        raise FactorRefused
