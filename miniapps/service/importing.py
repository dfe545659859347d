"""Packages made of what other platforms' tools build: a plain `dist` ZIP, or one with `gbc.json`.

What comes in passes the same door as a package, and what comes out is opened once more: nothing
gets in this way that could not get in as a package.
"""

from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from miniapps import rules
from miniapps.errors import PackageRefused
from miniapps.service.archive import open_package, pack, read_zip

_BUILD = "gbc.json"
# What file managers leave behind.
_LEFT_OVER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_LEFT_OVER_FOLDER = "__MACOSX/"


class _Build(BaseModel):
    """The part of `gbc.json` that says where the built app lies."""

    model_config = ConfigDict(strict=True, frozen=True)

    output: Annotated[str, Field(alias="outputPath", max_length=200)]
    entry: Annotated[str, Field(alias="entryHTML", max_length=200)] = "index.html"


def as_package(data: bytes, manifest: bytes | None) -> bytes:
    """A package made of a built app; `manifest` is its `app.json` unless the ZIP holds one.

    Raises `PackageRefused`, `ManifestRefused`. Blocks: use a thread.
    """
    files = {p: d for p, d in read_zip(data).items() if not _is_left_over(p)}
    if rules.FILE_INDEX in files:
        raise PackageRefused("这已经是应用包，请直接上传")
    files = _without_top_folder(files)
    entry = ""
    if _BUILD in files:
        files, entry = _built(files)
    if manifest is not None:
        files[rules.MANIFEST] = manifest
    if rules.MANIFEST not in files:
        raise PackageRefused(f"缺少 {rules.MANIFEST}，请放在压缩包最外层，或与压缩包一起提交")
    if entry:
        files[rules.MANIFEST] = _with_entry(files[rules.MANIFEST], entry)
    package = pack(files)
    open_package(package)
    return package


def _is_left_over(path: str) -> bool:
    return path.startswith(_LEFT_OVER_FOLDER) or path.rpartition("/")[2] in _LEFT_OVER


def _without_top_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    tops = {path.partition("/")[0] for path in files}
    if len(tops) != 1 or any("/" not in path for path in files):
        return files
    return {path.partition("/")[2]: data for path, data in files.items()}


def _built(files: dict[str, bytes]) -> tuple[dict[str, bytes], str]:
    """The files under the build's output, and its entry page."""
    try:
        build = _Build.model_validate_json(files[_BUILD])
    except ValidationError as error:
        raise PackageRefused(f"{_BUILD} 须写明 outputPath 和 entryHTML") from error
    folder = build.output.removeprefix("./").strip("/")
    inside = {
        path.removeprefix(f"{folder}/"): data
        for path, data in files.items()
        if path.startswith(f"{folder}/")
    }
    if not folder or not inside:
        raise PackageRefused(f"{_BUILD} 的 outputPath（{folder[:60]}）不在压缩包里，请先构建再上传")
    if rules.MANIFEST in files:
        inside.setdefault(rules.MANIFEST, files[rules.MANIFEST])
    entry = build.entry.removeprefix("./").strip("/")
    if entry not in inside:
        raise PackageRefused(f"{_BUILD} 的 entryHTML（{entry[:60]}）不在 {folder[:60]} 目录里")
    return inside, entry


def _with_entry(manifest: bytes, entry: str) -> bytes:
    """The manifest with the build's entry, which it may leave out but not contradict."""
    try:
        described: Any = orjson.loads(manifest)
    except orjson.JSONDecodeError:
        # Read once more where the findings are worded.
        return manifest
    if not isinstance(described, dict) or described.get("entry") == entry:
        return manifest
    if "entry" in described:
        raise PackageRefused(f"{rules.MANIFEST} 的入口页面与 {_BUILD} 不一致：{entry[:60]}")
    return orjson.dumps({**described, "entry": entry}, option=orjson.OPT_INDENT_2)
