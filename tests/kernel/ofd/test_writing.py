"""An OFD is written whole or not at all, and the same each time."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app_server.kernel.ofd import writing
from app_server.kernel.ofd.archive import EPOCH
from app_server.kernel.ofd.errors import BadSheet, Unprintable
from app_server.kernel.ofd.markup import NAMESPACE, clean, node, number, parse, serialise
from app_server.kernel.ofd.reading import open_package
from app_server.kernel.ofd.writing import (
    Attachment,
    Box,
    Picture,
    Rule,
    Sheet,
    Text,
    advance,
    write,
)
from tests.kernel.ofd.papers import CONTENT, MADE_AT, full_paper, image, licence, paper

SAFE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp", "Cf")),
    min_size=1,
)


@pytest.mark.parametrize(
    "content",
    [
        Text(200, 50, "写到纸外去了", 5),
        Text(-1, 50, "甲", 5),
        Text(10, 2, "甲", 5),
        Text(10, 10, "", 5),
        Text(10, 10, "甲", 0),
        Text(10, 10, "甲", 5, (256, 0, 0)),
        Rule(10, 10, 400, 10),
        Rule(10, 10, 40, 10, 0),
        Box(10, 10, -5, 10),
        Box(10, 290, 50, 10),
        Box(float("nan"), 10, 5, 10),
        Picture(10, 10, 20, 20, b"not a picture"),
        Picture(10, 10, 20, 20, b"GIF89a" + bytes(40)),
        Picture(200, 10, 20, 20, image()),
    ],
)
def test_what_does_not_fit_the_sheet_is_refused(content):
    with pytest.raises(BadSheet):
        paper(Sheet((content,)))


def test_no_sheets_an_odd_sheet_and_a_day_without_zone_are_refused():
    words = {"title": "题", "author": "局", "doc_id": UUID(int=1)}
    with pytest.raises(BadSheet):
        write([], created_at=MADE_AT, **words)
    with pytest.raises(BadSheet):
        paper(Sheet((), width=1))
    with pytest.raises(ValueError, match="time zone"):
        write(licence(), created_at=datetime(2026, 11, 23), **words)  # noqa: DTZ001


@pytest.mark.parametrize("words", ["甲\x07", "甲\n乙", "\u202e甲"])
def test_control_signs_are_refused_in_text_title_and_attachment_names(words):
    with pytest.raises(Unprintable):
        paper(Sheet((Text(10, 10, words, 5),)))
    with pytest.raises(Unprintable):
        paper(title=words)
    with pytest.raises(Unprintable):
        paper(attachments=(Attachment(words, b""),))


@pytest.mark.parametrize("names", [("a/b.txt",), ("..\\x",), ("",), ("同.txt", "同.txt")])
def test_attachment_names_that_are_paths_or_double_are_refused(names):
    with pytest.raises(BadSheet):
        paper(attachments=tuple(Attachment(name, b"1") for name in names))


def test_what_was_written_is_what_is_read():
    package = open_package(full_paper())
    assert package.text() == "准予行政许可决定书\n申请人：𫖯田 <A&B> “甲”\n第二页"
    assert package.info.title == "准予行政许可决定书"
    assert package.info.author == "某市市场监督管理局"
    assert package.info.doc_id == UUID(int=7).hex
    assert package.info.created == "2026-11-23"
    assert [(page.width, page.height) for page in package.pages] == [(210, 297), (148, 210)]
    assert list(package.pictures().values()) == [image()]
    assert package.attachments == {"数据.json": b"{}"}
    assert package.signatures() == ()


def test_the_day_of_creation_is_the_day_in_china():
    late = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    data = write(licence(), title="题", author="局", created_at=late, doc_id=UUID(int=1))
    assert open_package(data).info.created == "2026-11-24"


def test_the_same_paper_is_the_same_bytes():
    assert full_paper() == full_paper()
    with zipfile.ZipFile(io.BytesIO(full_paper())) as bag:
        assert {entry.date_time for entry in bag.infolist()} == {EPOCH}
        assert bag.namelist()[0] == "OFD.xml"


def test_a_picture_used_twice_is_kept_once_and_its_kind_is_by_its_bytes():
    jpeg = image("JPEG")
    twice = Sheet((Picture(10, 10, 20, 20, jpeg), Picture(50, 10, 20, 20, jpeg)))
    package = open_package(paper(twice, replace(twice, width=200)))
    assert package.pictures() == {"Doc_0/Res/image_0.jpg": jpeg}


def test_a_picture_too_large_to_decode_is_refused(monkeypatch):
    monkeypatch.setattr(writing, "MAX_PIXELS", 100)
    with pytest.raises(BadSheet):
        paper(Sheet((Picture(10, 10, 20, 20, image()),)))


def test_every_sign_has_its_place():
    line = "编号：AB-2026（正本）𫖯田"
    package = open_package(paper(Sheet((Text(20, 30, line, 4.9),))))
    root = parse(package.parts[CONTENT], CONTENT, "Page")
    codes = root.findall(f".//{{{NAMESPACE}}}TextCode")
    assert "".join(code.text for code in codes) == line
    for code in codes:
        steps = (code.get("DeltaX") or "").split()
        assert len(steps) == len(code.text) - 1
    start = sum(float(step) for step in codes[0].get("DeltaX").split())
    assert start == pytest.approx(advance(codes[0].text[:-1], 4.9), abs=0.001)
    assert float(codes[1].get("X")) == pytest.approx(advance(codes[0].text, 4.9), abs=0.001)
    # The rare sign stands alone: readers differ in how they count it.
    assert codes[1].text == "𫖯"


@pytest.mark.parametrize(("align", "left"), [("left", 100), ("centre", 90), ("right", 80)])
def test_text_stands_where_it_is_aligned(align, left):
    package = open_package(paper(Sheet((Text(100, 50, "行政许可", 5, align=align),))))
    root = parse(package.parts[CONTENT], CONTENT, "Page")
    box = root.find(f".//{{{NAMESPACE}}}TextObject").get("Boundary").split()
    assert float(box[0]) == left
    assert float(box[2]) == 20


def test_parts_lie_where_the_standard_says_and_resources_are_embedded():
    package = open_package(full_paper())
    assert package.fonts == {"1": "Doc_0/Res/font_0.otf"}
    assert package.parts["Doc_0/Res/font_0.otf"][:4] == b"OTTO"
    assert set(package.parts) == {
        "OFD.xml",
        "Doc_0/Document.xml",
        "Doc_0/PublicRes.xml",
        "Doc_0/DocumentRes.xml",
        "Doc_0/Res/font_0.otf",
        "Doc_0/Res/image_0.png",
        "Doc_0/Pages/Page_0/Content.xml",
        "Doc_0/Pages/Page_1/Content.xml",
        "Doc_0/Attachs/Attachments.xml",
        "Doc_0/Attachs/attach_0.json",
    }


@given(SAFE, SAFE)
def test_any_safe_words_come_back_from_xml_as_they_were(text, value):
    root = parse(serialise(node("Page", text=text, Name=value)), "p", "Page")
    assert root.text == text
    assert root.get("Name") == value


@given(st.text())
def test_words_are_either_safe_or_refused(text):
    try:
        clean(text)
    except Unprintable:
        return
    assert parse(serialise(node("Page", text=text)), "p", "Page").text == (text or None)


@given(st.floats(-1e5, 1e5))
def test_a_length_is_short_and_true_to_the_micrometre(value):
    written = number(value)
    assert float(written) == pytest.approx(value, abs=0.00051)
    assert "e" not in written
    assert written != "-0"
    assert len(written.partition(".")[2]) <= 3


@settings(max_examples=10, deadline=None)
@given(st.lists(st.text("甲乙丙<>&\"' ]，A1", min_size=1, max_size=20), min_size=1, max_size=4))
def test_any_lines_come_back_in_order(lines):
    sheet = Sheet(tuple(Text(10, 20 + 10 * at, line, 4) for at, line in enumerate(lines)))
    assert open_package(paper(sheet)).text() == "\n".join(lines)
