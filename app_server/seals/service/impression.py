"""The print of an organisation's seal (印模): a red ring, the name along it, a star within."""

import math
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from app_server.kernel.paper import font_file
from app_server.seals.errors import BadPicture

SIDE = 400
# Millimetres on paper: 国发〔1999〕25号 gives 42 mm to departments of a province, 40 mm below.
MILLIMETRES = 42
MAX_BYTES = 200_000
RED = (214, 24, 31, 255)
_SQUARE = 220
_RING, _LETTER, _STAR = 12, 46, 62
# The name takes at most this much of the ring, so that its ends do not meet.
_ARC = math.radians(250)


def draw(name: str) -> bytes:
    """The print for a name, as PNG on a clear ground. Slow: call it in a thread."""
    print_ = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(print_)
    pen.ellipse((6, 6, SIDE - 6, SIDE - 6), outline=RED, width=_RING)
    pen.polygon(_star(SIDE / 2, SIDE / 2, _STAR), fill=RED)
    size = min(_LETTER, int(_ARC * 150 / max(len(name), 1)))
    font = ImageFont.truetype(str(font_file()), size)
    step = min(_ARC / max(len(name) - 1, 1), math.radians(26))
    first = -step * (len(name) - 1) / 2
    for number, sign in enumerate(name):
        _set(print_, sign, font, first + step * number)
    out = BytesIO()
    print_.save(out, "PNG", optimize=True)
    return out.getvalue()


def draw_personal(name: str) -> bytes:
    """The print of a person's seal: a red square with the name in it, two signs a column."""
    print_ = Image.new("RGBA", (_SQUARE, _SQUARE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(print_)
    pen.rectangle((4, 4, _SQUARE - 4, _SQUARE - 4), outline=RED, width=8)
    signs = f"{name}之印" if len(name) == 2 else f"{name}印" if len(name) == 3 else name
    rows = math.ceil(math.sqrt(len(signs)))
    cell = (_SQUARE - 32) / rows
    font = ImageFont.truetype(str(font_file()), int(cell * 0.9))
    for number, sign in enumerate(signs):
        # Columns from the right, each from the top, as seals are read.
        x = _SQUARE - 16 - cell * (number // rows + 0.5)
        y = 16 + cell * (number % rows + 0.5)
        pen.text((x, y), sign, RED, font, anchor="mm")
    out = BytesIO()
    print_.save(out, "PNG", optimize=True)
    return out.getvalue()


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    inner = radius * 0.382
    turns = [(radius if n % 2 == 0 else inner, math.pi * n / 5) for n in range(10)]
    return [(x + r * math.sin(a), y - r * math.cos(a)) for r, a in turns]


def _set(print_: Image.Image, sign: str, font: ImageFont.FreeTypeFont, angle: float) -> None:
    """Put one sign on the ring, upright as seen from the middle."""
    side = int(font.size * 1.6)
    tile = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    ImageDraw.Draw(tile).text((side / 2, side / 2), sign, RED, font, anchor="mm")
    tile = tile.rotate(-math.degrees(angle), Image.Resampling.BICUBIC)
    reach = SIDE / 2 - 20 - font.size * 0.75
    x = SIDE / 2 + reach * math.sin(angle) - side / 2
    y = SIDE / 2 - reach * math.cos(angle) - side / 2
    print_.alpha_composite(tile, (int(x), int(y)))


def check(picture: bytes) -> bytes:
    """A print that somebody brought: a small, square PNG; raises `BadPicture`."""
    if len(picture) > MAX_BYTES or not picture.startswith(b"\x89PNG\r\n\x1a\n"):
        raise BadPicture
    try:
        with Image.open(BytesIO(picture)) as found:
            wide, high = found.size
            if wide != high or not 100 <= wide <= 1000:
                raise BadPicture
            # Written anew, so that nothing but the picture is carried on.
            out = BytesIO()
            found.convert("RGBA").save(out, "PNG", optimize=True)
    except (OSError, ValueError) as error:
        raise BadPicture from error
    return out.getvalue()
