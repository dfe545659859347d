"""Authorities and certificates for tests, with keys in memory."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import crl, x509

from app_server.kernel.certificates import building, checking
from app_server.kernel.certificates.building import Subject, Use, Validity
from app_server.kernel.certificates.keys import Algorithm, public_key
from app_server.seals.providers.keystore import SoftwareKeystore

_STORE = SoftwareKeystore()


class SoftKey:
    """A key that signs, as `kernel.certificates` wants it."""

    def __init__(self, algorithm: Algorithm) -> None:
        self.algorithm = algorithm
        self.handle = _STORE.make(algorithm)
        self.point = _STORE.point(self.handle)

    def sign(self, data: bytes) -> bytes:
        return _STORE.sign(self.handle, data)


@dataclass
class Issuer:
    """An authority with its key, and the key that all its leaves carry."""

    key: SoftKey
    certificate: x509.Certificate
    leaf_key: SoftKey
    trusted: checking.TrustedAuthority

    def listing(self, revoked: list[building.Revoked], at: datetime) -> crl.CertificateList:
        made = building.revocation_list(self.certificate, revoked, 1, _days(at, 30), self.key)
        return checking.read_list(made)


def _days(at: datetime, days: int) -> Validity:
    return Validity(at - timedelta(days=1), at + timedelta(days=days))


def authority(algorithm: Algorithm, at: datetime, above: Issuer | None = None) -> Issuer:
    key = SoftKey(algorithm)
    made = building.certificate(
        Subject("测试电子印章中心" if above is None else "测试市级电子印章中心"),
        public_key(algorithm, key.point),
        "root" if above is None else "authority",
        _days(at, 3650),
        above.key if above else key,
        above.certificate if above else None,
    )
    found = checking.read_certificate(made)
    issuer = Issuer(key, found, SoftKey(algorithm), checking.TrustedAuthority(found))
    issuer.trusted = checking.TrustedAuthority(found, issuer.listing([], at))
    return issuer


def leaf(
    issuer: Issuer,
    at: datetime,
    use: Use = "seal",
    *,
    signer: SoftKey | None = None,
    issuer_certificate: x509.Certificate | None = None,
) -> x509.Certificate:
    made = building.certificate(
        Subject("演示住房城乡建设局", "演示住房城乡建设局", "11341602MB0000001X"),
        public_key(issuer.key.algorithm, issuer.leaf_key.point),
        use,
        _days(at, 365),
        signer or issuer.key,
        issuer_certificate or issuer.certificate,
        "http://127.0.0.1/list.crl",
    )
    return checking.read_certificate(made)
