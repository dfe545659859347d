"""The zip around an OFD: packed the same each time, unpacked with suspicion.

A package is opened only when every reader of it must see the same files: no name twice, no bytes
between entries that a reader from the front would take for a file (GB/T 33190-2016, 6).
"""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping

from app_server.kernel.ofd.errors import BadPackage

MAX_PACKAGE = 64 * 1024 * 1024
MAX_ENTRIES = 5000
MAX_TOTAL = 128 * 1024 * 1024
MAX_RATIO = 200
RATIO_FREE = 1024 * 1024
MAX_NAME = 255
# Where zip dates begin; equal parts are an equal file.
EPOCH = (1980, 1, 1, 0, 0, 0)
LOCAL_HEADER, END_RECORD = 30, 22
# A data descriptor: with or without its signature, sizes of 4 or 8 bytes.
DESCRIPTORS = frozenset({12, 16, 20, 24})
FLAG_ENCRYPTED, FLAG_DESCRIPTOR, FLAG_STRONG = 0x1, 0x8, 0x40
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def pack(parts: Mapping[str, bytes]) -> bytes:
    """A zip of the parts in their order; the same parts give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bag:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            bag.writestr(entry, data, compresslevel=6)
    return out.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of a zip by name; raises `BadPackage` for whatever is not a plain, small zip."""
    if len(data) > MAX_PACKAGE:
        raise BadPackage("too_large")
    try:
        bag = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise BadPackage("not_zip") from error
    with bag:
        entries = bag.infolist()
        _weigh(entries)
        for entry in entries:
            _check_entry(entry)
        _check_names(entries)
        _check_places(data, entries, bag.start_dir)
        return {e.orig_filename: _read(bag, e) for e in entries if not e.is_dir()}


def _weigh(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise BadPackage("too_many_entries")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise BadPackage("too_large")
    for entry in entries:
        allowed = RATIO_FREE + entry.compress_size * MAX_RATIO
        if entry.file_size > allowed:
            raise BadPackage("ratio", entry.orig_filename)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    if entry.flag_bits & (FLAG_ENCRYPTED | FLAG_STRONG):
        raise BadPackage("encrypted", name)
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise BadPackage("compression", name)
    pieces = name.removesuffix("/").split("/")
    if (
        len(name) > MAX_NAME
        or "\\" in name
        or ":" in pieces[0]
        or _CONTROL.search(name)
        or {"", ".", ".."} & set(pieces)
        or stat.S_ISLNK(entry.external_attr >> 16)
        or (entry.is_dir() and entry.file_size)
    ):
        raise BadPackage("path", name)


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    """No name twice, whatever a file system makes of letter case; no file that is a folder too."""
    seen: set[str] = set()
    for entry in entries:
        key = entry.orig_filename.removesuffix("/").casefold()
        if key in seen:
            raise BadPackage("duplicate", entry.orig_filename)
        seen.add(key)
    files = {e.orig_filename.casefold() for e in entries if not e.is_dir()}
    for entry in entries:
        pieces = entry.orig_filename.casefold().split("/")
        if any("/".join(pieces[:n]) in files for n in range(1, len(pieces))):
            raise BadPackage("duplicate", entry.orig_filename)


def _check_places(data: bytes, entries: list[zipfile.ZipInfo], directory: int) -> None:
    """The entries lie end to end from the first byte to the directory."""
    # The end record closes the file: no comment, nothing behind it.
    if not data[-END_RECORD:].startswith(b"PK\x05\x06"):
        raise BadPackage("hidden_bytes")
    position = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        start = entry.header_offset
        if start != position:
            raise BadPackage("hidden_bytes", entry.orig_filename)
        lengths = data[start + 26 : start + LOCAL_HEADER]
        name, extra = int.from_bytes(lengths[:2], "little"), int.from_bytes(lengths[2:], "little")
        position = start + LOCAL_HEADER + name + extra + entry.compress_size
        if entry.flag_bits & FLAG_DESCRIPTOR:
            following = _next_place(entries, start, directory)
            position = following if following - position in DESCRIPTORS else position
    if position != directory:
        raise BadPackage("hidden_bytes")


def _next_place(entries: list[zipfile.ZipInfo], start: int, directory: int) -> int:
    return min((e.header_offset for e in entries if e.header_offset > start), default=directory)


def _read(bag: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    # The declared size was weighed above; zipfile reads no further than it and checks the CRC.
    try:
        with bag.open(entry) as stream:
            data = stream.read()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise BadPackage("damaged", entry.orig_filename) from error
    if len(data) != entry.file_size:
        raise BadPackage("damaged", entry.orig_filename)
    return data
