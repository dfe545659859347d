"""Papers for the tests of OFD: a licence of two sheets, and packages taken apart and put together."""

import io
from datetime import UTC, datetime
from uuid import UUID

import pytest
from PIL import Image

from app_server.kernel.ofd.archive import pack, unpack
from app_server.kernel.ofd.errors import BadPackage
from app_server.kernel.ofd.reading import open_package
from app_server.kernel.ofd.signatures import Stamp
from app_server.kernel.ofd.signing import finish, prepare
from app_server.kernel.ofd.writing import Attachment, Box, Picture, Rule, Sheet, Text, write

MADE_AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CONTENT = "Doc_0/Pages/Page_0/Content.xml"
OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def image(kind: str = "PNG", colour: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, kind)
    return out.getvalue()


def paper(
    *sheets: Sheet, attachments: tuple[Attachment, ...] = (), title: str = "准予行政许可决定书"
) -> bytes:
    return write(
        sheets or licence(),
        title=title,
        author="某市市场监督管理局",
        created_at=MADE_AT,
        doc_id=UUID(int=7),
        attachments=attachments,
    )


def licence() -> tuple[Sheet, Sheet]:
    first = (
        Text(105, 40, "准予行政许可决定书", 8, (200, 0, 0), "centre"),
        Rule(30, 48, 180, 48, 0.5, (200, 0, 0)),
        Text(30, 60, "申请人：𫖯田 <A&B> “甲”", 5),
        Box(30, 120, 60, 30, 0.3, fill=(240, 240, 255)),
        Picture(100, 120, 45, 30, image()),
    )
    return Sheet(first), Sheet((Text(10, 20, "第二页", 5),), width=148, height=210)


def full_paper() -> bytes:
    return paper(attachments=(Attachment("数据.json", b"{}"),))


def signed(
    package: bytes, value: bytes = b"value", page: int = 0, esl: bytes | None = b"seal"
) -> bytes:
    stamps = [Stamp(page, 60, 60, 40, 40)]
    prepared = prepare(
        package, provider="wanshi", stamps=stamps, signed_at=MADE_AT, seal_esl=esl, company="某市"
    )
    return finish(prepared, value)


def repacked(package: bytes, edits: dict[str, bytes | None]) -> bytes:
    """The package with parts put in by name, or left out where None."""
    parts = unpack(package) | edits
    return pack({name: data for name, data in parts.items() if data is not None})


def edited(package: bytes, part: str, old: str, new: str) -> bytes:
    """The package with words of one part replaced; they must be there."""
    data = unpack(package)[part].decode()
    assert old in data
    return repacked(package, {part: data.replace(old, new).encode()})


def refusal(data: bytes) -> tuple[str, str]:
    """Why a package is not opened: the reason and the part at fault."""
    with pytest.raises(BadPackage) as caught:
        open_package(data)
    assert caught.value.facts == {"reason": caught.value.reason, "part": caught.value.part}
    return caught.value.reason, caught.value.part
