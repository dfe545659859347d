"""Papers as people photograph them, set with the project's own font; all data is made up."""

import io
from collections.abc import Sequence

import pikepdf
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from app_server.kernel.settings import PROJECT

FONT = PROJECT / "var" / "assets" / "fonts" / "NotoSansSC-Regular.otf"
LINES = (
    "家庭收入承诺书",
    "本人李明轩，身份证号码341602199003074511，",
    "承诺家庭月收入为人民币叁仟元整，以上情况真实。",
    "签名：李明轩",
    "2026年11月20日",
)


def paper(lines: Sequence[str] = LINES, blur: float = 0, exif: bytes = b"") -> bytes:
    """A page with some lines as JPEG."""
    page = Image.new("RGB", (1240, 1100), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(str(FONT), 44)
    for number, line in enumerate(lines):
        pen.text((120, 120 + number * 110), line, "black", font=font)
    if blur:
        page = page.filter(ImageFilter.GaussianBlur(blur))
    out = io.BytesIO()
    page.save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue()


def pdf(pages: int = 1, *, password: str = "", active: bool = False) -> bytes:
    """A PDF of blank pages; `active` adds what acts: a script, an attachment, a link."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    if active:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('x')")
        document.Root.OpenAction = document.make_indirect(script)
        document.attachments["evil.exe"] = b"MZ evil attachment"
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=script
        )
        document.pages[0].obj.Annots = document.make_indirect(pikepdf.Array([link]))
        document.pages[0].obj.AA = pikepdf.Dictionary(O=script)
    out = io.BytesIO()
    guard = pikepdf.Encryption(owner=password, user=password) if password else False
    document.save(out, encryption=guard)
    return out.getvalue()
