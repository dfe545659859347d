"""Whom we trust: cities under the province's root, other provinces, and their lists (R-SEA-02)."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
import structlog
from asn1crypto import crl

from app_server.kernel import audit, clock, db
from app_server.kernel.certificates import building, checking
from app_server.kernel.certificates.building import Subject
from app_server.kernel.certificates.keys import Algorithm, UnreadableCertificate
from app_server.kernel.principal import Principal
from app_server.kernel.regions import region as division
from app_server.kernel.settings import load
from app_server.seals.errors import BadCertificate, NoSuchAuthority
from app_server.seals.models import Authority
from app_server.seals.providers.keystore import key, new_key
from app_server.seals.service import authorities
from app_server.seals.service.authorities import CITY_LIFE, kind_of, readable

log = structlog.get_logger(__name__)
MAX_LIST = 8 * 1024 * 1024
_SOON = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class AuthorityWanted:
    """Another's authority: name, region, certificate (DER or PEM), where its list is fetched."""

    name: str
    region: str
    certificate: bytes
    list_url: str


async def trust(principal: Principal, wanted: AuthorityWanted) -> UUID:
    """Put another's authority on the trust list, with its present revocation list if it is told.

    Raises `BadCertificate` for what is no authority's certificate.
    """
    certificate = readable(wanted.certificate)
    if not certificate.ca:
        raise BadCertificate
    async with db.unit_of_work():
        row = await Authority.create(
            name=wanted.name,
            region=wanted.region,
            algorithm=checking.key_of(certificate)[0],
            standing="trusted",
            certificate=certificate.dump(),
            list_url=wanted.list_url,
            added_by=principal.ref,
            added_at=clock.now(),
        )
        audit.record(principal, "seals.authority_trusted", f"authority:{row.id}")
    return row.id


async def set_standing(principal: Principal, authority_id: UUID, *, trusted: bool) -> None:
    """Suspend an authority or trust it again; raises `NoSuchAuthority`."""
    was, to = ("suspended", "trusted") if trusted else ("trusted", "suspended")
    async with db.unit_of_work():
        moved = await Authority.filter(id=authority_id, standing=was).update(standing=to)
        if not moved:
            raise NoSuchAuthority
        audit.record(principal, f"seals.authority_{to}", f"authority:{authority_id}")


async def take_list(authority_id: UUID, data: bytes) -> None:
    """Keep a newer revocation list of another's authority; an older one changes nothing.

    Raises `NoSuchAuthority`, `BadCertificate` for a list that is not this authority's.
    """
    row = await Authority.get_or_none(id=authority_id, own=False)
    if row is None or row.certificate is None:
        raise NoSuchAuthority
    found = _readable_list(data)
    held = await asyncio.to_thread(checking.list_holds, found, readable(bytes(row.certificate)))
    if not held:
        raise BadCertificate
    await db.execute(
        "UPDATE seals_authority SET list=$2, list_number=$3, list_until=$4 "
        "WHERE id=$1 AND (list IS NULL OR list_number < $3)",
        authority_id,
        found.dump(),
        found.crl_number_value.native if found.crl_number_value else 0,
        checking.covers_until(found),
    )


def _readable_list(data: bytes) -> crl.CertificateList:
    try:
        return checking.read_list(data)
    except UnreadableCertificate as error:
        raise BadCertificate from error


async def fetch_lists() -> None:
    """Fetch the lists of all authorities that are not ours; one that fails keeps its last list."""
    async with httpx.AsyncClient(timeout=_SOON.total_seconds(), trust_env=False) as line:
        for row in await Authority.filter(own=False, standing="trusted").exclude(list_url=""):
            try:
                await take_list(row.id, await _fetched(line, row.list_url))
            except (httpx.HTTPError, BadCertificate) as error:
                log.warning("list_not_fetched", authority=row.name, error=str(error))


async def _fetched(line: httpx.AsyncClient, url: str) -> bytes:
    whole = bytearray()
    async with line.stream("GET", url) as answer:
        answer.raise_for_status()
        async for part in answer.aiter_bytes():
            whole += part
            if len(whole) > MAX_LIST:
                raise BadCertificate
    return bytes(whole)


async def request_authority(principal: Principal, algorithm: Algorithm) -> tuple[UUID, bytes]:
    """Make our own key and the request (PKCS #10) that the province signs (R-SEA-03)."""
    own = await asyncio.to_thread(new_key, algorithm)
    region = load().platform_region
    name = f"{division(region).name}电子印章中心（{algorithm.upper()}）"
    asked = await asyncio.to_thread(building.request, Subject(name), own)
    async with db.unit_of_work():
        row = await Authority.create(
            name=name,
            region=region,
            algorithm=algorithm,
            own=True,
            standing="requested",
            key=own.handle,
            added_by=principal.ref,
            added_at=clock.now(),
        )
        audit.record(principal, "seals.authority_requested", f"authority:{row.id}")
    return row.id, asked


async def sign_request(
    principal: Principal, request: bytes, region: str, list_url: str
) -> tuple[bytes, bytes]:
    """Sign a city's request with our root and put the city on our trust list.

    Answers the city's certificate and our root's (DER). Raises `BadCertificate`, `NoUsableSeal`.
    """
    try:
        subject, algorithm, point = checking.read_request(request)
    except UnreadableCertificate as error:
        raise BadCertificate from error
    root = await authorities.own_authority(algorithm)
    made = await authorities.sign_certificate(root, subject, point, "authority", CITY_LIFE)
    async with db.unit_of_work():
        await trust(principal, AuthorityWanted(subject.common_name, region, made.der, list_url))
        await authorities.keep(made, f"region:{region}:{algorithm}")
    return made.der, bytes(root.certificate or b"")


async def install(
    principal: Principal, authority_id: UUID, certificate: bytes, root: AuthorityWanted
) -> None:
    """Take the certificate that the province made for our request, and trust its root.

    Raises `NoSuchAuthority`, `BadCertificate` where key, issuer or purpose do not fit.
    """
    row = await Authority.get_or_none(id=authority_id, own=True, standing="requested")
    if row is None:
        raise NoSuchAuthority
    ours, above = readable(certificate), readable(root.certificate)
    own = key(row.key, kind_of(row))
    fits = (
        checking.key_of(ours) == (kind_of(row), own.point)
        and bool(ours.ca)
        and await asyncio.to_thread(checking.issued_by, ours, above)
    )
    if not fits:
        raise BadCertificate
    row.certificate, row.standing = ours.dump(), "trusted"
    if not await Authority.filter(certificate=above.dump()).exists():
        await trust(principal, root)
    await authorities.equip(principal, row)
