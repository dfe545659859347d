"""The second step of an officer's sign-in: a passkey, or a one-time password in its stead.

A right password opens a pending sign-in, which goes on with a factor. Who has none enrols one in
this very sign-in: the password came from an activation code handed over in person.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from auth.grants.errors import (
    AlreadyEnrolled,
    AnotherAdministratorNeeded,
    FactorRefused,
    LastFactor,
    PasswordOutdated,
    SecondFactorNeeded,
    SignInRunOut,
    TooManyTries,
)
from auth.grants.models import Passkey, Password, PendingSignIn, Totp
from auth.grants.rules import PENDING_LIFE, checked_staff_password
from auth.grants.service import lockouts, passkeys, totp
from auth.grants.service.passkeys import Ceremony, Credential, Holder
from auth.grants.service.passwords import digest_of, same_password, set_password
from auth.grants.service.sessions import (
    Granted,
    Place,
    end_sessions_of,
    needs_fresh,
    open_session,
)
from auth.staff import service as staff

PASSKEY, TOTP = "passkey", "totp"
ENROLLABLE = (PASSKEY, TOTP)


@dataclass(frozen=True, slots=True)
class Factors:
    """The second factors an officer has."""

    passkeys: list[passkeys.PasskeyFacts]
    totp: bool


async def methods_of(staff_id: UUID) -> list[str]:
    """The kinds of second factor an officer has."""
    found = []
    if await Passkey.filter(kind="staff", subject_id=staff_id, suspect_at=None).exists():
        found.append(PASSKEY)
    if await Totp.filter(staff_id=staff_id).exists():
        found.append(TOTP)
    return found


def _digest(token: str) -> str:
    return blind_index(token, "grants.pending")


async def enter(staff_id: UUID, amr: tuple[str, ...], place: Place) -> Granted:
    """Let an officer in who has proved `amr`, or say what is still needed.

    Raises `SecondFactorNeeded`, `PasswordOutdated`: both carry the pending sign-in.
    """
    if "mfa" not in amr:
        methods = await methods_of(staff_id)
        if methods or load().second_factor_required:
            raise SecondFactorNeeded(
                **await _pending(staff_id, amr),
                methods=methods,
                enrol=[] if methods else list(ENROLLABLE),
            )
    if await _outdated(staff_id):
        raise PasswordOutdated(**await _pending(staff_id, amr))
    return await open_session("staff", staff_id, "console", amr, place)


async def _outdated(staff_id: UUID) -> bool:
    days = load().officers_password_days
    held = await Password.get_or_none(subject_id=staff_id)
    return bool(days and held and held.changed_at + timedelta(days=days) <= clock.now())


async def _pending(staff_id: UUID, amr: tuple[str, ...]) -> dict[str, Any]:
    token = secrets.token_urlsafe(32)
    await PendingSignIn.create(
        digest=_digest(token),
        staff_id=staff_id,
        created_at=clock.now(),
        expires_at=clock.now() + PENDING_LIFE,
        amr=list(amr),
    )
    return {"pending": token, "expires_in_s": int(PENDING_LIFE.total_seconds())}


async def _held(token: str) -> PendingSignIn:
    row = await PendingSignIn.get_or_none(
        digest=_digest(token), used_at=None, expires_at__gt=clock.now()
    )
    if row is None:
        raise SignInRunOut
    return row


async def _used_up(row: PendingSignIn) -> None:
    """Of parallel goes with one pending sign-in one succeeds; in the caller's unit of work."""
    if not await PendingSignIn.filter(id=row.id, used_at=None).update(used_at=clock.now()):
        raise SignInRunOut


async def holder_of(staff_id: UUID) -> Holder:
    """An officer as an authenticator shows them."""
    member = await staff.staff_member(staff_id)
    return Holder("staff", staff_id, member.login, member.name)


async def factor_challenge(token: str) -> Ceremony:
    """Begin to prove the passkey; raises `SignInRunOut`."""
    row = await _held(token)
    return await passkeys.assertion_options("staff", row.id, await holder_of(row.staff_id))


async def prove_by_passkey(
    token: str, challenge_id: UUID, credential: Credential, place: Place
) -> Granted:
    """Go on with a passkey; raises `SignInRunOut`, `FactorRefused`, `TooManyTries`."""
    row = await _held(token)
    counted = await _counted(row.staff_id)
    found = await passkeys.prove_passkey(
        "staff", row.id, challenge_id, credential, Holder("staff", row.staff_id)
    )
    await lockouts.clear(counted)
    return await _go_on(row, passkeys.amr_of(found), place)


async def prove_by_totp(token: str, code: str, place: Place) -> Granted:
    """Go on with a one-time password; raises `SignInRunOut`, `FactorRefused`, `TooManyTries`."""
    row = await _held(token)
    counted = await _counted(row.staff_id)
    await totp.prove_totp(row.staff_id, code)
    await lockouts.clear(counted)
    return await _go_on(row, ("otp", "mfa"), place)


async def _counted(staff_id: UUID) -> lockouts.Counted:
    counted = await lockouts.count("factor", str(staff_id))
    if not counted.allowed:
        raise TooManyTries(retry_after_s=counted.wait_s)
    return counted


async def _go_on(row: PendingSignIn, proved: tuple[str, ...], place: Place) -> Granted:
    async with db.unit_of_work():
        await _used_up(row)
    return await enter(row.staff_id, (*row.amr, *proved), place)


async def _enrolling(token: str) -> PendingSignIn:
    row = await _held(token)
    if await methods_of(row.staff_id):
        raise AlreadyEnrolled
    return row


async def begin_passkey_enrolment(token: str) -> Ceremony:
    """Begin to enrol a passkey in this sign-in; raises `SignInRunOut`, `AlreadyEnrolled`."""
    row = await _enrolling(token)
    return await passkeys.registration_options(await holder_of(row.staff_id), row.id)


async def enrol_passkey(
    token: str, challenge_id: UUID, credential: Credential, name: str, place: Place
) -> Granted:
    """Enrol the passkey and go on.

    Raises `SignInRunOut`, `AlreadyEnrolled`, `FactorRefused`, `PasskeyTaken`.
    """
    row = await _enrolling(token)
    made = await passkeys.made_passkey("staff", row.id, challenge_id, credential)
    async with db.unit_of_work():
        # Two enrolments at once: the second one finds the first one's factor.
        await db.lock(f"grants.enrolment:{row.staff_id}")
        await _enrolling(token)
        holder = Holder("staff", row.staff_id)
        kept = await passkeys.keep_passkey(holder, made, credential, name)
    return await _go_on(row, passkeys.amr_of(kept), place)


async def begin_totp_enrolment(token: str) -> tuple[str, str]:
    """A secret for an authenticator app, and its QR address; it counts with its first code."""
    row = await _enrolling(token)
    secret = totp.new_secret()
    row.totp_secret = secret
    await row.save(update_fields=["totp_secret"])
    member = await staff.staff_member(row.staff_id)
    return totp.to_show(secret, member.login)


async def enrol_totp(token: str, code: str, place: Place) -> Granted:
    """Enrol the app by its first code and go on.

    Raises `SignInRunOut`, `AlreadyEnrolled`, `FactorRefused`, `TooManyTries`.
    """
    row = await _enrolling(token)
    counted = await _counted(row.staff_id)
    step = totp.step_of(row.totp_secret, code) if row.totp_secret else None
    if row.totp_secret is None or step is None:
        raise FactorRefused
    async with db.unit_of_work():
        await db.lock(f"grants.enrolment:{row.staff_id}")
        await _enrolling(token)
        await totp.enrol(row.staff_id, row.totp_secret, step)
        principal = Principal(kind="staff", id=row.staff_id, channel="console")
        audit.record(principal, "grants.totp_enrolled", f"staff:{row.staff_id}")
    await lockouts.clear(counted)
    return await _go_on(row, ("otp", "mfa"), place)


async def renew_password(token: str, password: str, place: Place) -> Granted:
    """Set a new password where the old one is too old, and go on.

    Raises `SignInRunOut`, `WeakPassword`, `SamePassword`, and what `enter` raises.
    """
    row = await _held(token)
    if "mfa" not in row.amr and (await methods_of(row.staff_id) or load().second_factor_required):
        raise SignInRunOut
    member = await staff.staff_member(row.staff_id)
    checked_staff_password(password, member.login)
    await same_password(row.staff_id, password)
    digest = await digest_of(password)
    async with db.unit_of_work():
        await _used_up(row)
        await set_password(row.staff_id, digest)
        await end_sessions_of(row.staff_id, "password_changed")
        principal = Principal(kind="staff", id=row.staff_id, channel="console")
        audit.record(principal, "grants.password_changed", f"staff:{row.staff_id}")
    return await enter(row.staff_id, tuple(row.amr), place)


async def factors_of(principal: Principal) -> Factors:
    """The caller's second factors."""
    return Factors(
        await passkeys.passkeys_of(principal),
        await Totp.filter(staff_id=principal.subject).exists(),
    )


async def delete_factor(principal: Principal, passkey_id: UUID | None) -> None:
    """Give up a passkey, or the one-time password where none is named.

    Raises `ReauthenticationNeeded`, `NoSuchPasskey`, `LastFactor` where one is required.
    """
    await needs_fresh(principal)
    async with db.unit_of_work():
        await db.lock(f"grants.enrolment:{principal.subject}")
        if passkey_id is not None:
            await passkeys.delete_passkey(principal, passkey_id)
        else:
            await Totp.filter(staff_id=principal.subject).delete()
            audit.record(principal, "grants.totp_deleted", f"staff:{principal.subject}")
        if load().second_factor_required and not await methods_of(principal.subject):
            raise LastFactor


async def forget_factors(officer: Principal, staff_id: UUID) -> None:
    """A security administrator removes an officer's factors (lost or broken); sessions end.

    The next sign-in enrols anew. Nobody removes their own this way: another administrator must.
    Needs a recent sign-in. Raises `NoSuchStaff`, `AnotherAdministratorNeeded`,
    `ReauthenticationNeeded`.
    """
    if officer.id == staff_id:
        raise AnotherAdministratorNeeded
    await needs_fresh(officer)
    await staff.staff_member(staff_id)
    async with db.unit_of_work():
        await Passkey.filter(kind="staff", subject_id=staff_id).delete()
        await Totp.filter(staff_id=staff_id).delete()
        await end_sessions_of(staff_id, "factors_removed")
        audit.record(officer, "grants.factors_removed", f"staff:{staff_id}")
