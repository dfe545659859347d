"""Passkeys (通行密钥, WebAuthn level 3): challenges for one purpose, and what answers them.

The address and name a key is bound to are the surface's own, never the request's: a resident's
key does not open the workbench, nor does a mini-app's origin get an answer out of one.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog
import webauthn
from tortoise.exceptions import IntegrityError
from webauthn.helpers import bytes_to_base64url, options_to_json_dict
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index, same
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from auth.grants.errors import (
    FactorRefused,
    NoSuchPasskey,
    PasskeyTaken,
    TooManyPasskeys,
)
from auth.grants.models import Passkey, PasskeyChallenge
from auth.grants.rules import CHALLENGE_LIFE, MOST_PASSKEYS
from auth.grants.service.sessions import needs_fresh

log = structlog.get_logger(__name__)

_SURFACE = {"person": "public", "staff": "staff"}
_ALGORITHMS = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
Credential = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose passkeys they are, and how an authenticator shows the account."""

    kind: str
    id: UUID
    label: str = ""
    name: str = ""

    @property
    def handle(self) -> bytes:
        """What the authenticator keeps of them: nothing that could be read elsewhere."""
        return bytes.fromhex(blind_index(f"{self.kind}:{self.id}", "grants.user_handle"))


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What the browser hands to `navigator.credentials`, and the challenge it answers."""

    challenge_id: UUID
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PasskeyFacts:
    """A passkey as its owner sees it."""

    id: UUID
    name: str
    synced: bool
    suspect: bool
    created_at: datetime
    used_at: datetime | None


def _origin(kind: str) -> str:
    return load().origin(_SURFACE[kind])


def _rp_id(kind: str) -> str:
    return urlsplit(_origin(kind)).hostname or ""


def _credential_digest(credential_id: str) -> str:
    return blind_index(credential_id, "grants.credential")


async def _open(purpose: str, bound_to: UUID | None) -> PasskeyChallenge:
    return await PasskeyChallenge.create(
        purpose=purpose,
        bound_to=bound_to,
        challenge=base64.b64encode(secrets.token_bytes(32)).decode(),
        expires_at=clock.now() + CHALLENGE_LIFE,
    )


async def _take(purpose: str, bound_to: UUID | None, challenge_id: UUID) -> bytes:
    """Use a challenge up, whatever its answer is worth; raises `FactorRefused`."""
    found: str | None = await db.value(
        "UPDATE grants_passkey_challenge SET used_at=$4 WHERE id=$1 AND purpose=$2 "
        "AND bound_to IS NOT DISTINCT FROM $3 AND used_at IS NULL AND expires_at > $4 "
        "RETURNING challenge",
        challenge_id,
        purpose,
        bound_to,
        clock.now(),
    )
    if found is None:
        raise FactorRefused
    return base64.b64decode(found)


async def _descriptors(holder: Holder) -> list[PublicKeyCredentialDescriptor]:
    rows = await Passkey.filter(kind=holder.kind, subject_id=holder.id, suspect_at=None)
    return [
        PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(row.credential_id))
        for row in rows
    ]


async def registration_options(holder: Holder, bound_to: UUID) -> Ceremony:
    """Begin to register a passkey within a session or a pending sign-in."""
    opened = await _open(f"{holder.kind}:register", bound_to)
    options = webauthn.generate_registration_options(
        rp_id=_rp_id(holder.kind),
        rp_name=load().platform_name,
        user_id=holder.handle,
        user_name=holder.label,
        user_display_name=holder.name,
        challenge=base64.b64decode(opened.challenge),
        timeout=int(CHALLENGE_LIFE.total_seconds() * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=await _descriptors(holder),
        supported_pub_key_algs=_ALGORITHMS,
    )
    return Ceremony(opened.id, options_to_json_dict(options))


async def made_passkey(
    kind: str, bound_to: UUID, challenge_id: UUID, credential: Credential
) -> VerifiedRegistration:
    """The new key an authenticator answered with; raises `FactorRefused`.

    Call outside a unit of work: a challenge is used up by a wrong answer too.
    """
    challenge = await _take(f"{kind}:register", bound_to, challenge_id)
    try:
        return webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_rp_id(kind),
            expected_origin=_origin(kind),
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
    except Exception as error:  # whatever a made-up answer makes of the parser is a refusal
        log.info("passkey_refused", at="register", error=type(error).__name__)
        raise FactorRefused from error


async def keep_passkey(
    holder: Holder, made: VerifiedRegistration, credential: Credential, name: str
) -> Passkey:
    """Keep a new passkey; raises `PasskeyTaken`, `TooManyPasskeys`."""
    credential_id = bytes_to_base64url(made.credential_id)
    async with db.unit_of_work():
        await db.lock(f"grants.passkeys:{holder.id}")
        if await Passkey.filter(subject_id=holder.id).count() >= MOST_PASSKEYS:
            raise TooManyPasskeys
        try:
            row = await Passkey.create(
                kind=holder.kind,
                subject_id=holder.id,
                credential_digest=_credential_digest(credential_id),
                credential_id=credential_id,
                public_key=base64.b64encode(made.credential_public_key).decode(),
                sign_count=made.sign_count,
                transports=_transports(credential),
                aaguid=made.aaguid,
                multi_device=made.credential_device_type.value == "multi_device",
                backed_up=made.credential_backed_up,
                name=name,
                created_at=clock.now(),
            )
        except IntegrityError as error:
            raise PasskeyTaken from error
        note_deed(holder, "grants.passkey_registered", row.id)
    return row


def _transports(credential: Credential) -> list[str]:
    told = credential.get("response", {}).get("transports")
    known = {"usb", "nfc", "ble", "internal", "hybrid", "smart-card", "cable"}
    return sorted({t for t in told if isinstance(t, str)} & known) if isinstance(told, list) else []


async def assertion_options(kind: str, bound_to: UUID | None, holder: Holder | None) -> Ceremony:
    """Begin to prove a passkey; without a holder, any it has for us."""
    opened = await _open(f"{kind}:assert", bound_to)
    options = webauthn.generate_authentication_options(
        rp_id=_rp_id(kind),
        challenge=base64.b64decode(opened.challenge),
        timeout=int(CHALLENGE_LIFE.total_seconds() * 1000),
        allow_credentials=await _descriptors(holder) if holder else [],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Ceremony(opened.id, options_to_json_dict(options))


async def prove_passkey(
    kind: str,
    bound_to: UUID | None,
    challenge_id: UUID,
    credential: Credential,
    holder: Holder | None = None,
) -> Passkey:
    """The passkey that answered a challenge; `FactorRefused` says nothing more.

    A counter that went backwards means a copy of the key: it opens nothing from then on.
    """
    challenge = await _take(f"{kind}:assert", bound_to, challenge_id)
    row = await Passkey.get_or_none(
        credential_digest=_credential_digest(str(credential.get("id", ""))), kind=kind
    )
    if row is None or row.suspect_at is not None or (holder and row.subject_id != holder.id):
        raise FactorRefused
    try:
        shown = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_rp_id(kind),
            expected_origin=_origin(kind),
            credential_public_key=base64.b64decode(row.public_key),
            # The counter is judged below, after the signature: anybody can write a number.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
        handle = credential["response"].get("userHandle")
    except Exception as error:  # whatever a made-up answer makes of the parser is a refusal
        log.info("passkey_refused", at="assert", error=type(error).__name__)
        raise FactorRefused from error
    mine = bytes_to_base64url(Holder(kind, row.subject_id).handle)
    if (holder is None or handle) and not same(str(handle), mine):
        raise FactorRefused
    await _count_on(row, shown.new_sign_count, backed_up=shown.credential_backed_up)
    return row


async def _count_on(row: Passkey, count: int, *, backed_up: bool) -> None:
    moved = await db.execute(
        "UPDATE grants_passkey SET sign_count=$2, used_at=$3, backed_up=$4 WHERE id=$1 "
        "AND suspect_at IS NULL AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0))",
        row.id,
        count,
        clock.now(),
        backed_up,
    )
    if moved:
        return
    async with db.unit_of_work():
        await Passkey.filter(id=row.id).update(suspect_at=clock.now())
        note_deed(Holder(row.kind, row.subject_id), "grants.passkey_suspect", row.id)
    raise FactorRefused


def amr_of(row: Passkey) -> tuple[str, ...]:
    """How it counts (RFC 8176): bound to its device or not, with the user verified on it."""
    return ("swk" if row.multi_device else "hwk", "mfa")


async def passkeys_of(principal: Principal) -> list[PasskeyFacts]:
    """The caller's passkeys, the newest first."""
    rows = await Passkey.filter(kind=principal.kind, subject_id=principal.subject).order_by("-id")
    return [facts_of(row) for row in rows]


async def add_passkey(
    principal: Principal, holder: Holder, challenge_id: UUID, credential: Credential, name: str
) -> PasskeyFacts:
    """Register a passkey in the caller's session.

    Raises `ReauthenticationNeeded`, `FactorRefused`, `PasskeyTaken`, `TooManyPasskeys`.
    """
    session = await needs_fresh(principal)
    made = await made_passkey(holder.kind, session, challenge_id, credential)
    return facts_of(await keep_passkey(holder, made, credential, name))


async def begin_adding(principal: Principal, holder: Holder) -> Ceremony:
    """Begin to register a passkey in the caller's session; `ReauthenticationNeeded`."""
    return await registration_options(holder, await needs_fresh(principal))


async def rename_passkey(principal: Principal, passkey_id: UUID, name: str) -> None:
    """Call one of the caller's passkeys otherwise; raises `NoSuchPasskey`."""
    if not await Passkey.filter(
        id=passkey_id, kind=principal.kind, subject_id=principal.subject
    ).update(name=name):
        raise NoSuchPasskey


async def delete_passkey(principal: Principal, passkey_id: UUID) -> None:
    """Forget one of the caller's passkeys; raises `NoSuchPasskey`, `ReauthenticationNeeded`."""
    await needs_fresh(principal)
    async with db.unit_of_work():
        if not await Passkey.filter(
            id=passkey_id, kind=principal.kind, subject_id=principal.subject
        ).delete():
            raise NoSuchPasskey
        note_deed(Holder(principal.kind, principal.subject), "grants.passkey_deleted", passkey_id)


def note_deed(holder: Holder, deed: str, thing: UUID) -> None:
    """Record what became of somebody's factor, in the current unit of work."""
    audit.record(
        Principal(kind=holder.kind, id=holder.id),  # type: ignore[arg-type]
        deed,
        f"passkey:{thing}",
        owner=holder.id if holder.kind == "person" else None,
    )


def facts_of(row: Passkey) -> PasskeyFacts:
    """A row as plain values."""
    return PasskeyFacts(
        row.id, row.name, row.backed_up, row.suspect_at is not None, row.created_at, row.used_at
    )
