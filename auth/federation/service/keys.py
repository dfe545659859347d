"""The keys this platform signs with: its own, made from its secrets, known to peers by hand."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from app_server.kernel.signing_keys import public_jwk as jwk_of
from app_server.kernel.signing_keys import signing_keys

_PURPOSE = "federation"


def private_key() -> ec.EllipticCurvePrivateKey:
    """The key that signs now; every process of the instance has the same one."""
    return signing_keys(_PURPOSE)[0]


def public_jwk() -> dict[str, Any]:
    """The public part of the key that signs now."""
    return jwk_of(private_key())


def public_jwks() -> list[dict[str, Any]]:
    """Every public key that still verifies, to be handed to peers; the present one first."""
    return [jwk_of(key) for key in signing_keys(_PURPOSE)]
