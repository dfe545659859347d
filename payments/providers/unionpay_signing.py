"""UnionPay's signatures (5.1.0): RSA over the SHA-256 of sorted fields, theirs by a certificate.

Their certificate travels with every message (`signPubKeyCert`): it counts only when it hangs on
the root and middle certificates we were given, is in force, and is UnionPay's own.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from urllib.parse import unquote_plus

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.x509.oid import NameOID

from app_server.kernel import clock
from app_server.kernel.rsa2 import sign, verifies
from payments.errors import BadNotice
from payments.providers.unionpay_account import OWNER

MAX_FIELDS = 80


def digest(fields: Mapping[str, str]) -> bytes:
    """What is signed: the hex SHA-256 of non-empty fields, sorted, but `signature`."""
    kept = sorted((k, v) for k, v in fields.items() if k != "signature" and v)
    text = "&".join(f"{k}={v}" for k, v in kept)
    return hashlib.sha256(text.encode()).hexdigest().encode()


def signed(fields: Mapping[str, str], key: RSAPrivateKey, certificate_id: str) -> dict[str, str]:
    """Our message with everything UnionPay wants of a signature."""
    told = {"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "certId": certificate_id}
    told |= {name: value for name, value in fields.items() if value}
    return told | {"signature": sign(key, digest(told))}


def read_form(raw: bytes) -> dict[str, str]:
    """A form as UnionPay writes it, decoded once; raises `BadNotice` for doubled fields."""
    pairs = [part.partition(b"=") for part in raw.split(b"&") if part]
    if len(pairs) > MAX_FIELDS:
        raise BadNotice
    try:
        told = {
            unquote_plus(name.decode("ascii"), errors="strict"): unquote_plus(
                value.decode("ascii"), errors="strict"
            )
            for name, _, value in pairs
        }
    except UnicodeDecodeError as error:
        raise BadNotice from error
    if len(told) != len(pairs):
        raise BadNotice
    return told


class Trust:
    """The chain we trust; answers whether a message is UnionPay's."""

    def __init__(self, root: str, middle: str) -> None:
        self._root = x509.load_pem_x509_certificate(root.encode())
        self._middle = x509.load_pem_x509_certificate(middle.encode())
        self._known = lru_cache(maxsize=8)(self._chained)

    def check(self, fields: Mapping[str, str], now: datetime | None = None) -> None:
        """Raises `BadNotice` for a certificate or a signature that does not hold."""
        if fields.get("signMethod") != "01" or len(fields.get("signPubKeyCert", "")) > 1 << 14:
            raise BadNotice
        certificate = self._known(fields.get("signPubKeyCert", ""))
        at = now or clock.now()
        for one in (certificate, self._middle, self._root):
            if not one.not_valid_before_utc <= at <= one.not_valid_after_utc:
                raise BadNotice
        key = certificate.public_key()
        mark = fields.get("signature", "")
        if not (isinstance(key, RSAPublicKey) and verifies(key, digest(fields), mark)):
            raise BadNotice

    def _chained(self, pem: str) -> x509.Certificate:
        try:
            found = x509.load_pem_x509_certificate(pem.encode())
            found.verify_directly_issued_by(self._middle)
            self._middle.verify_directly_issued_by(self._root)
            names = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
            authority = found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound) as error:
            raise BadNotice from error
        if authority or OWNER not in str(names[0].value if names else "").split("@"):
            raise BadNotice
        return found
