"""Lines of Chinese by the widths of real glyphs."""

import io

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from app_server.kernel.ofd.errors import BadSheet, Unprintable
from app_server.kernel.ofd.typesetting import NOT_FIRST, NOT_LAST, advances, cut_font
from app_server.kernel.ofd.writing import advance, wrap

SIGNS = "根据行政许可法第三十八条经审查决定准予0123456789ABCxyz ，。、（）《》“”—-&<>𫖯"
TEXTS = st.text(alphabet=SIGNS, max_size=80)
SIZES = st.floats(1.0, 20.0)


@pytest.mark.parametrize(
    "sign", ["\x00", "\x1b", "\t", "\r", "\u202e", "\u200b", "\u2028", "\ufffe", "\ud800"]
)
def test_a_sign_that_no_reader_may_be_shown_is_refused(sign):
    with pytest.raises(Unprintable):
        advance(f"甲{sign}乙", 5)
    with pytest.raises(Unprintable):
        wrap(f"甲{sign}乙", 5, 100)


def test_a_sign_the_font_does_not_have_is_named():
    with pytest.raises(Unprintable, match="😀"):
        advance("张😀", 5)


@pytest.mark.parametrize(("size", "width"), [(0, 10), (-1, 10), (5, 0), (5, -3), (float("nan"), 9)])
def test_a_size_or_width_that_is_not_positive_is_refused(size, width):
    with pytest.raises(BadSheet):
        wrap("甲", size, width)


def test_a_han_sign_is_as_wide_as_the_type_is_high():
    assert advance("行政许可", 5) == pytest.approx(20)


@given(TEXTS, TEXTS, SIZES)
def test_the_width_of_a_line_is_that_of_its_signs(left, right, size):
    assert advance(left + right, size) == pytest.approx(advance(left, size) + advance(right, size))
    assert sum(advances(left, size)) == pytest.approx(advance(left, size))
    assert advance(left, 2 * size) == pytest.approx(2 * advance(left, size))


@given(TEXTS, SIZES, st.floats(1.0, 200.0))
def test_wrapping_loses_nothing_and_keeps_to_the_width(text, size, width):
    lines = wrap(text, size, width)
    assert "".join(lines) == text
    for line in lines:
        whole = line.rstrip(" ")
        assert advance(whole, size) <= width + 1e-6 or len(whole) == 1


@given(st.lists(TEXTS, min_size=1, max_size=4), SIZES)
def test_a_line_feed_begins_a_new_line(paragraphs, size):
    assert wrap("\n".join(paragraphs), size, 1e5) == paragraphs


@given(st.integers(2, 40))
def test_no_line_begins_or_ends_with_the_wrong_mark(width):
    text = (
        "根据《行政许可法》（以下称“本法”），经审查：准予。有效期自2026-11-23起，至2031-11-22止（含当日）。"
        * 3
    )
    size = 5
    # The widest piece that holds together is a date with its mark.
    lines = wrap(text, size, 40 + width * size)
    assert not {line[0] for line in lines[1:]} & NOT_FIRST
    assert not {line[-1] for line in lines[:-1]} & NOT_LAST


def test_a_word_stays_whole_unless_the_line_is_too_narrow_for_it():
    assert wrap("编号ABC-2026", 5, 27) == ["编号", "ABC-2026"]
    assert "".join(wrap("ABC-2026", 5, 8)) == "ABC-2026"
    assert len(wrap("ABC-2026", 5, 8)) > 1


def test_the_cut_font_is_the_same_each_time_and_has_just_these_signs():
    signs = frozenset("行政许可，𫖯A")
    font = cut_font(signs)
    assert font == cut_font(frozenset("A𫖯，可许政行"))
    cut = TTFont(io.BytesIO(font))
    cmap = cut.getBestCmap()
    assert {chr(code) for code in cmap} == signs
    for sign in signs:
        assert cut["hmtx"][cmap[ord(sign)]][0] == pytest.approx(advance(sign, 1000))
    assert len(font) < 20_000
