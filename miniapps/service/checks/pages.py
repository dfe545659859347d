"""What people need of a page: to enlarge it, hear it read, and know what becomes of their data."""

import re
from collections.abc import Iterator

from miniapps.service.checks.finding import Level, Spot, in_manifest
from miniapps.service.checks.reading import App, texts_of

_NOT_SCALABLE = re.compile(r"user-scalable\s*=\s*(?:no|0)(?![\w.])", re.IGNORECASE)
_SCALE = re.compile(r"maximum-scale\s*=\s*([0-9]+(?:\.[0-9]+)?)", re.IGNORECASE)
# Text must bear enlarging to twice its size (WCAG 2.2, 1.4.4).
_LEAST_SCALE = 2.0


def zoom_locked(app: App) -> Iterator[Spot]:
    """Viewports that cannot be enlarged, in pages or written by scripts (WCAG 2.2, 1.4.4).

    Another host's own rules may demand the lock, so it does not refuse an app made for one.
    """
    level: Level = "warning" if app.manifest.compat.dialects else "error"
    said = "页面禁止放大，视力不好的人无法使用；请去掉 user-scalable=no 和 maximum-scale"
    if not app.manifest.ui.zoom:
        yield in_manifest(level, "ui.zoom", "应用必须允许放大")
    for page in app.pages:
        for element in page.elements:
            viewport = element.attributes.get("name", "").lower() == "viewport"
            if element.tag == "meta" and viewport and _locks(element.attributes.get("content", "")):
                yield Spot(level, page.path, element.line, said)
    for path, text in texts_of(app):
        if _NOT_SCALABLE.search(text.value):
            yield Spot(level, path, text.line, said)


def _locks(content: str) -> bool:
    scale = _SCALE.search(content)
    return bool(_NOT_SCALABLE.search(content)) or (
        scale is not None and float(scale[1]) < _LEAST_SCALE
    )


def without_language(app: App) -> Iterator[Spot]:
    """Pages that do not say their language, which readers then read wrongly (WCAG 2.2, 3.1.1)."""
    for page in app.pages:
        root = next((element for element in page.elements if element.tag == "html"), None)
        if root is None or not root.attributes.get("lang", "").strip():
            line = root.line if root else 1
            yield Spot("warning", page.path, line, '请写明语言，如 <html lang="zh-CN">')


def without_policy(app: App) -> Iterator[Spot]:
    """Personal data without a word on what becomes of it."""
    privacy = app.manifest.privacy
    if privacy.data_items and not privacy.policy_url:
        yield in_manifest("error", "privacy.policy_url", "处理个人信息的应用必须有隐私政策")


def without_elder(app: App) -> Iterator[Spot]:
    """An app for people that gives older ones nothing."""
    if app.manifest.ui.elder == "none" and "natural" in app.manifest.audience:
        yield in_manifest("warning", "ui.elder", "面向个人的应用应支持长辈版")
