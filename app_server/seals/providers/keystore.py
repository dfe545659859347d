"""Where the private keys of seals live: a port, and a keystore in software for development.

A handle names a key and is all that a table keeps of it. The software keystore has no store: its
handle *is* the key, encrypted with the platform's field key, so that a handle thrown away is a key
destroyed. In production a hardware module answers (`SEALS_KEYSTORE`); software is refused there.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic_settings import BaseSettings, SettingsConfigDict

from app_server.kernel import crypto, sm2
from app_server.kernel.certificates.keys import Algorithm, pair
from app_server.kernel.settings import ConfigurationRefused, load

_PLACE = "seals.key"
_CURVE = ec.SECP256R1()


class KeystoreSettings(BaseSettings):
    """Which keystore holds the keys (`SEALS_KEYSTORE`)."""

    model_config = SettingsConfigDict(env_prefix="SEALS_", extra="ignore", frozen=True)

    keystore: Literal["software"] = "software"


class KeyUnusable(Exception):
    """The handle opens no key here."""


class Keystore(Protocol):
    """Private keys that never come out; all calls block, make them in a thread."""

    def make(self, algorithm: Algorithm) -> str:
        """A new key; answers its handle."""

    def point(self, handle: str) -> bytes:
        """The public key of a handle (65 bytes); raises `KeyUnusable`."""

    def sign(self, handle: str, data: bytes) -> bytes:
        """The signature over `data` (SM3 or SHA-256 within) as DER; raises `KeyUnusable`."""

    def destroy(self, handle: str) -> None:
        """Make a key unusable for ever; nothing happens where it is so already."""


class SoftwareKeystore:
    """Keys in software, each sealed in its own handle: for development and the demonstration."""

    def make(self, algorithm: Algorithm) -> str:
        """A new key; answers its handle."""
        if algorithm == "sm2":
            private, public = sm2.make_key()
        else:
            key = ec.generate_private_key(_CURVE)
            private = f"{key.private_numbers().private_value:064x}"
            public = (
                key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex()
            )
        return f"soft:{algorithm}:{public}:{crypto.seal(private, _PLACE)}"

    def point(self, handle: str) -> bytes:
        """The public key of a handle (65 bytes); raises `KeyUnusable`."""
        return bytes.fromhex(_parts(handle)[1])

    def sign(self, handle: str, data: bytes) -> bytes:
        """The signature over `data` as DER; raises `KeyUnusable`."""
        algorithm, public, sealed = _parts(handle)
        try:
            private = crypto.unseal(sealed, _PLACE)
        except crypto.Undecipherable as error:
            raise KeyUnusable from error
        if algorithm == "sm2":
            return pair(bytes.fromhex(sm2.sign(private, public, data)))
        return ec.derive_private_key(int(private, 16), _CURVE).sign(data, ec.ECDSA(hashes.SHA256()))

    def destroy(self, handle: str) -> None:
        """Nothing is kept here: whoever forgets the handle has destroyed the key."""


def _parts(handle: str) -> tuple[str, str, str]:
    parts = handle.split(":")
    if len(parts) != 4 or parts[0] != "soft":
        raise KeyUnusable
    return parts[1], parts[2], parts[3]


@dataclass(frozen=True, slots=True)
class Key:
    """A handle with its keystore: signs, and tells its public key (a `Signer`)."""

    handle: str
    algorithm: Algorithm
    store: Keystore

    @property
    def point(self) -> bytes:
        """The public key, 65 bytes uncompressed."""
        return self.store.point(self.handle)

    def sign(self, data: bytes) -> bytes:
        """The signature over `data` as DER; blocking."""
        return self.store.sign(self.handle, data)


def keystore() -> Keystore:
    """The keystore of this installation; production refuses software (`ConfigurationRefused`)."""
    if load().production and KeystoreSettings().keystore == "software":
        raise ConfigurationRefused(["SEALS_KEYSTORE=software 不得用于生产环境：须使用密码机"])
    return SoftwareKeystore()


def key(handle: str, algorithm: Algorithm) -> Key:
    """A key by its handle."""
    return Key(handle, algorithm, keystore())


def new_key(algorithm: Algorithm) -> Key:
    """A new key; blocking."""
    store = keystore()
    return Key(store.make(algorithm), algorithm, store)
