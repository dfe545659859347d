"""What a package may not be, and what the same files always give."""

import io
import stat
import zipfile

import orjson
import pytest

from app_server.kernel.crypto import sha256_hex
from miniapps import service
from miniapps.errors import ManifestRefused, PackageRefused
from miniapps.rules import MAX_PACKAGE, request_origin_fault
from tests.builders.miniapps import files, manifest


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
