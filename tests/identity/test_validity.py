"""True, lawful, valid (R-ID-43): expired cards and deaths lower the tier and block filing."""

from datetime import date, timedelta

import pytest

from app_server.kernel import clock, db
from app_server.kernel.principal import Principal
from auth.identity import service as identity
from auth.identity.errors import IdentityLapsed
from tests.builders.identity import in_registry, post
from tests.builders.items import UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident


async def noted(person, life: str = "alive", until: date | None = None) -> None:
    await identity.note_document(
        Principal(), person.subject, identity.Document(life, date(2010, 1, 1), until), "test"
    )


async def test_a_card_that_runs_out_lowers_the_tier_by_the_calendar_alone(database, monkeypatch):
    person = await resident(tier=2)
    await noted(person, until=clock.today() + timedelta(days=3))
    assert await identity.tier_of_person(person.subject) == 2
    later = clock.now() + timedelta(days=4)
    monkeypatch.setattr(clock, "_source", lambda: later)
    assert await identity.tier_of_person(person.subject) == 1
    with pytest.raises(IdentityLapsed):
        await identity.needs_valid_identity(person)


async def test_an_expired_card_blocks_filing_in_words_and_reading_goes_on(public):
    person = await resident(tier=2)
    item = (await catalogue())[UNEMPLOYMENT]
    await noted(person, until=date(2020, 1, 1))
    headers = await bearer(person)
    reply = await public.post("/cases/drafts", json={"item_code": item.code}, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (403, "identity.lapsed")
    assert reply.json()["reason"] == "id_card_expired"
    assert "换领" in reply.json()["detail"]
    assert (await public.get("/cases", headers=headers)).status_code == 200
    mine = (await public.get("/me/identity", headers=headers)).json()
    assert (mine["tier"], mine["lapse"]) == (1, "id_card_expired")


async def test_a_draft_of_before_cannot_be_submitted_after(database):
    from app_server.cases import service as cases
    from tests.builders.cases import filled_draft

    person, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    draft = await filled_draft(person, item)
    await noted(person, until=date(2020, 1, 1))
    with pytest.raises(IdentityLapsed):
        await cases.submit(person, draft)
    assert await db.value("SELECT count(*) FROM cases_case") == 0


async def run_the_job(deliver) -> None:
    async with db.unit_of_work():
        await identity.ask_for_changes()
    await deliver()


async def test_a_death_in_the_registrys_feed_ends_the_account_by_the_job(
    database, simulators, deliver
):
    person, other = await resident(tier=2), await resident(name="王芳")
    await in_registry(simulators, person)
    await run_the_job(deliver)
    assert await identity.tier_of_person(person.subject) == 2
    await in_registry(simulators, person, life="deceased")
    await run_the_job(deliver)
    assert await identity.tier_of_person(person.subject) == 0
    assert await identity.tier_of_person(other.subject) == 1
    with pytest.raises(IdentityLapsed):
        await identity.needs_valid_identity(person)


async def test_a_renewal_in_the_feed_lifts_the_lapse(database, simulators, deliver):
    person = await resident(tier=2)
    await in_registry(simulators, person, valid_until="2020-01-01")
    await run_the_job(deliver)
    assert await identity.tier_of_person(person.subject) == 1
    await in_registry(simulators, person, valid_until="2046-01-01")
    await run_the_job(deliver)
    assert await identity.tier_of_person(person.subject) == 2


async def test_the_feed_is_read_once_and_goes_on_where_it_stopped(database, simulators, deliver):
    person = await resident()
    await in_registry(simulators, person)
    await run_the_job(deliver)
    first = await db.value("SELECT position FROM identity_feed_position")
    assert await identity.read_changes() == 0
    await in_registry(simulators, person)
    assert await identity.read_changes() == 1
    assert await db.value("SELECT position FROM identity_feed_position") > first


async def test_a_registry_that_is_away_parks_nothing(database, simulators, deliver):
    ill = {"service": "population.changes", "mode": "broken"}
    await post(simulators["exchange"], "/__ill", ill)
    try:
        await run_the_job(deliver)
    finally:
        await post(simulators["exchange"], "/__ill", ill | {"mode": "well"})
    parked = await db.value("SELECT count(*) FROM kernel_delivery WHERE state <> 'done'")
    assert parked == 0


async def test_a_resident_who_renewed_asks_the_registry_again(public, simulators):
    person = await resident(tier=2)
    await in_registry(simulators, person)
    await noted(person, until=date(2020, 1, 1))
    headers = await bearer(person)
    reply = await public.post("/me/identity/recheck", headers=headers)
    assert reply.json() == {"lapse": "", "lapse_name": ""}
    assert await identity.tier_of_person(person.subject) == 2


async def test_the_job_is_on_the_clock(connected):
    from app_server.kernel.schedule import RECURRING

    assert RECURRING["identity.population_changes"].interval <= timedelta(days=1)
