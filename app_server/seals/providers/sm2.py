"""SM2 (GB/T 32918) by `gmalg`, whose nonce is from the system's generator.

About 20 ms a signature in pure Python: call from a thread. `gmssl` must not sign (its nonce is
predictable, identity-security.md §2). Hardware keys take this file's place by configuration.
"""

from gmalg import SM2

from app_server.seals.rules import USER_ID


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
