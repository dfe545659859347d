"""Measuring and breaking Chinese text by the widths of the real glyphs, and cutting the font down.

Lengths are millimetres. The font is that of all documents (`kernel.paper`).
"""

import io
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from app_server.kernel.ofd.errors import BadSheet, Unprintable
from app_server.kernel.ofd.markup import clean
from app_server.kernel.paper import font_file

FAMILY = "Noto Serif SC"
# 禁则: no line begins with these, and none ends with those (GB/T 15834-2011, 5.1).
NOT_FIRST = frozenset("，。、；：？！）】》〉」』〕］｝”’…—～·,.;:?!)]}%％‰℃°")
NOT_LAST = frozenset("（【《〈「『〔［｛“‘([{￥¥$№")
# Tables that only matter for shaping and vertical setting; every glyph has its place written.
UNUSED_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx")
# Half a micrometre at any size in use: sums of widths must not break a line that just fits.
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Face:
    """The font's measures, in its own units."""

    widths: dict[str, int]
    em: int
    ascent: int
    descent: int


@lru_cache(maxsize=2)
def _face(path: Path) -> Face:
    with TTFont(path, lazy=True) as font:
        metrics = font["hmtx"].metrics
        cmap = font.getBestCmap()
        return Face(
            widths={chr(code): metrics[name][0] for code, name in cmap.items()},
            em=font["head"].unitsPerEm,
            ascent=font["hhea"].ascent,
            descent=-font["hhea"].descent,
        )


def face() -> Face:
    """The measures of the documents' font; raises `FileNotFoundError` when it is not there."""
    return _face(font_file())


def _units(text: str) -> int:
    widths = face().widths
    try:
        return sum(widths[sign] for sign in text)
    except KeyError as error:
        raise Unprintable(f"字体中没有：{error.args[0]}") from error


def advances(text: str, size: float) -> list[float]:
    """How far each character moves the pen, mm, for a font size in mm; raises `Unprintable`."""
    scale = size / face().em
    return [_units(sign) * scale for sign in clean(text)]


def advance(text: str, size: float) -> float:
    """The width of a line in mm, for a font size in mm; raises `Unprintable`."""
    return _units(clean(text)) * size / face().em


def ascent(size: float) -> float:
    """Height of the line above its baseline, mm."""
    return face().ascent * size / face().em


def descent(size: float) -> float:
    """Depth of the line below its baseline, mm."""
    return face().descent * size / face().em


def wrap(text: str, size: float, width: float) -> list[str]:
    """The lines of a text no wider than `width` mm; a line feed begins a new one.

    Nothing is lost: the lines of a paragraph joined are the paragraph. Spaces at a line's end
    hang over. Words stay whole unless wider than the line; a single sign wider than the line
    stands alone. Raises `Unprintable`, or `BadSheet` for a size or width that is not positive.
    """
    if not (size > 0 and width > 0):
        raise BadSheet("字号和行宽必须为正数")
    limit = width * face().em / size + ROUNDING
    return [line for paragraph in text.split("\n") for line in _fill(clean(paragraph), limit)]


def _fill(paragraph: str, limit: float) -> list[str]:
    lines: list[str] = []
    line = ""
    for piece in _pieces(paragraph, limit):
        if line and _units((line + piece).rstrip(" ")) > limit:
            lines.append(line)
            line = ""
        line += piece
    return [*lines, line]


def _pieces(paragraph: str, limit: float) -> list[str]:
    """What must stay together, in order; a piece wider than the line falls into its signs."""
    pieces: list[str] = []
    for sign in paragraph:
        if pieces and _stick(pieces[-1][-1], sign):
            pieces[-1] += sign
        else:
            pieces.append(sign)
    fitting: list[str] = []
    for piece in pieces:
        fitting.extend([piece] if _units(piece.rstrip(" ")) <= limit else piece)
    return fitting


def _stick(left: str, right: str) -> bool:
    if right == " " or unicodedata.combining(right):
        return True
    if left == " ":
        return False
    return right in NOT_FIRST or left in NOT_LAST or (_narrow(left) and _narrow(right))


def _narrow(sign: str) -> bool:
    """Letters and figures that make up words, unlike Han signs which stand alone."""
    return unicodedata.east_asian_width(sign) in {"Na", "N", "H"}


def cut_font(signs: frozenset[str]) -> bytes:
    """The font with these characters only; the same characters give the same bytes.

    Takes some tenths of a second: call it in a thread. Raises `Unprintable`.
    """
    _units("".join(sorted(signs)))
    options = subset.Options()
    options.layout_features = []
    options.drop_tables = [*options.drop_tables, *UNUSED_TABLES]
    options.recalc_timestamp = False
    options.notdef_outline = True
    options.hinting = False
    with subset.load_font(str(font_file()), options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[ord(sign) for sign in signs])
        cutter.subset(font)
        out = io.BytesIO()
        subset.save_font(font, out, options)
        return out.getvalue()
