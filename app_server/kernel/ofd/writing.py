"""Writing an OFD: sheets of text, lines, boxes and pictures, the same bytes for the same input.

GB/T 33190-2016. Lengths are millimetres from the top left corner of the sheet; colours are RGB,
0–255. Writing takes some tenths of a second (the font is cut down): call it in a thread.
"""

import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal
from uuid import UUID

from PIL import Image, UnidentifiedImageError

from app_server.kernel.clock import local
from app_server.kernel.ofd.archive import pack
from app_server.kernel.ofd.errors import BadSheet
from app_server.kernel.ofd.markup import Element, clean, node, number, numbers, serialise
from app_server.kernel.ofd.typesetting import (
    FAMILY,
    advance,
    advances,
    ascent,
    cut_font,
    descent,
    wrap,
)

__all__ = ["Attachment", "Box", "Picture", "Rule", "Sheet", "Text", "advance", "wrap", "write"]

DOCUMENT = "Doc_0"
CREATOR = "Wanshi"
Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)
FORMATS = {"PNG": "png", "JPEG": "jpg"}
MAX_PIXELS = 50_000_000
MIN_SIDE, MAX_SIDE = 10, 2000
MAX_SHEETS = 1000
# A tenth of a line's breadth over the edge is nothing; a lost word is.
EDGE = 0.05
_SUFFIX = re.compile(r"\.([A-Za-z0-9]{1,8})$")


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; `x` is where `align` says, `y` its baseline, `size` the font's em."""

    x: float
    y: float
    text: str
    size: float
    colour: Colour = BLACK
    align: Literal["left", "centre", "right"] = "left"


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line, `breadth` mm thick."""

    x1: float
    y1: float
    x2: float
    y2: float
    breadth: float = 0.25
    colour: Colour = BLACK


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: its outline `breadth` mm thick (0 for none), and what it is filled with."""

    x: float
    y: float
    width: float
    height: float
    breadth: float = 0.25
    colour: Colour = BLACK
    fill: Colour | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG or JPEG stretched over a rectangle."""

    x: float
    y: float
    width: float
    height: float
    data: bytes


Content = Text | Rule | Box | Picture


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page and what stands on it, the later above the earlier."""

    contents: tuple[Content, ...]
    width: float = 210
    height: float = 297


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file carried inside the document under a name people read."""

    name: str
    data: bytes


def write(
    sheets: Sequence[Sheet],
    *,
    title: str,
    author: str,
    created_at: datetime,
    doc_id: UUID,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """The sheets as an OFD package; raises `BadSheet` or its `Unprintable`, and writes nothing."""
    if not 0 < len(sheets) <= MAX_SHEETS:
        raise BadSheet("页数不在允许范围内")
    if created_at.tzinfo is None:
        raise ValueError("created_at needs a time zone")
    info = node("DocInfo", node("DocID", text=doc_id.hex))
    for name, words in (("Title", title), ("Author", author)):
        if words:
            info.append(node(name, text=words))
    info.append(node("CreationDate", text=local(created_at).date().isoformat()))
    info.append(node("Creator", text=CREATOR))
    body = node("DocBody", info, node("DocRoot", text=f"{DOCUMENT}/Document.xml"))
    entry = serialise(node("OFD", body, Version="1.0", DocType="OFD"))
    return pack({"OFD.xml": entry} | _Document(created_at).set_in_type(sheets, attachments))


class _Document:
    """A document while it is being written: its numbers, characters and pictures so far."""

    def __init__(self, created_at: datetime) -> None:
        self._created_at = created_at
        self._last_id = 0
        self._signs: set[str] = set()
        self._media: dict[str, tuple[str, str, bytes]] = {}
        self._font_id = self._next_id()

    def _next_id(self) -> str:
        self._last_id += 1
        return str(self._last_id)

    def set_in_type(
        self, sheets: Sequence[Sheet], attachments: Sequence[Attachment]
    ) -> dict[str, bytes]:
        pages = node("Pages")
        contents: dict[str, bytes] = {}
        for index, sheet in enumerate(sheets):
            place = f"Pages/Page_{index}/Content.xml"
            pages.append(node("Page", ID=self._next_id(), BaseLoc=place))
            contents[f"{DOCUMENT}/{place}"] = serialise(self._page(sheet))
        resources = self._resources()
        carried = self._attachments(attachments)
        common = node("CommonData", node("MaxUnitID", text=str(self._last_id)))
        common.append(_area("PageArea", sheets[0]))
        for tag in ("PublicRes", "DocumentRes"):
            if f"{DOCUMENT}/{tag}.xml" in resources:
                common.append(node(tag, text=f"{tag}.xml"))
        document = node("Document", common, pages)
        if carried:
            document.append(node("Attachments", text="Attachs/Attachments.xml"))
        first = {f"{DOCUMENT}/Document.xml": serialise(document)}
        return first | resources | contents | carried

    def _page(self, sheet: Sheet) -> Element:
        for side in (sheet.width, sheet.height):
            if not MIN_SIDE <= side <= MAX_SIDE:
                raise BadSheet("纸张尺寸不在允许范围内")
        layer = node("Layer", ID=self._next_id(), Type="Body")
        for content in sheet.contents:
            layer.append(self._content(content, sheet))
        return node("Page", _area("Area", sheet), node("Content", layer))

    def _content(self, content: Content, sheet: Sheet) -> Element:
        match content:
            case Text():
                return self._text(content, sheet)
            case Rule():
                return self._rule(content, sheet)
            case Box():
                return self._box(content, sheet)
            case Picture():
                return self._picture(content, sheet)

    def _text(self, content: Text, sheet: Sheet) -> Element:
        if not content.text or not content.size > 0:
            raise BadSheet("文字为空或字号不是正数")
        width, up = advance(content.text, content.size), ascent(content.size)
        shift = {"left": 0.0, "centre": width / 2, "right": width}[content.align]
        left, top = content.x - shift, content.y - up
        _inside(sheet, left, content.y - content.size, width, content.size)
        made = node(
            "TextObject",
            _colour("FillColor", content.colour),
            ID=self._next_id(),
            Boundary=numbers(left, top, max(width, 0.001), up + descent(content.size)),
            Font=self._font_id,
            Size=number(content.size),
        )
        self._signs.update(content.text)
        made.extend(_codes(content.text, content.size, up))
        return made

    def _rule(self, content: Rule, sheet: Sheet) -> Element:
        half = content.breadth / 2
        left, top = min(content.x1, content.x2) - half, min(content.y1, content.y2) - half
        width = abs(content.x2 - content.x1) + content.breadth
        height = abs(content.y2 - content.y1) + content.breadth
        _inside(sheet, left, top, width, height)
        start = numbers(content.x1 - left, content.y1 - top)
        end = numbers(content.x2 - left, content.y2 - top)
        return node(
            "PathObject",
            _colour("StrokeColor", content.colour),
            node("AbbreviatedData", text=f"M {start} L {end}"),
            ID=self._next_id(),
            Boundary=numbers(left, top, width, height),
            LineWidth=_breadth(content.breadth),
        )

    def _box(self, content: Box, sheet: Sheet) -> Element:
        half = content.breadth / 2
        left, top = content.x - half, content.y - half
        width, height = content.width + content.breadth, content.height + content.breadth
        _inside(sheet, left, top, width, height)
        near, far, low = half, half + content.width, half + content.height
        corners = [(near, near), (far, near), (far, low), (near, low)]
        outline = " L ".join(numbers(*corner) for corner in corners)
        made = node(
            "PathObject",
            ID=self._next_id(),
            Boundary=numbers(left, top, width, height),
            Stroke="true" if content.breadth else "false",
            Fill="true" if content.fill else "false",
        )
        if content.breadth:
            made.set("LineWidth", _breadth(content.breadth))
            made.append(_colour("StrokeColor", content.colour))
        if content.fill:
            made.append(_colour("FillColor", content.fill))
        made.append(node("AbbreviatedData", text=f"M {outline} C"))
        return made

    def _picture(self, content: Picture, sheet: Sheet) -> Element:
        _inside(sheet, content.x, content.y, content.width, content.height)
        key = hashlib.sha256(content.data).hexdigest()
        if key not in self._media:
            name = f"image_{len(self._media)}.{_picture_suffix(content.data)}"
            self._media[key] = (self._next_id(), name, content.data)
        return node(
            "ImageObject",
            ID=self._next_id(),
            Boundary=numbers(content.x, content.y, content.width, content.height),
            CTM=numbers(content.width, 0, 0, content.height, 0, 0),
            ResourceID=self._media[key][0],
        )

    def _resources(self) -> dict[str, bytes]:
        """Fonts are public resources, pictures those of the document (GB/T 33190, 7.5)."""
        made: dict[str, bytes] = {}
        files: dict[str, bytes] = {}
        public = node("Res", BaseLoc="Res")
        if self._signs:
            files[f"{DOCUMENT}/Res/font_0.otf"] = cut_font(frozenset(self._signs))
            file = node("FontFile", text="font_0.otf")
            font = node("Font", file, ID=self._font_id, FontName=FAMILY, FamilyName=FAMILY)
            public.append(node("Fonts", font))
        made[f"{DOCUMENT}/PublicRes.xml"] = serialise(public)
        if self._media:
            medias = node("MultiMedias")
            for media_id, name, data in self._media.values():
                kind = name.rpartition(".")[2].upper()
                file = node("MediaFile", text=name)
                medias.append(node("MultiMedia", file, ID=media_id, Type="Image", Format=kind))
                files[f"{DOCUMENT}/Res/{name}"] = data
            made[f"{DOCUMENT}/DocumentRes.xml"] = serialise(node("Res", medias, BaseLoc="Res"))
        return made | files

    def _attachments(self, attachments: Sequence[Attachment]) -> dict[str, bytes]:
        if not attachments:
            return {}
        names = [clean(attachment.name) for attachment in attachments]
        if len(set(names)) != len(names) or any(not n or "/" in n or "\\" in n for n in names):
            raise BadSheet("附件名称为空、重复或含有路径")
        index = node("Attachments")
        files: dict[str, bytes] = {}
        for count, attachment in enumerate(attachments):
            found = _SUFFIX.search(attachment.name)
            suffix = found.group(1).lower() if found else "dat"
            place = f"{DOCUMENT}/Attachs/attach_{count}.{suffix}"
            files[place] = attachment.data
            entry = node("Attachment", node("FileLoc", text=f"/{place}"))
            entry.set("ID", f"a{count + 1:03}")
            entry.set("Name", attachment.name)
            entry.set("Format", suffix)
            when = local(self._created_at).replace(tzinfo=None, microsecond=0)
            entry.set("CreationDate", when.isoformat())
            # The standard counts kilobytes here.
            entry.set("Size", number(len(attachment.data) / 1024))
            index.append(entry)
        return {f"{DOCUMENT}/Attachs/Attachments.xml": serialise(index)} | files


def _codes(text: str, size: float, baseline: float) -> list[Element]:
    """The text with the place of every character.

    A character beyond the basic plane stands in a TextCode of its own: whether DeltaX counts it
    once or twice is read differently, and rare characters are most often someone's name.
    """
    steps = advances(text, size)
    codes: list[Element] = []
    pen, start = 0.0, 0
    for index, sign in enumerate(text):
        last = index + 1 == len(text)
        if last or ord(sign) > 0xFFFF or ord(text[index + 1]) > 0xFFFF:
            run = node("TextCode", text=text[start : index + 1], X=number(pen))
            run.set("Y", number(baseline))
            if index > start:
                run.set("DeltaX", _deltas(pen, steps[start:index]))
            codes.append(run)
            pen += sum(steps[start : index + 1])
            start = index + 1
    return codes


def _deltas(pen: float, steps: list[float]) -> str:
    """Steps of the pen; each is rounded from the true place, so that errors do not add up."""
    places = [pen]
    for step in steps:
        places.append(places[-1] + step)
    rounded = [round(place, 3) for place in places]
    return numbers(*(b - a for a, b in pairwise(rounded)))


def _area(tag: str, sheet: Sheet) -> Element:
    box = numbers(0, 0, sheet.width, sheet.height)
    return node(tag, node("PhysicalBox", text=box))


def _colour(tag: str, colour: Colour) -> Element:
    if any(not 0 <= part <= 255 for part in colour):
        raise BadSheet("颜色必须在0至255之间")
    return node(tag, Value=" ".join(str(part) for part in colour))


def _breadth(breadth: float) -> str:
    if not breadth > 0:
        raise BadSheet("线宽必须为正数")
    return number(breadth)


def _inside(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    """What would be cut off by the sheet's edge is refused: a document loses no words."""
    right, bottom = x + width, y + height
    fits = x >= -EDGE and y >= -EDGE and right <= sheet.width + EDGE and width >= 0 <= height
    if not (fits and bottom <= sheet.height + EDGE):
        raise BadSheet("内容超出纸张边界")


def _picture_suffix(data: bytes) -> str:
    try:
        with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise BadSheet("图片尺寸过大")
            return FORMATS[picture.format or ""]
    except (UnidentifiedImageError, OSError, KeyError, Image.DecompressionBombError) as error:
        raise BadSheet("图片不是有效的PNG或JPEG") from error
