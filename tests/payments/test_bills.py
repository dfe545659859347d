"""Bills and the list of fees they stand on."""

from datetime import date

import pytest

from app_server.kernel import db
from payments import service as payments
from payments.errors import BillInUse, BillNotPayable, FeeNotListed
from tests.builders.channels import turnable
from tests.builders.gateways import channels
from tests.builders.payments import COST, listed, unpaid_bill
from tests.builders.people import bearer, resident
from tests.builders.staff import ORG, officer

FEE = {"name": "工本费", "fee_class": "treasury", "basis": "依据", "valid_from": "2020-01-01"}


async def test_only_the_finance_department_writes_the_list(staff_surface):
    path = f"/fee-items/{ORG}/103044999"
    assert (await staff_surface.put(path, json=FEE)).status_code == 401
    own = await bearer(await officer("finance", login="one"))
    assert (await staff_surface.put(path, json=FEE, headers=own)).status_code == 403
    treasury = await bearer(await officer("treasurer", login="two", region="340000"))
    made = await staff_surface.put(path, json=FEE, headers=treasury)
    assert made.status_code == 200, made.text
    blind = await staff_surface.put(path, json=FEE | {"name": "别名"}, headers=treasury)
    assert blind.status_code == 412
    tag = {"if-match": '"1"'}
    changed = await staff_surface.put(path, json=FEE | {"name": "新名"}, headers=treasury | tag)
    assert (changed.json()["name"], changed.json()["version"]) == ("新名", 2)
    absent = await staff_surface.put(f"/fee-items/{ORG}/1", json=FEE, headers=treasury | tag)
    assert absent.status_code == 412
    for bad in (f"/fee-items/{ORG}XXXX/1", f"/fee-items/{ORG}/{'1' * 30}"):
        assert (await staff_surface.put(bad, json=FEE, headers=treasury)).status_code == 404
    turned = FEE | {"valid_to": "2019-12-31"}
    refused = await staff_surface.put(path, json=turned, headers=treasury | {"if-match": '"2"'})
    assert refused.status_code == 422
    units = await staff_surface.get("/fee-agencies", headers=treasury)
    assert units.json() == {"codes": [ORG]}
    seen = await staff_surface.get("/fee-items", headers=own)
    assert [one["code"] for one in seen.json()["items"]] == ["103044999"]


@pytest.mark.parametrize(
    "change",
    [
        {"code": "999"},
        {"code": COST, "fen": 2001},
        {"code": COST, "fen": 100, "list": {"valid_to": "2020-12-31"}},
    ],
)
async def test_what_the_list_does_not_allow_is_not_charged(change, database):
    await listed(most_fen=2000)
    payer = await resident(tier=2)
    if more := change.get("list"):
        told = {"valid_to": date.fromisoformat(more["valid_to"])}
        wanted = payments.FeeWanted(
            ORG, COST, "工本费", "treasury", "依据", date(2020, 1, 1), **told
        )
        await payments.list_fee(payer, wanted, 1)
    with pytest.raises(FeeNotListed):
        await _bill(payer, change["code"], change.get("fen", 100))


async def _bill(payer, *codes_and_fen) -> str:
    pairs = list(zip(codes_and_fen[::2], codes_and_fen[1::2], strict=True))
    async with db.unit_of_work():
        return await payments.create_bill(
            person_id=payer.id, title="费", agency_code=ORG, agency_name="单位", region="341602",
            items=[payments.BillItem("费", code, fen) for code, fen in pairs],
            source="test", source_ref="1",
        )  # fmt: skip


async def test_a_bill_does_not_mix_what_settles_to_different_accounts(database):
    await listed()
    await listed(code="B1", fee_class="business")
    with pytest.raises(FeeNotListed):
        await _bill(await resident(tier=2), COST, 100, "B1", 100)


async def test_an_agency_takes_a_bill_back_only_while_nobody_pays_it(staff_surface, deliver):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    own = await officer("finance", login="one", org=ORG, region="341602")
    far = await officer("finance", login="far", org="11340100MBDT001582", region="340100")
    path, why = f"/bills/{bill}/void", {"reason": "开错了"}
    tag = {"if-match": '"1"'}
    hidden = await staff_surface.post(path, json=why, headers=await bearer(far) | tag)
    assert hidden.status_code == 404
    with channels(), turnable():
        await payments.start_order(payer, bill, payments.Wish("nontax", "h5"))
        with pytest.raises(BillInUse):
            await payments.void_bill(own, bill, 2, "开错了")
    other = await unpaid_bill(payer, ref="case-2")
    path = f"/bills/{other}/void"
    done = await staff_surface.post(path, json=why, headers=await bearer(own) | tag)
    assert done.status_code in {200, 204}, done.text
    with pytest.raises(BillNotPayable):
        await payments.start_order(payer, other, payments.Wish("nontax", "h5"))
    await deliver()


async def test_the_treasury_sees_its_region_an_agency_its_own(staff_surface):
    payer = await resident(tier=2)
    await unpaid_bill(payer)
    for role, org, region, count in (
        ("finance", ORG, "341602", 1),
        ("finance", "11340100MBDT001582", "340100", 0),
        ("treasurer", "11340000MBDM02034A", "340000", 1),
        ("treasurer", "11340100MBDT001582", "340100", 0),
    ):
        who = await officer(role, login=f"{role}{region}", org=org, region=region)
        seen = await staff_surface.get("/bills", headers=await bearer(who))
        assert len(seen.json()["items"]) == count, (role, region)
        assert "王" not in seen.text
