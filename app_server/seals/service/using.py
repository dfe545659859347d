"""Use of a seal: standing leave, one use per decision and digest, one signature per kind.

用印授权 = leave; 用印 = use. The use is allowed in the transaction of the decision and judged as
of then: a seal that is lost an hour later still signs what was decided before (R-SEA-05).
"""

import asyncio
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app_server.kernel import audit, clock, db, sm2
from app_server.kernel.certificates import checking
from app_server.kernel.certificates.keys import raw_pair
from app_server.kernel.crypto import sm3
from app_server.kernel.principal import Principal
from app_server.seals.errors import (
    CertificateRefused,
    NoSuchLeave,
    NotAuthorised,
    NoUsableSeal,
    SealNotInThisState,
)
from app_server.seals.models import Leave, Seal, Signature, Use
from app_server.seals.providers import pades, time_stamp
from app_server.seals.providers.keystore import key
from app_server.seals.providers.pades import Place
from app_server.seals.rules import ses
from app_server.seals.service.authorities import issuer_of
from app_server.seals.service.life import seen

ANY = "*"
AUTOMATIC = "post:automatic"


@dataclass(frozen=True, slots=True)
class LeaveWanted:
    """What leave is given for.

    A holder (`staff:<id>` or `post:<role>`), a document type (`*` is every one), an item (empty is
    every one), a number of uses (0 is no limit) and a span of days.
    """

    holder: str
    document_type: str
    item: str
    allowed: int
    valid_from: date
    valid_to: date


async def grant(principal: Principal, seal_id: UUID, wanted: LeaveWanted) -> UUID:
    """Give leave to use an issued seal; raises `NoSuchSeal`, `SealNotInThisState`."""
    seal = await seen(principal, seal_id)
    if seal.state != "issued":
        raise SealNotInThisState
    async with db.unit_of_work():
        leave = await Leave.create(
            seal_id=seal_id,
            holder=wanted.holder,
            document_type=wanted.document_type,
            item=wanted.item,
            allowed=wanted.allowed,
            valid_from=wanted.valid_from,
            valid_to=wanted.valid_to,
            granted_by=principal.ref,
            granted_at=clock.now(),
        )
        audit.record(principal, "seals.leave_granted", f"seal:{seal_id}", holder=wanted.holder)
    return leave.id


async def withdraw(principal: Principal, seal_id: UUID, leave_id: UUID) -> None:
    """Take leave back; raises `NoSuchSeal`, `NoSuchLeave`. What was allowed by it stays so."""
    await seen(principal, seal_id)
    async with db.unit_of_work():
        done = await Leave.filter(id=leave_id, seal_id=seal_id, withdrawn_at=None).update(
            withdrawn_at=clock.now()
        )
        if not done:
            raise NoSuchLeave
        audit.record(principal, "seals.leave_withdrawn", f"seal:{seal_id}")


async def leaves(principal: Principal, seal_id: UUID) -> list[Leave]:
    """The leaves of a seal, newest first; raises `NoSuchSeal`."""
    await seen(principal, seal_id)
    return await Leave.filter(seal_id=seal_id).order_by("-id")


async def uses(principal: Principal, seal_id: UUID, limit: int = 100) -> list[Use]:
    """The last uses of a seal, newest first; raises `NoSuchSeal`."""
    await seen(principal, seal_id)
    return await Use.filter(seal_id=seal_id).order_by("-id").limit(limit)


# Of the leaves that fit, the one that ends first is used up first. The row is locked by the update:
# of fifty at once on the last one, one gets it.
_TAKE = """
UPDATE seals_leave SET used = used + 1 WHERE id = (
  SELECT id FROM seals_leave
  WHERE seal_id=$1 AND holder = ANY($2) AND document_type IN ($3, '*') AND item IN ($4, '')
    AND withdrawn_at IS NULL AND valid_from <= $5 AND valid_to >= $5
    AND (allowed = 0 OR used < allowed)
  ORDER BY allowed = 0, valid_to, id LIMIT 1 FOR UPDATE
) AND (allowed = 0 OR used < allowed) AND withdrawn_at IS NULL RETURNING id
"""


async def authorise(
    principal: Principal,
    org: str,
    digest: str,
    purpose: str,
    *,
    document_type: str = ANY,
    item: str = "",
) -> UUID:
    """Allow one use of the organisation's seal, with the decision.

    Raises `NoUsableSeal`, `CertificateRefused` (ran out or revoked, R-SEA-04), `NotAuthorised`
    (no leave for this person, document type, item, number or day, R-SEA-05).
    """
    seal = await Seal.filter(org=org, state="issued").order_by("-id").first()
    if seal is None:
        raise NoUsableSeal
    await _refuse_bad_certificate(seal)
    async with db.unit_of_work():
        leave = await db.row(
            _TAKE, seal.id, _holders(principal), document_type, item, clock.today()
        )
        if leave is None:
            raise NotAuthorised
        use = await Use.create(
            seal_id=seal.id,
            leave_id=leave["id"],
            digest=digest,
            document_type=document_type,
            item=item,
            purpose=purpose,
            by=principal.ref,
            granted_at=clock.now(),
        )
        audit.record(principal, "seals.authorised", f"seal:{seal.id}", purpose=purpose)
    return use.id


def _holders(principal: Principal) -> list[str]:
    if principal.kind == "anonymous":
        return [AUTOMATIC]  # what rules decide at once (秒批) has no officer
    return [principal.ref, *(f"post:{role}" for role in principal.roles)]


async def _refuse_bad_certificate(seal: Seal) -> None:
    """Both certificates of the seal must be in time and not revoked."""
    good = await db.value(
        "SELECT count(*) FROM seals_certificate WHERE holder=$1 AND revoked_at IS NULL "
        "AND not_after > $2",
        f"seal:{seal.id}",
        clock.now(),
    )
    if good < len(("sm2", "p256")) or seal.valid_until is None or seal.valid_until < clock.now():
        raise CertificateRefused


@dataclass(frozen=True, slots=True)
class Signed:
    """A seal's signature (r‖s as hex), the public key that verifies it, and the seal's name."""

    signature: str
    public_key: str
    seal_name: str


async def sign(use_id: UUID, data: bytes, digest: str) -> Signed:
    """Sign content under a use; the same call again gives the same signature.

    Raises `NotAuthorised` for another digest, or for data that are not the digest's.
    """
    use, seal = await _open(use_id, digest)
    if sm3(data).hex() != digest:
        raise NotAuthorised
    made = await _signature(use, seal, "content", data, digest)
    point = checking.key_of(checking.read_certificate(made.certificate))[1]
    return Signed(raw_pair(made.value).hex(), point.hex(), seal.name)


async def _open(use_id: UUID, digest: str) -> tuple[Use, Seal]:
    use = await Use.get_or_none(id=use_id, digest=digest)
    seal = await Seal.get_or_none(id=use.seal_id) if use else None
    if use is None or seal is None:
        raise NotAuthorised
    return use, seal


async def _signature(use: Use, seal: Seal, kind: str, data: bytes, digest: str) -> Signature:
    found = await Signature.get_or_none(use_id=use.id, kind=kind)
    if found is None:
        value = await asyncio.to_thread(key(seal.sm2_key, "sm2").sign, data)
        found = await _keep(use, kind, digest, value, bytes(seal.sm2_certificate or b""))
    if found.digest != digest:
        raise NotAuthorised
    return found


async def _keep(use: Use, kind: str, digest: str, value: bytes, certificate: bytes) -> Signature:
    """Write a signature down; of two made at once the first one stays."""
    await db.execute(
        "INSERT INTO seals_signature (id, use_id, kind, digest, value, certificate, made_at) "
        "VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6) ON CONFLICT (use_id, kind) DO NOTHING",
        use.id,
        kind,
        digest,
        value,
        certificate,
        clock.now(),
    )
    return await Signature.get(use_id=use.id, kind=kind)


async def stamp(use_id: UUID, digest: str) -> tuple[bytes, bytes]:
    """The seal (`Seal.esl`) and its print (PNG) for a document made under a use."""
    _, seal = await _open(use_id, digest)
    return bytes(seal.esl or b""), bytes(seal.picture)


async def sign_ofd(use_id: UUID, digest: str, signature_xml: bytes, property_info: str) -> bytes:
    """The seal's signature over a package's `Signature.xml` (SES V4), as of the decision.

    With a time stamp: call outside a unit of work. A second call for the same document signs it
    anew (the first answer may have been lost) and is what then is on record; another document
    under the same use is refused (`NotAuthorised`). Raises `TimeStampUnavailable`: nothing is
    kept then.
    """
    use, seal = await _open(use_id, digest)
    listed = sm3(signature_xml)
    await _refuse_another(use, "ofd", listed.hex())
    to_sign = ses.to_be_signed(bytes(seal.esl or b""), use.granted_at, listed, property_info)
    value = await asyncio.to_thread(key(seal.sm2_key, "sm2").sign, to_sign)
    certificate = bytes(seal.sm2_certificate or b"")
    # Outsiders believe the day of signing by this, also when the certificate has run out.
    whole = ses.signed_value(to_sign, certificate, value, await time_stamp.stamp(value))
    await _remember(use, "ofd", listed.hex(), sm3(whole), certificate)
    return whole


async def sign_pdf(use_id: UUID, digest: str, pdf: bytes, place: Place) -> bytes:
    """The PDF signed with the seal's other key (PAdES B-T) and its print at a place.

    Like `sign_ofd`: outside a unit of work, again for the same document, no other document.
    """
    use, seal = await _open(use_id, digest)
    unsigned = sm3(pdf).hex()
    await _refuse_another(use, "pdf", unsigned)
    certificate = bytes(seal.p256_certificate or b"")
    leaf = checking.read_certificate(certificate)
    issuer = await issuer_of(leaf)
    done = await pades.sign(
        pdf, key(seal.p256_key, "p256"), leaf, issuer, bytes(seal.picture), place
    )
    (made,) = await pades.read(done)
    await _remember(use, "pdf", unsigned, bytes.fromhex(made.digest), certificate)
    return done


async def _refuse_another(use: Use, kind: str, digest: str) -> None:
    found = await Signature.get_or_none(use_id=use.id, kind=kind)
    if found is not None and found.digest != digest:
        raise NotAuthorised


_REMEMBER = """
INSERT INTO seals_signature (id, use_id, kind, digest, value, certificate, made_at)
VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6)
ON CONFLICT (use_id, kind) DO UPDATE SET value = $4, made_at = $6
WHERE seals_signature.digest = $3
"""


async def _remember(use: Use, kind: str, digest: str, value: bytes, certificate: bytes) -> None:
    """Put a file's signature on record by its digest; raises `NotAuthorised` for another file."""
    if not await db.execute(_REMEMBER, use.id, kind, digest, value, certificate, clock.now()):
        raise NotAuthorised


async def verify(public_key: str, data: bytes, signature: str) -> bool:
    """Whether a signature given as r‖s holds."""
    return await asyncio.to_thread(sm2.verify, public_key, data, signature)
