"""WeChat Pay API v3 signatures and ciphers: ours, theirs, and the keys that change under way.

Public-key mode and platform certificates stand side by side; new keys are added and old ones
stay, because a list that is cleared first refuses genuine notices (payments-channels.md §1.3).
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app_server.kernel import clock
from app_server.kernel.rsa2 import sign, verifies
from payments.errors import BadNotice, ProbedNotice
from payments.rules import NOTICE_SKEW

SCHEME = "WECHATPAY2-SHA256-RSA2048"
PROBE = "WECHATPAY/SIGNTEST/"
_LARGEST = 2**63 - 1


@dataclass
class PlatformKeys:
    """Their public keys by serial: the fixed public key, and certificates while they are valid."""

    fixed: dict[str, RSAPublicKey] = field(default_factory=dict)
    certificates: dict[str, x509.Certificate] = field(default_factory=dict)

    def get(self, serial: str, now: datetime) -> RSAPublicKey | None:
        """The key of a serial, if we know it and it is valid now."""
        if serial in self.fixed:
            return self.fixed[serial]
        found = self.certificates.get(serial)
        if found is None or not found.not_valid_before_utc <= now <= found.not_valid_after_utc:
            return None
        key = found.public_key()
        return key if isinstance(key, RSAPublicKey) else None


def serial_of(certificate: x509.Certificate) -> str:
    """A certificate's serial number as WeChat writes it."""
    return f"{certificate.serial_number:X}"


def message(*parts: str) -> bytes:
    """What is signed: each part on a line of its own, an empty body too."""
    return "".join(f"{part}\n" for part in parts).encode()


def authorization(
    merchant: str, serial: str, key: RSAPrivateKey, method: str, target: str, body: bytes
) -> str:
    """The `Authorization` header of one request; `target` is path and query as sent."""
    stamp, nonce = str(int(clock.now().timestamp())), secrets.token_hex(16)
    mark = sign(key, message(method, target, stamp, nonce) + body + b"\n")
    return (
        f'{SCHEME} mchid="{merchant}",nonce_str="{nonce}",signature="{mark}",'
        f'timestamp="{stamp}",serial_no="{serial}"'
    )


def check(keys: PlatformKeys, headers: Mapping[str, str], raw: bytes, now: datetime) -> None:
    """Whether a notice or an answer is theirs and fresh; raises `BadNotice`, `ProbedNotice`.

    The clock first, then the signature over the raw bytes; nothing is read before.
    """
    names = ("timestamp", "nonce", "serial", "signature")
    stamp, nonce, serial, mark = (headers.get(f"wechatpay-{name}", "") for name in names)
    if not (stamp and nonce and serial and mark):
        raise BadNotice
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 13):
        raise BadNotice
    if abs(now.timestamp() - int(stamp)) > NOTICE_SKEW.total_seconds():
        raise BadNotice
    if headers.get("wechatpay-signature-type", SCHEME) != SCHEME:
        raise BadNotice
    if mark.startswith(PROBE):
        raise ProbedNotice
    key = keys.get(serial, now)
    if key is None:
        raise UnknownSerial
    if not verifies(key, message(stamp, nonce) + raw + b"\n", mark):
        raise BadNotice


class UnknownSerial(BadNotice):
    """Signed with a key we do not have: refused at once, and asked for once in a while."""


def unseal(api_key: str, resource: Mapping[str, Any]) -> bytes:
    """The plaintext of an encrypted resource (AEAD_AES_256_GCM); raises `BadNotice`."""
    try:
        if resource["algorithm"] != "AEAD_AES_256_GCM":
            raise BadNotice
        nonce = str(resource["nonce"]).encode()
        if len(nonce) != 12:
            raise BadNotice
        sealed = base64.b64decode(str(resource["ciphertext"]), validate=True)
        bound = str(resource.get("associated_data") or "").encode()
        return AESGCM(api_key.encode()).decrypt(nonce, sealed, bound)
    except (KeyError, ValueError, TypeError, InvalidTag) as error:
        raise BadNotice from error


def strict_object(raw: bytes) -> dict[str, Any]:
    """A JSON object without doubled names, NaN or numbers past 64 bits; raises `BadNotice`."""
    try:
        told = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_no_doubles,
            parse_int=_small,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError) as error:
        raise BadNotice from error
    if not isinstance(told, dict):
        raise BadNotice
    return told


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name twice")
    return made


def _small(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) > _LARGEST:
        raise ValueError("past 64 bits")
    return int(digits)


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)
