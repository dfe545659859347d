"""The package of a finished case (电子档案): its files, a list of them, and the proof of the list.

`manifest.json` names every file with size, SHA-256 and SM3; `manifest.jws` is the platform's
signature over the list's digest and `manifest.tst` a time stamp over the list. Whoever has the
platform's public keys and the time-stamp authority's root verifies it without us (R-LIC-16).
"""

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from app_server.cases.errors import NotAnArchive
from app_server.kernel.crypto import sm3
from app_server.kernel.signing_keys import public_jwk

FORMAT = "wanshi.e-archive/1"
MANIFEST, SIGNATURE, STAMP = "manifest.json", "manifest.jws", "manifest.tst"
_OWN = frozenset({MANIFEST, SIGNATURE, STAMP})
_EPOCH = (1980, 1, 1, 0, 0, 0)
MAX_FILES, MAX_BYTES = 2_000, 2 * 1024**3
_TYPE = "archive+jwt"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a package holds besides its proof, and what its list says."""

    files: Mapping[str, bytes]
    manifest: bytes
    signature: str
    stamp: bytes

    @property
    def told(self) -> dict[str, Any]:
        """The list as it was written; raises `NotAnArchive`."""
        try:
            found = orjson.loads(self.manifest)
        except orjson.JSONDecodeError as error:
            raise NotAnArchive from error
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise NotAnArchive
        return found


def manifest(case_no: str, made_at: datetime, files: Mapping[str, bytes]) -> bytes:
    """The list of a case's files, by path."""
    listed = [
        {
            "path": path,
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "sm3": sm3(data).hex(),
        }
        for path, data in sorted(files.items())
    ]
    told = {"format": FORMAT, "case_no": case_no, "made_at": made_at, "files": listed}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)


def signature(key: EllipticCurvePrivateKey, list_: bytes) -> str:
    """The platform's signature over the digest of a list (JWS, ES256)."""
    claims = {"sha256": hashlib.sha256(list_).hexdigest()}
    head = {"typ": _TYPE, "kid": public_jwk(key)["kid"]}
    return jwt.encode(claims, key, algorithm="ES256", headers=head)


def packed(files: Mapping[str, bytes], list_: bytes, signed: str, stamp: bytes) -> bytes:
    """The package as a zip; the same content gives the same bytes."""
    own = {MANIFEST: list_, SIGNATURE: signed.encode(), STAMP: stamp}
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as bag:
        for path, data in [*sorted(files.items()), *own.items()]:
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            bag.writestr(entry, data)
    return out.getvalue()


def opened(package: bytes) -> Opened:
    """The parts of a package; raises `NotAnArchive` for what is none, or too much of one."""
    try:
        with zipfile.ZipFile(BytesIO(package)) as bag:
            names = bag.namelist()
            whole = sum(entry.file_size for entry in bag.infolist())
            if len(names) != len(set(names)) or len(names) > MAX_FILES or whole > MAX_BYTES:
                raise NotAnArchive
            parts = {name: bag.read(name) for name in names}
            return Opened(
                {name: data for name, data in parts.items() if name not in _OWN},
                parts[MANIFEST],
                parts[SIGNATURE].decode("ascii"),
                parts[STAMP],
            )
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, RuntimeError) as error:
        raise NotAnArchive from error


def findings(package: Opened, keys: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is wrong with a package's files, list and signature, in words; nothing: it is whole."""
    told = package.told
    found = []
    try:
        listed = {line["path"]: line for line in told["files"]}
    except (KeyError, TypeError) as error:
        raise NotAnArchive from error
    for path in sorted(set(listed) | set(package.files)):
        if path not in package.files:
            found.append(f"缺少文件：{path}")
        elif path not in listed:
            found.append(f"清单之外的文件：{path}")
        elif not _fits(package.files[path], listed[path]):
            found.append(f"文件被改动：{path}")
    if not _signed(package, keys):
        found.append("清单的签名无效")
    return found


def _fits(data: bytes, line: Mapping[str, Any]) -> bool:
    return (
        line.get("size") == len(data)
        and line.get("sha256") == hashlib.sha256(data).hexdigest()
        and line.get("sm3") == sm3(data).hex()
    )


def _signed(package: Opened, keys: Sequence[Mapping[str, Any]]) -> bool:
    try:
        kid = jwt.get_unverified_header(package.signature).get("kid")
        (key,) = [one for one in keys if one.get("kid") == kid]
        claims = jwt.decode(package.signature, jwt.PyJWK(dict(key)).key, algorithms=["ES256"])
    except (jwt.PyJWTError, ValueError, KeyError, TypeError):
        return False
    return bool(claims.get("sha256") == hashlib.sha256(package.manifest).hexdigest())
