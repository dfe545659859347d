"""Addresses: what the app reaches must be declared, and be an address of the open network."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from miniapps.rules.scopes import DIALECTS
from miniapps.service.checks.finding import Level, Spot
from miniapps.service.checks.lexing import Lines, Text
from miniapps.service.checks.reading import App, Element, Page, suffix_of, texts_of

_URL = re.compile(
    r"(?:(https?|wss?):)?//((?:[a-z0-9][a-z0-9-]{0,62}\.){1,8}[a-z]{2,24}|[0-9]{1,3}(?:\.[0-9]{1,3}){3})"
    r"(:[0-9]{1,5})?(?=[/?#\s]|$)",
    re.IGNORECASE,
)
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_PRIVATE_IP = (
    rf"(?:10|127)(?:\.{_BYTE}){{3}}|192\.168(?:\.{_BYTE}){{2}}|169\.254(?:\.{_BYTE}){{2}}"
    rf"|172\.(?:1[6-9]|2[0-9]|3[01])(?:\.{_BYTE}){{2}}|0\.0\.0\.0"
)
_CSS_URL = re.compile(
    r"(@import\s+(?:url\(\s*)?|url\(\s*)[\"']?((?:https?:)?//[^\"')\s]{1,300})", re.IGNORECASE
)
_CSS_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
# Names of things rather than places to go: XML namespaces, and where libraries explain themselves.
_DATA = Path(__file__).parents[2] / "data" / "named_hosts.json"
_NAMES = frozenset(json.loads(_DATA.read_text())["hosts"])
_SENDS = re.compile(
    r"(?:^|\.)(?:fetch|sendBeacon|WebSocket|EventSource|importScripts|Worker|SharedWorker|ajax"
    r"|getJSON|axios|request|uploadFile|downloadFile)$"
)
_VERBS = re.compile(
    r"(?:axios|http|request|\$|ky|api)\w*\.(?:get|post|put|patch|delete|create)$", re.IGNORECASE
)
_BASES = re.compile(
    r"^(?:base_?url|api_?(?:base|host|root|url|server|domain|prefix)|server_?(?:url|host)"
    r"|gate_?way(?:_?url)?|ws_?url|socket_?url|request_?url|upload_?url)$",
    re.IGNORECASE,
)
_OUTSIDE = "没有在 network 中声明"
_PACKED = "脚本、样式、字体和音视频须打进应用包，不能从外部加载"


def undeclared(app: App) -> Iterator[Spot]:
    """Addresses in pages, scripts and styles that the manifest does not name."""
    seen: set[tuple[str, str, Level]] = set()
    for spot, host in _mentioned(app):
        key = (spot.path, host, spot.level)
        if key not in seen:
            seen.add(key)
            yield spot


def _mentioned(app: App) -> Iterator[tuple[Spot, str]]:
    vendors = _vendor_hosts(app)
    for page in app.pages:
        for element in page.elements:
            yield from _in_element(app, page, element, vendors)
    yield from _in_styles(app)
    for path, text in texts_of(app):
        yield from _outside(app, _level(text), path, text.line, _URL.match(text.value), vendors)
    for path, source in app.texts.items():
        if suffix_of(path) == "json" and path != "app.json":
            for found in re.finditer(r'"((?:https?|wss?)://[^"\s]{4,300})"', source):
                line = app.line(path, found.start())
                yield from _outside(app, "warning", path, line, _URL.match(found[1]), vendors)


def _in_styles(app: App) -> Iterator[tuple[Spot, str]]:
    for style in app.styles:
        wiped = _CSS_COMMENT.sub(lambda c: re.sub(r"[^\n]", " ", c[0]), style.source)
        lines = Lines(wiped, style.line)
        for found in _CSS_URL.finditer(wiped):
            url = _URL.match(found[2])
            if url and _origin(url) not in app.manifest.network.img:
                # A picture or the last of several fonts is missed by few; a whole style by all.
                level: Level = "error" if found[1].startswith("@") else "warning"
                line = lines.at(found.start())
                yield Spot(level, style.path, line, f"{url[2]}：{_PACKED}"), url[2]


def _outside(
    app: App,
    level: Level,
    path: str,
    line: int,
    url: re.Match[str] | None,
    vendors: frozenset[str],
) -> Iterator[tuple[Spot, str]]:
    if url is None or _origin(url) in app.manifest.network.all:
        return
    host = url[2].lower()
    named = host in _NAMES and level == "warning"
    if not (named or host in vendors or re.fullmatch(_PRIVATE_IP, host)):
        yield Spot(level, path, line, f"{host} {_OUTSIDE}"), host


def _vendor_hosts(app: App) -> frozenset[str]:
    """Hosts that the host itself answers for, in the dialects the app declares."""
    compat = app.manifest.compat
    mapped = {address.partition("/")[0] for address in compat.script_map}
    return frozenset(compat.host_map).union(
        mapped, *(DIALECTS[dialect].hosts for dialect in compat.dialects)
    )


def _origin(url: re.Match[str]) -> str:
    scheme = (url[1] or "https").lower()
    port = "" if url[3] in {":443", None} else url[3]
    return f"{scheme}://{url[2].lower()}{port}"


def _level(text: Text) -> Level:
    """An error where it is plainly called; elsewhere it may be a link or mere words."""
    if _SENDS.search(text.callee) or _VERBS.search(text.callee):
        return "error"
    if text.callee.endswith(".open") and not text.first:
        return "error"
    return "error" if _BASES.search(text.name) else "warning"


_PACKED_ATTRIBUTES = {"script": "src", "video": "src", "audio": "src", "source": "src"}
_PACKED_ATTRIBUTES |= {"track": "src", "embed": "src", "object": "data"}


def _in_element(
    app: App, page: Page, element: Element, vendors: frozenset[str]
) -> Iterator[tuple[Spot, str]]:
    network = app.manifest.network
    tag, attributes = element.tag, element.attributes
    rel = attributes.get("rel", "").lower().split()
    wanted: list[tuple[str, list[str] | None, Level, str]] = []
    if tag in _PACKED_ATTRIBUTES:
        wanted.append((attributes.get(_PACKED_ATTRIBUTES[tag], ""), None, "error", _PACKED))
    elif tag == "link" and {"stylesheet", "preload", "modulepreload", "manifest"} & {*rel}:
        wanted.append((attributes.get("href", ""), None, "error", _PACKED))
    elif tag in {"img", "image"} or (tag == "link" and "icon" in rel):
        address = attributes.get("src") or attributes.get("href", "")
        wanted.append((address, network.img, "error", f"{_OUTSIDE}（img）"))
    elif tag in {"iframe", "frame"}:
        wanted.append((attributes.get("src", ""), network.frame, "error", f"{_OUTSIDE}（frame）"))
    elif tag == "form":
        wanted.append((attributes.get("action", ""), None, "error", "表单不能提交到外部地址"))
    elif tag == "a":
        href = attributes.get("href", "")
        wanted.append((href, None, "note", "外部链接会离开应用，请用 ah.link.open 打开"))
    for address, allowed, level, message in wanted:
        url = _URL.match(address.strip())
        if url is None or url[2].lower() in vendors or _origin(url) in (allowed or ()):
            continue
        yield Spot(level, page.path, element.line, f"{url[2]}：{message}"), url[2]


# --- addresses of inner networks ------------------------------------------------------

_INNER_URL = re.compile(
    rf"\b((?:https?|wss?|ftp)://)({_PRIVATE_IP}|\[::1\]|localhost"
    r"|[a-z0-9-]{1,60}(?:\.[a-z0-9-]{1,60}){0,4}\.(?:local|lan|internal|intranet|localdomain))"
    r"(:[0-9]{1,5})?(?![\w.])(/)?",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?:{_PRIVATE_IP})(?::[0-9]{{1,5}})?")
_HARMLESS = frozenset({"127.0.0.1", "0.0.0.0"})  # noqa: S104 - mentioned, not listened on


def private(app: App) -> Iterator[Spot]:
    """Addresses that no resident's telephone reaches, or that would reach into it."""
    for path, text in texts_of(app):
        for found in _INNER_URL.finditer(text.value):
            if _counts(app, found):
                yield Spot("error", path, text.line, f"{_shown(found)} 是内网或本机地址")
        if _BARE.fullmatch(text.value) and text.value not in _HARMLESS:
            yield Spot("warning", path, text.line, f"{text.value} 是内网地址")
    for path, source in app.texts.items():
        if suffix_of(path) in {"js", "mjs", "map"} or path == "app.json":
            continue
        for found in _INNER_URL.finditer(source):
            if _counts(app, found):
                line = app.line(path, found.start())
                yield Spot("error", path, line, f"{_shown(found)} 是内网或本机地址")


def _shown(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}{found[3] or ''}"


def _counts(app: App, found: re.Match[str]) -> bool:
    # Libraries take a bare `http://localhost` where any base will do; a developer's own back end
    # is declared, which production refuses.
    if found[2].lower() in {"localhost", "127.0.0.1"} and not found[3]:
        return False
    return _shown(found) not in app.manifest.network.all
