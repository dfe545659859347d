"""What a package may not be, and what the same files always give."""

import io
import posixpath
import stat
import struct
import time
import warnings
import zipfile

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app_server.kernel.crypto import sha256_hex
from miniapps import service
from miniapps.errors import ManifestRefused, PackageRefused
from miniapps.rules import MAX_PACKAGE, path_fault, request_origin_fault
from miniapps.rules.packaging import same_name
from tests.builders.miniapps import files, manifest

ODD = "odd-name.js"


def raw(entries: dict[str, bytes], index: dict | None = None, **attributes) -> bytes:
    """A ZIP as a stranger may write one; `attributes` are set on the last entry."""
    if index is None:
        index = {p: {"sha256": sha256_hex(d), "size": len(d)} for p, d in entries.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/files.json", orjson.dumps(index))
        for path, data in entries.items():
            info = zipfile.ZipInfo(path)
            info.compress_type = zipfile.ZIP_DEFLATED
            if path == list(entries)[-1]:
                for name, value in attributes.items():
                    setattr(info, name, value)
            archive.writestr(info, data)
    return out.getvalue()


def written(entries: list[tuple[str, bytes]]) -> bytes:
    """A ZIP with these entries in this order, also the same name twice."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore", UserWarning)
        for path, data in entries:
            archive.writestr(path, data)
    return out.getvalue()


def patched(data: bytes, path: str, *, central: dict[int, bytes], local: dict[int, bytes]) -> bytes:
    """The ZIP with bytes of one entry's two headers changed, as no tool would write them."""
    out = bytearray(data)
    for mark, name_at, changes in ((b"PK\1\2", 46, central), (b"PK\3\4", 30, local)):
        at = out.index(mark)
        while out[at + name_at : at + name_at + len(path)] != path.encode():
            at = out.index(mark, at + 4)
        for place, new in changes.items():
            out[at + place : at + place + len(new)] = new
    return bytes(out)


def ended(data: bytes, **changes: int) -> bytes:
    """The ZIP with fields of its end record changed."""
    names = ("disk", "first_disk", "here", "count", "size", "at", "comment")
    fields = dict(zip(names, struct.unpack("<4H2LH", data[-18:]), strict=True)) | changes
    return data[:-18] + struct.pack("<4H2LH", *fields.values())


def refused(data: bytes) -> str:
    with pytest.raises(PackageRefused) as caught:
        service.open_package(data)
    return str(caught.value)


def test_a_package_is_opened_and_the_same_files_have_the_same_digest():
    one = service.open_package(service.pack(files()))
    other = service.open_package(raw(files()))
    assert one.digest == other.digest
    assert set(one.index) == {"app.json", "index.html", "icon.svg", "js/app.js"}
    assert service.pack(files()) == service.pack(files())


@pytest.mark.parametrize(
    "path",
    [
        "../evil.js",
        "a/../../evil.js",
        "/etc/passwd",
        "a//b.js",
        "./a.js",
        "C:/a.js",
        "a\\b.js",
        "a\x01.js",
        "v/1/x.js",
        "__wanshi/guest.js",
        "a/ b/c.js",
        "x" * 201,
        "a/b./c.js",
        "app\u202egnp.js",
        "app\u200b.js",
        "app\u2028.js",
        "app\ue000.js",
    ],
)
def test_a_path_that_could_lead_elsewhere_is_refused(path):
    refused(raw(files() | {path: b"x"}))


def test_a_link_is_refused():
    data = raw(files() | {"link": b"/etc/passwd"}, external_attr=(stat.S_IFLNK | 0o777) << 16)
    assert "链接" in refused(data)


def test_a_bomb_is_refused_before_it_is_unpacked():
    assert "压缩比" in refused(raw(files() | {"zeros.txt": b"\0" * 10_000_000}))


def test_two_names_that_differ_in_case_only_are_refused():
    assert "重复" in refused(raw(files() | {"Index.HTML": b"x"}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("caf\u00e9.js", "cafe\u0301.js"),
        ("stra\u00dfe.js", "STRASSE.js"),
        ("\u212b.js", "\u00e5.js"),
    ],
)
def test_two_names_that_are_one_to_some_file_system_are_refused(one, other):
    assert "重复" in refused(raw(files() | {one: b"x", other: b"y"}))


def test_the_same_name_twice_is_refused():
    twice = [*files().items(), ("META-INF/files.json", b"{}"), ("js/app.js", b"another")]
    assert "重复" in refused(written(twice))


def test_a_file_that_is_also_a_folder_is_refused():
    assert "目录" in refused(raw(files() | {"JS": b"x"}))


def test_a_name_cut_off_by_nul_is_refused():
    data = raw(files() | {ODD: b"x"})
    name = ODD.encode()
    assert "不允许的字符" in refused(data.replace(name, name.replace(b"-", b"\0")))


def test_a_name_that_is_not_utf8_is_refused():
    data = raw(files() | {ODD: b"x"})
    assert "UTF-8" in refused(data.replace(b"odd-name", "申请表单".encode("gbk")))


def test_an_encrypted_file_is_refused():
    data = raw(files() | {ODD: b"x"})
    assert "加密" in refused(patched(data, ODD, central={8: b"\1\0"}, local={6: b"\1\0"}))


def test_a_compression_browsers_do_not_know_is_refused():
    data = raw(files() | {ODD: b"x"})
    lzma = struct.pack("<H", zipfile.ZIP_LZMA)
    assert "deflate" in refused(patched(data, ODD, central={10: lzma}, local={8: lzma}))


def test_a_file_that_unpacks_to_more_than_it_says_is_refused():
    data = raw(files() | {ODD: b"x" * 5000})
    refused(patched(data, ODD, central={24: struct.pack("<L", 10)}, local={}))


def test_a_name_that_differs_between_the_two_headers_is_refused():
    data = raw(files() | {ODD: b"x"})
    refused(patched(data, ODD, central={}, local={30: b"app-name"}))


def test_a_split_archive_is_refused():
    assert "分卷" in refused(ended(service.pack(files()), disk=1, first_disk=1))


@pytest.mark.parametrize("change", [{"here": 65535, "count": 65535}, {"size": 0xFFFFFFFF}])
def test_zip64_is_refused(change):
    assert "ZIP64" in refused(ended(service.pack(files()), **change))


@pytest.mark.parametrize("change", [{"here": 1}, {"at": 1}, {"size": 46}])
def test_a_directory_that_is_not_where_it_says_is_refused(change):
    refused(ended(service.pack(files()), **change))


def test_bytes_or_a_comment_behind_the_archive_are_refused():
    refused(service.pack(files()) + b"PK")
    refused(ended(service.pack(files()), comment=5) + b"hello")


def test_another_archive_hidden_before_the_end_is_refused():
    refused(service.pack(files(manifest(code=2))) + service.pack(files()))


def test_a_huge_directory_is_refused_before_it_is_read():
    entries = written([(f"{n}{'x' * 60}", b"") for n in range(30_000)])
    began = time.perf_counter()
    assert "2000" in refused(entries)
    assert time.perf_counter() - began < 0.2


def test_many_small_files_that_unpack_to_too_much_are_refused():
    # Each below the ratio that makes a bomb, all together above what a package may hold.
    some = bytes(range(256)) * 4000
    assert "过大" in refused(raw(files() | {f"{n}.bin": some for n in range(100)}))


def test_a_signature_that_is_none_is_refused():
    for wrong in (b"{}", b"x" * 5000, b'{"key_id":"a","alg":"rsa","sig":"b"}'):
        whole = service.pack(files()), ("META-INF/dev.sig", wrong)
        with zipfile.ZipFile(io.BytesIO(whole[0])) as archive:
            entries = [(info.filename, archive.read(info)) for info in archive.infolist()]
        assert "dev.sig" in refused(written([*entries, whole[1]]))


def test_nothing_else_stands_in_the_folder_of_the_index():
    assert "META-INF" in refused(raw(files() | {"META-INF/more.txt": b"x"}))


def test_a_file_nobody_declared_is_refused():
    index = {p: {"sha256": sha256_hex(d), "size": len(d)} for p, d in files().items()}
    assert "未在" in refused(raw(files() | {"more.js": b"x"}, index))


def test_a_declared_file_that_is_missing_is_refused():
    entries = files()
    index = {p: {"sha256": sha256_hex(d), "size": len(d)} for p, d in entries.items()}
    entries.pop("js/app.js")
    assert "不存在" in refused(raw(entries, index))


def test_a_file_that_is_not_what_was_declared_is_refused():
    index = {p: {"sha256": sha256_hex(d), "size": len(d)} for p, d in files().items()}
    assert "不一致" in refused(raw(files() | {"js/app.js": b"changed after signing"}, index))


def test_too_many_files_are_refused():
    many = {f"f{n}.txt": b"x" for n in range(2001)}
    assert "2000" in refused(raw(files() | many))


def test_a_package_over_twenty_megabytes_is_refused_unread():
    assert "20 MB" in refused(b"PK\x03\x04" + b"x" * MAX_PACKAGE)


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_what_is_no_zip_is_refused(data):
    refused(data)


def test_a_zip_behind_other_bytes_is_refused():
    refused(b"GIF89a" + service.pack(files()))


def test_a_cut_package_is_refused():
    data = service.pack(files())
    for keep in range(0, len(data), 97):
        refused(data[:keep])


@pytest.mark.parametrize(
    "icon",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="https://x"/></svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg"><rect fill="url(https://x/#a)"/></svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg"><foreignObject/></svg>',
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<html/>",
        b"<svg",
    ],
)
def test_an_icon_that_could_do_anything_is_refused(icon):
    assert "图标" in refused(raw(files() | {"icon.svg": icon}))


@pytest.mark.parametrize(
    "change",
    [
        {"appid": "shell"},
        {"appid": "ah340000"},
        {"min_tier": 4},
        {"min_tier": "1"},
        {"region_codes": ["999999"]},
        {"region_codes": ["340100"]},
        {"permissions": [{"scope": "auth.everything", "reason": "什么都要", "required": True}]},
        {"permissions": []},
        {"network": {"request": ["https://a.example.cn/path"]}},
        {"network": {"request": ["https://a.example.cn; script-src *"]}},
        {"network": {"request": ["https://10.0.0.1"]}},
        {"network": {"request": ["*"]}},
        {"surprise": True},
        {"version": {"name": "one", "code": 1}},
    ],
)
def test_a_manifest_that_says_something_impossible_is_refused(change):
    with pytest.raises(ManifestRefused) as caught:
        service.open_package(service.pack(files(manifest() | change)))
    assert caught.value.facts["errors"]


@pytest.mark.parametrize("missing", ["index.html", "icon.svg", "app.json"])
def test_a_package_without_what_its_manifest_names_is_refused(missing):
    entries = files()
    entries.pop(missing)
    assert "缺少" in refused(raw(entries))


def test_plain_http_is_for_a_back_end_on_this_machine_and_never_in_production():
    assert request_origin_fault("http://127.0.0.1:8821", production=False) == ""
    assert request_origin_fault("http://127.0.0.1:8821", production=True)
    assert request_origin_fault("http://api.example.cn", production=False)


_NAME = st.text("abcXYZ019_-~ é中文ß", min_size=1, max_size=12).filter(lambda n: n == n.strip())
_PATH = st.lists(_NAME, min_size=1, max_size=3).map("/".join)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(_PATH, st.binary(max_size=300), max_size=12))
def test_what_was_packed_is_what_is_opened(drawn):
    kept = files()
    for path, data in drawn.items():
        taken = {same_name(p) for p in kept}
        folders = {same_name(posixpath.dirname(p)) for p in kept}
        parents = {same_name("/".join(path.split("/")[:n])) for n in range(1, path.count("/") + 1)}
        inside = any(f == same_name(path) or f.startswith(f"{same_name(path)}/") for f in folders)
        if (
            not path_fault(path)
            and same_name(path) not in taken
            and not inside | bool(parents & taken)
        ):
            kept[path] = data
    package = service.open_package(service.pack(kept))
    assert package.files == kept
    assert package.index == {path: sha256_hex(data) for path, data in kept.items()}
    assert package.digest == sha256_hex(package.index_bytes)


@given(st.text(max_size=40))
def test_a_path_without_fault_stays_where_it_is_put(path):
    if not path_fault(path):
        assert posixpath.normpath(f"/app/{path}") == f"/app/{path}"
