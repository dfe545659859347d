"""ES256 keys of this instance, each for one purpose: the first signs, all of them verify.

`signing_keys` of the secrets file names them by purpose. Where it names none, the key is derived
from `index_key`, so that a development instance and every process of it need no new entry. To
rotate: put a fresh PEM first and leave the old one (or `derived`) behind it until nothing that
it signed counts any more.
"""

import hashlib
from base64 import urlsafe_b64encode
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jwt.algorithms import ECAlgorithm

from app_server.kernel.settings import ConfigurationRefused, load_secrets

DERIVED = "derived"
# The order of P-256: a scalar below it is a private key.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@lru_cache(maxsize=8)
def signing_keys(purpose: str) -> tuple[ec.EllipticCurvePrivateKey, ...]:
    """The keys for a purpose, such as "federation"; raises `ConfigurationRefused`."""
    named = load_secrets().signing_keys.get(purpose) or [DERIVED]
    return tuple(_derived(purpose) if text == DERIVED else _read(purpose, text) for text in named)


def _derived(purpose: str) -> ec.EllipticCurvePrivateKey:
    secret = bytes.fromhex(load_secrets().index_key)
    # 48 bytes reduced below the order: the bias is 2^-128 (FIPS 186-5 A.2.1).
    wide = HKDF(hashes.SHA256(), 48, None, f"wanshi {purpose} signing key 1".encode())
    scalar = int.from_bytes(wide.derive(secret)) % (_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def _read(purpose: str, pem: str) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError) as error:
        raise ConfigurationRefused([f"signing_keys.{purpose}：不是 PEM 格式的私钥"]) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ConfigurationRefused([f"signing_keys.{purpose}：只能用 P-256 密钥"])
    return key


def public_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """The public part of a key, named by its thumbprint (RFC 7638)."""
    jwk: dict[str, Any] = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    kept = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    spelling = '{{"crv":"{crv}","kty":"{kty}","x":"{x}","y":"{y}"}}'.format(**kept)
    digest = hashlib.sha256(spelling.encode()).digest()
    kid = urlsafe_b64encode(digest).decode().rstrip("=")[:20]
    return kept | {"kid": kid, "use": "sig", "alg": "ES256"}
