"""A software authenticator (WebAuthn level 3, attestation "none"): what a browser would answer."""

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40


def b64(plain: bytes) -> str:
    """URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def plain(text: str) -> bytes:
    """What it was."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One key on one device; `flags` and `count` are what it says of itself."""

    origin: str
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 1
    flags: int = UP | UV
    handle: str = ""
    rp_id: str = ""

    def _client_data(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _auth_data(self, rp_id: str, extra: bytes = b"", flags: int = 0) -> bytes:
        digest = hashlib.sha256((self.rp_id or rp_id).encode()).digest()
        return digest + struct.pack(">BI", self.flags | flags, self.count) + extra

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """`navigator.credentials.create(…).toJSON()`."""
        self.handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        cose = cbor2.dumps(
            {
                1: 2, 3: -7, -1: 1,
                -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big"),
            }
        )  # fmt: skip
        held = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cose
        auth_data = self._auth_data(options["rp"]["id"], held, AT)
        attestation = {"fmt": "none", "attStmt": {}, "authData": auth_data}
        return {
            "id": b64(self.credential_id),
            "rawId": b64(self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": b64(self._client_data("webauthn.create", options["challenge"])),
                "attestationObject": b64(cbor2.dumps(attestation)),
                "transports": ["internal", "hybrid", "no-such"],
            },
        }

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """`navigator.credentials.get(…).toJSON()`; the counter moves on."""
        self.count += 1
        client_data = self._client_data("webauthn.get", options["challenge"])
        auth_data = self._auth_data(options["rpId"])
        signed = auth_data + hashlib.sha256(client_data).digest()
        return {
            "id": b64(self.credential_id),
            "rawId": b64(self.credential_id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": b64(client_data),
                "authenticatorData": b64(auth_data),
                "signature": b64(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
                "userHandle": self.handle or None,
            },
        }
