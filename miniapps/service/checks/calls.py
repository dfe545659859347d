"""Calls of the host: the permissions asked for are those used, and each dialect is declared."""

import re
from collections.abc import Iterable, Iterator

from miniapps import rules
from miniapps.rules.scopes import DIALECTS, METHODS, Method
from miniapps.service.checks.finding import Level, Spot, in_manifest
from miniapps.service.checks.lexing import Script
from miniapps.service.checks.reading import App, texts_of

_OWN = re.compile(r"(?<![\w$.])wanshi\s*\.\s*([a-z]+)\s*\.\s*([A-Za-z]+)\s*\(")
# A vendor's global and the name called on it; a bundler keeps both, since they are not its own.
_VENDORS = {
    "zwjs": re.compile(r"(?<![\w$])ZWJSBridge\s*\.\s*(\w+)\s*\("),
    "weixin": re.compile(r"(?<![\w$.])(?:wx|jWeixin)\s*\.\s*(\w+)\s*\("),
    "alipay": re.compile(r"(?<![\w$.])(?:my|ap)\s*\.\s*(\w+)\s*\("),
    "dingtalk": re.compile(r"(?<![\w$.])dd\s*\.\s*([\w.]+)\s*\("),
}
_WEB = {
    "device.geolocation": re.compile(r"(?<![\w$])navigator\s*\.\s*geolocation\s*\."),
    "device.camera": re.compile(r"\.\s*getUserMedia\s*\("),
}
_BY_SCOPE: dict[str, list[Method]] = {}
for _method in METHODS.values():
    _BY_SCOPE.setdefault(_method.scope, []).append(_method)


def unused(app: App) -> Iterator[Spot]:
    """Permissions nobody in the code needs; whatever looks like a call of one counts as use."""
    api = app.manifest.api
    for permission in app.manifest.permissions:
        if permission.scope == rules.TICKET_SCOPE and api and any(s.person for s in api.services):
            # The platform itself sends the ticket with such a service's requests.
            continue
        if permission.scope not in _BY_SCOPE:
            # Used by the app's back end, which nobody sees in the package.
            continue
        names = [n for m in _BY_SCOPE[permission.scope] for n in _names(m)]
        if not any(_is_called(name, script) for script in app.scripts for name in names):
            title = rules.SCOPES[permission.scope].title
            said = f"{permission.scope}（{title}）在代码中没有用到，请不要申请"
            yield in_manifest("warning", "permissions", said)


def _names(method: Method) -> Iterator[str]:
    yield method.name
    yield method.name.removeprefix("ah.")
    for names in method.names.values():
        yield from names


def _is_called(name: str, script: Script) -> bool:
    source = script.source
    # Cheap first: most names stand nowhere.
    if name not in source:
        return False
    marks = (f".{name}(", f".{name}?.(", f'"{name}"', f"'{name}'", f"`{name}`")
    return "." in name or any(mark in source for mark in marks)


def undeclared(app: App) -> Iterator[Spot]:
    """Calls that will be refused, since the manifest does not ask for their permission.

    An error where our own API is called; under another host's names it may be a library's list.
    """
    asked = set(app.manifest.scopes)
    seen: set[tuple[str, str]] = set()
    for script in app.scripts:
        for scope, at, name, level in _needed(app, script):
            if scope and scope not in asked and (script.path, scope) not in seen:
                seen.add((script.path, scope))
                said = f"{name} 需要权限 {scope}，清单没有申请"
                yield Spot(level, script.path, at, said)


def _needed(app: App, script: Script) -> Iterator[tuple[str, int, str, Level]]:
    for found in _OWN.finditer(script.code):
        name = f"ah.{found[1]}.{found[2]}"
        if name in METHODS:
            yield METHODS[name].scope, script.line(found.start()), name, "error"
    for text in script.texts:
        if text.value in METHODS:
            level: Level = "error" if text.callee == "wanshi.invoke" else "warning"
            yield METHODS[text.value].scope, text.line, text.value, level
        elif text.value in _CROODS:
            yield _CROODS[text.value].scope, text.line, text.value, "warning"
    yield from _needed_elsewhere(app, script)


def _needed_elsewhere(app: App, script: Script) -> Iterator[tuple[str, int, str, Level]]:
    for dialect in set(app.manifest.compat.dialects) & set(_VENDORS):
        for found in _VENDORS[dialect].finditer(script.code):
            if method := _NAMED[dialect].get(found[1]):
                yield method.scope, script.line(found.start()), found[1], "warning"
    for scope, pattern in _WEB.items():
        if called := pattern.search(script.code):
            yield scope, script.line(called.start()), called[0].strip(" .("), "warning"


def _named(dialect: str, methods: Iterable[Method]) -> dict[str, Method]:
    return {name: method for method in methods for name in method.names.get(dialect, ())}


_NAMED = {dialect: _named(dialect, METHODS.values()) for dialect in _VENDORS}
_CROODS = _named("croods", METHODS.values())


def other_dialects(app: App) -> Iterator[Spot]:
    """Vendors' scripts, hosts and globals of containers the manifest does not declare."""
    declared = set(app.manifest.compat.dialects)
    mapped = tuple(app.manifest.compat.script_map)
    for key, dialect in DIALECTS.items():
        if key in declared:
            continue
        said = f"使用了{dialect.title}，请在 compat.dialects 中声明 {key}"
        for page in app.pages:
            for element in page.elements:
                address = element.attributes.get("src", "") if element.tag == "script" else ""
                bare = re.sub(r"^(?:https?:)?//", "", address)
                outside = bare != address and not bare.startswith(mapped or ("\0",))
                if outside and any(mark in bare for mark in dialect.scripts):
                    yield Spot("error", page.path, element.line, said)
        if not dialect.covered_by & declared:
            yield from _marks(app, dialect.hosts, dialect.marks, said)


def _marks(app: App, hosts: frozenset[str], marks: tuple[str, ...], said: str) -> Iterator[Spot]:
    seen = set()
    for path, text in texts_of(app):
        host = re.match(r"(?:https?:)?//([a-z0-9.-]+)", text.value)
        if path not in seen and host and host[1] in hosts:
            seen.add(path)
            yield Spot("warning", path, text.line, said)
    for script in app.scripts:
        found = next((mark for mark in marks if mark in script.source), None)
        if script.path not in seen and found:
            seen.add(script.path)
            yield Spot("warning", script.path, script.line(script.source.index(found)), said)
