"""The zip around an OFD: every reader must see the same files in it, and not too many."""

import io
import struct
import warnings
import zipfile

import pytest

from app_server.kernel.ofd import archive
from tests.kernel.ofd.papers import full_paper, refusal, repacked


@pytest.fixture(scope="module")
def good() -> bytes:
    return full_paper()


def zipped(*entries: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as bag:
        warnings.simplefilter("ignore")
        for name, data in entries:
            bag.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"PK\x03\x04" + bytes(40)])
def test_what_is_no_zip_is_refused(data):
    assert refusal(data)[0] == "not_zip"


def test_a_zip_without_ofd_xml_is_refused():
    assert refusal(zipped(("readme.txt", b"1"))) == ("missing", "OFD.xml")


def test_too_many_entries_are_refused():
    entries = [(f"{n}", b"") for n in range(archive.MAX_ENTRIES + 1)]
    assert refusal(zipped(*entries))[0] == "too_many_entries"


def test_a_file_that_swells_is_refused():
    swelling = zipped(("OFD.xml", bytes(8_000_000)), method=zipfile.ZIP_DEFLATED)
    assert len(swelling) < 20_000
    assert refusal(swelling) == ("ratio", "OFD.xml")


def test_too_much_in_total_is_refused(monkeypatch, good):
    monkeypatch.setattr(archive, "MAX_TOTAL", 10_000)
    assert refusal(good)[0] == "too_large"


def test_too_large_a_file_is_refused(monkeypatch, good):
    monkeypatch.setattr(archive, "MAX_PACKAGE", 1000)
    assert refusal(good)[0] == "too_large"


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../out",
        "Doc_0/../../out",
        "a\\b",
        "C:/x",
        "./x",
        "a//b",
        "a\x01b",
        "x" * 300,
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(good, name):
    assert refusal(repacked(good, {name: b"1"})) == ("path", name)


def test_a_link_is_refused():
    entry = zipfile.ZipInfo("link")
    entry.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bag:
        bag.writestr(entry, "/etc/passwd")
    assert refusal(out.getvalue()) == ("path", "link")


@pytest.mark.parametrize("names", [("a", "a"), ("A.xml", "a.xml"), ("a", "a/b"), ("ａ/b", "ａ/B")])
def test_a_name_given_twice_is_refused(names):
    assert refusal(zipped(*((name, b"1") for name in names)))[0] == "duplicate"


def test_an_encrypted_entry_is_refused():
    data = bytearray(zipped(("OFD.xml", b"x")))
    directory = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[directory + 8] |= 1
    assert refusal(bytes(data)) == ("encrypted", "OFD.xml")


def test_an_unusual_compression_is_refused():
    assert refusal(zipped(("OFD.xml", b"x"), method=zipfile.ZIP_BZIP2)) == (
        "compression",
        "OFD.xml",
    )


def test_a_damaged_entry_is_refused():
    data = bytearray(zipped(("OFD.xml", b"some words of a document")))
    data[data.index(b"words")] ^= 1
    assert refusal(bytes(data)) == ("damaged", "OFD.xml")


def test_bytes_that_only_some_readers_see_are_refused(good):
    assert refusal(b"#!/bin/sh\n" + good)[0] == "hidden_bytes"
    assert refusal(good + b"more")[0] == "hidden_bytes"
    # A file in front that the directory does not tell of.
    stray = zipped(("OFD.xml", b"another document"))
    stray = stray[: stray.index(b"PK\x01\x02")]
    end = good.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", good, end + 12)
    directory = bytearray(good[start : start + size])
    position = 0
    while position < size:
        offset, lengths = position + 42, struct.unpack_from("<HHH", directory, position + 28)
        (place,) = struct.unpack_from("<I", directory, offset)
        struct.pack_into("<I", directory, offset, place + len(stray))
        position += 46 + sum(lengths)
    tail = bytearray(good[end:])
    struct.pack_into("<I", tail, 16, start + len(stray))
    assert refusal(stray + good[:start] + bytes(directory) + bytes(tail))[0] == "hidden_bytes"


class Stream(io.RawIOBase):
    """A place to write that knows no way back, like a socket."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.data += data
        return len(data)


def test_a_package_written_as_a_stream_opens(good):
    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bag:
        for name, data in archive.unpack(good).items():
            bag.writestr(name, data)
    with zipfile.ZipFile(io.BytesIO(stream.data)) as bag:
        assert all(entry.flag_bits & archive.FLAG_DESCRIPTOR for entry in bag.infolist())
    assert archive.unpack(bytes(stream.data)) == archive.unpack(good)


def test_folders_are_no_parts_and_equal_parts_are_equal_bytes(good):
    parts = archive.unpack(good)
    folders = zipped(("Doc_0/", b""), ("Doc_0/Res/", b""), *parts.items())
    assert archive.unpack(folders) == parts
    assert archive.pack(parts) == good
