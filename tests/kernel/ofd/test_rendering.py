"""A page as a picture for a phone."""

import io

import pytest
from PIL import Image, ImageDraw

from app_server.kernel.ofd import rendering
from app_server.kernel.ofd.errors import BadPackage, BadSheet, Unprintable
from app_server.kernel.ofd.outlines import outline
from app_server.kernel.ofd.reading import open_package
from app_server.kernel.ofd.rendering import picture
from tests.kernel.ofd.papers import CONTENT, edited, full_paper, repacked, signed

DPI = 100


@pytest.fixture(scope="module")
def plain() -> bytes:
    return full_paper()


def drawn(package: bytes, page: int = 0, **more) -> Image.Image:
    image = Image.open(io.BytesIO(picture(open_package(package), page, dpi=DPI, **more)))
    assert image.format == "PNG"
    return image.convert("RGB")


def at(image: Image.Image, x: float, y: float) -> tuple[int, int, int]:
    return image.getpixel((round(x * DPI / 25.4), round(y * DPI / 25.4)))


def ink(image: Image.Image, x: float, y: float, width: float, height: float) -> float:
    """The share of dark dots in a rectangle of the page."""
    box = [round(v * DPI / 25.4) for v in (x, y, x + width, y + height)]
    dots = image.crop(box).convert("L").tobytes()
    return sum(dot < 128 for dot in dots) / len(dots)


def seal() -> bytes:
    image = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((0, 0, 199, 99), fill=(255, 0, 0, 255))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("page", [-1, 2])
def test_a_page_that_is_not_there_is_refused(plain, page):
    with pytest.raises(BadSheet):
        drawn(plain, page)


def test_a_watermark_that_is_too_long_or_unsafe_is_refused(plain):
    with pytest.raises(BadSheet):
        drawn(plain, watermark="甲" * 100)
    with pytest.raises(Unprintable):
        drawn(plain, watermark="甲\u202e")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("0 0 210 297", "0 0 21000 29700", "too_large"),
        ('Size="5"', 'Size="90000"', "too_large"),
        ('Size="5"', 'Size="0"', "too_large"),
        ('DeltaX="5', 'DeltaX="g 999999 5', "too_large"),
        ('DeltaX="5', 'DeltaX="x', "structure"),
        ("M 0.25 0.25 L", "M 0.25 Z L", "structure"),
        ("M 0.25 0.25 L", "L", "structure"),
        ('CTM="45 0 0 30 0 0"', 'CTM="45000 0 0 30000 0 0"', "too_large"),
        ('ResourceID="', 'ResourceID="7', "missing"),
    ],
)
def test_what_cannot_be_drawn_in_bounds_is_refused(plain, old, new, reason):
    with pytest.raises(BadPackage) as caught:
        drawn(edited(plain, CONTENT, old, new))
    assert caught.value.reason == reason


def test_a_picture_that_is_none_or_too_large_is_refused(plain, monkeypatch):
    with pytest.raises(BadPackage) as caught:
        drawn(repacked(plain, {"Doc_0/Res/image_0.png": b"no picture"}))
    assert (caught.value.reason, caught.value.part) == ("picture", "Doc_0/Res/image_0.png")
    monkeypatch.setattr(rendering, "MAX_PICTURE", 100)
    with pytest.raises(BadPackage, match="too_large"):
        drawn(plain)


def test_a_strangers_font_is_not_decoded(plain):
    assert (
        drawn(repacked(plain, {"Doc_0/Res/font_0.otf": b"no font"})).tobytes()
        == drawn(plain).tobytes()
    )


def test_what_was_written_is_seen_where_it_was_put(plain):
    image = drawn(plain)
    assert image.size == (827, 1169)
    assert at(image, 5, 5) == (255, 255, 255)
    assert at(image, 60, 135) == (240, 240, 255)
    assert at(image, 120, 135) == (200, 30, 30)
    assert at(image, 100, 48)[0] > at(image, 100, 48)[1] + 100
    assert ink(image, 30, 55.5, 60, 5) > 0.05
    assert ink(image, 30, 70, 60, 20) == 0
    assert drawn(plain, 1).size == (582, 827)
    assert image.tobytes() == drawn(plain).tobytes()


def test_a_seal_is_pressed_on_like_ink(plain):
    package = signed(plain)
    assert drawn(package).tobytes() == drawn(plain).tobytes()
    image = drawn(package, seals={"s001": seal()})
    assert at(image, 80, 70) == (255, 0, 0)
    # Its lower half is clear, and what was there stays.
    assert at(image, 80, 96) == (255, 255, 255)
    assert ink(image, 60, 60, 2, 2) <= ink(drawn(plain), 60, 60, 2, 2) + 1
    assert drawn(package, 1, seals={"s001": seal()}).tobytes() == drawn(plain, 1).tobytes()
    with pytest.raises(BadPackage, match="picture"):
        drawn(package, seals={"s001": b"none"})


def test_a_watermark_lies_over_the_whole_page_and_leaves_it_readable(plain):
    bare, marked = drawn(plain), drawn(plain, watermark="仅供查阅")
    for top in (0, 100, 200):
        whole = (0, round(top * 4), 826, round(top * 4 + 360))
        assert bare.crop(whole).tobytes() != marked.crop(whole).tobytes()
    assert abs(ink(marked, 30, 55.5, 60, 5) - ink(bare, 30, 55.5, 60, 5)) < 0.05


def test_steps_may_be_written_short(plain):
    short = edited(plain, CONTENT, 'DeltaX="8 8 8 8 8 8 8 8"', 'DeltaX="g 8 8"')
    assert drawn(short).tobytes() == drawn(plain).tobytes()


def test_curves_become_short_lines():
    ((points, closed),) = outline("M 0 0 B 0 10 10 10 10 0 C", "p")
    assert closed
    assert points[0] == (0, 0)
    assert points[-1] == (10, 0)
    assert max(y for _, y in points) == pytest.approx(7.5)
    ((arc, _),) = outline("M 0 0 A 5 5 0 1 0 10 0", "p")
    assert arc == [(0, 0), (10, 0)]
    assert outline("", "p") == []
    with pytest.raises(BadPackage):
        outline("M 0 0 L 1", "p")
