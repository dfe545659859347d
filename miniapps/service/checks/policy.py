"""What the generated Content-Security-Policy will stop: better said now than found by residents."""

import base64
import hashlib
import re
from collections.abc import Iterator

from miniapps.service.checks.finding import Spot
from miniapps.service.checks.lexing import Script
from miniapps.service.checks.reading import App, runs

_COMPILES = re.compile(
    r"(?<![\w$.])(?:(?:window|self|globalThis)\.)?eval\s*\("
    r"|\(\s*0\s*,\s*eval\s*\)\s*\("
    r"|(?<![\w$.])(?:new\s+)?Function\s*\("
    r"|(?<![\w$.])set(?:Timeout|Interval)\s*\(\s*[\"'`]"
)
# How libraries find the global object where nothing newer answers; never reached in a browser.
_GLOBAL = re.compile(r"Function\s*\(\s*[\"'`]return this[\"'`]\s*\)")
_HARMLESS = re.compile(r"javascript:\s*(?:;|void\s*\(?\s*0?\s*\)?\s*;?|)\s*", re.IGNORECASE)


def compiled(app: App) -> Iterator[Spot]:
    """Code made of strings. A warning: libraries often only keep it for a case that never comes."""
    allowed = {e.value for e in app.manifest.csp_exceptions if e.directive == "script-src"}
    if "'unsafe-eval'" in allowed:
        return
    for script in app.scripts:
        places = [found.start() for found in _COMPILES.finditer(script.code)]
        harmful = [at for at in places if not _finds_global(script, at)]
        if harmful:
            more = f"（共 {len(harmful)} 处）" if len(harmful) > 1 else ""
            said = f"eval 或 new Function{more}会被拦下；确实需要时在 csp_exceptions 中说明理由"
            yield Spot("warning", script.path, script.line(harmful[0]), said)


def _finds_global(script: Script, at: int) -> bool:
    found = _GLOBAL.search(script.source, at, at + 60)
    return found is not None and not script.source[at : found.start()].strip("new \t\n")


def inline(app: App) -> Iterator[Spot]:
    """Scripts and handlers inside pages, unless an exception names their very text."""
    allowed = {e.value for e in app.manifest.csp_exceptions if e.directive == "script-src"}
    for page in app.pages:
        for block in page.scripts:
            element = block.element
            if not runs(element) or "src" in element.attributes or not block.source.strip():
                continue
            mark = source_hash(block.source)
            if mark not in allowed:
                said = f"内嵌脚本会被拦下；请移到 .js 文件，或在 csp_exceptions 中声明 {mark}"
                yield Spot("error", page.path, element.line, said)
        for element in page.elements:
            for name, value in element.attributes.items():
                if name.startswith("on") and value.strip():
                    said = f"{name} 会被拦下，请改用 addEventListener"
                    yield Spot("error", page.path, element.line, said)
                elif _is_script(value) and name in {"href", "src", "action", "formaction"}:
                    yield Spot(
                        "warning", page.path, element.line, f"{name} 中的 javascript: 会被拦下"
                    )


def _is_script(value: str) -> bool:
    plain = re.sub(r"[\s\x00-\x20]", "", value[:200]).lower()
    return plain.startswith("javascript:") and not _HARMLESS.fullmatch(value.strip())


def source_hash(source: str) -> str:
    """The source expression that lets one inline script run (CSP 3)."""
    # The browser sees the text after its line ends were made one.
    text = source.replace("\r\n", "\n").replace("\r", "\n").encode()
    return f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'"
