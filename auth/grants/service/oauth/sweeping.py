"""What can never count again is deleted; authorisations stay, since reuse is found by them."""

from datetime import timedelta

from app_server.kernel import clock, db


async def sweep() -> None:
    """Delete run-out requests, used proofs, and refresh tokens a day past their end."""
    now = clock.now()
    await db.execute("DELETE FROM grants_used_proof WHERE expires_at < $1", now)
    await db.execute("DELETE FROM grants_authorization_request WHERE expires_at < $1", now)
    await db.execute(
        "DELETE FROM grants_refresh_token WHERE expires_at < $1", now - timedelta(days=1)
    )
