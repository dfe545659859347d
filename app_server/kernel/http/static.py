"""A built front end from memory: compressed once, cached for good where a name is a hash."""

import gzip
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

from app_server.kernel.crypto import sha256_hex
from app_server.kernel.http.call import RawReply

_HASHED = re.compile(r"-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
_COMPRESSIBLE = {".js", ".css", ".html", ".svg", ".json", ".webmanifest", ".map", ".txt"}


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    packed: bytes | None
    content_type: str
    etag: str
    cache: str


class StaticSite:
    """The files of one built front end; unknown paths without a dot are pages of the app."""

    def __init__(self, root: Path, headers: dict[str, str]) -> None:
        self._headers = headers
        self._files = {
            path.relative_to(root).as_posix(): _read(path)
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }

    def reply(self, path: str, accepts: str, if_none_match: str) -> RawReply | None:
        """The file at `path`, or the app's page; None when neither is there."""
        name = path.lstrip("/")
        found = self._files.get(name or "index.html")
        if found is None and "." not in name.rpartition("/")[2]:
            found = self._files.get("index.html")
        if found is None:
            return None
        headers = {**self._headers, "etag": found.etag, "cache-control": found.cache}
        headers["vary"] = "Accept-Encoding"
        if if_none_match == found.etag:
            return RawReply(b"", found.content_type, 304, headers)
        if found.packed is not None and "gzip" in accepts:
            headers["content-encoding"] = "gzip"
            return RawReply(found.packed, found.content_type, 200, headers)
        return RawReply(found.body, found.content_type, 200, headers)


def _read(path: Path) -> _File:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind.endswith(("javascript", "json", "svg+xml")):
        kind += "; charset=utf-8"
    forever = bool(_HASHED.search(path.name))
    return _File(
        body,
        gzip.compress(body, 9, mtime=0) if path.suffix in _COMPRESSIBLE else None,
        kind,
        f'"{sha256_hex(body)[:20]}"',
        "public, max-age=31536000, immutable" if forever else "no-cache",
    )
