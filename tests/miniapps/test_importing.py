"""What other platforms' tools build becomes a package, and nothing worse does."""

import io
import stat
import zipfile

import orjson
import pytest

from miniapps import service
from miniapps.errors import ManifestRefused, PackageRefused
from miniapps.service.importing import as_package
from tests.builders.miniapps import files, manifest


def zipped(entries: dict[str, bytes], link: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in entries.items():
            info = zipfile.ZipInfo(path)
            if path == link:
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, data)
    return out.getvalue()


def under(folder: str, entries: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{path}": data for path, data in entries.items()}


def build(output: str = "build", entry: str = "/index.html") -> dict[str, bytes]:
    described = {
        "type": "gov-build-config",
        "version": "1",
        "outputPath": output,
        "entryHTML": entry,
    }
    return {"gbc.json": orjson.dumps(described)}


def described(**changes) -> bytes:
    return orjson.dumps(manifest() | changes)


WITHOUT = {path: data for path, data in files().items() if path != "app.json"}


@pytest.mark.parametrize(
    "entries",
    [
        {"../evil.js": b"x"},
        {"dist/../../evil.js": b"x"},
        {"/etc/passwd": b"x"},
        {"INDEX.html": b"x"},
        {"zeros.txt": b"\0" * 10_000_000},
        {"__wanshi/guest.js": b"x"},
    ],
)
def test_what_no_package_may_hold_does_not_come_in_this_way_either(entries):
    with pytest.raises(PackageRefused):
        as_package(zipped(WITHOUT | entries), described())


def test_a_link_is_refused():
    with pytest.raises(PackageRefused, match="链接"):
        as_package(zipped(WITHOUT | {"link": b"/etc/passwd"}, "link"), described())


def test_a_reserved_folder_inside_the_top_folder_is_refused():
    with pytest.raises(PackageRefused, match="保留"):
        as_package(zipped(under("dist", WITHOUT | {"v/1/x.js": b"x"})), described())


@pytest.mark.parametrize("data", [b"", b"Rar!\x1a\x07", b"\x1f\x8b" + b"x" * 40])
def test_what_is_no_zip_is_refused(data):
    with pytest.raises(PackageRefused, match="ZIP"):
        as_package(data, described())


def test_a_plain_build_becomes_the_package_its_files_would_make():
    package = service.open_package(as_package(zipped(WITHOUT), described()))
    assert package.files == WITHOUT | {"app.json": described()}


def test_a_manifest_inside_the_build_is_used():
    assert service.open_package(as_package(zipped(files()), None)).files == files()


def test_the_folder_around_a_build_and_what_file_managers_leave_are_dropped():
    left_over = {"__MACOSX/dist/._index.html": b"x", "dist/js/.DS_Store": b"x", "Thumbs.db": b"x"}
    made = as_package(zipped(under("dist", WITHOUT) | left_over), described())
    assert service.open_package(made).files == WITHOUT | {"app.json": described()}


def test_two_folders_are_no_folder_around():
    package = service.open_package(
        as_package(zipped(WITHOUT | under("more", {"a.txt": b"x"})), described())
    )
    assert "more/a.txt" in package.files


def test_without_a_manifest_it_is_said_where_to_put_it():
    with pytest.raises(PackageRefused, match=r"app\.json"):
        as_package(zipped(WITHOUT), None)


def test_a_wrong_manifest_is_refused_with_its_findings():
    with pytest.raises(ManifestRefused) as caught:
        as_package(zipped(WITHOUT), described(min_tier=9))
    assert caught.value.facts["errors"] == [{"field": "min_tier", "message": "不能大于 3"}]
    with pytest.raises(ManifestRefused):
        as_package(zipped(under("build", WITHOUT) | build()), b"not json")


def test_a_finished_package_is_not_imported_again():
    with pytest.raises(PackageRefused, match="直接上传"):
        as_package(service.pack(files()), None)


@pytest.mark.parametrize("around", ["", "project/"])
def test_of_a_gbc_build_only_its_output_comes_in(around):
    entries = under("build", WITHOUT) | build() | {"src/secret.ts": b"x", "package.json": b"{}"}
    made = as_package(zipped({around + p: d for p, d in entries.items()}), described())
    assert service.open_package(made).files == WITHOUT | {"app.json": described()}


def test_the_entry_of_a_gbc_build_fills_the_manifest():
    page = {"web/index.html": b"<!doctype html><html lang=zh><title>t</title></html>"}
    without_entry = {k: v for k, v in manifest().items() if k != "entry"}
    entries = under("build", WITHOUT | page) | build(entry="/web/index.html")
    made = as_package(zipped(entries), orjson.dumps(without_entry))
    assert service.open_package(made).manifest.entry == "web/index.html"
    with pytest.raises(PackageRefused, match="不一致"):
        as_package(zipped(entries), described())


@pytest.mark.parametrize(
    "config",
    [
        build(output="dist"),
        build(output=""),
        build(output="../build"),
        build(entry="/main.html"),
        {"gbc.json": b"{}"},
        {"gbc.json": b"not json"},
    ],
)
def test_a_gbc_build_that_is_not_there_is_refused_by_name(config):
    with pytest.raises(PackageRefused, match=r"gbc\.json"):
        as_package(zipped(under("build", WITHOUT) | config), described())
