"""Signatures: the developer's over a package, and the platform's over what review released.

A developer signs the canonical file index, so one signature covers every byte. What the shell and
the service worker trust is the release document alone: it names the index and everything review
granted, and no developer can make one.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from pydantic import BaseModel, ConfigDict, Field

from app_server.kernel import clock, sm2
from app_server.kernel.settings import load
from app_server.kernel.signing_keys import public_jwk, signing_keys
from auth.grants.service.jose import b64
from miniapps.errors import PackageRefused, PublicKeyRefused, ReleaseDocumentRefused
from miniapps.service.manifest import Manifest

Algorithm = Literal["ed25519", "sm2"]

_MAX_PEM = 1024
# SubjectPublicKeyInfo of an uncompressed point on the SM2 curve (1.2.156.10197.1.301), which
# `cryptography` does not read. Nothing in it varies but the point.
_SM2_INFO = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")
_POINT = len(_SM2_INFO) - 1


class Signature(BaseModel):
    """`META-INF/dev.sig`: who signed the canonical file index, and how."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    key_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
    alg: Algorithm
    sig: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{86}==$")]


Signer = Callable[[bytes], Signature]


# --- the developer's ------------------------------------------------------------------


def checked_public_key(text: str) -> tuple[Algorithm, str]:
    """The algorithm and the one spelling of a public key (PEM); raises `PublicKeyRefused`."""
    if "PRIVATE" in text:
        raise PublicKeyRefused("这是私钥。请妥善保管，只提交公钥")
    algorithm, info = _key_info(text)
    return algorithm, _pem(info)


def _pem(info: bytes) -> str:
    body = base64.b64encode(info).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])


def _key_info(text: str) -> tuple[Algorithm, bytes]:
    """The algorithm and the SubjectPublicKeyInfo of a key."""
    lines = text.strip().splitlines() if len(text) <= _MAX_PEM else []
    if len(lines) < 3 or lines[0] != "-----BEGIN PUBLIC KEY-----":
        raise PublicKeyRefused("不是 PEM 格式的公钥")
    try:
        info = base64.b64decode("".join(lines[1:-1]), validate=True)
    except binascii.Error as error:
        raise PublicKeyRefused("不是 PEM 格式的公钥") from error
    if info.startswith(_SM2_INFO):
        if not sm2.is_public_key(info[_POINT:]):
            raise PublicKeyRefused("SM2 公钥无效")
        return "sm2", info
    _ed25519_key(info)
    return "ed25519", info


def _ed25519_key(info: bytes) -> ed25519.Ed25519PublicKey:
    try:
        key = serialization.load_der_public_key(info)
    except (ValueError, TypeError) as error:
        raise PublicKeyRefused("只支持 Ed25519 和 SM2 公钥") from error
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise PublicKeyRefused("只支持 Ed25519 和 SM2 公钥")
    return key


def key_id_of(public_key_pem: str) -> str:
    """The name of a key: SHA-256 over its SubjectPublicKeyInfo, base64url."""
    return b64(hashlib.sha256(_key_info(public_key_pem)[1]).digest())


def verify(index_bytes: bytes, signature: Signature, public_key_pem: str) -> None:
    """Raise `PackageRefused` unless this key signed this index (`Package.index_bytes`)."""
    algorithm, info = _key_info(public_key_pem)
    if signature.alg != algorithm or signature.key_id != key_id_of(public_key_pem):
        raise PackageRefused("签名使用的不是登记的密钥")
    sig = base64.b64decode(signature.sig)
    if algorithm == "sm2":
        held = sm2.verify(info[_POINT:].hex(), index_bytes, sig.hex())
    else:
        try:
            _ed25519_key(info).verify(sig, index_bytes)
            held = True
        except InvalidSignature:
            held = False
    if not held:
        raise PackageRefused("签名与内容不符，应用包在签名后被改动过")


def signer(private_key_pem: str) -> Signer:
    """Signs as an Ed25519 developer key does; for packages made here, such as the demo apps'."""
    key = serialization.load_pem_private_key(private_key_pem.encode(), None)
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise TypeError("an Ed25519 private key is needed")
    info = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    key_id = b64(hashlib.sha256(info).digest())

    def sign(index_bytes: bytes) -> Signature:
        sig = base64.b64encode(key.sign(index_bytes)).decode()
        return Signature(key_id=key_id, alg="ed25519", sig=sig)

    return sign


# --- the platform's -------------------------------------------------------------------

_TYPE = "miniapp-release+jwt"
_MAX_DOCUMENT = 64 * 1024
_PURPOSE = "miniapp release"


def release_jwk() -> dict[str, Any]:
    """The public key of the documents made now."""
    return public_jwk(signing_keys(_PURPOSE)[0])


def release_jwks() -> list[dict[str, Any]]:
    """Every key that release documents are verified with."""
    return [public_jwk(key) for key in signing_keys(_PURPOSE)]


def release_document(
    manifest: Manifest,
    *,
    code: int,
    index_digest: str,
    csp: str,
    scopes: Iterable[str],
    floor: int,
    not_after: datetime,
) -> str:
    """What review released, signed by the platform: a compact JWS (ES256).

    `index_digest` is `Package.digest`; `floor` the lowest version that may still be opened.
    """
    claims = {
        "iss": load().origin("public"),
        "sub": manifest.appid,
        "code": code,
        "version": manifest.version.name,
        "index": index_digest,
        "csp": csp,
        "scopes": sorted(set(scopes)),
        "floor": floor,
        "iat": int(clock.now().timestamp()),
        "exp": int(not_after.timestamp()),
    }
    headers = {"kid": release_jwk()["kid"], "typ": _TYPE}
    return jwt.encode(claims, signing_keys(_PURPOSE)[0], "ES256", headers=headers)


def read_release_document(text: str) -> dict[str, Any]:
    """The claims of a release document; raises `ReleaseDocumentRefused` when altered or over."""
    try:
        header = jwt.get_unverified_header(text) if len(text) <= _MAX_DOCUMENT else {}
        keys = {public_jwk(key)["kid"]: key for key in signing_keys(_PURPOSE)}
        if header.get("typ") != _TYPE or header.get("kid") not in keys:
            raise ReleaseDocumentRefused
        claims: dict[str, Any] = jwt.decode(
            text,
            keys[header["kid"]].public_key(),
            ["ES256"],
            issuer=load().origin("public"),
            options={
                "require": ["iss", "sub", "code", "index", "csp", "scopes", "floor", "exp"],
                # The clock below is the platform's, which tests can set.
                "verify_exp": False,
                "verify_iat": False,
            },
        )
    except (jwt.PyJWTError, ValueError) as error:
        raise ReleaseDocumentRefused from error
    if claims["exp"] <= clock.now().timestamp():
        raise ReleaseDocumentRefused
    return claims
