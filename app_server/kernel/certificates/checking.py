"""Whether a certificate is good: chain, dates, use, revocation (what we need of RFC 5280 §6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import core, crl, csr, pem, x509

from app_server.kernel.certificates.building import Subject
from app_server.kernel.certificates.keys import (
    SIGNATURES,
    Algorithm,
    UnreadableCertificate,
    holds,
    read_key,
)

# What authorities name in certificates for signing at large; no standard has a word for seals.
GENERAL = frozenset({"any_extended_key_usage", "client_auth", "email_protection"})
_KNOWN = frozenset(
    {
        "key_identifier",
        "authority_key_identifier",
        "key_usage",
        "basic_constraints",
        "extended_key_usage",
        "crl_distribution_points",
    }
)


@dataclass(frozen=True, slots=True)
class TrustedAuthority:
    """A certificate that is trusted by being here, and its revocation list if there is one."""

    certificate: x509.Certificate
    revocation_list: crl.CertificateList | None = None


def read_certificate(data: bytes) -> x509.Certificate:
    """A certificate of DER or PEM; raises `UnreadableCertificate`."""
    return _read(x509.Certificate, data)


def read_list(data: bytes) -> crl.CertificateList:
    """A revocation list of DER or PEM; raises `UnreadableCertificate`."""
    return _read(crl.CertificateList, data)


def read_request(data: bytes) -> tuple[Subject, Algorithm, bytes]:
    """Whom a request is for and its key.

    Raises `UnreadableCertificate`, also where the request is not signed by that key.
    """
    found = _read(csr.CertificationRequest, data)
    body = found["certification_request_info"]
    algorithm, point = read_key(body["subject_pk_info"])
    if not holds(algorithm, point, body.dump(), found["signature"].native):
        raise UnreadableCertificate("signature")
    named = body["subject"].native
    return (
        Subject(
            str(named.get("common_name", "")),
            str(named.get("organization_name", "")),
            str(named.get("serial_number", "")),
        ),
        algorithm,
        point,
    )


def _read(kind: type[core.Sequence], data: bytes) -> core.Sequence:
    try:
        if pem.detect(data):
            data = pem.unarmor(data)[2]
        found = kind.load(data, strict=True)
        # asn1crypto reads lazily: all of it now, or a broken end is met in the middle of a use.
        found.native  # noqa: B018
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableCertificate(kind.__name__) from error
    return found


def key_of(certificate: x509.Certificate) -> tuple[Algorithm, bytes]:
    """The algorithm and point of a certificate's key; raises `UnreadableCertificate`."""
    return read_key(certificate.public_key)


def faults(
    leaf: x509.Certificate,
    trusted: Sequence[TrustedAuthority],
    at: datetime,
    purpose: str | None = None,
) -> list[str]:
    """What is wrong with a certificate as of `at`; an empty list is a good one.

    Reasons: `untrusted`, `expired`, `not_yet`, `usage`, `revoked`, `no_list`. An authority is
    trusted by standing in the list; where the one above it stands there too, that one may have
    taken it back. `purpose`, or signing at large, must be among those that the
    certificate names, if it names any.
    """
    found = _period(leaf, at)
    if not _may_sign(leaf, purpose):
        found.append("usage")
    anchor = _issuer(leaf, trusted)
    if anchor is None:
        return [*found, "untrusted"]
    found += _period(anchor.certificate, at) + _revoked(leaf, anchor, at)
    above = None if _self_issued(anchor.certificate) else _issuer(anchor.certificate, trusted)
    if above is not None:
        found += _period(above.certificate, at) + _revoked(anchor.certificate, above, at)
    return list(dict.fromkeys(found))


def _period(certificate: x509.Certificate, at: datetime) -> list[str]:
    if at < certificate.not_valid_before:
        return ["not_yet"]
    return ["expired"] if at > certificate.not_valid_after else []


def _may_sign(leaf: x509.Certificate, purpose: str | None) -> bool:
    usage = leaf.key_usage_value
    if leaf.ca or usage is None or "digital_signature" not in usage.native:
        return False
    named = leaf.extended_key_usage_value
    # `native` of asn1crypto turns known OIDs into names; the dotted form is kept by our own arc.
    return purpose is None or named is None or bool({purpose, *GENERAL} & set(named.native))


def _issuer(
    child: x509.Certificate, trusted: Sequence[TrustedAuthority]
) -> TrustedAuthority | None:
    return next((t for t in trusted if _issued(child, t.certificate)), None)


def _self_issued(certificate: x509.Certificate) -> bool:
    return bool(certificate.issuer == certificate.subject)


def is_root(certificate: x509.Certificate) -> bool:
    """Whether an authority's certificate is signed by its own key."""
    return _issued(certificate, certificate)


def issued_by(child: x509.Certificate, parent: x509.Certificate) -> bool:
    """Whether `parent`, an authority, signed `child`."""
    return _issued(child, parent)


def _issued(child: x509.Certificate, parent: x509.Certificate) -> bool:
    usage = parent.key_usage_value
    if child.issuer != parent.subject or not parent.ca or usage is None:
        return False
    if "key_cert_sign" not in usage.native or _strange(child) or _strange(parent):
        return False
    algorithm, point = key_of(parent)
    return child["signature_algorithm"]["algorithm"].dotted == SIGNATURES[algorithm] and holds(
        algorithm, point, child["tbs_certificate"].dump(), child.signature
    )


def _strange(certificate: x509.Certificate) -> bool:
    """A critical extension that is not understood refuses the certificate (RFC 5280 §4.2)."""
    return bool(certificate.critical_extensions - _KNOWN)


def _revoked(child: x509.Certificate, parent: TrustedAuthority, at: datetime) -> list[str]:
    # Where no list of the authority covers that time: no news is no good news.
    found = parent.revocation_list
    if found is None or not list_holds(found, parent.certificate) or covers_until(found) < at:
        return ["no_list"]
    listed = found["tbs_cert_list"]["revoked_certificates"]
    for entry in listed if listed.native else ():
        if entry["user_certificate"].native == child.serial_number:
            return ["revoked"] if entry["revocation_date"].native <= at else []
    return []


def covers_until(found: crl.CertificateList) -> datetime:
    """Until when a revocation list says something."""
    value: datetime | None = found["tbs_cert_list"]["next_update"].native
    # A list that names no next one is good for its own moment only.
    return value or found["tbs_cert_list"]["this_update"].native


def list_holds(found: crl.CertificateList, authority: x509.Certificate) -> bool:
    """Whether a revocation list is this authority's, signed by its key."""
    algorithm, point = key_of(authority)
    usage = authority.key_usage_value
    if usage is None or "crl_sign" not in usage.native:
        return False
    body = found["tbs_cert_list"]
    return (
        body["issuer"] == authority.subject
        and found["signature_algorithm"]["algorithm"].dotted == SIGNATURES[algorithm]
        and holds(algorithm, point, body.dump(), found["signature"].native)
    )
