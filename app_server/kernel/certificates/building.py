"""Certificates, revocation lists and requests as DER, signed by a key that stays elsewhere."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from typing import Any, Literal

from asn1crypto import crl, csr, keys, x509

from app_server.kernel.certificates.keys import SIGNATURES, Signer, public_key

Use = Literal["root", "authority", "seal", "seal_maker", "event", "time_stamp"]
_CA_USES = frozenset({"root", "authority"})
_KEY_USAGE: dict[Use, set[str]] = {
    "root": {"key_cert_sign", "crl_sign"},
    "authority": {"key_cert_sign", "crl_sign"},
    "seal": {"digital_signature", "non_repudiation"},
    "seal_maker": {"digital_signature", "non_repudiation"},
    "event": {"digital_signature", "non_repudiation"},
    "time_stamp": {"digital_signature"},
}
# Purposes that no standard names, under an arc of our own (ITU-T X.667: 2.25 and a UUID).
ARC = "2.25.143719838504515457255043605025106196388"
SEALING, SEAL_MAKING, EVENT_SIGNING = f"{ARC}.1", f"{ARC}.2", f"{ARC}.3"
_PURPOSE: dict[Use, str] = {
    "seal": SEALING,
    "seal_maker": SEAL_MAKING,
    "event": EVENT_SIGNING,
    "time_stamp": "time_stamping",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a certificate names; `number` is a credit code or another register number."""

    common_name: str
    organisation: str = ""
    number: str = ""

    def name(self) -> x509.Name:
        """As a distinguished name, country first."""
        parts = {"country_name": "CN"}
        if self.organisation:
            parts["organization_name"] = self.organisation
        if self.number:
            parts["serial_number"] = self.number
        return x509.Name.build(parts | {"common_name": self.common_name}, use_printable=False)


@dataclass(frozen=True, slots=True)
class Validity:
    """From when to when, to the second."""

    start: datetime
    end: datetime


def key_id(info: keys.PublicKeyInfo) -> bytes:
    """The key identifier of RFC 5280 §4.2.1.2 (method 1): a name for a key, not a protection."""
    return sha1(bytes(info["public_key"]), usedforsecurity=False).digest()


def certificate(
    subject: Subject,
    key: keys.PublicKeyInfo,
    use: Use,
    valid: Validity,
    signer: Signer,
    issuer: x509.Certificate | None = None,
    list_url: str = "",
) -> bytes:
    """A certificate for one use; without `issuer` it is its own (a root).

    The serial number is random (RFC 5280 §4.1.2.2, 127 bits). `list_url` names where the issuer's
    revocation list is fetched.
    """
    own = key_id(key)
    above = issuer.key_identifier if issuer is not None else own
    told = _extensions(use, own, above, list_url)
    body = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": 1 << 126 | secrets.randbits(126),
            "signature": _algorithm(signer),
            "issuer": issuer.subject if issuer is not None else subject.name(),
            "validity": {"not_before": _time(valid.start), "not_after": _time(valid.end)},
            "subject": subject.name(),
            "subject_public_key_info": key,
            "extensions": told,
        }
    )
    return bytes(
        x509.Certificate(
            {
                "tbs_certificate": body,
                "signature_algorithm": _algorithm(signer),
                "signature_value": signer.sign(body.dump()),
            }
        ).dump()
    )


def _extensions(use: Use, own: bytes, above: bytes, list_url: str) -> list[dict[str, Any]]:
    told = [
        _extension("key_identifier", own),
        _extension(
            "authority_key_identifier", x509.AuthorityKeyIdentifier({"key_identifier": above})
        ),
        _extension("key_usage", x509.KeyUsage(_KEY_USAGE[use]), critical=True),
        _extension("basic_constraints", _constraints(use), critical=True),
    ]
    if use in _PURPOSE:
        # RFC 3161 §2.3 wants it critical for time stamps.
        told.append(_extension("extended_key_usage", [_PURPOSE[use]], critical=use == "time_stamp"))
    if list_url:
        point = {
            "distribution_point": x509.DistributionPointName(
                name="full_name",
                value=[x509.GeneralName(name="uniform_resource_identifier", value=list_url)],
            )
        }
        told.append(_extension("crl_distribution_points", [point]))
    return told


def _constraints(use: Use) -> x509.BasicConstraints:
    if use == "authority":
        return x509.BasicConstraints({"ca": True, "path_len_constraint": 0})
    return x509.BasicConstraints({"ca": use == "root"})


@dataclass(frozen=True, slots=True)
class Revoked:
    """A revoked certificate: serial number, since when, and why (RFC 5280 §5.3.1)."""

    serial: int
    at: datetime
    reason: str


def revocation_list(
    issuer: x509.Certificate, revoked: list[Revoked], number: int, valid: Validity, signer: Signer
) -> bytes:
    """The issuer's revocation list; `valid.end` is when the next one is due at the latest."""
    body: dict[str, Any] = {
        "version": "v2",
        "signature": _algorithm(signer),
        "issuer": issuer.subject,
        "this_update": _time(valid.start),
        "next_update": _time(valid.end),
        "crl_extensions": [
            {
                "extn_id": "authority_key_identifier",
                "critical": False,
                "extn_value": x509.AuthorityKeyIdentifier(
                    {"key_identifier": issuer.key_identifier}
                ),
            },
            {"extn_id": "crl_number", "critical": False, "extn_value": number},
        ],
    }
    # An empty list of entries must be left out altogether (RFC 5280 §5.1.2.6).
    if revoked:
        body["revoked_certificates"] = [_entry(r) for r in revoked]
    listed = crl.TbsCertList(body)
    return bytes(
        crl.CertificateList(
            {
                "tbs_cert_list": listed,
                "signature_algorithm": _algorithm(signer),
                "signature": signer.sign(listed.dump()),
            }
        ).dump()
    )


def _entry(revoked: Revoked) -> dict[str, Any]:
    return {
        "user_certificate": revoked.serial,
        # Rounded up: what was signed earlier within that second was signed before.
        "revocation_date": _time(revoked.at + timedelta(microseconds=999_999)),
        "crl_entry_extensions": [
            {"extn_id": "crl_reason", "critical": False, "extn_value": revoked.reason}
        ],
    }


def request(subject: Subject, signer: Signer) -> bytes:
    """A certificate request (PKCS #10), signed by the key it is for."""
    body = csr.CertificationRequestInfo(
        {
            "version": "v1",
            "subject": subject.name(),
            "subject_pk_info": public_key(signer.algorithm, signer.point),
            "attributes": [],
        }
    )
    return bytes(
        csr.CertificationRequest(
            {
                "certification_request_info": body,
                "signature_algorithm": _algorithm(signer),
                "signature": signer.sign(body.dump()),
            }
        ).dump()
    )


def _extension(name: str, value: Any, *, critical: bool = False) -> dict[str, Any]:
    return {"extn_id": name, "critical": critical, "extn_value": value}


def _algorithm(signer: Signer) -> dict[str, str]:
    return {"algorithm": SIGNATURES[signer.algorithm]}


def _time(moment: datetime) -> x509.Time:
    at = moment.astimezone(UTC).replace(microsecond=0)
    # RFC 5280 §4.1.2.5: two-digit years up to 2049.
    return x509.Time(name="utc_time" if at.year < 2050 else "general_time", value=at)
