"""Public keys and signatures of the two algorithms, in the forms certificates carry them."""

from typing import Literal, Protocol

from asn1crypto import core, keys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from app_server.kernel import sm2

Algorithm = Literal["sm2", "p256"]

SM2_CURVE = "1.2.156.10197.1.301"
SM2_WITH_SM3 = "1.2.156.10197.1.501"
ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2"
SIGNATURES: dict[Algorithm, str] = {"sm2": SM2_WITH_SM3, "p256": ECDSA_WITH_SHA256}
_CURVES: dict[str, Algorithm] = {SM2_CURVE: "sm2", "secp256r1": "p256"}


class UnreadableCertificate(Exception):
    """The bytes are no certificate, list, request or key that is read here."""


class Signer(Protocol):
    """A private key that signs and never shows itself."""

    @property
    def algorithm(self) -> Algorithm:
        """Which kind of key it is."""

    @property
    def point(self) -> bytes:
        """The public key, 65 bytes uncompressed."""

    def sign(self, data: bytes) -> bytes:
        """The signature over `data` as DER (r, s); blocking, call it in a thread."""


class _Pair(core.Sequence):  # type: ignore[misc]
    _fields = [("r", core.Integer), ("s", core.Integer)]


def pair(raw: bytes) -> bytes:
    """DER of a signature given as r‖s."""
    half = len(raw) // 2
    return bytes(_Pair({"r": int.from_bytes(raw[:half]), "s": int.from_bytes(raw[half:])}).dump())


def raw_pair(der: bytes) -> bytes:
    """r‖s (64 bytes) of a signature in DER; raises `ValueError` for anything else."""
    value = _Pair.load(der, strict=True)
    r, s = value["r"].native, value["s"].native
    # A negative or too long number is no signature; `to_bytes` would say so with another error.
    if not (0 < r < 1 << 256 and 0 < s < 1 << 256):
        raise ValueError("signature out of range")
    return bytes(r.to_bytes(32) + s.to_bytes(32))


def public_key(algorithm: Algorithm, point: bytes) -> keys.PublicKeyInfo:
    """The key as certificates carry it; `point` is 65 bytes, uncompressed."""
    curve = SM2_CURVE if algorithm == "sm2" else "secp256r1"
    return keys.PublicKeyInfo(
        {
            "algorithm": {
                "algorithm": "ec",
                "parameters": keys.ECDomainParameters(name="named", value=keys.NamedCurve(curve)),
            },
            "public_key": keys.ECPointBitString(point),
        }
    )


def read_key(info: keys.PublicKeyInfo) -> tuple[Algorithm, bytes]:
    """The algorithm and point of a key; raises `UnreadableCertificate` for other kinds."""
    try:
        curve = info["algorithm"]["parameters"].native
        algorithm = _CURVES[curve]
        point = bytes(info["public_key"].native)
        if algorithm == "p256":
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        elif not sm2.is_public_key(point):
            raise UnreadableCertificate("point")
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableCertificate("key") from error
    return algorithm, point


def holds(algorithm: Algorithm, point: bytes, data: bytes, signature: bytes) -> bool:
    """Whether a signature (DER) over `data` is this key's; SM2 with the default identifier."""
    try:
        if algorithm == "sm2":
            return sm2.verify(point.hex(), data, raw_pair(signature).hex())
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
