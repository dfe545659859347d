"""UnionPay's daily trade file (ZM): fixed-width cells with a space between, no totals row.

The file is deflated, in base64, and inside it is a ZIP of several files; the one whose name ends
with `ZM_<merchant>` has the merchant's own trades. UnionPay's day ends at 23:00.
"""

import base64
import binascii
import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from app_server.kernel.clock import SHANGHAI
from payments.errors import BadBill
from payments.rules.bills import BillLine

WIDTHS = (
    3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21,
    15,
)  # fmt: skip
# Where what we need stands among these cells.
AT, AMOUNT, QUERY_ID, ORDER, FEE, KIND, MERCHANT = 4, 6, 9, 11, 15, 19, 27
MAX_UNPACKED = 512 * 1024 * 1024
_KINDS = {"01": "trade", "04": "refund"}


def unpack(content: str, merchant: str, into: Path) -> None:
    """Take the merchant's trades out of a file as it was told; raises `BadBill`."""
    try:
        packed = zlib.decompressobj().decompress(
            base64.b64decode(content, validate=True), MAX_UNPACKED
        )
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            [name] = [one for one in archive.namelist() if one.endswith(f"ZM_{merchant}")]
            if archive.getinfo(name).file_size > MAX_UNPACKED:
                raise BadBill("too large")
            into.write_bytes(archive.read(name))
    except (binascii.Error, zlib.error, zipfile.BadZipFile, ValueError) as error:
        raise BadBill("not such an archive") from error


def unionpay_lines(file: Path, day: date) -> Iterator[BillLine]:
    """The rows of a settlement day, streamed; raises `BadBill`."""
    with file.open("rb") as rows:
        for number, raw in enumerate(rows, 1):
            text = raw.rstrip(b"\r\n")
            if text:
                line = _line(number, text, day)
                if line is not None:
                    yield line


def _line(number: int, raw: bytes, day: date) -> BillLine | None:
    cells, start = [], 0
    for width in WIDTHS:
        cell = raw[start : start + width]
        if len(cell) < width or raw[start + width : start + width + 1] not in {b" ", b""}:
            raise BadBill(f"row {number}: unreadable")
        cells.append(cell.decode("gbk", "replace").strip())
        start += width + 1
    kind = _KINDS.get(cells[KIND])
    if kind is None:
        # Pre-authorisations and the like are none of ours.
        return None
    fee = cells[FEE][1:]
    if not all(t.isascii() and t.isdigit() for t in (cells[AMOUNT], fee, cells[AT])):
        raise BadBill(f"row {number}: unreadable")
    return BillLine(
        "trade" if kind == "trade" else "refund",
        cells[MERCHANT],
        cells[ORDER] if kind == "trade" else "",
        cells[ORDER] if kind == "refund" else "",
        cells[QUERY_ID],
        int(cells[AMOUNT]),
        int(fee),
        _moment(number, cells[AT], day),
        cells[KIND],
    )


def _moment(number: int, text: str, day: date) -> datetime:
    """`MMDDhhmmss` near a settlement day, which may be the first of a year."""
    for year in (day.year, day.year - 1, day.year + 1):
        try:
            at = datetime.strptime(f"{year}{text}", "%Y%m%d%H%M%S").replace(tzinfo=SHANGHAI)
        except ValueError:
            continue
        if abs(at.date() - day) <= timedelta(days=40):
            return at.astimezone(UTC)
    raise BadBill(f"row {number}: unreadable time")
