"""A stranger's OFD is opened whole or refused with a reason."""

import contextlib
import pickle
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app_server.kernel.ofd import reading
from app_server.kernel.ofd.archive import unpack
from app_server.kernel.ofd.errors import BadPackage
from app_server.kernel.ofd.reading import open_package
from app_server.kernel.ofd.rendering import picture
from tests.kernel.ofd.papers import (
    CONTENT,
    OFD,
    edited,
    full_paper,
    paper,
    refusal,
    repacked,
    signed,
)

DOCUMENT = "Doc_0/Document.xml"
PUBLIC = "Doc_0/PublicRes.xml"
TEMPLATE = "Doc_0/Tpls/Tpl_0/Content.xml"


@pytest.fixture(scope="module")
def good() -> bytes:
    return full_paper()


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


@lru_cache(maxsize=1)
def sample() -> bytes:
    return signed(paper())


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_whatever_is_done_to_the_zip_it_opens_or_is_refused(data):
    mangled = bytearray(sample())
    for _ in range(data.draw(st.integers(1, 4))):
        mangled[data.draw(st.integers(0, len(mangled) - 1))] = data.draw(st.integers(0, 255))
    # Nothing else than a refusal may come out.
    with contextlib.suppress(BadPackage):
        assert isinstance(open_package(bytes(mangled)).text(), str)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_is_done_to_the_words_it_opens_and_draws_or_is_refused(data):
    parts = unpack(sample())
    name = data.draw(st.sampled_from([part for part in parts if part.endswith(".xml")]))
    text = parts[name].decode()
    start = data.draw(st.integers(0, len(text)))
    end = start + data.draw(st.integers(0, 12))
    new = data.draw(
        st.sampled_from(["", "0", "-1", "1e5", "/", "..", '"', "<", ">", " ", "甲", "9" * 30])
    )
    with contextlib.suppress(BadPackage):
        package = open_package(
            repacked(sample(), {name: (text[:start] + new + text[end:]).encode()})
        )
        for signature in package.signatures():
            signature.check()
        for page in range(len(package.pages)):
            picture(package, page, dpi=20)


def test_a_refusal_says_the_same_after_it_crossed_to_another_process():
    error = pickle.loads(pickle.dumps(BadPackage("path", "../x")))  # noqa: S301 - our own
    assert (error.reason, error.part, error.facts["reason"]) == ("path", "../x", "path")
