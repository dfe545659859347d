"""Setting a document in type: one A4 page of Chinese with a real font, the same bytes each time."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fpdf import FPDF

_PROJECT = Path(__file__).resolve().parents[2]
FONT = "NotoSerifSC-Regular.otf"
MARGIN, TITLE, BODY, LINE = 28, 22, 14, 10


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a document, top to bottom."""

    issuer: str
    title: str
    number: str
    addressee: str
    paragraphs: tuple[str, ...]
    day: str
    made_at: datetime
    footer: str


def font_file() -> Path:
    """The font of all documents; raises `FileNotFoundError` naming how to get it."""
    folder = os.environ.get("WANSHI_FONTS") or _PROJECT / "var" / "assets" / "fonts"
    path = Path(folder) / FONT
    if not path.is_file():
        raise FileNotFoundError(f"font missing: {path}; run deploy/fetch_assets.py fonts")
    return path


def render(page: Page) -> bytes:
    """The page as PDF. Slow (the font is cut down to what is used): call it in a thread."""
    pdf = FPDF(format="A4")
    # Equal content is an equal file: the digest is the document's own.
    pdf.set_creation_date(page.made_at)
    pdf.set_title(page.title)
    pdf.set_author(page.issuer)
    pdf.set_margins(MARGIN, MARGIN, MARGIN)
    pdf.set_auto_page_break(True, MARGIN)
    pdf.add_font("serif", fname=str(font_file()))
    pdf.add_page()
    _line(pdf, page.issuer, TITLE - 4, "C")
    _line(pdf, page.title, TITLE, "C")
    _line(pdf, page.number, BODY, "C")
    pdf.ln(LINE)
    _line(pdf, f"{page.addressee}：", BODY, "L")
    for paragraph in page.paragraphs:
        # Two full signs are the customary indent.
        _line(pdf, f"　　{paragraph}", BODY, "L")
    pdf.ln(LINE)
    _line(pdf, page.issuer, BODY, "R")
    _line(pdf, page.day, BODY, "R")
    pdf.ln(LINE)
    _line(pdf, page.footer, 9, "L")
    return bytes(pdf.output())


def _line(pdf: FPDF, text: str, size: int, align: str) -> None:
    pdf.set_font("serif", size=size)
    pdf.multi_cell(0, size * 0.6, text, align=align, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(1)
