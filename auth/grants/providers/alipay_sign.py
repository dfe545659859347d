"""Alipay OpenAPI signatures (RSA2): ours over sorted parameters, theirs over the raw node.

The SDK's own verifier accepts MD5 and SHA-1 and its signer blocks the loop
(payments-channels.md §1.1): its request classes build the parameters, this file does the rest.
"""

import base64
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key


def private_key(pem: str) -> RSAPrivateKey:
    """An RSA private key; raises `TypeError` for another kind."""
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("Alipay signs with RSA")
    return key


def public_key(pem: str) -> RSAPublicKey:
    """An RSA public key; raises `TypeError` for another kind."""
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise TypeError("Alipay signs with RSA")
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
