"""How a licence looks on paper and screen (证照样式): one sheet for OFD, PDF and picture alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app_server.kernel.ofd.writing import Box, Picture, Rule, Sheet, Text, wrap

WIDTH, HEIGHT = 210.0, 297.0
LEFT, RIGHT, LABEL = 34.0, 176.0, 40.0
# Where the seal's print stands, over issuer and date (GB/T 9704 §7.3.5: 骑年盖月).
STAMP_X, STAMP_Y, STAMP_SIDE = 122.0, 214.0, 42.0
_INK, _PALE, _FRAME = (24, 24, 24), (110, 110, 110), (150, 30, 30)
_SIZE, _STEP, _MOST_ROWS = 5.2, 11.0, 12


@dataclass(frozen=True, slots=True)
class Face:
    """What stands on a licence; `rows` are label and value."""

    title: str
    identifier: str
    rows: Sequence[tuple[str, str]]
    issuer: str
    issued_on: date
    code: bytes


def rows_of(
    holder: str, number: str, content: Mapping[str, object], names: Mapping[str, str], until: str
) -> list[tuple[str, str]]:
    """The lines of a licence: holder, number, content under its names, and its last day."""
    told = [(names.get(key, key), _plain(value)) for key, value in content.items()]
    return [("持证主体", holder), ("证件号码", number), *told, ("有效期至", until)]


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_plain(one) for one in value)
    if isinstance(value, Mapping):
        return "、".join(f"{key}：{_plain(one)}" for key, one in value.items())
    return "" if value is None else str(value)


def sheets(face: Face) -> list[Sheet]:
    """The sheets of a licence; what does not fit on the first goes on further ones."""
    pages: list[list[Text | Rule | Box | Picture]] = [_frame(face)]
    y, room = 92.0, STAMP_Y - 12
    for label, value in face.rows:
        lines = wrap(value or "—", _SIZE, RIGHT - LEFT - LABEL)
        if y + _STEP * len(lines) > room:
            pages.append([Box(18, 18, WIDTH - 36, HEIGHT - 36, 0.8, _FRAME)])
            y, room = 40.0, HEIGHT - 40
        pages[-1].append(Text(LEFT, y, label, _SIZE, _PALE))
        for number, line in enumerate(lines):
            pages[-1].append(Text(LEFT + LABEL, y + _STEP * 0.75 * number, line, _SIZE, _INK))
        y += _STEP + _STEP * 0.75 * (len(lines) - 1)
    return [Sheet(tuple(page), WIDTH, HEIGHT) for page in pages]


def _frame(face: Face) -> list[Text | Rule | Box | Picture]:
    middle, day = WIDTH / 2, face.issued_on
    return [
        Box(18, 18, WIDTH - 36, HEIGHT - 36, 0.8, _FRAME),
        Box(20.5, 20.5, WIDTH - 41, HEIGHT - 41, 0.25, _FRAME),
        Text(middle, 56, face.title, min(11.0, 140 / max(len(face.title), 1)), _FRAME, "centre"),
        Text(middle, 68, "电子证照", 4.6, _PALE, "centre"),
        Rule(LEFT, 76, RIGHT, 76, 0.3, _FRAME),
        Picture(LEFT, STAMP_Y + 6, 30, 30, face.code),
        Text(RIGHT, STAMP_Y + 18, f"发证机关：{face.issuer}", _SIZE, _INK, "right"),
        Text(RIGHT, STAMP_Y + 30, f"{day.year}年{day.month}月{day.day}日", _SIZE, _INK, "right"),
        Text(middle, HEIGHT - 30, f"证照标识 {face.identifier}", 3.2, _PALE, "centre"),
        Text(middle, HEIGHT - 24.5, "本文件由电子印章签署，请以验签结果为准", 3.2, _PALE, "centre"),
    ]
