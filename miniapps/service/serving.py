"""An app's own origin: its files, our guest script before them, and the policy review gave it.

Stored files stay as they were uploaded, so that their digests hold; the script that makes the
bridge is put into pages as they leave. Under `/v/<code>/` a version never changes; the bare path
is the current release, for builds with absolute addresses (miniapp-host.md §5).
"""

import asyncio
import contextlib
import re
from collections import OrderedDict
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import orjson

from app_server.kernel import db
from app_server.kernel.crypto import sha256_hex
from app_server.kernel.errors import NotFound, Problem, ServiceUnavailable
from app_server.kernel.http import RawReply
from app_server.kernel.settings import load
from app_server.kernel.storage import storage
from app_server.kernel.telemetry import trace_id
from miniapps import rules
from miniapps.service.manifest import Manifest
from miniapps.service.publishing import storage_key

GUEST_PATH = "/__wanshi/guest.js"
_TAG = f'<script src="{GUEST_PATH}"></script>'.encode()
_VERSIONED = re.compile(r"/v/([0-9]{1,10})/(.*)", re.DOTALL)
_KEPT = "public, max-age=31536000, immutable"
# No X-Frame-Options: the shell must frame an app, and `frame-ancestors` keeps everybody else out.
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin",
    "origin-agent-cluster": "?1",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-site",
}
_CLOSED = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "permissions-policy": rules.permissions_policy(()),
    "cache-control": "no-store",
}

_FIND = """
SELECT v.code, v.manifest::text AS manifest, f.path, f.sha256 FROM miniapps_app a
JOIN miniapps_version v ON v.appid = a.appid AND v.state = ANY($4::text[])
  AND v.code = coalesce($2, a.current)
LEFT JOIN miniapps_file f ON f.version_id = v.id AND f.path = $3
WHERE a.appid = $1 AND a.state = 'active' AND v.code >= a.floor
"""


def is_origin(host: str) -> bool:
    """Whether a Host header names a place for apps: under their domain, and not the shell's."""
    name, domain = _hostname(host), load().miniapp_domain.lower()
    if name == urlsplit(load().origin("public")).hostname:
        return False
    return name == domain or name.endswith(f".{domain}")


async def serve_origin(
    host: str, path: str, *, method: str = "GET", if_none_match: str = ""
) -> RawReply | None:
    """What an app's origin answers; None when `host` is no place for apps.

    Every host under the mini-app domain but the shell's is answered here and by nothing else:
    what runs on an app's origin must not find the API there. `path` is the raw, still encoded
    path of the request.
    """
    if not is_origin(host):
        return None
    try:
        label = _hostname(host).removesuffix(load().miniapp_domain.lower()).rstrip(".")
        appid, trial = rules.app_of_label(label)
        # There are files here and nothing that could be done.
        if method not in {"GET", "HEAD"} or not appid:
            raise NotFound
        reply = await _answer(appid, trial, path)
    except Problem as problem:
        return _refusal(problem)
    return _unless_known(reply, if_none_match)


def _hostname(host: str) -> str:
    return host.partition(":")[0].strip().rstrip(".").lower()


async def _answer(appid: str, trial: int, path: str) -> RawReply:
    if path == GUEST_PATH:
        return await _guest_script()
    code, wanted = _target(path)
    # The origin of a trial holds that version alone, and only while it is on trial.
    states = rules.TRIED if trial else rules.SERVED
    row = await db.row(_FIND, appid, code or trial or None, wanted, list(states))
    if row is None or (trial and row["code"] != trial):
        raise NotFound
    manifest = Manifest.model_validate_json(row["manifest"])
    if not wanted:
        prefix = f"/v/{code}/" if code else "/"
        return RawReply(
            b"", "text/plain", 302, _policy(manifest) | {"location": prefix + quote(manifest.entry)}
        )
    if row["sha256"] is None:
        raise NotFound
    return await _file(manifest, row, kept=code is not None)


def _target(path: str) -> tuple[int | None, str]:
    try:
        plain = unquote(path, errors="strict")
    except UnicodeDecodeError as error:
        raise NotFound from error
    versioned = _VERSIONED.fullmatch(plain)
    code, name = (int(versioned[1]), versioned[2]) if versioned else (None, plain.removeprefix("/"))
    if "\x00" in name or (code or 0) > 2**31 - 1:
        raise NotFound
    # A folder means its index page; the bare origin means the entry, which may lie elsewhere.
    return code, f"{name}index.html" if name.endswith("/") else name


async def _file(manifest: Manifest, row: Any, *, kept: bool) -> RawReply:
    kind = rules.content_type_of(row["path"])
    body = await _bytes(row["sha256"])
    mark = row["sha256"]
    if kind == rules.HTML:
        body = with_guest(body)
        mark = sha256_hex(body)
        kept = False
    return RawReply(
        body,
        kind,
        200,
        _policy(manifest)
        | {"etag": f'"{mark[:32]}"', "cache-control": _KEPT if kept else "no-cache"},
    )


def _policy(manifest: Manifest) -> dict[str, str]:
    return _ALWAYS | {
        "content-security-policy": manifest.content_policy(load().origin("public")),
        "permissions-policy": rules.permissions_policy(rules.features_of(manifest.scopes)),
        "cache-control": "no-cache",
    }


async def _guest_script() -> RawReply:
    body = await asyncio.to_thread(_read_guest, load().shell_dir)
    return RawReply(
        body,
        rules.CONTENT_TYPES["js"],
        200,
        _ALWAYS | _CLOSED | {"etag": f'"{sha256_hex(body)[:32]}"', "cache-control": "no-cache"},
    )


def _read_guest(shell: Path) -> bytes:
    try:
        return (shell / "bridge" / "dist" / "guest.js").read_bytes()
    except FileNotFoundError as error:
        raise ServiceUnavailable("桥接脚本尚未构建") from error


def _refusal(problem: Problem) -> RawReply:
    body = orjson.dumps(problem.document(trace_id()))
    return RawReply(body, "application/problem+json", problem.status, _ALWAYS | _CLOSED)


def _unless_known(reply: RawReply, if_none_match: str) -> RawReply:
    known = {mark.strip().removeprefix("W/") for mark in if_none_match.split(",")}
    if reply.status == 200 and reply.headers.get("etag", "-") in known:
        return RawReply(b"", reply.content_type, 304, reply.headers)
    return reply


# --- pages ----------------------------------------------------------------------------


class _FirstPlace(HTMLParser):
    """Finds where a page's first head script goes; comments and scripts do not mislead it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.places: dict[str, tuple[int, int]] = {}

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Remember the end of the first `<html>` and `<head>`."""
        del attrs
        if tag in {"html", "head"} and tag not in self.places:
            line, column = self.getpos()
            self.places[tag] = (line, column + len(self.get_starttag_text() or ""))

    def handle_decl(self, decl: str) -> None:
        """Remember the end of the doctype: nothing may stand before it."""
        if decl.lower().startswith("doctype") and "doctype" not in self.places:
            line, column = self.getpos()
            self.places["doctype"] = (line, column + len(decl) + 3)


def with_guest(page: bytes) -> bytes:
    """The page with the guest script before any script of its own."""
    text = page.decode("utf-8", "surrogateescape")
    finder = _FirstPlace()
    # The parser of the library gives up on broken declarations; what it found before stands.
    with contextlib.suppress(AssertionError):
        finder.feed(text)
    found = next(
        (finder.places[k] for k in ("head", "html", "doctype") if k in finder.places), None
    )
    at = 0 if found is None else _offset(text, *found)
    return (text[:at] + _TAG.decode() + text[at:]).encode("utf-8", "surrogateescape")


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.index("\n", start) + 1
    return start + column


# --- what was read lately -----------------------------------------------------------------

_RECENT_BYTES = 32 * 1024 * 1024
_recent: OrderedDict[str, bytes] = OrderedDict()


async def _bytes(sha256: str) -> bytes:
    """A stored file; a content address never goes stale, so it may be remembered for good."""
    known = _recent.get(sha256)
    if known is not None:
        _recent.move_to_end(sha256)
        return known
    data = await storage().get(storage_key(sha256))
    if len(data) <= _RECENT_BYTES // 8:
        _recent[sha256] = data
        while sum(map(len, _recent.values())) > _RECENT_BYTES:
            _recent.popitem(last=False)
    return data
