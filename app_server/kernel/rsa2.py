"""Open-platform signatures (RSA2): ours over sorted parameters, theirs over the raw JSON node.

Vendors' own SDKs accept MD5 and SHA-1 and block the loop while signing (payments-channels.md
§1.1): their request classes build the parameters, this file does the rest.
"""

import base64
import contextlib
import json
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from pydantic import BaseModel

from app_server.kernel.settings import ConfigurationRefused, load


def private_key(pem: str) -> RSAPrivateKey:
    """An RSA private key; raises `TypeError` for another kind."""
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("RSA2 signs with RSA")
    return key


def public_key(pem: str) -> RSAPublicKey:
    """An RSA public key; raises `TypeError` for another kind."""
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise TypeError("RSA2 signs with RSA")
    return key


def to_sign(params: dict[str, str]) -> bytes:
    """Non-empty parameters but `sign`, sorted by name, joined as `k=v&…`."""
    kept = sorted((k, v) for k, v in params.items() if k != "sign" and v)
    return "&".join(f"{k}={v}" for k, v in kept).encode()


def sign(key: RSAPrivateKey, data: bytes) -> str:
    """SHA256withRSA, base64."""
    return base64.b64encode(key.sign(data, PKCS1v15(), hashes.SHA256())).decode()


def verifies(key: RSAPublicKey, data: bytes, mark: str) -> bool:
    """Whether a SHA256withRSA signature holds."""
    try:
        key.verify(base64.b64decode(mark, validate=True), data, PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def signed_node(text: str, node: str) -> tuple[bytes, str]:
    """The exact bytes of `node` in a response and the signature beside it.

    Cut by the JSON decoder, never re-serialised. Raises `ValueError` when there is no such node.
    """
    whole = json.loads(text)
    if not isinstance(whole, dict) or node not in whole:
        raise ValueError(node)
    start = text.index(f'"{node}"') + len(node) + 2
    start = text.index(":", start) + 1
    while text[start].isspace():
        start += 1
    _, end = json.JSONDecoder().raw_decode(text, start)
    return text[start:end].encode(), str(whole.get("sign", ""))


class SimulatedKeys(BaseModel):
    """Both sides' keys of a simulated vendor (PEM); made once, on this machine."""

    our_private: str
    our_public: str
    their_private: str
    their_public: str


def simulated_keys(vendor: str) -> SimulatedKeys:
    """A simulator's keys, made at first need; raises `ConfigurationRefused` in production."""
    if load().production:
        raise ConfigurationRefused([f"{vendor}: 缺少密钥"])
    path = load().secrets_file.with_name(f"{vendor}-simulator-keys.json")
    if not path.exists():
        ours, theirs = _pair(), _pair()
        made = SimulatedKeys(
            our_private=ours[0],
            our_public=ours[1],
            their_private=theirs[0],
            their_public=theirs[1],
        )
        write_once(path, made.model_dump_json())
    return SimulatedKeys.model_validate_json(path.read_text())


def key_pair(ours: str, theirs: str, *, simulated: str) -> tuple[RSAPrivateKey, RSAPublicKey]:
    """Our private and a vendor's public key: as set (PEM), else those of its simulator.

    Raises `ConfigurationRefused` in production where one is missing.
    """
    if not (ours and theirs):
        made = simulated_keys(simulated)
        ours, theirs = made.our_private, made.their_public
    return private_key(ours), public_key(theirs)


def write_once(path: Path, text: str) -> None:
    """Put a file in place whole; of two processes that come at once the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{secrets.token_hex(6)}.part")
    part.touch(mode=0o600)
    part.write_text(text)
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(part)
    part.unlink()


def _pair() -> tuple[str, str]:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    )
