"""What the platform itself serves on an app's origin, under `/__wanshi/`.

The script that makes the bridge, empty scripts in place of vendors', and what a client needs to
keep an app: the release document, the index it binds, files by content, and what is missing from
one version to the next (miniapp-host.md §5).
"""

import asyncio
import gzip
import json
import re
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from app_server.kernel import db
from app_server.kernel.crypto import sha256_hex
from app_server.kernel.errors import NotFound, ServiceUnavailable
from app_server.kernel.http import RawReply
from app_server.kernel.settings import load
from app_server.kernel.storage import storage
from miniapps import rules
from miniapps.rules.scopes import DIALECTS
from miniapps.service.manifest import Manifest
from miniapps.service.origin import OriginRequest
from miniapps.service.pages import PLATFORM_FOLDER, prelude_of
from miniapps.service.signing import release_jwks
from miniapps.service.stored import stored

_SCRIPT = rules.CONTENT_TYPES["js"]
_KEPT = "public, max-age=31536000, immutable"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ONE = (
    "SELECT v.id, v.code, v.manifest::text AS manifest, v.digest, v.release FROM miniapps_app a "
    "JOIN miniapps_version v ON v.appid = a.appid AND v.state = ANY($3::text[]) AND v.code = $2 "
    "WHERE a.appid = $1 AND a.state = 'active' AND v.code >= a.floor"
)
_OWN_FILE = (
    "SELECT 1 FROM miniapps_file f JOIN miniapps_version v ON v.id = f.version_id "
    "JOIN miniapps_app a ON a.appid = v.appid AND a.state = 'active' AND v.code >= a.floor "
    "WHERE v.appid = $1 AND f.sha256 = $2 AND v.state = ANY($3::text[]) LIMIT 1"
)


async def platform_file(appid: str, trial: int, request: OriginRequest) -> RawReply:
    """The answer to a path under `/__wanshi/`; raises `NotFound`."""
    name, _, rest = request.path.removeprefix(PLATFORM_FOLDER).partition("/")
    if name == "vendor":
        return _vendor(rest)
    if name in {"app.js", "sw.js"} and not rest:
        return await _script(name, appid, trial, request)
    if trial or name not in _KEEPING:
        raise NotFound
    found: RawReply = await _KEEPING[name](appid, rest, request)
    return found


def _vendor(rest: str) -> RawReply:
    dialect = rest.removesuffix(".js")
    if dialect not in DIALECTS:
        raise NotFound
    note = f"/* {DIALECTS[dialect].title}：由平台自带的实现提供，已在页面最前面载入 */\n"
    return RawReply(note.encode(), _SCRIPT, 200, {"cache-control": _KEPT})


async def _script(name: str, appid: str, trial: int, request: OriginRequest) -> RawReply:
    if name == "sw.js":
        if trial:
            raise NotFound
        # A worker may only rule what lies below it, unless we say otherwise.
        more = {"service-worker-allowed": "/"}
        body = await _built("offline/sw.js")
        body = f"const KEYS = {json.dumps(release_jwks())};\n".encode() + body
    else:
        more = {}
        manifest = Manifest.model_validate_json(
            (await _version(appid, _number(request.asked().get("v", "")), trial))["manifest"]
        )
        body = await _app_script(manifest, appid, keeps=not trial)
    mark = {"etag": f'"{sha256_hex(body)[:32]}"', "cache-control": "no-cache"}
    return RawReply(body, _SCRIPT, 200, mark | more)


async def app_script_of(manifest: Manifest, appid: str) -> bytes:
    """The script that makes the bridge, for a version that is only looked at."""
    return await _app_script(manifest, appid, keeps=False)


async def _app_script(manifest: Manifest, appid: str, *, keeps: bool) -> bytes:
    told = prelude_of(manifest, appid, load().origin("public"))
    bundle = "prelude.js" if manifest.compat.dialects else "guest.js"
    offline = manifest.offline
    asked = keeps and (offline.strategy == "cache-first" or bool(offline.precache))
    head = f"window.__wanshiPrelude = {json.dumps(told)};\n".encode()
    return head + await _built(f"dist/{bundle}") + (_KEEP % manifest.version.code if asked else b"")


# Only inside the shell, and never in the way of the page.
_KEEP = (
    b";if (navigator.serviceWorker && top !== self) {\n"
    b"  navigator.serviceWorker.register('/__wanshi/sw.js', { scope: '/' })\n"
    b"    .then(() => navigator.serviceWorker.ready)\n"
    b"    .then(r => r.active.postMessage({ keep: %d })).catch(() => undefined)\n}\n"
)


async def _built(path: str) -> bytes:
    return await asyncio.to_thread(_read, load().shell_dir / "bridge" / path)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ServiceUnavailable("桥接脚本尚未构建") from error


def _number(text: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,9}", text) or int(text) > 2**31 - 1:
        raise NotFound
    return int(text)


async def _version(appid: str, code: int, trial: int = 0) -> Any:
    states = rules.TRIED if trial else rules.SERVED
    row = await db.row(_ONE, appid, code, list(states))
    if row is None or (trial and code != trial):
        raise NotFound
    return row


# --- keeping an app ------------------------------------------------------------------------


async def _release(appid: str, rest: str, request: OriginRequest) -> RawReply:
    """The release document of a version, the index it binds, and how the app wants to be kept."""
    del request
    row = await _version(appid, _number(rest))
    manifest = Manifest.model_validate_json(row["manifest"])
    index = {
        file["path"]: {"sha256": file["sha256"], "size": file["size"]}
        for file in await _files(row["id"])
    }
    told = {
        "release": row["release"],
        # The canonical spelling: its digest is what the document binds.
        "index": orjson.dumps(index, option=orjson.OPT_SORT_KEYS).decode(),
        "entry": manifest.entry,
        "baseAlias": manifest.compat.base_alias,
        "strategy": manifest.offline.strategy,
        "precache": manifest.offline.precache,
    }
    return RawReply(orjson.dumps(told), "application/json", 200, {"cache-control": "no-cache"})


async def _by_content(appid: str, rest: str, request: OriginRequest) -> RawReply:
    del request
    if (
        not _SHA256.fullmatch(rest)
        or await db.value(_OWN_FILE, appid, rest, list(rules.SERVED)) != 1
    ):
        raise NotFound
    return RawReply(await stored(rest), "application/octet-stream", 200, {"cache-control": _KEPT})


async def _delta(appid: str, rest: str, request: OriginRequest) -> RawReply:
    """What a client that has one version lacks of another: `/delta/<code>?from=<code>`."""
    wanted = await _version(appid, _number(rest))
    known = request.asked().get("from", "")
    held = await _version(appid, _number(known)) if known else None
    key = f"miniapps/delta/{wanted['digest']}-{held['digest'] if held else 'none'}"
    store = storage()
    if not await store.exists(key):
        has = {file["sha256"] for file in await _files(held["id"])} if held else set()
        missing = {f["sha256"]: f["size"] for f in await _files(wanted["id"])}
        await store.put(
            key, await _bundle({k: v for k, v in missing.items() if k not in has}), _GZIP
        )
    headers = {"cache-control": _KEPT, "content-encoding": "gzip"}
    return RawReply(await store.get(key), "application/octet-stream", 200, headers)


_GZIP = "application/gzip"


async def _bundle(missing: Mapping[str, int]) -> bytes:
    """Length of a list (4 bytes), the list `[[sha256, size]…]`, the files one after another."""
    order = sorted(missing)
    head = orjson.dumps([[sha256, missing[sha256]] for sha256 in order])
    parts = [struct.pack(">I", len(head)), head, *[await stored(sha256) for sha256 in order]]
    return await asyncio.to_thread(gzip.compress, b"".join(parts), 6, mtime=0)


async def _files(version_id: Any) -> list[Any]:
    return await db.rows(
        "SELECT path, sha256, size FROM miniapps_file WHERE version_id = $1", version_id
    )


_KEEPING: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"release": _release, "file": _by_content, "delta": _delta}
)
