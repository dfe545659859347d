"""The second step of an officer's sign-in, and the factors an officer has."""

from uuid import UUID

from app_server.kernel.http import Call, anyone, endpoint, staff
from app_server.kernel.ratelimit import Limit
from app_server.kernel.settings import load
from auth.grants import service
from auth.grants.api.passkeys import ANSWER, ceremony_view, passkey_view
from auth.grants.api.presenting import place_of, staff_session
from auth.grants.schemas import StaffSessionView
from auth.grants.schemas.sessions import (
    CeremonyView,
    EnrolPasskey,
    FactorCode,
    FactorList,
    FactorPasskey,
    PendingOnly,
    RenewedPassword,
    TotpSecret,
)

STEP = Limit("second-factor", 20, 60, fail_closed=True)
ANYONE = anyone("staff")
BASE = "/sessions/second-factor"


@endpoint("POST", f"{BASE}/passkey/challenges", guard=ANYONE, status=201, limit=STEP)
async def factor_challenge(call: Call, body: PendingOnly) -> CeremonyView:
    """Begin to prove my passkey."""
    del call
    return ceremony_view(await service.factor_challenge(body.pending))


@endpoint("POST", f"{BASE}/passkey", guard=ANYONE, status=201, limit=STEP, max_body=ANSWER)
async def prove_factor_passkey(call: Call, body: FactorPasskey) -> StaffSessionView:
    """Sign in with my passkey after the password."""
    granted = await service.prove_by_passkey(
        body.pending, body.challenge_id, body.credential, place_of(call)
    )
    return await staff_session(call, granted)


@endpoint("POST", f"{BASE}/totp", guard=ANYONE, status=201, limit=STEP)
async def prove_factor_totp(call: Call, body: FactorCode) -> StaffSessionView:
    """Sign in with a one-time password after the password."""
    granted = await service.prove_by_totp(body.pending, body.code, place_of(call))
    return await staff_session(call, granted)


@endpoint("POST", f"{BASE}/enrolment/passkey/challenges", guard=ANYONE, status=201, limit=STEP)
async def begin_passkey_enrolment(call: Call, body: PendingOnly) -> CeremonyView:
    """Begin to enrol a first passkey in this sign-in."""
    del call
    return ceremony_view(await service.begin_passkey_enrolment(body.pending))


@endpoint(
    "POST", f"{BASE}/enrolment/passkey", guard=ANYONE, status=201, limit=STEP, max_body=ANSWER
)
async def enrol_passkey(call: Call, body: EnrolPasskey) -> StaffSessionView:
    """Enrol a first passkey, and be signed in."""
    granted = await service.enrol_passkey(
        body.pending, body.challenge_id, body.credential, body.name, place_of(call)
    )
    return await staff_session(call, granted)


@endpoint("POST", f"{BASE}/enrolment/totp/secrets", guard=ANYONE, status=201, limit=STEP)
async def begin_totp_enrolment(call: Call, body: PendingOnly) -> TotpSecret:
    """A secret for an authenticator app; it counts with its first code."""
    del call
    secret, uri = await service.begin_totp_enrolment(body.pending)
    return TotpSecret(secret=secret, uri=uri)


@endpoint("POST", f"{BASE}/enrolment/totp", guard=ANYONE, status=201, limit=STEP)
async def enrol_totp(call: Call, body: FactorCode) -> StaffSessionView:
    """Enrol an authenticator app by its first code, and be signed in."""
    granted = await service.enrol_totp(body.pending, body.code, place_of(call))
    return await staff_session(call, granted)


@endpoint("POST", "/sessions/password", guard=ANYONE, status=201, limit=STEP)
async def renew_password(call: Call, body: RenewedPassword) -> StaffSessionView:
    """Set a new password where the old one is too old, and be signed in."""
    granted = await service.renew_password(body.pending, body.password, place_of(call))
    return await staff_session(call, granted)


@endpoint("GET", "/my/second-factors", guard=staff())
async def list_factors(call: Call) -> FactorList:
    """My second factors."""
    found = await service.factors_of(call.principal)
    return FactorList(
        passkeys=[passkey_view(p) for p in found.passkeys],
        totp=found.totp,
        required=load().second_factor_required,
    )


@endpoint("DELETE", "/my/passkeys/{passkey_id}", guard=staff())
async def delete_my_passkey(call: Call, passkey_id: UUID) -> None:
    """Give up a passkey; needs a recent sign-in."""
    await service.delete_factor(call.principal, passkey_id)


@endpoint("DELETE", "/my/totp", guard=staff())
async def delete_my_totp(call: Call) -> None:
    """Give up the authenticator app; needs a recent sign-in."""
    await service.delete_factor(call.principal, None)


@endpoint("DELETE", "/staff/{staff_id}/second-factors", guard=staff("security_admin"))
async def forget_factors(call: Call, staff_id: UUID) -> None:
    """Remove an officer's lost factors; the next sign-in enrols anew."""
    await service.forget_factors(call.principal, staff_id)
