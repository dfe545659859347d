"""The trust list (信任列表) and our own authority: certificates, requests, revocation lists."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from asn1crypto import x509

from app_server.kernel import audit, clock, db
from app_server.kernel.certificates import building, checking
from app_server.kernel.certificates.building import Revoked, Subject, Use, Validity
from app_server.kernel.certificates.checking import TrustedAuthority
from app_server.kernel.certificates.keys import Algorithm, UnreadableCertificate, public_key
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.kernel.regions import region as division
from app_server.kernel.settings import load
from app_server.seals.errors import BadCertificate, NoSuchAuthority, NoUsableSeal
from app_server.seals.events import CertificateRevoked
from app_server.seals.models import Authority, Certificate
from app_server.seals.providers.keystore import key, new_key

ROOT_LIFE, CITY_LIFE, MAKER_LIFE = (timedelta(days=365 * n) for n in (20, 10, 5))
# A list is made anew each day; whoever could not fetch it for a week trusts nobody any more.
LIST_LIFE = timedelta(days=7)
ALGORITHMS: tuple[Algorithm, ...] = ("sm2", "p256")


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh certificate as its authority signed it; `keep` writes it down."""

    authority: Authority
    der: bytes
    serial: int
    subject: str
    use: Use
    not_after: datetime


def kind_of(authority: Authority) -> Algorithm:
    """The algorithm of an authority's key."""
    return "sm2" if authority.algorithm == "sm2" else "p256"


def list_url(authority: Authority) -> str:
    """Where everybody fetches an authority's revocation list."""
    return f"{load().origin('public')}/api/v1/seal-authorities/{authority.id}/list.crl"


def parsed(authority: Authority) -> x509.Certificate:
    """The certificate of an authority; raises `NoUsableSeal` before it has one."""
    if authority.certificate is None:
        raise NoUsableSeal
    return checking.read_certificate(authority.certificate)


async def own_authority(algorithm: Algorithm) -> Authority:
    """Our newest trusted authority for an algorithm; raises `NoUsableSeal` where there is none."""
    own = Authority.filter(own=True, algorithm=algorithm, standing="trusted")
    found = await own.order_by("-added_at").first()
    if found is None:
        raise NoUsableSeal
    return found


async def found_authority(principal: Principal, algorithm: Algorithm) -> Authority:
    """Our own root with its maker and first list, made when there is none (R-SEA-04)."""
    async with db.advisory_lock(f"seals:authority:{algorithm}"):
        own = Authority.filter(own=True, algorithm=algorithm, standing="trusted")
        found = await own.order_by("-added_at").first()
        return found or await _found(principal, algorithm)


async def _found(principal: Principal, algorithm: Algorithm) -> Authority:
    now = clock.now()
    root = await asyncio.to_thread(new_key, algorithm)
    name = f"{division(load().platform_region).name}电子印章根证书（{algorithm.upper()}）"
    authority = Authority(
        name=name,
        region=load().platform_region,
        algorithm=algorithm,
        own=True,
        standing="trusted",
        key=root.handle,
        added_by=principal.ref,
        added_at=now,
    )
    authority.certificate = await asyncio.to_thread(
        building.certificate,
        Subject(name),
        public_key(algorithm, root.point),
        "root",
        _from(now, ROOT_LIFE),
        root,
    )
    return await equip(principal, authority)


def _from(now: datetime, life: timedelta) -> Validity:
    # A clock that runs a little behind must not refuse what was made just now.
    return Validity(now - timedelta(minutes=5), now + life)


async def equip(principal: Principal, authority: Authority) -> Authority:
    """Give an authority its maker's key and its first list, and write it down."""
    maker = await asyncio.to_thread(new_key, kind_of(authority))
    made = await sign_certificate(
        authority,
        Subject(f"{authority.name}制章"),
        maker.point,
        "seal_maker",
        MAKER_LIFE,
    )
    authority.maker_key, authority.maker_certificate = maker.handle, made.der
    await _make_list(authority, [])
    async with db.unit_of_work():
        await authority.save()
        await keep(made, f"authority:{authority.id}")
        audit.record(principal, "seals.authority_founded", f"authority:{authority.id}")
    return authority


async def sign_certificate(
    authority: Authority, subject: Subject, point: bytes, use: Use, life: timedelta
) -> Issued:
    """Have an authority of ours sign a certificate; call outside a unit of work (key store)."""
    issuer, now = parsed(authority), clock.now()
    # Nobody can vouch for longer than for himself.
    until = min(now + life, issuer.not_valid_after)
    der = await asyncio.to_thread(
        building.certificate,
        subject,
        public_key(kind_of(authority), point),
        use,
        Validity(now - timedelta(minutes=5), until),
        key(authority.key, kind_of(authority)),
        issuer,
        list_url(authority),
    )
    serial = checking.read_certificate(der).serial_number
    return Issued(authority, der, serial, subject.common_name, use, until)


async def keep(issued: Issued, holder: str) -> None:
    """Write a certificate down in the caller's unit of work."""
    await Certificate.create(
        authority_id=issued.authority.id,
        serial=f"{issued.serial:x}",
        subject=issued.subject,
        use=issued.use,
        holder=holder,
        der=issued.der,
        not_after=issued.not_after,
        issued_at=clock.now(),
    )


async def revoke(holder: str, reason: str) -> None:
    """Revoke all certificates of a holder in the caller's unit of work; the lists follow.

    `reason` is one of RFC 5280 §5.3.1. From this moment our own look at the rows refuses them.
    """
    now = clock.now()
    rows = await db.rows(
        "UPDATE seals_certificate SET revoked_at=$2, reason=$3 WHERE holder=$1 "
        "AND revoked_at IS NULL RETURNING authority_id",
        holder,
        now,
        reason,
    )
    for authority_id in {row["authority_id"] for row in rows}:
        announce(CertificateRevoked(authority_id=authority_id))


async def make_list(authority_id: UUID) -> None:
    """Make the revocation list of an authority of ours anew."""
    stored = False
    while not stored:
        authority = await Authority.get(id=authority_id)
        was = authority.list_number
        gone = await Certificate.filter(authority_id=authority_id, revoked_at__not_isnull=True)
        await _make_list(
            authority,
            [Revoked(int(r.serial, 16), r.revoked_at, r.reason) for r in gone if r.revoked_at],
        )
        # Somebody who was quicker may not know of the last revocation: then once more.
        stored = bool(
            await Authority.filter(id=authority_id, list_number=was).update(
                list=authority.list,
                list_number=authority.list_number,
                list_until=authority.list_until,
            )
        )


async def _make_list(authority: Authority, revoked: list[Revoked]) -> None:
    now = clock.now()
    authority.list_number += 1
    authority.list_until = now + LIST_LIFE
    authority.list = await asyncio.to_thread(
        building.revocation_list,
        parsed(authority),
        revoked,
        authority.list_number,
        _from(now, LIST_LIFE),
        key(authority.key, kind_of(authority)),
    )


async def refresh_lists() -> None:
    """Make all our lists anew, long before they run out."""
    for row in await Authority.filter(own=True, standing="trusted"):
        await make_list(row.id)


async def trusted() -> list[TrustedAuthority]:
    """The authorities whose certificates count now, with their newest lists."""
    rows = await Authority.filter(standing="trusted", certificate__not_isnull=True)
    # One that stands there twice counts by the newer list.
    rows.sort(key=lambda row: row.list_number)
    newest = {bytes(row.certificate or b""): row for row in rows}
    return [
        TrustedAuthority(
            parsed(row), checking.read_list(row.list) if row.list is not None else None
        )
        for row in newest.values()
    ]


async def issuer_of(leaf: x509.Certificate) -> x509.Certificate:
    """The certificate of the trusted authority that issued another; raises `NoSuchAuthority`."""
    for one in await trusted():
        if await asyncio.to_thread(checking.issued_by, leaf, one.certificate):
            return one.certificate
    raise NoSuchAuthority


async def revocation_list(authority_id: UUID) -> bytes:
    """The list that everybody may fetch; raises `NoSuchAuthority`."""
    found = await Authority.get_or_none(id=authority_id, own=True)
    if found is None or found.list is None:
        raise NoSuchAuthority
    return bytes(found.list)


async def trust_list() -> list[Authority]:
    """The whole trust list, ours first."""
    return await Authority.all().order_by("-own", "algorithm", "-added_at")


def readable(data: bytes) -> x509.Certificate:
    """A certificate that somebody brought; raises `BadCertificate`."""
    try:
        found = checking.read_certificate(data)
        checking.key_of(found)
    except UnreadableCertificate as error:
        raise BadCertificate from error
    return found
