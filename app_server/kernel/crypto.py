"""Field encryption (SM4-GCM), blind index and digests (SM3).

国密: SM3 digest, SM4 cipher, by `cryptography`. SM2 signatures live with the seals. Personal
data columns hold `kid.nonce.ciphertext`; equal values never look equal, and look-ups go by a
keyed blind index (GB/T 39786-2021 level 3; R-SEC-06).
"""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.hmac import HMAC

from app_server.kernel.settings import load_secrets

NONCE = 12
TAG = 16


class Undecipherable(Exception):
    """The stored value was altered, belongs elsewhere, or its key is gone."""


def sm3(data: bytes) -> bytes:
    """SM3 digest (GB/T 32905), 32 bytes."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """Keyed SM3, 32 bytes."""
    mac = HMAC(key, hashes.SM3())
    mac.update(data)
    return mac.finalize()


def sha256_hex(data: bytes) -> str:
    """SHA-256 as lower-case hex, the content address of files."""
    return hashlib.sha256(data).hexdigest()


def seal(plain: str, place: str) -> str:
    """Encrypt `plain` for one place (`table.column`); another place cannot open it."""
    keys = load_secrets()
    kid = keys.field_key_active
    nonce = secrets.token_bytes(NONCE)
    cipher = Cipher(SM4(bytes.fromhex(keys.field_keys[kid])), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(place.encode())
    body = cipher.update(plain.encode()) + cipher.finalize()
    return f"{kid}.{base64.b64encode(nonce + body + cipher.tag).decode()}"


def unseal(sealed: str, place: str) -> str:
    """Decrypt what `seal` made for the same place; raises `Undecipherable`."""
    kid, _, text = sealed.partition(".")
    key = load_secrets().field_keys.get(kid)
    if key is None:
        raise Undecipherable(f"no key {kid!r}")
    raw = base64.b64decode(text)
    nonce, body, tag = raw[:NONCE], raw[NONCE:-TAG], raw[-TAG:]
    cipher = Cipher(SM4(bytes.fromhex(key)), modes.GCM(nonce, tag)).decryptor()
    cipher.authenticate_additional_data(place.encode())
    try:
        return (cipher.update(body) + cipher.finalize()).decode()
    except InvalidTag as error:
        raise Undecipherable(place) from error


@lru_cache(maxsize=1)
def _index_key() -> bytes:
    return bytes.fromhex(load_secrets().index_key)


def blind_index(value: str, purpose: str) -> str:
    """Keyed index of a value for equality look-up; `purpose` keeps columns apart (hex, 64)."""
    return hmac_sm3(_index_key(), f"{purpose}\0{value}".encode()).hex()


@lru_cache(maxsize=1)
def _url_key() -> bytes:
    return bytes.fromhex(load_secrets().url_key)


def signature(*parts: str) -> str:
    """Short URL signature over parts (HMAC-SHA256, URL-safe base64 without padding)."""
    digest = hmac.digest(_url_key(), "\0".join(parts).encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
