"""Papers that have to reach the office: the case waits for them, and says so (R-LOG-01, -04)."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app_server.cases import service
from app_server.cases.errors import NoOriginals, OriginalsAwaited
from app_server.items.service import ItemFacts
from app_server.kernel import clock, db
from app_server.kernel.principal import Principal
from app_server.logistics import service as logistics
from app_server.logistics.models import Parcel
from tests.builders.cases import desk_of, state_of, submitted, version_of
from tests.builders.cases_tailored import tailored
from tests.builders.items import PERMIT_COPY, catalogue
from tests.builders.logistics import TO, next_window, push
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

SENDER = {"name": TO.name, "phone": TO.phone, "address": TO.address}


async def needing_papers(**more: Any) -> ItemFacts:
    """The permit's copy, for which the old photograph itself has to be sent in."""
    item = (await catalogue())[PERMIT_COPY]
    photo = item.materials[0].model_dump() | {"original": True, "ocr": ["sharp"]}
    ways = [*item.ways, "courier"]
    return await tailored(PERMIT_COPY, materials=[photo], ways=ways, **more)


async def waiting(**more: Any) -> tuple[Principal, Principal, str]:
    """A case that waits for papers: its owner, its desk, its number."""
    item = await needing_papers(**more)
    owner = await resident()
    return owner, await desk_of(item), await submitted(owner, item)


async def sent_in(deliver: Any, courier: str, owner: Principal, case_no: str) -> Parcel:
    """The papers fetched and brought to the office's door."""
    told = await service.originals_of(owner, case_no)
    facts = await service.book_pick_up(owner, case_no, TO, next_window(), told.digest)
    await deliver()
    row = await Parcel.get(id=facts.id)
    await push(courier, row, "1", "picked_up")
    await push(courier, row, "2", "delivered")
    await deliver()
    return row


async def timers() -> int:
    """How many clocks of silence run."""
    found = "SELECT count(*) FROM kernel_delivery WHERE handler='cases.silence' AND state='ready'"
    return int(await db.value(found))


async def test_a_strangers_papers_are_not_shown_and_other_cases_have_none(
    public: httpx.AsyncClient, staff_surface: httpx.AsyncClient
) -> None:
    owner, _, case_no = await waiting()
    path = f"/cases/{case_no}/originals"
    assert (await public.get(path)).status_code == 401
    other = await bearer(await resident(name="王芳"))
    assert (await public.get(path, headers=other)).status_code == 404
    address = {"address": TO.address}
    assert (await public.post(f"{path}/slots", json=address, headers=other)).status_code == 404
    ticked = {"contents": [{"name": "照片", "number": "1"}]}
    assert (await staff_surface.post(path, json=ticked)).status_code == 401
    mine = await bearer(owner)
    for bad in ({}, {"address": "x"}, {"address": TO.address, "more": 1}):
        assert (await public.post(f"{path}/slots", json=bad, headers=mine)).status_code == 422
    postage = f"/cases/{case_no}/postage"
    assert (await public.get(postage)).status_code == 401
    assert (await public.get(postage, headers=other)).status_code == 404
    plain = await submitted(await resident(name="李四"), (await catalogue())["失业登记"])
    assert plain != case_no
    with pytest.raises(NoOriginals):
        person = await db.value("SELECT person_id FROM cases_case WHERE case_no=$1", plain)
        await service.originals_of(Principal(kind="person", id=person, tier=1), plain)


async def test_no_clock_runs_and_nobody_accepts_before_the_papers_are_there(
    public: httpx.AsyncClient, staff_surface: httpx.AsyncClient, courier: str, deliver: Any
) -> None:
    owner, desk, case_no = await waiting()
    headers = await bearer(owner)
    assert (await timers(), await db.value("SELECT silence_on FROM cases_case")) == (0, None)
    shown = (await public.get(f"/cases/{case_no}", headers=headers)).json()
    assert shown["papers"] == "awaited"
    assert shown["steps"][0]["note"] == "等待申请材料原件送达，受理期限尚未开始计算"
    reckoned = (await public.get(f"/cases/{case_no}/clock", headers=headers)).json()
    assert (reckoned["name"], reckoned["days"]) == (shown["steps"][0]["note"], None)
    with pytest.raises(OriginalsAwaited):
        await service.accept(desk, case_no, 1)
    received = await db.value("SELECT received_at FROM cases_case")
    await service.deem_accepted(case_no, received.isoformat())
    assert await state_of(case_no) == "submitted"

    postage = (await public.get(f"/cases/{case_no}/postage", headers=headers)).json()
    free = {"carrier_name": "中国邮政速递（EMS）", "payer": "agency", "amount_fen": 0}
    assert postage == free
    told = (await public.get(f"/cases/{case_no}/originals", headers=headers)).json()
    assert (told["state"], told["postage"]["payer"]) == ("awaited", "agency")
    slots = await public.post(
        f"/cases/{case_no}/originals/slots", json={"address": TO.address}, headers=headers
    )
    free = [slot["start"] for slot in slots.json()["items"] if slot["free"]]
    wanted = {"sender": SENDER, "start": free[-1], "digest": told["digest"]}
    path = f"/cases/{case_no}/originals/pick-up"
    other_list = await public.post(path, json=wanted | {"digest": "0" * 64}, headers=headers)
    assert other_list.json()["code"] == "logistics.contents_differ"
    booked = await public.post(path, json=wanted, headers=headers)
    assert booked.status_code == 201, booked.text
    await deliver()
    row = await Parcel.get(about=f"originals:{case_no}")
    await push(courier, row, "1", "delivered")
    await deliver()
    # At the door is not in the office: the window has to tick it off.
    with pytest.raises(OriginalsAwaited):
        await service.accept(desk, case_no, 1)
    ticked = {"contents": row.contents}
    done = await staff_surface.post(
        f"/parcels/{row.id}/receipt", json=ticked, headers=await bearer(desk)
    )
    assert done.json()["intact"] is True
    await deliver()
    assert (await timers()) == 1
    assert await db.value("SELECT silence_on FROM cases_case") > clock.today()
    assert await db.value("SELECT received_at FROM cases_case") > received
    last = await db.value("SELECT timeline->-1->>'state_name' FROM cases_case")
    assert last == "申请材料原件已核收，受理期限开始计算"
    await service.accept(desk, case_no, await version_of(case_no))
    assert await state_of(case_no) == "accepted"


async def test_what_differs_at_receipt_stays_on_the_case_until_the_office_has_it_all(
    staff_surface: httpx.AsyncClient, courier: str, deliver: Any
) -> None:
    owner, desk, case_no = await waiting()
    row = await sent_in(deliver, courier, owner, case_no)
    await logistics.receive(desk, row.id, [{"name": "别的材料", "number": "1"}])
    await deliver()
    shown = await service.originals_of(owner, case_no)
    assert (shown.state, shown.parcel and shown.parcel.intact) == ("differs", False)
    last = await db.value("SELECT timeline->-1->>'state_name' FROM cases_case")
    assert last == "收到的申请材料原件与确认的清单不一致，待核实"
    with pytest.raises(OriginalsAwaited):
        await service.accept(desk, case_no, await version_of(case_no))
    path, headers = f"/cases/{case_no}/originals", await bearer(desk)
    version = {"if-match": f'"{await version_of(case_no)}"'}
    wrong = {"contents": [{"name": "近期免冠照片", "number": "2"}]}
    refused = await staff_surface.post(path, json=wrong, headers=headers | version)
    assert refused.json()["code"] == "logistics.contents_differ"
    right = {"contents": [{"name": "近期免冠照片", "number": "1"}]}
    replies = await asyncio.gather(
        *(staff_surface.post(path, json=right, headers=headers | version) for _ in range(4))
    )
    assert sorted(reply.status_code for reply in replies)[:2] == [204, 409]
    assert await timers() == 1
    await service.accept(desk, case_no, await version_of(case_no))


async def test_a_correction_meanwhile_starts_no_clock_either(courier: str, deliver: Any) -> None:
    owner, desk, case_no = await waiting()
    await service.request_correction(desk, case_no, 1, reason="请写明事由", fields=["reason"])
    await service.correct(owner, case_no, await version_of(case_no), {"reason": "损毁"}, "")
    assert await timers() == 0
    row = await sent_in(deliver, courier, owner, case_no)
    await logistics.receive(desk, row.id, row.contents)
    await deliver()
    assert await timers() == 1


async def test_a_machine_waits_too_and_looks_again_when_they_are_there(
    courier: str, deliver: Any
) -> None:
    rule = {"material": "photo", "rule": "material.photo.present"}
    point = {"code": "p1", "name": "照片", "how": "核验"} | rule
    owner, desk, case_no = await waiting(auto_accept=True, review_points=[point])
    await deliver()
    assert await state_of(case_no) == "submitted"
    row = await sent_in(deliver, courier, owner, case_no)
    await logistics.receive(desk, row.id, row.contents)
    await deliver()
    assert await state_of(case_no) == "accepted"


async def test_a_window_has_the_papers_before_it(database: None) -> None:
    item = await needing_papers()
    owner = await resident()
    at_window = Principal(kind="person", id=owner.id, tier=1, channel="window")
    case_no = await submitted(at_window, item)
    with pytest.raises(NoOriginals):
        await service.originals_of(owner, case_no)
    await service.accept(await desk_of(item), case_no, 1)
    assert clock.now() - await db.value("SELECT accepted_at FROM cases_case") < timedelta(minutes=1)


async def test_the_office_reads_what_is_on_its_way_and_nobody_elses(
    staff_surface: httpx.AsyncClient, courier: str, deliver: Any
) -> None:
    owner, desk, case_no = await waiting()
    path = f"/cases/{case_no}/originals"
    assert (await staff_surface.get(path)).status_code == 401
    stranger = await officer(login="far", org="11340000MB0000000M")
    assert (await staff_surface.get(path, headers=await bearer(stranger))).status_code == 404
    headers = await bearer(desk)
    told = (await staff_surface.get(path, headers=headers)).json()
    assert (told["state"], told["parcel_id"], told["postage"]) == ("awaited", None, None)
    row = await sent_in(deliver, courier, owner, case_no)
    told = (await staff_surface.get(path, headers=headers)).json()
    assert (told["parcel_id"], told["parcel_state_name"]) == (str(row.id), "已签收")
