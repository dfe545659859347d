"""Contracts of tenants: who enters them, and which comes first (R-LOG-06)."""

from datetime import timedelta

import pytest

from app_server.kernel import clock, db
from app_server.kernel import settings as kernel_settings
from app_server.kernel.errors import InvalidInput, PreconditionFailed
from app_server.kernel.settings import ConfigurationRefused, load
from app_server.logistics import seed, service
from app_server.logistics.errors import NoContract
from app_server.logistics.providers.ems import EmsSettings
from app_server.logistics.providers.sf import SfSettings
from app_server.logistics.service.contracts import in_force
from tests.builders.logistics import SYSTEM, contract, list_postage
from tests.builders.people import bearer, resident
from tests.builders.staff import ORG, officer

WANTED = {
    "region": "341600",
    "carrier": "sf",
    "customer_code": "BZ-SF",
    "monthly_account": "5510009999",
    "payer": "agency",
    "postage_fen": 1500,
    "priority": 1,
    "valid_from": "2026-01-01",
    "office_name": "亳州市政务服务中心",
    "office_phone": "0558-0000000",
    "office_address": "亳州市测试路 1 号收发室",
}


async def test_only_the_treasury_enters_contracts_and_only_for_its_region(staff_surface, database):
    path = "/logistics-contracts"
    assert (await staff_surface.put(path, json=WANTED)).status_code == 401
    finance = await bearer(await officer("finance", login="fin"))
    assert (await staff_surface.put(path, json=WANTED, headers=finance)).status_code == 403
    person = await bearer(await resident())
    assert (await staff_surface.get(path, headers=person)).status_code in {401, 403}
    other = await bearer(await officer("treasurer", login="other", region="340100"))
    refused = await staff_surface.put(path, json=WANTED, headers=other)
    assert refused.json()["errors"][0]["field"] == "region"
    keeper = await bearer(await officer("treasurer", login="keeper", region="340000"))
    for wrong in (
        {"postage_fen": 0},
        {"postage_fen": -1},
        {"postage_fen": "1200.5"},
        {"carrier": "zto"},
        {"monthly_account": "=1+1"},
        {"valid_to": "2025-01-01"},
        {"payer": "resident"},
        {"payer": "resident", "org": ORG, "fee_code": "X1"},
        {"unknown": 1},
    ):
        reply = await staff_surface.put(path, json=WANTED | wrong, headers=keeper)
        assert reply.status_code == 422, wrong
    made = await staff_surface.put(path, json=WANTED, headers=keeper)
    assert (made.status_code, made.json()["account_end"]) == (200, "9999")
    assert "5510009999" not in made.text
    assert "5510009999" not in str(await db.value("SELECT monthly_account FROM logistics_contract"))
    assert (await staff_surface.put(path, json=WANTED, headers=keeper)).status_code == 412
    changed = await staff_surface.put(
        path, json=WANTED | {"postage_fen": 1800}, headers=keeper | {"if-match": '"1"'}
    )
    assert (changed.json()["postage_fen"], changed.json()["version"]) == (1800, 2)
    assert len((await staff_surface.get(path, headers=keeper)).json()["items"]) == 1
    assert (await staff_surface.get(path, headers=other | {})).status_code == 200


async def test_the_nearest_contract_in_force_comes_first(database):
    await contract(customer_code="PROVINCE")
    with pytest.raises(PreconditionFailed):
        await contract(customer_code="PROVINCE")
    await contract(region="341602", customer_code="COUNTY", carrier="sf", priority=9)
    await contract(org=ORG, region="341602", customer_code="OWN", priority=9)
    yesterday = clock.today() - timedelta(days=1)
    await contract(org=ORG, region="341602", customer_code="OVER", valid_to=yesterday)
    await contract(
        org=ORG, region="341602", customer_code="SOON", valid_from=clock.today() + timedelta(1)
    )
    found = await in_force("341602", ORG)
    assert [row.customer_code for row in found] == ["OWN", "COUNTY", "PROVINCE"]
    assert [r.customer_code for r in await in_force("340100", "")] == ["PROVINCE"]


async def test_the_price_is_told_before_and_only_a_listed_fee_may_be_charged(database):
    with pytest.raises(NoContract):
        await service.postage("341602", ORG)
    with pytest.raises(InvalidInput):
        await contract(org=ORG, region="341602", payer="resident", fee_code="B9000001")
    await list_postage()
    await contract(org=ORG, region="341602", payer="resident", fee_code="B9000001")
    told = await service.postage("341602", ORG)
    assert (told.payer, told.amount_fen) == ("resident", 1200)


async def test_the_demo_enters_its_contracts_once_and_its_teachers_pay(database):
    await seed.seed()
    await seed.seed()
    found = await service.contracts(SYSTEM)
    assert sorted((one.carrier, one.payer) for one in found) == [
        ("ems", "agency"),
        ("ems", "resident"),
        ("sf", "agency"),
    ]
    assert (await service.postage("340000", seed.TEACHERS)).amount_fen == 1200
    assert (await service.postage("341602", ORG)).amount_fen == 0


def test_a_simulators_key_is_refused_where_real_people_are_served(monkeypatch):
    production = load().model_copy(update={"env": "production"})
    monkeypatch.setattr(kernel_settings, "load", lambda: production)
    for one in (EmsSettings, SfSettings):
        with pytest.raises(ConfigurationRefused):
            _ = one(endpoint="https://carrier.example").url
        with pytest.raises(ConfigurationRefused):
            _ = one(endpoint="http://carrier.example", key_id="K", secret="S").url
