"""What can never count again is deleted: old tries, locks, challenges and half sign-ins."""

from app_server.kernel import clock, db
from auth.grants.service import lockouts

_RUN_OUT = ("grants_passkey_challenge", "grants_pending_sign_in", "grants_binding")


async def sweep() -> None:
    """Delete what has run out."""
    await lockouts.sweep()
    for table in _RUN_OUT:
        await db.execute(f"DELETE FROM {table} WHERE expires_at < $1", clock.now())
