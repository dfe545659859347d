"""A stranger's OFD is opened whole or refused with a reason."""

import contextlib
import io
import struct
import warnings
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app_server.kernel.ofd import archive, reading
from app_server.kernel.ofd.archive import unpack
from app_server.kernel.ofd.errors import BadPackage
from app_server.kernel.ofd.reading import open_package
from app_server.kernel.ofd.rendering import picture
from tests.kernel.ofd.papers import CONTENT, OFD, edited, full_paper, paper, repacked, signed

DOCUMENT = "Doc_0/Document.xml"
PUBLIC = "Doc_0/PublicRes.xml"
TEMPLATE = "Doc_0/Tpls/Tpl_0/Content.xml"


@pytest.fixture(scope="module")
def good() -> bytes:
    return full_paper()


def refusal(data: bytes) -> tuple[str, str]:
    with pytest.raises(BadPackage) as caught:
        open_package(data)
    assert caught.value.facts == {"reason": caught.value.reason, "part": caught.value.part}
    return caught.value.reason, caught.value.part


def zipped(*entries: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as bag:
        warnings.simplefilter("ignore")
        for name, data in entries:
            bag.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


# --- the zip ---------------------------------------------------------------------------------


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


# --- the XML ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    ['<!DOCTYPE x [<!ENTITY a "b">]>', '<!DOCTYPE x SYSTEM "http://127.0.0.1/x">', "<!doctype x>"],
)
def test_a_document_type_is_refused(good, head):
    bad = edited(good, DOCUMENT, "<ofd:Document ", f"{head}<ofd:Document ")
    assert refusal(bad) == ("doctype", DOCUMENT)


def test_a_document_type_in_another_encoding_is_refused(good):
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    assert refusal(repacked(good, {DOCUMENT: text.encode("utf-16")})) == ("encoding", DOCUMENT)
    named = edited(good, DOCUMENT, 'encoding="UTF-8"', 'encoding="UTF-7"')
    assert refusal(named)[1] == DOCUMENT


@pytest.mark.parametrize("data", [b"", b"<a", b"<a></b>", b"\x00", b"<a>&nbsp;</a>"])
def test_what_is_no_xml_is_refused(good, data):
    assert refusal(repacked(good, {CONTENT: data})) == ("not_xml", CONTENT)


def test_another_root_or_namespace_is_refused(good):
    assert refusal(repacked(good, {CONTENT: b"<Page/>"})) == ("structure", CONTENT)
    assert refusal(edited(good, "OFD.xml", "/Document.xml", "/PublicRes.xml")) == (
        "structure",
        PUBLIC,
    )


def test_very_deep_xml_is_refused(good):
    deep = f"<ofd:Page {OFD}>" + "<a>" * 5000 + "</a>" * 5000 + "</ofd:Page>"
    assert refusal(repacked(good, {CONTENT: deep.encode()})) == ("not_xml", CONTENT)


def test_too_much_xml_is_refused(monkeypatch, good):
    monkeypatch.setattr(reading, "MAX_XML_TOTAL", 1500)
    assert refusal(good)[0] == "too_large"


# --- the document ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part",
    [
        DOCUMENT,
        PUBLIC,
        "Doc_0/DocumentRes.xml",
        CONTENT,
        "Doc_0/Res/font_0.otf",
        "Doc_0/Res/image_0.png",
        "Doc_0/Attachs/Attachments.xml",
        "Doc_0/Attachs/attach_0.json",
    ],
)
def test_a_missing_part_is_named(good, part):
    assert refusal(repacked(good, {part: None})) == ("missing", part)


@pytest.mark.parametrize("part", ["Signature.xml", "SignedValue.dat", "Seal.esl"])
def test_a_missing_file_of_a_signature_is_named(good, part):
    name = f"Doc_0/Signs/Sign_0/{part}"
    assert refusal(repacked(signed(good), {name: None})) == ("missing", name)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("OFD.xml", "Doc_0/Document.xml", "../Document.xml"),
        (DOCUMENT, "PublicRes.xml", "../../PublicRes.xml"),
        (DOCUMENT, "Pages/Page_0/Content.xml", "/../Content.xml"),
        (PUBLIC, 'BaseLoc="Res"', 'BaseLoc="../../Res"'),
        (PUBLIC, "font_0.otf", "file:///etc/passwd"),
        (PUBLIC, "font_0.otf", "..\\font_0.otf"),
        ("Doc_0/DocumentRes.xml", "image_0.png", "http://127.0.0.1/a.png"),
        ("Doc_0/Attachs/Attachments.xml", "/Doc_0/Attachs/attach_0.json", "../../../x"),
    ],
)
def test_a_reference_that_leaves_the_package_is_refused(good, part, old, new):
    assert refusal(edited(good, part, old, new)) == ("escape", part)


def test_a_signature_that_refers_outside_is_refused(good):
    part = "Doc_0/Signs/Sign_0/Signature.xml"
    assert refusal(edited(signed(good), part, '"/OFD.xml"', '"/../OFD.xml"')) == ("escape", part)
    assert refusal(
        edited(signed(good), part, ">/Doc_0/Signs/Sign_0/Seal.esl", ">../../../../x")
    ) == ("escape", part)


def test_a_reference_upwards_inside_the_package_is_followed(good):
    assert open_package(edited(good, DOCUMENT, "PublicRes.xml", "../Doc_0/./PublicRes.xml")).text()


def with_template(good: bytes, inner: str, uses: str = '<ofd:Template TemplateID="90"/>') -> bytes:
    """The paper with a template page (id 90) that its first page uses."""
    named = '<ofd:TemplatePage ID="90" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData>'
    made = edited(good, DOCUMENT, "</ofd:CommonData>", named)
    made = edited(made, CONTENT, "</ofd:Area>", f"</ofd:Area>{uses}")
    return repacked(made, {TEMPLATE: f"<ofd:Page {OFD}>{inner}</ofd:Page>".encode()})


def test_words_of_templates_stand_below_or_above_those_of_the_page(good):
    text = '<ofd:Content><ofd:Layer ID="91"><ofd:TextObject ID="92" Boundary="0 0 9 9"><ofd:TextCode X="0" Y="5">底</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content>'
    first = open_package(with_template(good, text)).pages[0].text().split("\n")
    assert (first[0], len(first)) == ("底", 3)
    above = with_template(good, text, '<ofd:Template TemplateID="90" ZOrder="Foreground"/>')
    assert open_package(above).pages[0].text().split("\n")[-1] == "底"


def test_a_template_that_holds_itself_is_refused(good):
    bad = with_template(good, '<ofd:Template TemplateID="90"/>')
    assert refusal(bad) == ("cycle", TEMPLATE)


def test_a_template_that_is_not_there_is_refused(good):
    assert refusal(with_template(good, '<ofd:Template TemplateID="77"/>')) == ("missing", TEMPLATE)


def test_a_page_that_is_named_twice_is_refused(good):
    bad = edited(good, DOCUMENT, "Page_1/Content.xml", "Page_0/Content.xml")
    assert refusal(bad) == ("duplicate", CONTENT)


def test_a_page_that_is_the_document_itself_is_refused(good):
    bad = edited(good, DOCUMENT, "Pages/Page_1/Content.xml", "Document.xml")
    assert refusal(bad) == ("structure", DOCUMENT)


def with_units(good: bytes, units: dict[int, str]) -> bytes:
    """The paper with composite units; its first page draws unit 80."""
    held = "".join(
        f'<ofd:CompositeGraphicUnit ID="{n}" Width="9" Height="9"><ofd:Content>{inner}</ofd:Content></ofd:CompositeGraphicUnit>'
        for n, inner in units.items()
    )
    made = edited(
        good,
        PUBLIC,
        "</ofd:Res>",
        f"<ofd:CompositeGraphicUnits>{held}</ofd:CompositeGraphicUnits></ofd:Res>",
    )
    return edited(made, CONTENT, "</ofd:Layer>", f"{use(80)}</ofd:Layer>")


def use(number: int) -> str:
    return f'<ofd:CompositeObject ID="{number + 900}" Boundary="1 1 9 9" ResourceID="{number}"/>'


def test_words_in_a_composite_unit_are_read(good):
    text = '<ofd:TextObject ID="81" Boundary="0 0 9 9"><ofd:TextCode X="0" Y="5">组</ofd:TextCode></ofd:TextObject>'
    assert open_package(with_units(good, {80: text})).pages[0].text().endswith("组")


def test_a_unit_that_holds_itself_is_refused(good):
    assert refusal(with_units(good, {80: use(82), 82: use(80)})) == ("cycle", CONTENT)
    assert refusal(with_units(good, {82: ""})) == ("missing", CONTENT)


def test_units_that_multiply_without_end_are_refused(good):
    units = {80 + n: use(81 + n) * 10 for n in range(12)} | {92: '<ofd:PageBlock ID="1"/>'}
    assert refusal(with_units(good, units)) == ("too_large", CONTENT)


def test_templates_that_multiply_without_end_are_refused(good):
    named = "".join(f'<ofd:TemplatePage ID="{90 + n}" BaseLoc="T{n}.xml"/>' for n in range(30))
    made = edited(good, DOCUMENT, "</ofd:CommonData>", f"{named}</ofd:CommonData>")
    made = edited(made, CONTENT, "</ofd:Area>", '</ofd:Area><ofd:Template TemplateID="90"/>')
    inner = {
        f"Doc_0/T{n}.xml": f'<ofd:Page {OFD}><ofd:Template TemplateID="{91 + n}"/><ofd:Template TemplateID="{91 + n}"/></ofd:Page>'.encode()
        for n in range(30)
    }
    assert refusal(repacked(made, inner))[0] == "too_large"


def test_blocks_within_blocks_without_end_are_refused(good):
    nested = "<ofd:PageBlock>" * 100 + "</ofd:PageBlock>" * 100
    assert refusal(edited(good, CONTENT, "</ofd:Layer>", f"{nested}</ofd:Layer>")) == (
        "too_large",
        CONTENT,
    )


@pytest.mark.parametrize(
    ("part", "old", "new", "reason"),
    [
        ("OFD.xml", 'DocType="OFD"', 'DocType="PDF"', "structure"),
        ("OFD.xml", "</ofd:DocBody>", "</ofd:DocBody><ofd:DocBody/>", "structure"),
        ("OFD.xml", "</ofd:DocRoot>", "</ofd:DocRoot><ofd:DocRoot>a</ofd:DocRoot>", "structure"),
        ("OFD.xml", "</ofd:DocRoot>", "</ofd:DocRoot><ofd:Versions/>", "versions"),
        (DOCUMENT, '<ofd:Page ID="2"', '<ofd:Page ID="11"', "duplicate"),
        (PUBLIC, '<ofd:Font ID="1"', '<ofd:Font ID="9"', "duplicate"),
        (CONTENT, "0 0 210 297", "0 0 210", "structure"),
        (CONTENT, "0 0 210 297", "0 0 nan 297", "structure"),
        (CONTENT, "0 0 210 297", "0 0 -210 297", "structure"),
        (CONTENT, "0 0 210 297", "0 0 1e9 297", "structure"),
    ],
)
def test_a_document_that_two_readers_would_show_differently_is_refused(
    good, part, old, new, reason
):
    pages = open_package(good).pages
    new = new.replace('"11"', f'"{pages[1].id}"')
    if new.startswith("<ofd:Font"):
        media = next(iter(open_package(good).media))
        new = new.replace('"9"', f'"{media}"')
    assert refusal(edited(good, part, old, new))[0] == reason


def test_a_stamp_on_a_page_that_is_not_there_is_refused(good):
    part = "Doc_0/Signs/Sign_0/Signature.xml"
    assert refusal(edited(signed(good), part, 'PageRef="2"', 'PageRef="99"')) == (
        "unknown_page",
        part,
    )


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_whatever_is_done_to_the_zip_it_opens_or_is_refused(data):
    sample = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        sample[data.draw(st.integers(0, len(sample) - 1))] = data.draw(st.integers(0, 255))
    # Nothing else than a refusal may come out.
    with contextlib.suppress(BadPackage):
        assert isinstance(open_package(bytes(sample)).text(), str)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_is_done_to_the_words_it_opens_and_draws_or_is_refused(data):
    parts = unpack(SAMPLE)
    name = data.draw(st.sampled_from([part for part in parts if part.endswith(".xml")]))
    text = parts[name].decode()
    start = data.draw(st.integers(0, len(text)))
    end = start + data.draw(st.integers(0, 12))
    new = data.draw(
        st.sampled_from(["", "0", "-1", "1e5", "/", "..", '"', "<", ">", " ", "甲", "9" * 30])
    )
    with contextlib.suppress(BadPackage):
        package = open_package(repacked(SAMPLE, {name: (text[:start] + new + text[end:]).encode()}))
        for signature in package.signatures():
            signature.check()
        for page in range(len(package.pages)):
            picture(package, page, dpi=20)


SAMPLE = signed(paper())
