"""Client-held certificates (X.509): chain, dates, purpose, revocation, and a signed challenge.

The trusted authorities are files of one folder (`CERTIFICATES_DIR`): `<name>.pem` the authority's
certificate and `<name>.crl` the address of its revocation list (http, checked by signature). A
list that ran out or was never fetched refuses everybody: no news is not good news. SM2
certificates are not read, since the library beneath knows no SM2; RSA and ECDSA are.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import NameOID
from pydantic_settings import BaseSettings, SettingsConfigDict

from app_server.kernel.settings import ConfigurationRefused, load

# GM/T 0015: the holder's ID number, and the organisation's unified credit code.
PERSON_NUMBER = x509.ObjectIdentifier("1.2.156.10260.4.1.1")
CREDIT_CODE = x509.ObjectIdentifier("1.2.156.10260.4.1.4")
MIN_RSA = 2048
MAX_LIST = 8 * 1024 * 1024


class CertificateRefused(Exception):
    """The certificate or its signature proves nothing here; the text is a reason code."""


class CertificateSettings(BaseSettings):
    """Where the trusted authorities stand (`CERTIFICATES_DIR`)."""

    model_config = SettingsConfigDict(env_prefix="CERTIFICATES_", extra="ignore", frozen=True)

    dir: str = ""

    @property
    def folder(self) -> Path:
        """The folder; raises `ConfigurationRefused` where production names none."""
        if self.dir:
            return Path(self.dir)
        if load().production:
            raise ConfigurationRefused(["CERTIFICATES_DIR 未设置"])
        return load().secrets_file.parent / "demo-authorities"


@dataclass(frozen=True, slots=True)
class Authority:
    """A trusted authority and where its revocation list is found."""

    name: str
    certificate: x509.Certificate
    crl_url: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a valid certificate names."""

    name: str
    number: str
    serial: str
    authority: str


def authorities() -> dict[str, Authority]:
    """The trusted authorities by name; read anew, since operators add and remove them."""
    folder = CertificateSettings().folder
    found = {}
    for path in sorted(folder.glob("*.pem")) if folder.is_dir() else []:
        certificate = _authority(path.read_bytes())
        url = path.with_suffix(".crl").read_text().strip()
        found[path.stem] = Authority(path.stem, certificate, url)
    return found


@lru_cache(maxsize=64)
def _authority(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem)


def read_chain(pem: str) -> list[x509.Certificate]:
    """The certificates of a text, the holder's first; raises `CertificateRefused`."""
    try:
        found = x509.load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        raise CertificateRefused("unreadable") from error
    if not 1 <= len(found) <= 4:
        raise CertificateRefused("chain_length")
    return found


def trusted_by(chain: list[x509.Certificate], now: datetime) -> Authority:
    """The authority a chain leads to; raises `CertificateRefused`.

    Each link must be signed by the next, in force, and allowed to sign; the last is signed by
    (or is) a trusted authority.
    """
    for depth, (child, parent) in enumerate(pairwise(chain)):
        _issued(child, parent, depth, now)
    last = chain[-1]
    for authority in authorities().values():
        if last == authority.certificate:
            if len(chain) == 1:
                raise CertificateRefused("is_an_authority")
            return authority
        if last.issuer == authority.certificate.subject:
            _issued(last, authority.certificate, len(chain) - 1, now)
            return authority
    raise CertificateRefused("untrusted_authority")


def _issued(child: x509.Certificate, parent: x509.Certificate, depth: int, now: datetime) -> None:
    for certificate in (child, parent):
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise CertificateRefused("out_of_date")
    limits = _extension(parent, x509.BasicConstraints)
    if limits is None or not limits.ca:
        raise CertificateRefused("issuer_is_no_authority")
    if limits.path_length is not None and limits.path_length < depth:
        raise CertificateRefused("chain_length")
    usage = _extension(parent, x509.KeyUsage)
    if usage is not None and not usage.key_cert_sign:
        raise CertificateRefused("issuer_may_not_sign")
    try:
        child.verify_directly_issued_by(parent)
    except (InvalidSignature, ValueError, TypeError) as error:
        raise CertificateRefused("broken_chain") from error


def not_revoked(
    chain: list[x509.Certificate], authority: Authority, revocations: str, now: datetime
) -> None:
    """Raise `CertificateRefused` unless the authority's present list clears its direct child."""
    crl = checked_list(revocations.encode(), authority)
    if crl.next_update_utc is None or crl.next_update_utc < now:
        raise CertificateRefused("revocation_list_out_of_date")
    issued = [c for c in chain if c.issuer == authority.certificate.subject]
    if len(chain) > len(issued) + (authority.certificate in chain):
        # An intermediate's own list is not held: what it issued cannot be cleared.
        raise CertificateRefused("revocation_unknown")
    if any(
        crl.get_revoked_certificate_by_serial_number(c.serial_number) is not None for c in issued
    ):
        raise CertificateRefused("revoked")


def checked_list(pem: bytes, authority: Authority) -> x509.CertificateRevocationList:
    """A revocation list that this authority signed; raises `CertificateRefused`."""
    try:
        crl = x509.load_pem_x509_crl(pem)
        signed = crl.is_signature_valid(authority.certificate.public_key())  # type: ignore[arg-type]
    except (ValueError, TypeError) as error:
        raise CertificateRefused("revocation_list_unreadable") from error
    if not signed or crl.issuer != authority.certificate.subject:
        raise CertificateRefused("revocation_list_forged")
    return crl


def holder_of(leaf: x509.Certificate, authority: Authority, kind: x509.ObjectIdentifier) -> Holder:
    """Whom the certificate names, and the number its extension binds; `CertificateRefused`."""
    usage = _extension(leaf, x509.KeyUsage)
    if usage is None or not usage.digital_signature:
        raise CertificateRefused("not_for_signing")
    limits = _extension(leaf, x509.BasicConstraints)
    if limits is not None and limits.ca:
        raise CertificateRefused("is_an_authority")
    names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    try:
        number = leaf.extensions.get_extension_for_oid(kind).value
    except x509.ExtensionNotFound as error:
        raise CertificateRefused("no_number") from error
    if not isinstance(number, x509.UnrecognizedExtension) or not names:
        raise CertificateRefused("no_number")
    return Holder(
        str(names[0].value), _text(number.value), f"{leaf.serial_number:x}", authority.name
    )


def _text(der: bytes) -> str:
    # PrintableString or UTF8String of less than 128 bytes: tag, length, text.
    if len(der) < 2 or der[0] not in {0x0C, 0x13} or der[1] != len(der) - 2:
        raise CertificateRefused("no_number")
    return der[2:].decode("utf-8", "strict")


def signed(leaf: x509.Certificate, challenge: bytes, signature: bytes) -> None:
    """Raise `CertificateRefused` unless the holder's key signed this very challenge."""
    key = leaf.public_key()
    try:
        if isinstance(key, RSAPublicKey) and key.key_size >= MIN_RSA:
            key.verify(signature, challenge, PKCS1v15(), hashes.SHA256())
        elif isinstance(key, EllipticCurvePublicKey):
            key.verify(signature, challenge, ECDSA(hashes.SHA256()))
        else:
            raise CertificateRefused("key_kind")
    except InvalidSignature as error:
        raise CertificateRefused("signature") from error


E = TypeVar("E", bound=x509.ExtensionType)


def _extension(certificate: x509.Certificate, kind: type[E]) -> E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


async def fetch_list(authority: Authority) -> tuple[str, int, datetime]:
    """The authority's list as PEM, its number and its end; raises `OSError`."""
    try:
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            reply = await client.get(authority.crl_url)
        reply.raise_for_status()
        if len(reply.content) > MAX_LIST:
            raise OSError("revocation list too large")
        crl = checked_list(reply.content, authority)
    except (httpx.HTTPError, CertificateRefused) as error:
        raise OSError(f"revocation list of {authority.name}") from error
    if crl.next_update_utc is None:
        raise OSError("revocation list without an end")
    try:
        number = crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound:
        number = 0
    return reply.text, number, crl.next_update_utc
