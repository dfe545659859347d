"""Opening an application package: a ZIP that is believed in nothing.

Every file is named with size and SHA-256 in `META-INF/files.json`; what is not named is not
there, and what is named must be what it says (W3C MiniApp packaging; miniapp-host.md §5). Beside
the index may lie a developer's signature over it.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from app_server.kernel.crypto import sha256_hex
from miniapps import rules
from miniapps.errors import PackageRefused
from miniapps.rules.packaging import MAX_DIRECTORY, MAX_SIGNATURE, SIGNATURE, same_name
from miniapps.service.icons import check_icon
from miniapps.service.manifest import Manifest, read_manifest
from miniapps.service.signing import Signature, Signer


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0)]


_INDEX = TypeAdapter(dict[str, _Entry])
_BROKEN = "不是有效的 ZIP 文件，或其内容已损坏"
_END = struct.Struct("<4s4H2LH")


def _canonical(value: object) -> bytes:
    """One spelling of a JSON value: sorted keys, no white space, UTF-8."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class Package:
    """A checked package: its manifest, its files, and the digest that names this content.

    `index_bytes` is the canonical index: what the digest is of and what a developer signs. The
    signature is only read here; whose key it must be is for the caller to say.
    """

    manifest: Manifest
    files: Mapping[str, bytes]
    index: Mapping[str, str]
    digest: str
    index_bytes: bytes
    signature: Signature | None


def pack(files: Mapping[str, bytes], signer: Signer | None = None) -> bytes:
    """A package of these files, with their index; the same files give the same bytes."""
    index = _canonical({p: {"sha256": sha256_hex(d), "size": len(d)} for p, d in files.items()})
    inside = {**files, rules.FILE_INDEX: index}
    if signer is not None:
        inside[SIGNATURE] = _canonical(signer(index).model_dump())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in sorted(inside.items()):
            info = zipfile.ZipInfo(path)
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def open_package(data: bytes) -> Package:
    """Check a package whole; raises `PackageRefused` or `ManifestRefused`. Blocks: use a thread."""
    files = read_zip(data)
    signature = _signature(files.pop(SIGNATURE, None))
    declared = _checked_index(files)
    index_bytes = _canonical({path: entry.model_dump() for path, entry in declared.items()})
    manifest = read_manifest(files[rules.MANIFEST])
    if manifest.entry and manifest.entry not in files:
        raise PackageRefused(f"缺少入口页面 {manifest.entry}")
    if manifest.icon not in files:
        raise PackageRefused(f"缺少图标 {manifest.icon}")
    check_icon(files[manifest.icon])
    _check_signing(manifest, signature)
    index = {path: entry.sha256 for path, entry in declared.items()}
    return Package(manifest, files, index, sha256_hex(index_bytes), index_bytes, signature)


def read_zip(data: bytes) -> dict[str, bytes]:
    """The files of a ZIP from a stranger, safe to keep; raises `PackageRefused`. Blocks."""
    if len(data) > rules.MAX_PACKAGE:
        raise PackageRefused(f"应用包不能超过 {rules.MAX_PACKAGE // 1024 // 1024} MB")
    _check_frame(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = _checked_entries(archive.infolist())
            return {path: archive.read(entry) for path, entry in entries.items()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
        raise PackageRefused(_BROKEN) from error


def _check_frame(data: bytes) -> None:
    """Refuse what readers could take apart differently, before a directory is read.

    zipfile would skip a prefix, and with it another file type for another reader; it would look
    for an end in the middle; and it believes the size of a directory.
    """
    if not data.startswith(b"PK\x03\x04") or len(data) < _END.size:
        raise PackageRefused(_BROKEN)
    mark, disk, first_disk, here, count, size, at, comment = _END.unpack(data[-_END.size :])
    if mark != b"PK\x05\x06" or comment:
        raise PackageRefused(f"{_BROKEN}，或带有注释、附加数据")
    if disk or first_disk or here != count or count == 0xFFFF or 0xFFFFFFFF in {size, at}:
        raise PackageRefused("不支持分卷或 ZIP64 格式")
    if at + size + _END.size != len(data):
        raise PackageRefused(_BROKEN)
    if size > MAX_DIRECTORY:
        raise PackageRefused(f"文件不能超过 {rules.MAX_FILES} 个")


def _signature(data: bytes | None) -> Signature | None:
    if data is None:
        return None
    try:
        # The size first: what is signed is small.
        return Signature.model_validate_json(data if len(data) <= MAX_SIGNATURE else b"")
    except ValidationError as error:
        raise PackageRefused(f"{SIGNATURE} 的格式不正确") from error


def _check_signing(manifest: Manifest, signature: Signature | None) -> None:
    """A manifest that names a key is worth nothing without its signature."""
    wanted = manifest.signing
    if wanted is None:
        return
    if signature is None:
        raise PackageRefused(f"清单写明了签名密钥，但缺少 {SIGNATURE}")
    if (signature.key_id, signature.alg) != (wanted.key_id, wanted.alg):
        raise PackageRefused("签名使用的密钥与清单 signing 不一致")


def _checked_entries(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    if len(entries) > rules.MAX_FILES:
        raise PackageRefused(f"文件不能超过 {rules.MAX_FILES} 个")
    if sum(entry.file_size for entry in entries) > rules.MAX_UNPACKED:
        raise PackageRefused("解压后的内容过大")
    found: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for entry in entries:
        _check_entry(entry)
        same = same_name(entry.filename.rstrip("/"))
        if same in seen:
            raise PackageRefused(f"文件重复（不区分大小写）：{entry.filename}")
        seen.add(same)
        if not entry.is_dir():
            found[entry.filename] = entry
    _check_folders(found)
    return found


def _check_folders(found: Iterable[str]) -> None:
    names = {same_name(path): path for path in found}
    for name, path in names.items():
        parts = name.split("/")
        if any("/".join(parts[:depth]) in names for depth in range(1, len(parts))):
            raise PackageRefused(f"同名的文件和目录：{path}")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    # zipfile cuts a name at NUL and turns separators round; the name as it stands must hold.
    name = entry.orig_filename
    if fault := rules.path_fault(name.removesuffix("/")):
        raise PackageRefused(f"{fault}：{name[:60]!r}")
    if not name.isascii() and not entry.flag_bits & 0x800:
        raise PackageRefused("文件名必须使用 UTF-8 编码")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFDIR if entry.is_dir() else stat.S_IFREG}:
        raise PackageRefused(f"只能包含普通文件，不能有链接：{name[:60]}")
    if entry.flag_bits & 0x1:
        raise PackageRefused("应用包不能加密")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise PackageRefused("只支持 deflate 压缩")
    small = entry.file_size <= rules.MIN_BOMB
    if not small and entry.file_size > rules.MAX_RATIO * max(entry.compress_size, 1):
        raise PackageRefused(f"压缩比异常：{name[:60]}")


def _checked_index(files: dict[str, bytes]) -> dict[str, _Entry]:
    try:
        declared = _INDEX.validate_json(files.pop(rules.FILE_INDEX))
    except (KeyError, ValidationError) as error:
        raise PackageRefused(f"缺少 {rules.FILE_INDEX} 或其格式不正确") from error
    if undeclared := sorted(set(files) - set(declared)):
        raise PackageRefused(f"未在文件清单中声明：{undeclared[0]}")
    if missing := sorted(set(declared) - set(files)):
        raise PackageRefused(f"文件清单中的文件不存在：{missing[0]}")
    for path, entry in declared.items():
        if entry.size != len(files[path]) or entry.sha256 != sha256_hex(files[path]):
            raise PackageRefused(f"文件与清单不一致：{path}")
    if rules.MANIFEST not in files:
        raise PackageRefused(f"缺少 {rules.MANIFEST}")
    if strange := [path for path in files if path.startswith("META-INF/")]:
        raise PackageRefused(f"META-INF 中不能有其他文件：{strange[0]}")
    return declared
