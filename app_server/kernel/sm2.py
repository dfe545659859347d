"""SM2 (GB/T 32918) by `gmalg`, whose nonce is from the system's generator.

About 20 ms a signature in pure Python: call from a thread. `gmssl` must not sign (its nonce is
predictable, identity-security.md §2). Hardware keys take this file's place by configuration.
"""

from gmalg import SM2

USER_ID = b"1234567812345678"  # the default distinguishing identifier of GM/T 0009
# GB/T 32918.5; `gmalg` takes a point for granted.
_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93


def make_key() -> tuple[str, str]:
    """A fresh key pair: private key (32 bytes) and uncompressed public point (65), as hex."""
    secret, public = SM2().generate_keypair()
    return secret.hex(), public.hex()


def sign(private_key: str, public_key: str, data: bytes) -> str:
    """r‖s over the SM3 digest with Z_A (GM/T 0009), 64 bytes as hex."""
    key = SM2(bytes.fromhex(private_key), USER_ID, bytes.fromhex(public_key))
    r, s = key.sign(data)
    return bytes(r.rjust(32, b"\0") + s.rjust(32, b"\0")).hex()


def verify(public_key: str, data: bytes, signature: str) -> bool:
    """Whether a signature made by `sign` holds."""
    raw = bytes.fromhex(signature)
    if len(raw) != 64:
        return False
    key = SM2(None, USER_ID, bytes.fromhex(public_key))
    return bool(key.verify(data, raw[:32], raw[32:]))


def is_public_key(point: bytes) -> bool:
    """Whether these are 65 bytes of an uncompressed point that lies on the curve."""
    if len(point) != 65 or point[0] != 4:
        return False
    x, y = int.from_bytes(point[1:33]), int.from_bytes(point[33:])
    return max(x, y) < _P and (y * y - (x * x * x - 3 * x + _B)) % _P == 0
