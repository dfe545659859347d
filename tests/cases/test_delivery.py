"""Results that a courier brings: sealed address, one parcel, closed by its receipt (R-CAS-35)."""

import httpx
import pytest

from app_server.cases import service
from app_server.kernel import clock, db
from app_server.kernel.errors import InvalidInput
from app_server.kernel.principal import Principal
from app_server.logistics import service as logistics
from app_server.logistics.models import Parcel
from app_server.logistics.service import Recipient
from tests.builders.cases import approved, desk_of, state_of, submitted, version_of
from tests.builders.items import PERMIT_COPY, catalogue
from tests.builders.people import bearer, resident

TO = Recipient("李明轩", "13900000002", "亳州市谯城区测试路 1 号")


async def made(owner: Principal, *, to: Recipient | None = TO) -> tuple[Principal, str]:
    """A case whose result is made and not given out yet: its desk and number."""
    item = (await catalogue())[PERMIT_COPY]
    desk, case_no = await desk_of(item), await submitted(owner, item)
    if to is not None:
        await service.choose_delivery(owner, case_no, 1, "courier", "", to)
    await service.accept(desk, case_no, await version_of(case_no))
    await approved(desk, case_no, item)
    bill = (await service.own_case(owner.subject, case_no)).part("bill")
    await service.fee_paid(case_no, bill["bill_no"])
    return desk, case_no


async def noticed(courier: str, parcel: Parcel, notice: str, state: str, **more: str) -> None:
    told = {"waybill": parcel.waybill, "notice": notice, "state": state, "place": "亳州"}
    told |= {"at": clock.now().isoformat()} | more
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(f"{courier}/__notice", json=told)).status_code == 200


async def test_a_courier_needs_an_address_which_only_the_courier_learns(
    public: httpx.AsyncClient, staff_surface: httpx.AsyncClient
) -> None:
    owner, item = await resident(), (await catalogue())[PERMIT_COPY]
    case_no = await submitted(owner, item)
    address, headers = f"/cases/{case_no}/delivery", await bearer(owner) | {"if-match": '"1"'}
    assert (await public.put(address, json={"way": "courier"})).status_code == 401
    bare = await public.put(address, headers=headers, json={"way": "courier"})
    assert bare.json()["errors"][0]["field"] == "recipient"
    short = {"name": "李", "phone": "1", "address": "x"}
    wrong = await public.put(address, headers=headers, json={"way": "courier", "recipient": short})
    assert wrong.status_code == 422
    to = {"name": TO.name, "phone": TO.phone, "address": TO.address}
    chosen = await public.put(address, headers=headers, json={"way": "courier", "recipient": to})
    assert chosen.status_code == 200, chosen.text
    assert "测试路" not in str(await db.value("SELECT handling FROM cases_case"))
    seen = await staff_surface.get(f"/cases/{case_no}", headers=await bearer(await desk_of(item)))
    assert seen.json()["handling"]["delivery"] == {"way": "courier"}


async def test_a_signed_parcel_closes_its_case_and_leaves_the_receipt(
    database: None, courier: str, deliver
) -> None:
    owner = await resident()
    desk, case_no = await made(owner)
    with pytest.raises(InvalidInput):
        await service.choose_delivery(owner, case_no, await version_of(case_no), "download")
    await service.hand_over(desk, case_no, await version_of(case_no))
    await deliver()
    (parcel,) = await Parcel.filter(about=f"case:{case_no}")
    assert '"to"' not in str(await db.value("SELECT handling FROM cases_case"))
    await logistics.hand_over(desk, parcel.id, parcel.contents)
    for number, state in enumerate(("picked_up", "out_for_delivery")):
        await noticed(courier, parcel, str(number), state)
        await deliver()
        assert await state_of(case_no) == "delivering"
    digest = {"contents_digest": parcel.contents_digest}
    for notice in ("8", "8", "9"):
        await noticed(courier, parcel, notice, "delivered", **digest)
    await deliver()
    assert await state_of(case_no) == "closed"
    steps = (await service.own_case(owner.subject, case_no)).part("timeline")
    assert [s["note"] for s in steps if s["by"] == "快递"] == ["快递已签收"]
    assert await db.value("SELECT count(*) FROM cases_document WHERE kind='delivery'") == 1


async def test_a_parcel_that_differs_keeps_its_case_open_for_the_department(
    database: None, courier: str, deliver
) -> None:
    desk, case_no = await made(await resident())
    await service.hand_over(desk, case_no, await version_of(case_no))
    await deliver()
    (parcel,) = await Parcel.all()
    await noticed(courier, parcel, "1", "delivered", contents_digest="0" * 64)
    await deliver()
    assert await state_of(case_no) == "delivering"
    told = await db.value("SELECT timeline->-1->>'state_name' FROM cases_case")
    assert told == "快递签收清单与交寄清单不一致，待核实"


async def test_what_comes_back_waits_at_a_window(database: None, courier: str, deliver) -> None:
    desk, case_no = await made(await resident())
    await service.hand_over(desk, case_no, await version_of(case_no))
    await deliver()
    (parcel,) = await Parcel.all()
    await noticed(courier, parcel, "1", "returned")
    await deliver()
    row = await db.row("SELECT state, outlet_region, region FROM cases_case")
    assert row is not None
    assert (row["state"], row["outlet_region"]) == ("delivering", row["region"])
    assert await db.value("SELECT handling->'delivery'->>'way' FROM cases_case") == "window"


async def test_what_no_carrier_takes_waits_at_a_window(
    database: None, courier: str, deliver
) -> None:
    desk, case_no = await made(await resident(), to=Recipient("李明轩", "13900000002", ""))
    await service.hand_over(desk, case_no, await version_of(case_no))
    await deliver()
    row = await db.row(
        "SELECT outlet_region, region, timeline->-1->>'state_name' AS told FROM cases_case"
    )
    assert row is not None
    assert (row["outlet_region"], row["told"]) == (row["region"], "快递未能承运，改为窗口领取")
