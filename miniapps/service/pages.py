"""Pages as they leave: our script before any other, vendors' scripts replaced by ours.

Stored files stay as they were uploaded, so that their digests hold (miniapp-host.md §3).
"""

import contextlib
import html
import re
from html.parser import HTMLParser
from typing import Any

from miniapps.rules.scopes import DIALECTS
from miniapps.service.manifest import Manifest

PLATFORM_FOLDER = "/__wanshi/"
Place = tuple[int, int]


def app_script(code: int) -> str:
    """The address of the script that makes the bridge for one version."""
    return f"{PLATFORM_FOLDER}app.js?v={code}"


class _Tags(HTMLParser):
    """Finds where a page's first script goes, and its scripts; comments do not mislead it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.places: dict[str, Place] = {}
        self.scripts: list[tuple[Place, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember the end of the first `<html>` and `<head>`, and every script with an address."""
        source = self.get_starttag_text() or ""
        line, column = self.getpos()
        if tag in {"html", "head"} and tag not in self.places:
            self.places[tag] = (line, column + len(source))
        address = dict(attrs).get("src") if tag == "script" else None
        if address:
            self.scripts.append(((line, column), source, address))

    def handle_decl(self, decl: str) -> None:
        """Remember the end of the doctype: nothing may stand before it."""
        if decl.lower().startswith("doctype") and "doctype" not in self.places:
            line, column = self.getpos()
            self.places["doctype"] = (line, column + len(decl) + 3)


def dressed(page: bytes, manifest: Manifest) -> bytes:
    """A page with the platform's script first and the dialects' own in place of vendors'."""
    text = page.decode("utf-8", "surrogateescape")
    tags = _Tags()
    # The parser of the library gives up on broken declarations; what it found before stands.
    with contextlib.suppress(AssertionError):
        tags.feed(text)
    starts = _line_starts(text)
    found = next((tags.places[k] for k in ("head", "html", "doctype") if k in tags.places), None)
    at = 0 if found is None else starts[found[0] - 1] + found[1]
    changes = [(at, at, f'<script src="{app_script(manifest.version.code)}"></script>')]
    for (line, column), source, address in tags.scripts:
        dialect = dialect_of_script(manifest, address)
        if dialect:
            start = starts[line - 1] + column
            changes.append((start, start + len(source), _replaced(source, dialect)))
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text.encode("utf-8", "surrogateescape")


def _line_starts(text: str) -> list[int]:
    return [0, *(found.end() for found in re.finditer("\n", text))]


_SRC = re.compile(r"""(\ssrc\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
_INTEGRITY = re.compile(
    r"""\s(integrity|crossorigin)(\s*=\s*("[^"]*"|'[^']*'|[^\s>]+))?""", re.IGNORECASE
)


def _replaced(source: str, dialect: str) -> str:
    address = f'"{PLATFORM_FOLDER}vendor/{dialect}.js"'
    return _INTEGRITY.sub("", _SRC.sub(lambda m: m[1] + address, source, count=1))


def dialect_of_script(manifest: Manifest, address: str) -> str:
    """The declared dialect whose vendor serves this script, or an empty text."""
    bare = re.sub(r"^(https?:)?//", "", html.unescape(address).strip())
    if bare == address.strip() or bare.startswith("/"):
        # A file of the package itself, whatever it is called.
        return ""
    named = bare.partition("?")[0]
    if named in manifest.compat.script_map:
        return manifest.compat.script_map[named]
    return next(
        (
            dialect
            for dialect in manifest.compat.dialects
            if any(mark in bare for mark in DIALECTS[dialect].scripts)
        ),
        "",
    )


def prelude_of(manifest: Manifest, appid: str, shell_origin: str) -> dict[str, Any]:
    """What the prelude needs to know of a version: its dialects and what stands for what."""
    compat = manifest.compat
    return {
        "appid": appid,
        "code": manifest.version.code,
        "dialects": compat.dialects,
        "ua": compat.ua,
        "scriptMap": compat.script_map,
        "hostMap": compat.host_map,
        "baseAlias": compat.base_alias,
        "shellOrigin": shell_origin,
    }
