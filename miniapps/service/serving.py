"""An app's own origin: its files, our script before them, and the policy review gave it.

Under `/v/<code>/` a version never changes; the bare path is the version that was opened here,
else the current release, for builds with absolute addresses. Folders that old builds baked in
(`reserved`, `lastTest`, `/web/mgop/gov-open/zj/<id>/<ver>/`) are other names of the bare path
(miniapp-host.md §2.1, §5).
"""

import re
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import orjson

from app_server.kernel import db
from app_server.kernel.crypto import sha256_hex
from app_server.kernel.errors import NotFound, Problem
from app_server.kernel.http import RawReply
from app_server.kernel.settings import load
from app_server.kernel.telemetry import trace_id
from miniapps import rules
from miniapps.service import mgop
from miniapps.service.manifest import Manifest
from miniapps.service.origin import OriginRequest
from miniapps.service.pages import PLATFORM_FOLDER, dressed
from miniapps.service.platform_files import platform_file
from miniapps.service.stored import packed, packs_well, stored

_VERSIONED = re.compile(r"/v/([0-9]{1,10})/(.*)", re.DOTALL)
# Which version was opened at this origin; a sibling cannot set a cookie of this prefix here.
OPENED = "__Host-mv"
# Where pages written for the gateway of Zhejiang call their back ends.
GATEWAY = "/h5/mgop"
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
# A worker obeys the policy it came with: it may fetch from its own origin and no more.
_WORKER = _CLOSED | {
    "content-security-policy": "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
}

_FIND = """
SELECT v.id, v.code, v.manifest::text AS manifest, v.withheld::text AS withheld
FROM miniapps_app a
JOIN miniapps_version v ON v.appid = a.appid AND v.state = ANY($3::text[])
  AND v.code = coalesce($2, a.current)
WHERE a.appid = $1 AND a.state = 'active' AND v.code >= a.floor
"""


def is_origin(host: str) -> bool:
    """Whether a Host header names a place for apps: under their domain, and not the shell's."""
    name, domain = _hostname(host), load().miniapp_domain.lower()
    if name == urlsplit(load().origin("public")).hostname:
        return False
    return name == domain or name.endswith(f".{domain}")


async def serve_origin(request: OriginRequest) -> RawReply | None:
    """What an app's origin answers; None when the host is no place for apps.

    Every host under the mini-app domain but the shell's is answered here and by nothing else:
    what runs on an app's origin must not find the API there.
    """
    if not is_origin(request.host):
        return None
    try:
        label = _hostname(request.host).removesuffix(load().miniapp_domain.lower()).rstrip(".")
        appid, trial = rules.app_of_label(label)
        if appid and request.path == GATEWAY:
            return await _gateway(appid, trial, request)
        # Otherwise there are files here and nothing that could be done.
        if request.method not in {"GET", "HEAD"} or not appid:
            raise NotFound
        reply = await _answer(appid, trial, request)
    except Problem as problem:
        return _refusal(problem)
    return _unless_known(reply, request.header("if-none-match"))


async def _gateway(appid: str, trial: int, request: OriginRequest) -> RawReply:
    row = await _version(appid, trial, None, request)
    reply = await mgop.answer(appid, row["code"], request)
    headers = _ALWAYS | _CLOSED | reply.headers
    return RawReply(reply.body, reply.content_type, reply.status, headers)


def _hostname(host: str) -> str:
    return host.partition(":")[0].strip().rstrip(".").lower()


async def _answer(appid: str, trial: int, request: OriginRequest) -> RawReply:
    worker = request.path == f"{PLATFORM_FOLDER}sw.js"
    # A worker of an app's own would outlive the release it came with.
    if request.header("service-worker") and not worker:
        raise NotFound
    if request.path.startswith(PLATFORM_FOLDER):
        found = await platform_file(appid, trial, request)
        headers = _ALWAYS | (_WORKER if worker else _CLOSED) | found.headers
        return await _sent(RawReply(found.body, found.content_type, found.status, headers), request)
    named, wanted = _target(request.path)
    row = await _version(appid, trial, named, request)
    manifest = Manifest.model_validate_json(row["manifest"])
    policy = _policy(manifest, row["withheld"])
    if not wanted:
        if not manifest.entry:
            # A service that joined by an interface has no pages.
            raise NotFound
        prefix = f"/v/{named}/" if named else "/"
        return _moved(prefix + quote(manifest.entry), policy)
    path, sha256 = await _file(row["id"], wanted, manifest, versioned=named is not None)
    if named and rules.content_type_of(path) == rules.HTML:
        policy |= _remembered(named)
        if manifest.compat.base_alias:
            # Built to stand at one address, and its pages look at where they are.
            at = f"{manifest.compat.base_alias[0]}{quote(path)}"
            return _moved(at + (f"?{request.query}" if request.query else ""), policy)
    kept = named is not None
    return await _sent(await _reply(manifest, path, sha256, policy, kept=kept), request)


def _moved(to: str, headers: dict[str, str]) -> RawReply:
    return RawReply(b"", "text/plain", 302, headers | {"location": to})


def _remembered(code: int) -> dict[str, str]:
    return {"set-cookie": f"{OPENED}={code}; Path=/; Secure; HttpOnly; SameSite=Lax"}


async def _version(appid: str, trial: int, named: int | None, request: OriginRequest) -> Any:
    """The version asked for; at a bare path the one that was opened here last."""
    # The origin of a trial holds that version alone, and only while it is on trial.
    states = list(rules.TRIED if trial else rules.SERVED)
    cookie = request.cookie(OPENED)
    opened = int(cookie) if re.fullmatch("[1-9][0-9]{0,8}", cookie) else None
    if named is None and trial == 0 and opened:
        row = await db.row(_FIND, appid, opened, states)
        if row is not None:
            return row
    row = await db.row(_FIND, appid, named or trial or None, states)
    if row is None or (trial and row["code"] != trial):
        raise NotFound
    return row


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


async def _file(
    version_id: Any, wanted: str, manifest: Manifest, *, versioned: bool
) -> tuple[str, str]:
    """The path and content of a file, also under the folders old builds baked in."""
    names = [wanted]
    if not versioned:
        names += [
            wanted[len(folder) :] or manifest.entry
            for folder in rules.baked_in(manifest.compat.base_alias)
            if wanted.startswith(folder)
        ]
    rows = await db.rows(
        "SELECT path, sha256 FROM miniapps_file WHERE version_id = $1 AND path = ANY($2::text[])",
        version_id,
        names,
    )
    found = {row["path"]: row["sha256"] for row in rows}
    for name in names:
        if name in found:
            return name, found[name]
    raise NotFound


async def _reply(
    manifest: Manifest, path: str, sha256: str, policy: dict[str, str], *, kept: bool
) -> RawReply:
    kind = rules.content_type_of(path)
    body = await stored(sha256)
    mark = sha256
    if kind == rules.HTML:
        body = dressed(body, manifest)
        mark = sha256_hex(body)
        kept = False
    caching = {"etag": f'"{mark[:32]}"', "cache-control": _KEPT if kept else "no-cache"}
    return RawReply(body, kind, 200, policy | caching)


async def _sent(reply: RawReply, request: OriginRequest) -> RawReply:
    """The reply, compressed where that helps and the client can read it."""
    headers = {**reply.headers, "vary": "Accept-Encoding"}
    plain = "content-encoding" in headers or not packs_well(reply.content_type, len(reply.body))
    if reply.status != 200 or plain:
        return reply
    if "gzip" in request.header("accept-encoding"):
        body = await packed(headers.get("etag", "") or sha256_hex(reply.body), reply.body)
        return RawReply(body, reply.content_type, 200, headers | {"content-encoding": "gzip"})
    return RawReply(reply.body, reply.content_type, 200, headers)


def _policy(manifest: Manifest, withheld: str) -> dict[str, str]:
    given = [scope for scope in manifest.scopes if scope not in orjson.loads(withheld)]
    return _ALWAYS | {
        "content-security-policy": manifest.content_policy(load().origin("public")),
        "permissions-policy": rules.permissions_policy(rules.features_of(given)),
        "cache-control": "no-cache",
    }


def _refusal(problem: Problem) -> RawReply:
    body = orjson.dumps(problem.document(trace_id()))
    return RawReply(body, "application/problem+json", problem.status, _ALWAYS | _CLOSED)


def _unless_known(reply: RawReply, if_none_match: str) -> RawReply:
    known = {mark.strip().removeprefix("W/") for mark in if_none_match.split(",")}
    if reply.status == 200 and reply.headers.get("etag", "-") in known:
        return RawReply(b"", reply.content_type, 304, reply.headers)
    return reply
