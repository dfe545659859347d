"""The sheets of an OFD as PDF, so that both files of a document look alike."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from fpdf import FPDF

from app_server.kernel.ofd.writing import Box, Content, Picture, Rule, Sheet, Text
from app_server.kernel.paper import font_file

_POINT = 25.4 / 72


def draw(sheets: Sequence[Sheet], *, title: str, author: str, made_at: datetime) -> bytes:
    """The sheets as PDF, the same bytes for the same input. Slow: call it in a thread."""
    pdf = FPDF(unit="mm")
    pdf.set_creation_date(made_at)
    pdf.set_title(title)
    pdf.set_author(author)
    pdf.set_margin(0)
    pdf.set_auto_page_break(False)
    pdf.add_font("serif", fname=str(font_file()))
    for sheet in sheets:
        pdf.add_page(format=(sheet.width, sheet.height))
        for one in sheet.contents:
            _put(pdf, one)
    return bytes(pdf.output())


def _put(pdf: FPDF, one: Content) -> None:
    if isinstance(one, Text):
        pdf.set_font("serif", size=one.size / _POINT)
        pdf.set_text_color(*one.colour)
        width = pdf.get_string_width(one.text)
        shift = {"left": 0.0, "centre": width / 2, "right": width}[one.align]
        pdf.text(one.x - shift, one.y, one.text)
    elif isinstance(one, Picture):
        pdf.image(BytesIO(one.data), one.x, one.y, one.width, one.height)
    else:
        pdf.set_line_width(one.breadth)
        pdf.set_draw_color(*one.colour)
        if isinstance(one, Rule):
            pdf.line(one.x1, one.y1, one.x2, one.y2)
        else:
            _box(pdf, one)


def _box(pdf: FPDF, box: Box) -> None:
    if box.fill is not None:
        pdf.set_fill_color(*box.fill)
    pdf.rect(box.x, box.y, box.width, box.height, style="D" if box.fill is None else "DF")
