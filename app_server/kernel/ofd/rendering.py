"""A page as a PNG, good enough to read on a phone; the OFD itself stays the document.

Text is set in the documents' own font whatever the package carries: a stranger's font file is
never given to a decoder. Text stands upright and paths lose their arcs; all lengths are mm.
CPU work (about a second for A4): call it in a thread, or open and draw in one `kernel.pool`
worker, for an opened package does not travel between processes.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL import Image, ImageChops, ImageDraw, ImageFont, UnidentifiedImageError

from app_server.kernel.ofd.contents import Drawn
from app_server.kernel.ofd.errors import BadPackage, BadSheet
from app_server.kernel.ofd.markup import children, clean, floats, local, words
from app_server.kernel.ofd.outlines import outline
from app_server.kernel.ofd.reading import Package, Page
from app_server.kernel.paper import font_file

INCH = 25.4
# Drawn twice as large and shrunk, lines have no steps.
FINER = 2
MAX_PIXELS = 60_000_000
MAX_PICTURE = 25_000_000
MAX_GLYPHS = 100_000
MAX_TYPE = 4000
FORMATS = ("PNG", "JPEG", "BMP", "GIF")
WATERMARK_SIZE, WATERMARK_ANGLE, WATERMARK_INK = 7.0, 30, (120, 120, 120, 56)
DEFAULT_BREADTH = 0.353  # GB/T 33190-2016, table 18
MAX_WATERMARK = 60
Point = tuple[float, float]
Matrix = tuple[float, ...]
Colour = tuple[int, int, int]


def picture(
    package: Package,
    index: int,
    *,
    dpi: int = 144,
    seals: Mapping[str, bytes] | None = None,
    watermark: str = "",
) -> bytes:
    """Page `index` (from 0) as PNG; `seals` are the seals' pictures by signature id.

    Raises `BadPackage` (`too_large`, `picture`, `structure`) for what cannot be drawn, `BadSheet`
    for a page that is not there or a watermark that is too long.
    """
    if not 0 <= index < len(package.pages) or len(watermark) > MAX_WATERMARK:
        raise BadSheet("页码或水印超出范围")
    page = package.pages[index]
    scale = dpi * FINER / INCH
    size = (max(1, round(page.width * scale)), max(1, round(page.height * scale)))
    if size[0] * size[1] > MAX_PIXELS:
        raise BadPackage("too_large", page.part)
    canvas = _Canvas(package, page, scale, Image.new("RGB", size, "white"))
    for one in page.drawn:
        canvas.draw(one)
    for signature in package.signatures():
        image = (seals or {}).get(signature.id)
        for stamp in signature.stamps if image else ():
            if stamp.page == index:
                box = (stamp.x, stamp.y, stamp.width, stamp.height)
                canvas.press(_decoded(image or b"", signature.part), box)
    if watermark:
        canvas.mark(clean(watermark))
    out = io.BytesIO()
    small = (max(1, size[0] // FINER), max(1, size[1] // FINER))
    canvas.image.resize(small, Image.Resampling.BOX).save(out, "PNG", optimize=False)
    return out.getvalue()


def _decoded(data: bytes, part: str) -> Image.Image:
    """A picture on white, decoded only when its header promises a bearable size."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PICTURE:
                raise BadPackage("too_large", part)
            coloured = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise BadPackage("picture", part) from error
    white = Image.new("RGBA", coloured.size, "white")
    return Image.alpha_composite(white, coloured).convert("RGB")


@dataclass(slots=True)
class _Canvas:
    package: Package
    page: Page
    scale: float
    image: Image.Image
    glyphs: int = 0
    fonts: dict[float, ImageFont.FreeTypeFont] = field(default_factory=dict)

    def draw(self, one: Drawn) -> None:
        kind = local(one.element)
        if kind == "TextObject":
            self._text(one)
        elif kind == "PathObject":
            self._path(one)
        else:
            self._picture(one)

    def press(self, image: Image.Image, box: Matrix) -> None:
        """Put a seal on like ink: what is beneath stays visible."""
        self._lay(image, box, ink=True)

    def mark(self, words_: str) -> None:
        """The watermark in rows across the whole page."""
        font = self._font(WATERMARK_SIZE)
        left, top, right, bottom = font.getbbox(words_, anchor="ls")
        width, height = int(right - left), int(bottom - top)
        layer = Image.new("RGBA", (width + height, height * 2), (120, 120, 120, 0))
        ImageDraw.Draw(layer).text((0, height * 1.5), words_, WATERMARK_INK, font, "ls")
        turned = layer.rotate(WATERMARK_ANGLE, expand=True, resample=Image.Resampling.BICUBIC)
        sheet = self.image.convert("RGBA")
        across, down = turned.width + height, turned.height + height * 2
        for row, y in enumerate(range(-turned.height // 2, sheet.height, down)):
            start = -turned.width // 2 if row % 2 else 0
            for x in range(start, sheet.width, across):
                sheet.paste(turned, (x, y), turned)
        self.image = sheet.convert("RGB")

    def _font(self, size: float) -> ImageFont.FreeTypeFont:
        pixels = round(size * self.scale, 1)
        if not 0 < pixels <= MAX_TYPE:
            raise BadPackage("too_large", self.page.part)
        if pixels not in self.fonts:
            self.fonts[pixels] = ImageFont.truetype(str(font_file()), pixels)
        return self.fonts[pixels]

    def _floats(self, text: str, count: int) -> tuple[float, ...]:
        return floats(text, count, self.page.part)

    def _place(self, one: Drawn) -> Matrix:
        """From the object's own space to the page's: a b c d e f."""
        x, y, _, _ = self._floats(one.element.get("Boundary", ""), 4)
        a, b, c, d, e, f = self._floats(one.element.get("CTM", "1 0 0 1 0 0"), 6)
        return (a, b, c, d, e + x + one.x, f + y + one.y)

    def _text(self, one: Drawn) -> None:
        matrix = self._place(one)
        (size,) = self._floats(one.element.get("Size", ""), 1)
        stretch = abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]) ** 0.5
        ink, pen = self._ink(one, "FillColor", (0, 0, 0)), ImageDraw.Draw(self.image)
        for code in children(one.element, "TextCode"):
            signs = code.text or ""
            self.glyphs += len(signs)
            if self.glyphs > MAX_GLYPHS:
                raise BadPackage("too_large", self.page.part)
            x, y = self._floats(f"{code.get('X', '0')} {code.get('Y', '0')}", 2)
            across, down = self._steps(code.get("DeltaX", "")), self._steps(code.get("DeltaY", ""))
            font = self._font(size * stretch)
            for position, sign in enumerate(signs):
                if not sign.isspace():
                    pen.text(self._dot(matrix, x, y), sign, ink, font, "ls")
                x += across[position] if position < len(across) else 0
                y += down[position] if position < len(down) else 0

    def _steps(self, text: str) -> list[float]:
        """Steps of the pen; `g n d` stands for n times d (GB/T 33190-2016, 11.3)."""
        tokens, steps, position = text.split(), list[float](), 0
        while position < len(tokens):
            if tokens[position] == "g":
                count, step = self._floats(" ".join(tokens[position + 1 : position + 3]), 2)
                if not 0 <= count <= MAX_GLYPHS:
                    raise BadPackage("too_large", self.page.part)
                steps += [step] * int(count)
                position += 3
            else:
                steps += self._floats(tokens[position], 1)
                position += 1
        return steps

    def _dot(self, matrix: Matrix, x: float, y: float) -> Point:
        a, b, c, d, e, f = matrix
        limit = float(MAX_PIXELS)
        across, down = (a * x + c * y + e) * self.scale, (b * x + d * y + f) * self.scale
        return max(-limit, min(limit, across)), max(-limit, min(limit, down))

    def _path(self, one: Drawn) -> None:
        matrix, pen = self._place(one), ImageDraw.Draw(self.image)
        data = words(one.element, "AbbreviatedData")
        lines = [
            ([self._dot(matrix, *point) for point in points], closed)
            for points, closed in outline(data, self.page.part)
        ]
        (breadth,) = self._floats(one.element.get("LineWidth", str(DEFAULT_BREADTH)), 1)
        width = max(1, min(MAX_TYPE, round(breadth * self.scale)))
        if one.element.get("Fill") == "true":
            ink = self._ink(one, "FillColor", None)
            for points, _ in lines if ink else ():
                if len(points) > 2:
                    pen.polygon(points, fill=ink)
        if one.element.get("Stroke", "true") == "true":
            ink = self._ink(one, "StrokeColor", (0, 0, 0))
            for points, closed in lines:
                whole = [*points, *points[:2]] if closed else points
                pen.line(whole, ink, width, "curve" if len(whole) > 2 else None)

    def _ink(self, one: Drawn, tag: str, otherwise: Colour | None) -> Colour | None:
        found = children(one.element, tag)
        if not found:
            return otherwise
        values = found[0].get("Value", "0 0 0").split()
        parts = self._floats(" ".join(values), len(values))
        grey_or_rgb = parts * 3 if len(parts) == 1 else parts
        if len(grey_or_rgb) != 3:
            return (0, 0, 0)
        red, green, blue = (max(0, min(255, round(part))) for part in grey_or_rgb)
        return red, green, blue

    def _picture(self, one: Drawn) -> None:
        part = self.package.media.get(one.element.get("ResourceID", ""))
        if part is None:
            raise BadPackage("missing", self.page.part)
        x, y, width, height = self._floats(one.element.get("Boundary", ""), 4)
        if one.element.get("CTM"):
            a, _, _, d, e, f = self._place(one)
            box = (e, f, a, d)
        else:
            box = (x + one.x, y + one.y, width, height)
        self._lay(_decoded(self.package.parts[part], part), box)

    def _lay(self, image: Image.Image, box: Matrix, *, ink: bool = False) -> None:
        left, top = round(box[0] * self.scale), round(box[1] * self.scale)
        width, height = round(box[2] * self.scale), round(box[3] * self.scale)
        if width < 1 or height < 1:
            return
        if width > self.image.width * 2 or height > self.image.height * 2:
            raise BadPackage("too_large", self.page.part)
        sized = image.resize((width, height), Image.Resampling.LANCZOS)
        if ink:
            sized = ImageChops.multiply(
                sized, self.image.crop((left, top, left + width, top + height))
            )
        self.image.paste(sized, (left, top))
