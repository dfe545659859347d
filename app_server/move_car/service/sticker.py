"""The sticker as PDF and PNG: the code of a page, the words 扫码挪车 and a number for support."""

import io
import os
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

import pypdfium2
import segno
from fpdf import FPDF

from app_server.kernel.settings import PROJECT

Size = Literal["square", "a6"]
# Millimetres: 10 × 10 cm for the windscreen, A6 for home printers.
SIZES: dict[Size, tuple[float, float]] = {"square": (100, 100), "a6": (105, 148)}
FONT = "NotoSerifSC-Regular.otf"
DOTS_PER_POINT = 300 / 72


@lru_cache(maxsize=1)
def _font_file() -> Path:
    folder = os.environ.get("WANSHI_FONTS") or PROJECT / "var" / "assets" / "fonts"
    path = Path(folder) / FONT
    if not path.is_file():
        raise FileNotFoundError(f"font missing: {path}; run deploy/fetch_assets.py fonts")
    return path


def pdf(url: str, number: str, size: Size, made_at: datetime) -> bytes:
    """The sticker to print. Slow (the font is cut down to what is used): call it in a thread."""
    width, height = SIZES[size]
    page = FPDF(unit="mm", format=(width, height))
    page.set_creation_date(made_at)
    page.set_title("挪车码")
    page.set_auto_page_break(False)
    page.set_margin(0)
    page.add_font("serif", fname=str(_font_file()))
    page.add_page()
    top = (height - 100) / 2
    _line(page, "扫码挪车", 26, top + 5)
    _draw(page, url, (width - 64) / 2, top + 18, 64)
    _line(page, "微信、支付宝或浏览器扫一扫，双方号码均不显示", 8, top + 84)
    _line(page, f"客服编号 {number}　本服务免费", 8, top + 90)
    return bytes(page.output())


def png(document: bytes) -> bytes:
    """The first page of a sticker as a picture of 300 dots per inch."""
    opened = pypdfium2.PdfDocument(document)
    try:
        picture = opened[0].render(scale=DOTS_PER_POINT).to_pil()
    finally:
        opened.close()
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _line(page: FPDF, text: str, points: float, top: float) -> None:
    page.set_font("serif", size=points)
    page.set_xy(0, top)
    page.cell(page.w, points * 0.4, text, align="C")


def _draw(page: FPDF, url: str, left: float, top: float, side: float) -> None:
    # Level Q: a quarter may be scratched or in the sun.
    matrix = [bytes(row) for row in segno.make(url, error="q", micro=False).matrix]
    module = side / len(matrix)
    page.set_fill_color(0, 0, 0)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                page.rect(left + x * module, top + y * module, module, module, style="F")
