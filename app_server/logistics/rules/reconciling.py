"""One day of one carrier account: payment × parcel × carrier bill (R-PAY-09, R-LOG-05).

The carrier bills a parcel on the day it was picked up. `effect_fen` is by how much a difference
moves the carrier's sum away from ours, so that a day proves itself: what was billed, less what we
expected, is the sum of all effects.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

KINDS = {
    "missing_at_carrier": "快递账单缺失",
    "missing_here": "本方无此运单",
    "amount_differs": "金额不符",
    "duplicate_line": "账单重复计费",
    "unpaid": "已寄出未收到邮费",
    "paid_but_not_shipped": "已付邮费未寄出",
    "returned_not_refunded": "已退回未退邮费",
}
RESOLUTIONS = {
    "carrier_corrects": "快递公司更正账单",
    "we_correct": "本方补录或更正",
    "refunded": "已退款",
    "collected": "已补收",
    "accepted": "核实无误，接受差异",
}
# Refunds and late pick-ups take their time: only after so many days is it a difference.
GRACE_DAYS = 3
_YUAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class OurParcel:
    """A parcel as our books have it; `paid_fen` is what its resident paid and was not given back.

    It stands in a day because it was picked up then (`shipped`), or because `GRACE_DAYS` went by
    since it came back (`returned`) or since its postage was paid (`waiting`).
    """

    waybill: str
    order_no: str
    expected_fen: int
    payer: str
    paid_fen: int = 0
    shipped: bool = True
    returned: bool = False
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of a carrier's bill."""

    waybill: str
    order_no: str
    fen: int


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that does not agree."""

    kind: str
    subject: str
    ours_fen: int
    theirs_fen: int
    effect_fen: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """The day in numbers; `proved` when the differences explain all of the gap."""

    parcels: int
    lines: int
    expected_fen: int
    billed_fen: int
    paid_fen: int
    explained_fen: int

    @property
    def proved(self) -> bool:
        """Whether the day adds up."""
        return self.billed_fen - self.expected_fen == self.explained_fen


def fen_of(yuan: str) -> int:
    """Fen of a yuan amount as carriers write it; raises `ValueError` for any other writing."""
    found = _YUAN.fullmatch(yuan)
    if found is None:
        raise ValueError("not an amount")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def compared(ours: Sequence[OurParcel], lines: Iterable[BillLine]) -> tuple[list[Found], Figures]:
    """Everything that differs on a day, in a fixed order, and the day's figures."""
    told = list(lines)
    shipped = {parcel.waybill: parcel for parcel in ours if parcel.shipped}
    found: list[Found] = []
    billed: set[str] = set()
    for line in told:
        parcel = shipped.get(line.waybill)
        if line.waybill in billed:
            found.append(Found("duplicate_line", line.waybill, 0, line.fen, line.fen))
            continue
        billed.add(line.waybill)
        if parcel is None:
            found.append(Found("missing_here", line.waybill, 0, line.fen, line.fen))
        elif parcel.expected_fen != line.fen:
            effect = line.fen - parcel.expected_fen
            found.append(
                Found("amount_differs", line.waybill, parcel.expected_fen, line.fen, effect)
            )
    for waybill, parcel in shipped.items():
        if waybill not in billed:
            owed = parcel.expected_fen
            found.append(Found("missing_at_carrier", waybill, owed, 0, -owed))
    found += [one for parcel in ours if (one := _of_payment(parcel))]
    figures = Figures(
        parcels=len(shipped),
        lines=len(told),
        expected_fen=sum(parcel.expected_fen for parcel in shipped.values()),
        billed_fen=sum(line.fen for line in told),
        paid_fen=sum(parcel.paid_fen for parcel in shipped.values()),
        explained_fen=sum(one.effect_fen for one in found),
    )
    return sorted(_numbered(found), key=lambda one: (one.kind, one.subject)), figures


def _of_payment(parcel: OurParcel) -> Found | None:
    if parcel.payer != "resident":
        return None
    paid, subject = parcel.paid_fen, parcel.waybill or parcel.order_no
    if paid and parcel.returned:
        return Found("returned_not_refunded", subject, 0, paid)
    if paid and parcel.waiting:
        return Found("paid_but_not_shipped", subject, 0, paid)
    if not paid and parcel.shipped:
        return Found("unpaid", subject, parcel.expected_fen, 0)
    return None


def _numbered(found: list[Found]) -> list[Found]:
    """A waybill billed three times is two differences: each keeps a subject of its own."""
    seen: dict[tuple[str, str], int] = {}
    told = []
    for one in found:
        key = (one.kind, one.subject)
        seen[key] = seen.get(key, 0) + 1
        name = one.subject if seen[key] == 1 else f"{one.subject}#{seen[key]}"
        told.append(Found(one.kind, name, one.ours_fen, one.theirs_fen, one.effect_fen))
    return told
