"""Electronic receipts (电子票据): the finance department's for fees, our own for charges.

A fee's receipt is numbered by the finance department's system; what a person downloads is set from
what that system told, with its number and check code, so that it can be looked up there. A charge
is receipted by us, in a series of the year.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from app_server.kernel.paper import Page, render
from app_server.kernel.storage import storage
from payments.errors import NoSuchBill, NoSuchReceipt
from payments.models import Bill, Receipt
from payments.providers.gateway import NoAnswer, Refused
from payments.providers.nontax import nontax
from payments.rules import SETTLED, item_of, yuan_from_fen

PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class ReceiptTold:
    """How a receipt is found at whoever issued it."""

    code: str
    number: str
    check_code: str
    issued_on: date


async def issue_receipt(bill_no: str) -> Outcome:
    """Have a settled bill receipted, once; `Unknown` while the finance department is silent."""
    bill = await Bill.get(bill_no=bill_no)
    if bill.state not in SETTLED:
        return Ok()
    if await Receipt.exists(bill_id=bill.id):
        return await reverse_receipt(bill_no)
    told = await _told(bill)
    if isinstance(told, NoAnswer):
        return Unknown(told.reason)
    if isinstance(told, Refused):
        return Rejected(told.reason)
    file = await asyncio.to_thread(render, _page(bill, told))
    key = f"payments/receipts/{told.issued_on:%Y}/{bill.bill_no}.pdf"
    await storage().put(key, file, PDF)
    async with db.unit_of_work():
        await db.execute(
            "INSERT INTO payments_receipt (id, bill_id, code, number, check_code, amount_fen, "
            "issued_on, state, file_key, sha256) VALUES (gen_random_uuid(),$1,$2,$3,$4,$5,$6,"
            "'valid',$7,$8) ON CONFLICT (bill_id) DO NOTHING",
            bill.id,
            told.code,
            told.number,
            told.check_code,
            bill.total_fen,
            told.issued_on,
            key,
            hashlib.sha256(file).hexdigest(),
        )
        await Bill.filter(id=bill.id).update(receipt_no=f"{told.code}-{told.number}")
    # All of it may have gone back meanwhile, when there was no receipt to reverse yet.
    back = await reverse_receipt(bill_no)
    return Ok(told.number) if isinstance(back, Ok) else back


async def _told(bill: Bill) -> ReceiptTold | Refused | NoAnswer:
    if bill.fee_class == "treasury":
        answer = await nontax().issue_receipt(
            bill.pay_code, bill.agency_code, bill.total_fen, bill.title
        )
        if not isinstance(answer, tuple):
            return answer
        return ReceiptTold(*answer)
    turn = int(await db.value("SELECT nextval('payments_receipt_turn')"))
    today = clock.today()
    code, number = f"WS{today:%Y}", f"{turn:010d}"
    mark = blind_index(f"{code}{number}", "payments.receipt")
    return ReceiptTold(code, number, mark[:6].upper(), today)


def _page(bill: Bill, told: ReceiptTold) -> Page:
    lines = [item_of(line) for line in bill.items]
    parts = [f"{line.name}（{line.code}）：{yuan_from_fen(line.total_fen)} 元" for line in lines]
    paid_at = clock.local(bill.paid_at) if bill.paid_at else clock.local(clock.now())
    kind = "财政部门" if bill.fee_class == "treasury" else "收款单位"
    return Page(
        issuer=bill.agency_name,
        title="电子缴款凭证",
        number=f"票据代码 {told.code}　票据号码 {told.number}　校验码 {told.check_code}",
        addressee="缴款人",
        paragraphs=(
            f"缴款识别码：{bill.pay_code}",
            *parts,
            f"合计：{yuan_from_fen(bill.total_fen)} 元",
            f"缴款时间：{paid_at:%Y年%m月%d日 %H:%M}",
            f"本凭证依据{kind}电子票据信息生成，凭票据代码、号码和校验码可向开票方查验。",
        ),
        day=f"{told.issued_on:%Y年%m月%d日}",
        made_at=paid_at,
        footer="",
    )


async def reverse_receipt(bill_no: str) -> Outcome:
    """A bill that was given back in full has no receipt any more: it is reversed (冲红)."""
    bill = await Bill.get(bill_no=bill_no)
    receipt = await Receipt.get_or_none(bill_id=bill.id, state="valid")
    if receipt is None or bill.refunded_fen < bill.total_fen:
        return Ok()
    if bill.fee_class == "treasury":
        answer = await nontax().reverse_receipt(bill.pay_code, receipt.number)
        if isinstance(answer, NoAnswer):
            return Unknown(answer.reason)
        if isinstance(answer, Refused):
            return Rejected(answer.reason)
    await Receipt.filter(id=receipt.id, state="valid").update(state="reversed")
    return Ok(receipt.number)


async def receipt_file(person_id: UUID, bill_no: str) -> bytes:
    """The receipt of my bill as PDF; raises `NoSuchBill`, `NoSuchReceipt`."""
    bill = await Bill.get_or_none(bill_no=bill_no, person_id=person_id)
    if bill is None:
        raise NoSuchBill
    receipt = await Receipt.get_or_none(bill_id=bill.id, state="valid")
    if receipt is None:
        raise NoSuchReceipt
    return await storage().get(receipt.file_key)
