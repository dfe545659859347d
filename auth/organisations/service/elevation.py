"""The second level of an organisation: tax account, enterprise certificate, or window (R-ID-21)."""

import base64
import binascii
import hashlib
import secrets
from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.crypto import same
from app_server.kernel.principal import Principal
from auth.identity import service as identity
from auth.organisations.errors import (
    NoSuchChallenge,
    NoSuchOrganisation,
    OrganisationLapsed,
    ProofRefused,
    RegistryUnreachable,
    RepresentativeOnly,
    TooManyTries,
)
from auth.organisations.models import Challenge, Organisation, Refusal
from auth.organisations.providers.registries import registries
from auth.organisations.rules import (
    CHALLENGE_LIFE,
    REFUSAL_WINDOW,
    REFUSALS,
    checked_credit_code,
)
from auth.organisations.service.acting import level_of

TAX, CERTIFICATE, WINDOW = "tax_account", "enterprise_certificate", "legal_window"


async def _represented(principal: Principal, organisation_id: UUID) -> Organisation:
    row = await Organisation.get_or_none(id=organisation_id)
    if row is None:
        raise NoSuchOrganisation
    if row.representative_id != principal.subject:
        raise RepresentativeOnly
    if row.state != "active":
        raise OrganisationLapsed
    return row


async def _tries_left(organisation_id: UUID) -> None:
    used = await Refusal.filter(
        organisation_id=organisation_id, at__gt=clock.now() - REFUSAL_WINDOW
    ).count()
    if used >= REFUSALS:
        raise TooManyTries


async def _refused(organisation_id: UUID, means: str) -> ProofRefused:
    await Refusal.create(organisation_id=organisation_id, means=means, at=clock.now())
    return ProofRefused()


async def _believed(principal: Principal, row: Organisation, means: str, **facts: str) -> int:
    proof = identity.Proof(said_name=row.name)
    await identity.add_subject_evidence(principal, "organisation", row.id, means, proof, **facts)
    return await level_of(row.id)


async def raise_by_tax_account(
    principal: Principal, organisation_id: UUID, account: str, password: str
) -> int:
    """The declaring account at the local tax office; answers the level.

    Raises `RepresentativeOnly`, `OrganisationLapsed`, `TooManyTries`, `ProofRefused`,
    `RegistryUnreachable`, `MeansDisabled`. The password is passed on as a digest, never kept.
    """
    row = await _represented(principal, organisation_id)
    await _tries_left(row.id)
    digest = hashlib.sha256(f"{row.credit_code}:{password}".encode()).hexdigest()
    try:
        matched = await registries().tax_account(
            credit_code=row.credit_code, account=account, password_digest=digest
        )
    except OSError as error:
        raise RegistryUnreachable from error
    if not matched:
        raise await _refused(row.id, TAX)
    return await _believed(principal, row, TAX, account_tail=account[-4:])


async def open_challenge(principal: Principal, organisation_id: UUID) -> Challenge:
    """What the certificate's key must sign within five minutes; raises as `_represented`."""
    row = await _represented(principal, organisation_id)
    await _tries_left(row.id)
    return await Challenge.create(
        organisation_id=row.id,
        person_id=principal.subject,
        nonce=secrets.token_urlsafe(32),
        expires_at=clock.now() + CHALLENGE_LIFE,
    )


def to_sign(challenge: Challenge) -> bytes:
    """The bytes to sign: every part the answer is bound to."""
    parts = ("wanshi-organisation/1", challenge.id, challenge.organisation_id, challenge.nonce)
    return "\n".join(str(part) for part in parts).encode()


async def raise_by_certificate(
    principal: Principal, organisation_id: UUID, challenge_id: UUID, chain: str, signature: str
) -> int:
    """An enterprise certificate: chain, validity, revocation, and the signed challenge.

    Raises `NoSuchChallenge` (used, late, foreign), `ProofRefused`, `TooManyTries`.
    """
    row = await _represented(principal, organisation_id)
    await _tries_left(row.id)
    challenge = await Challenge.get_or_none(id=challenge_id, organisation_id=row.id)
    used = await db.execute(
        "UPDATE organisations_challenge SET used_at=$3 WHERE id=$1 AND organisation_id=$2 "
        "AND person_id=$4 AND used_at IS NULL AND expires_at > $3",
        challenge_id,
        row.id,
        clock.now(),
        principal.subject,
    )
    if challenge is None or not used:
        raise NoSuchChallenge
    try:
        holder = await identity.certificate_holder(
            chain,
            to_sign(challenge),
            base64.b64decode(signature, validate=True),
            identity.CREDIT_CODE,
        )
    except (identity.CertificateRefused, binascii.Error) as error:
        raise await _refused(row.id, CERTIFICATE) from error
    if not same(holder.number, row.credit_code) or holder.name != row.name:
        raise await _refused(row.id, CERTIFICATE)
    return await _believed(
        principal, row, CERTIFICATE, authority=holder.authority, serial=holder.serial
    )


async def raise_at_window(officer: Principal, credit_code: str, seen: str) -> int:
    """A window officer has seen the originals; answers the level.

    The officer's own post tells the window (identity). Raises `CreditCodeInvalid`,
    `NoSuchOrganisation`, `OrganisationLapsed`, `WindowNotAllowed`.
    """
    window = await identity.window_of(officer)
    row = await Organisation.get_or_none(credit_code=checked_credit_code(credit_code))
    if row is None:
        raise NoSuchOrganisation
    if row.state != "active":
        raise OrganisationLapsed
    proof = identity.Proof(said_name=row.name, window=window.id, region=window.region)
    await identity.add_subject_evidence(officer, "organisation", row.id, WINDOW, proof, seen=seen)
    return await level_of(row.id)
