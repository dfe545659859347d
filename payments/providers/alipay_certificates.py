"""Certificate mode: how Alipay names certificates in requests and answers."""

import contextlib
import hashlib
import re
from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import NameOID, ObjectIdentifier

_NAMES: dict[ObjectIdentifier, str] = {
    NameOID.COUNTRY_NAME: "C",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.COMMON_NAME: "CN",
    NameOID.STATE_OR_PROVINCE_NAME: "ST",
    NameOID.LOCALITY_NAME: "L",
    NameOID.EMAIL_ADDRESS: "emailAddress",
}
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_RSA = "1.2.840.113549.1.1."


def certificate_serial(pem: str) -> str:
    """MD5 over the issuer (last part first) and the decimal serial number.

    Source: alipay-sdk-nodejs-all, test/antcertutil.test.ts. Raises `ValueError` for no
    certificate.
    """
    return _serial(x509.load_pem_x509_certificate(pem.encode()))


def root_serial(bundle: str) -> str:
    """The names of the RSA-signed certificates of a root bundle, joined by `_`."""
    return "_".join(_serial(one) for one in _readable(bundle) if _signed_by_rsa(one))


def certified_key(pem: str) -> RSAPublicKey:
    """The public key of a certificate; raises `TypeError` for another kind."""
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    if not isinstance(key, RSAPublicKey):
        raise TypeError("RSA2 signs with RSA")
    return key


def _readable(bundle: str) -> Iterator[x509.Certificate]:
    """Alipay's own bundle holds one (ECDSA) whose encoding a strict parser refuses."""
    for pem in _PEM.findall(bundle):
        with contextlib.suppress(ValueError):
            yield x509.load_pem_x509_certificate(pem.encode())


def _signed_by_rsa(certificate: x509.Certificate) -> bool:
    return certificate.signature_algorithm_oid.dotted_string.startswith(_RSA)


def _serial(certificate: x509.Certificate) -> str:
    parts = [f"{_NAMES.get(a.oid, a.oid.dotted_string)}={a.value!s}" for a in certificate.issuer]
    named = ",".join(reversed(parts)) + str(certificate.serial_number)
    return hashlib.md5(named.encode(), usedforsecurity=False).hexdigest()
