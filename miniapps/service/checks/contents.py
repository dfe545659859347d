"""The files of a package as files: missing, too many, too large."""

import re
from collections.abc import Iterator

from miniapps import rules
from miniapps.rules.packaging import LARGE, LARGE_FILE
from miniapps.service.checks.finding import Spot, in_manifest
from miniapps.service.checks.reading import App, suffix_of
from miniapps.service.manifest_parts import file_of


def unread(app: App) -> Iterator[Spot]:
    """Files nobody could check; what cannot be checked is not let in."""
    for path in app.unread:
        yield Spot("error", path, None, "文件太大或内容无法识别，不能检查；请拆分或修正后再上传")


def missing(app: App) -> Iterator[Spot]:
    """Files the manifest speaks of and nobody finds."""
    manifest, files = app.manifest, app.package.files
    named = [("routes", file_of(route.path)) for route in manifest.routes]
    named += [("offline.precache", path) for path in manifest.offline.precache]
    policy = manifest.privacy.policy_url
    if policy and not policy.startswith("https://"):
        named.append(("privacy.policy_url", policy))
    for field, path in dict.fromkeys(named):
        if path not in files:
            yield in_manifest("error", field, f"包里没有 {path}")


_MAP = re.compile(r"[#@]\s*sourceMappingURL=\s*data:")


def source_maps(app: App) -> Iterator[Spot]:
    """Maps that give the source code to whoever asks."""
    for path in app.package.files:
        if suffix_of(path) == "map":
            yield Spot("warning", path, None, "源码映射会公开源码，发布前请删除")
    for path, source in app.texts.items():
        if found := _MAP.search(source):
            yield Spot("warning", path, app.line(path, found.start()), "内嵌的源码映射会公开源码")


def large(app: App) -> Iterator[Spot]:
    """Single files that make an app slow to open."""
    for path, data in app.package.files.items():
        most = LARGE.get(suffix_of(path), LARGE_FILE)
        if len(data) > most:
            size = f"{len(data) / 1024 / 1024:.1f} MB，建议不超过 {most / 1024 / 1024:g} MB"
            yield Spot("warning", path, None, size)


_WORD = re.compile(r"[\w@-]{4,}")
_FILE_NAME = re.compile(r"(?<![\w@()~-])[\w@()~-]++(?:\.[\w@()~-]++)++")
# Bundlers join a chunk's name from parts; a part of this length is a hash and tells it apart.
_HASH = 6


def unreferenced(app: App) -> Iterator[Spot]:
    """Files whose names nothing in the package says, whole or in the parts a bundler makes."""
    manifest = app.manifest
    used = {rules.MANIFEST, manifest.entry, manifest.icon, manifest.privacy.policy_url}
    used |= {file_of(route.path) for route in manifest.routes} | {*manifest.offline.precache}
    names: set[str] = set()
    words: set[str] = set()
    for source in app.texts.values():
        names.update(_FILE_NAME.findall(source))
        words.update(_WORD.findall(source))
    for path in app.package.files:
        name = path.rpartition("/")[2]
        parts = [part for part in re.split(r"[.\-]", name) if len(part) >= _HASH]
        if path in used or name in names or suffix_of(path) == "map":
            continue
        if not any(part in words for part in parts) and name.rpartition(".")[0] not in words:
            yield Spot("note", path, None, "没有页面用到这个文件")
