"""Registries are asked for a purpose, their answers are checked, and their owner sees it."""

import httpx
import pytest

from app_server.sharing import service as sharing
from app_server.sharing.errors import NoSuchSharingService, SharingUnavailable
from app_server.sharing.providers import exchange as door
from app_server.sharing.providers.exchange import Exchange, ExchangeSettings
from tests.builders.people import bearer, resident

LI = {"id_number": "341602199003074511", "name": "李明轩"}


async def test_an_unknown_service_is_refused(database):
    person = await resident()
    with pytest.raises(NoSuchSharingService):
        await sharing.read(person, "no.such", LI, owner=person.id, purpose="试")


async def test_household_facts_come_with_their_source_and_are_on_the_owners_record(
    public, simulators
):
    person = await resident()
    told = await sharing.read(
        person, "household.members", LI, owner=person.id, purpose="公租房申请预填"
    )
    assert told.source_name == "户籍库"
    assert told.data["size"] == 3
    from tests.builders.staff import officer

    by = await officer()
    await sharing.read(by, "property.ownership", LI, owner=person.id, purpose="办件审查")
    seen = (await public.get("/me/accesses", headers=await bearer(person))).json()["items"]
    assert seen[0]["who"] == "赵干事"
    assert seen[0]["purpose"] == "办件审查（不动产登记库）"


async def test_a_name_that_is_not_the_holders_gets_nothing(database, simulators):
    person = await resident()
    other = LI | {"name": "李明宣"}
    told = await sharing.read(person, "household.members", other, owner=person.id, purpose="试")
    assert told.data["size"] == 0


async def test_a_registry_that_is_away_is_unavailable_and_nothing_is_recorded(
    database, monkeypatch
):
    gone = Exchange(ExchangeSettings(endpoint="http://127.0.0.1:1"))
    monkeypatch.setattr(door, "exchange", lambda: gone)
    monkeypatch.setattr("app_server.sharing.service.reading.exchange", lambda: gone)
    person = await resident()
    with pytest.raises(SharingUnavailable):
        await sharing.read(person, "household.members", LI, owner=person.id, purpose="试")


async def test_an_answer_with_another_signature_is_no_answer(database, simulators, monkeypatch):
    liar = Exchange(ExchangeSettings(secret="SIM-ANOTHER"))
    monkeypatch.setattr("app_server.sharing.service.reading.exchange", lambda: liar)
    person = await resident()
    with pytest.raises(SharingUnavailable):
        await sharing.read(person, "household.members", LI, owner=person.id, purpose="试")


async def test_an_unsigned_request_is_refused_by_the_exchange(simulators):
    async with httpx.AsyncClient(trust_env=False) as client:
        reply = await client.post(
            f"{simulators['exchange']}/services/household.members", json={"subject": LI}
        )
    assert reply.status_code == 403
