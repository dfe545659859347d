"""Payment × parcel × carrier bill: every seeded difference found, and nothing else (R-PAY-09)."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app_server.kernel import clock, db
from app_server.kernel.crypto import sha256_hex
from app_server.kernel.events import Unknown
from app_server.kernel.principal import Principal
from app_server.logistics import service
from app_server.logistics.errors import BadBill, NotNow
from app_server.logistics.models import Difference, Parcel
from app_server.logistics.providers.ems import Ems, EmsSettings
from app_server.logistics.providers.sf import Sf, SfSettings
from app_server.logistics.rules import BillLine, OurParcel, compared, fen_of
from payments import service as payments
from tests.builders.logistics import TO, contract, lever, list_postage, next_window, push
from tests.builders.people import bearer, resident
from tests.builders.staff import ORG, officer

CASES = st.sampled_from(
    [
        "clean",
        "clean_paid",
        "missing_at_carrier",
        "missing_here",
        "amount_differs",
        "duplicate_line",
        "unpaid",
        "paid_but_not_shipped",
        "returned_not_refunded",
    ]
)


def seeded(kinds: list[str], fens: list[int]) -> tuple[list[OurParcel], list[BillLine]]:
    """A day in which each kind happened as often as it is named."""
    ours: list[OurParcel] = []
    lines: list[BillLine] = []
    for number, kind, fen in zip(count(), kinds, fens, strict=False):
        waybill, order = f"EM{number:012d}", f"W{number}"
        away = kind in {"paid_but_not_shipped", "returned_not_refunded"}
        payer = "resident" if away or kind in {"unpaid", "clean_paid"} else "agency"
        paid = fen if payer == "resident" and kind != "unpaid" else 0
        if kind != "missing_here":
            ours.append(
                OurParcel(
                    waybill,
                    order,
                    fen,
                    payer,
                    paid,
                    shipped=not away,
                    returned=kind == "returned_not_refunded",
                    waiting=kind == "paid_but_not_shipped",
                )
            )
        if kind != "missing_at_carrier" and not away:
            billed = fen + 100 if kind == "amount_differs" else fen
            lines += [BillLine(waybill, order, billed)] * (2 if kind == "duplicate_line" else 1)
    return ours, lines


@settings(max_examples=300, deadline=None)
@given(
    kinds=st.lists(CASES, max_size=60),
    fens=st.lists(st.integers(1, 10**7), min_size=60, max_size=60),
    turned=st.booleans(),
)
def test_all_that_was_seeded_is_found_nothing_else_and_the_day_adds_up(kinds, fens, turned):
    ours, lines = seeded(kinds, fens)
    found, figures = compared(ours[::-1] if turned else ours, lines[::-1] if turned else lines)
    told = sorted(one.kind for one in found)
    assert told == sorted(kind for kind in kinds if not kind.startswith("clean"))
    assert figures.proved
    assert figures.billed_fen == sum(line.fen for line in lines)
    assert len({(one.kind, one.subject) for one in found}) == len(found)


@pytest.mark.parametrize(
    "text", ["", "1.005", "1e2", "-1", "+1", "１２", "1,000", " 1", "NaN", "1.", ".5", "1_0"]
)
def test_an_amount_is_digits_and_nothing_else(text):
    with pytest.raises(ValueError, match="amount"):
        fen_of(text)
    assert [fen_of(one) for one in ("0", "12", "12.5", "12.05")] == [0, 1200, 1250, 1205]


def test_a_bill_file_is_read_whole_or_refused_whole():
    ems, sf = Ems(EmsSettings()), Sf(SfSettings())
    good = "EM1|W1|2026-11-22|1200\n合计|1||1200".encode("gb18030")
    assert ems.lines(good) == [BillLine("EM1", "W1", 1200)]
    head = "\ufeff运单号,订单号,计费日期,费用\n"
    assert sf.lines(f"{head}SF1,W1,2026-11-22,15.00\n合计,,,15.0".encode()) == [
        BillLine("SF1", "W1", 1500)
    ]
    for bad in (
        b"",
        b"\xff\xff",
        good.replace(b"1200\n", b"12.00\n"),
        good.replace(b"|1200\n", b"\n"),
        good.replace(b"|1||1200", b"|2||1200"),
        good.replace(b"||1200", b"||1300"),
        good.split(b"\n")[0],
        good.replace(b"|1200\n", b"|1200|x\n"),
    ):
        with pytest.raises(BadBill):
            ems.lines(bad)
    for text in (
        "",
        "x",
        f"{head}SF1,W1,2026-11-22,15.00",
        f"{head}SF1,W1,2026-11-22,15.00\n合计,,,16",
        f"{head}SF1,W1,2026-11-22,1.5e1\n合计,,,15",
        f"{head}SF1,W1\n合计,,,15",
        head.replace("费用", "金额") + "SF1,W1,2026-11-22,15\n合计,,,15",
    ):
        with pytest.raises(BadBill):
            sf.lines(text.encode())


async def paid(parcel_id) -> str:
    """Pay a parcel's postage at the counter."""
    row = await Parcel.get(id=parcel_id)
    desk = await officer("cashier", login=f"cashier{row.id.hex[-6:]}")
    code = (await payments.bill_summary(row.bill_no)).pay_code
    await payments.pay_at_counter(desk, code, row.postage_fen, "cash", "")
    return row.bill_no


async def test_postage_is_a_bill_and_the_parcel_goes_when_it_is_paid(courier, deliver):
    await list_postage()
    await contract(org=ORG, region="341602", payer="resident", fee_code="B9000001")
    person = await resident()
    facts = await service.send(
        person.subject, "case:1", TO, [{"name": "证", "number": "1"}], region="341602", org=ORG
    )
    await deliver()
    row = await Parcel.get(id=facts.id)
    assert (row.state, row.postage_fen, row.waybill) == ("postage_due", 1200, "")
    bill = await payments.bill_summary(row.bill_no)
    assert (bill.amount_fen, bill.source, bill.source_ref) == (1200, "logistics", f"{row.id}:1")
    await paid(row.id)
    await deliver()
    row = await Parcel.get(id=row.id)
    assert (row.state, row.account) == ("ordered", "ems/DEMO-EMS")
    # The same news again changes nothing.
    await service.postage_paid(bill.source_ref, row.bill_no)
    await deliver()
    assert (await Parcel.get(id=row.id)).waybill == row.waybill
    # Stickers and the like are free, whatever the contract says.
    free = await service.send(
        person.subject,
        "x:1",
        TO,
        [{"name": "码贴", "number": "1"}],
        region="341602",
        org=ORG,
        free=True,
    )
    assert (free.state, free.bill_no) == ("ordering", "")


async def test_a_pick_up_taken_back_owes_no_postage_and_a_new_one_a_new_bill(courier, deliver):
    await list_postage()
    await contract(org=ORG, region="341602", payer="resident", fee_code="B9000001")
    person, papers = await resident(), [{"name": "户口簿原件", "number": "1"}]
    told = {"digest": service.digest_of(papers), "region": "341602", "org": ORG}
    asked = (person.subject, "originals:1", TO, papers, next_window())
    first = await service.book(*asked, **told)
    gone = await service.cancel(person, first.id, first.version)
    assert (gone.state, gone.bill_no, gone.postage_fen) == ("cancelled", "", 0)
    assert (await payments.bill_summary(first.bill_no)).state == "void"
    again = await service.book(*asked, **told)
    assert (again.id, again.state) == (first.id, "postage_due")
    assert again.bill_no != first.bill_no
    await paid(again.id)
    await deliver()
    assert (await Parcel.get(id=again.id)).state == "ordered"


async def five_sent(courier, deliver, person: Principal, at: datetime) -> list[Parcel]:
    """Five parcels whose postage was paid, picked up at one time."""
    rows = []
    for number in range(5):
        facts = await sent(person, number)
        await paid(facts.id)
        await deliver()
        rows.append(await Parcel.get(id=facts.id))
        await push(courier, rows[-1], "1", "picked_up", at)
    return rows


async def sent(person: Principal, number: int):
    """A parcel of the organisation whose residents pay."""
    lines = [{"name": "证", "number": str(number)}]
    return await service.send(person.subject, f"case:{number}", TO, lines, region="341602", org=ORG)


async def test_a_real_day_is_fetched_compared_once_and_resolved_with_evidence(
    staff_surface, courier, deliver
):
    await list_postage()
    await contract(
        org=ORG, region="341602", customer_code="OWN", payer="resident", fee_code="B9000001"
    )
    person, yesterday = await resident(), clock.now() - timedelta(days=1)
    day = clock.local(yesterday).date()
    rows = await five_sent(courier, deliver, person, yesterday)
    # One was paid four days ago and nobody came for it.
    waiting = await sent(person, 9)
    await paid(waiting.id)
    long_ago = clock.now() - timedelta(days=4)
    await Parcel.filter(id=waiting.id).update(paid_at=long_ago, state="refused")
    change = {
        "drop": [rows[0].waybill],
        "repeat": [rows[1].waybill],
        "change": {rows[2].waybill: 1300},
        "add": [{"waybill": "=EM-UNKNOWN", "fen": 700}],
    }
    await lever(courier, bill={day.isoformat(): change})
    # The province's own account has a bill, too.
    assert await service.ask_for_bills() == 2
    outcome = await service.fetch_bill("ems", "OWN", day)
    assert outcome.detail == "5 differences"
    assert (await service.fetch_bill("ems", "OWN", day)).detail == "compared before"
    keeper = await bearer(await officer("treasurer", login="keeper", region="340000"))
    path = "/logistics-reconciliations"
    assert (await staff_surface.get(path)).status_code == 401
    clerk = await bearer(await officer(login="clerk"))
    assert (await staff_surface.get(path, headers=clerk)).status_code == 403
    (told,) = (await staff_surface.get(path, headers=keeper)).json()["items"]
    assert told["proved"]
    assert (told["parcels"], told["lines"], told["open"]) == (5, 6, 5)
    assert told["billed_fen"] - told["expected_fen"] == told["explained_fen"]
    found = (await staff_surface.get(f"{path}/{told['id']}/differences", headers=keeper)).json()[
        "items"
    ]
    assert {one["kind"]: one["subject"] for one in found} == {
        "missing_at_carrier": rows[0].waybill,
        "duplicate_line": rows[1].waybill,
        "amount_differs": rows[2].waybill,
        "missing_here": "=EM-UNKNOWN",
        "paid_but_not_shipped": f"P{waiting.id.hex}",
    }
    file = await staff_surface.get(f"{path}/{told['id']}/file", headers=keeper)
    assert "'=EM-UNKNOWN" in file.text
    one = found[0]
    done = f"/logistics-differences/{one['id']}/resolution"
    how = {"resolution": "carrier_corrects", "evidence": "快递公司更正函第 1 号"}
    assert (await staff_surface.post(done, json=how, headers=clerk)).status_code == 403
    told_version = keeper | {"if-match": '"1"'}
    ended = await staff_surface.post(done, json=how, headers=told_version)
    assert (ended.json()["state"], ended.json()["evidence"]) == ("resolved", how["evidence"])
    assert (await staff_surface.post(done, json=how, headers=told_version)).status_code == 409


async def test_a_bill_that_is_not_there_or_is_none_is_asked_for_again(courier, deliver):
    day = clock.today() - timedelta(days=1)
    await lever(courier, fault="garbage", times=1)
    assert isinstance(await service.fetch_bill("ems", "DEMO-EMS", day), Unknown)
    assert not await Difference.all()
    await service.fetch_bill("ems", "DEMO-EMS", day)
    (one,) = await service.days()
    assert (one.proved, one.lines, one.open) == (True, 0, 0)
    empty = sha256_hex("合计|0||0".encode("gb18030"))
    assert await db.value("SELECT file_sha256 FROM logistics_recon_day") == empty


async def test_a_difference_is_ended_once_however_many_try(courier):
    day = clock.today() - timedelta(days=1)
    await lever(courier, bill={day.isoformat(): {"add": [{"waybill": "X1", "fen": 5}]}})
    await service.fetch_bill("ems", "DEMO-EMS", day)
    (row,) = await Difference.all()
    by = await officer("treasurer", login="keeper")
    await service.resolve(by, row.id, 1, "accepted", "已核实")
    with pytest.raises(NotNow):
        await service.resolve(by, row.id, 2, "accepted", "已核实")
