"""The key this platform signs with: its own, made from its secrets, known to peers by hand."""

from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jwt.algorithms import ECAlgorithm

from app_server.kernel.settings import load_secrets
from auth.grants.service.jose import thumbprint

# The order of P-256: a scalar below it is a private key.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@lru_cache(maxsize=1)
def private_key() -> ec.EllipticCurvePrivateKey:
    """The signing key; every process of the instance makes the same one.

    Derived, not stored: the secrets file is what an instance is told by, and needs no new entry.
    Whoever changes `index_key` hands peers a new public key.
    """
    secret = bytes.fromhex(load_secrets().index_key)
    # 48 bytes reduced below the order: the bias is 2^-128 (FIPS 186-5 A.2.1).
    wide = HKDF(hashes.SHA256(), 48, None, b"wanshi federation signing key 1").derive(secret)
    return ec.derive_private_key(int.from_bytes(wide) % (_ORDER - 1) + 1, ec.SECP256R1())


@lru_cache(maxsize=1)
def public_jwk() -> dict[str, Any]:
    """The public part, to be handed to peers."""
    jwk: dict[str, Any] = ECAlgorithm.to_jwk(private_key().public_key(), as_dict=True)
    kept = {name: jwk[name] for name in ("kty", "crv", "x", "y")}
    return kept | {"kid": thumbprint(kept)[:20], "use": "sig", "alg": "ES256"}
