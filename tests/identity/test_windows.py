"""Tier 2 at a real-name window: the post decides which window, the card and registry the rest."""

import pytest

from app_server.kernel import db
from auth.identity import service as identity
from auth.identity.models import Evidence
from auth.people import service as people
from tests.builders.identity import card_of, in_registry, post, window_officer
from tests.builders.people import bearer, id_number, resident
from tests.builders.staff import officer

PATH = "/identity/window-verifications"


async def test_strangers_residents_and_other_officers_cannot_raise_anybody(staff_surface):
    card = await card_of(await resident())
    assert (await staff_surface.post(PATH, json=card)).status_code == 401
    other = await officer("case_officer")
    reply = await staff_surface.post(PATH, json=card, headers=await bearer(other))
    assert (reply.status_code, reply.json()["code"]) == (403, "kernel.not_your_role")
    assert await db.value("SELECT count(*) FROM identity_evidence") == 1


@pytest.mark.parametrize("level", ["province", "city", "county"])
async def test_a_window_of_each_of_three_levels_raises_to_tier_two(
    level, staff_surface, simulators
):
    person, by = await resident(), await window_officer(level)
    await in_registry(simulators, person)
    reply = await staff_surface.post(PATH, json=await card_of(person), headers=await bearer(by))
    assert reply.status_code == 201, reply.text
    assert (reply.json()["tier"], reply.json()["registry"]) == (2, "matched")
    row = await Evidence.get(subject_id=person.id, source="realname_window")
    assert (row.by, row.window, row.region) == (by.ref, "A01", by.region)
    assert row.verified_at
    assert row.facts["level"] == level
    assert identity.is_intact(row)
    assert await db.value(
        "SELECT count(*) FROM kernel_audit WHERE action='identity.evidence_added' "
        "AND owner=$1 AND actor=$2",
        person.id,
        by.ref,
    )


async def test_a_window_below_the_county_is_refused(staff_surface, simulators):
    person, by = await resident(), await window_officer("town")
    reply = await staff_surface.post(PATH, json=await card_of(person), headers=await bearer(by))
    assert (reply.status_code, reply.json()["code"]) == (403, "identity.window_not_allowed")
    assert await identity.tier_of_person(person.subject) == 1


async def test_an_expired_card_raises_nobody(staff_surface):
    person, by = await resident(), await window_officer()
    card = await card_of(person, valid_until="2020-01-01", valid_from="2010-01-01")
    reply = await staff_surface.post(PATH, json=card, headers=await bearer(by))
    assert (reply.status_code, reply.json()["code"]) == (422, "identity.document_expired")
    assert await identity.tier_of_person(person.subject) == 1


@pytest.mark.parametrize("change", [{"name": "李明宣"}, {"id_number": id_number()}])
async def test_another_name_or_number_is_refused_in_the_same_words(change, staff_surface):
    person, by = await resident(), await window_officer()
    card = await card_of(person, **change)
    reply = await staff_surface.post(PATH, json=card, headers=await bearer(by))
    assert (reply.status_code, reply.json()["code"]) == (422, "identity.mismatch")
    assert "detail" not in reply.json()


async def test_a_registry_that_says_no_is_stronger_than_a_card(staff_surface, simulators):
    person, by = await resident(), await window_officer()
    await in_registry(simulators, person, ethnic_group="回族")
    reply = await staff_surface.post(PATH, json=await card_of(person), headers=await bearer(by))
    assert reply.json()["code"] == "identity.mismatch"
    assert await identity.tier_of_person(person.subject) == 1


async def test_while_the_registry_is_away_the_officers_own_check_stands_and_says_so(
    staff_surface, simulators
):
    person, by = await resident(), await window_officer()
    ill = {"service": "population.four_fields", "mode": "broken"}
    await post(simulators["exchange"], "/__ill", ill)
    try:
        reply = await staff_surface.post(PATH, json=await card_of(person), headers=await bearer(by))
    finally:
        await post(simulators["exchange"], "/__ill", ill | {"mode": "well"})
    assert reply.status_code == 201, reply.text
    assert reply.json()["registry"] == "pending_manual_check"
    assert reply.json()["registry_name"] == "人口库暂不可用，已人工核验"
    row = await Evidence.get(subject_id=person.id, source="realname_window")
    assert row.facts["registry"] == "pending_manual_check"


async def test_a_long_term_card_has_no_end(staff_surface, simulators):
    person, by = await resident(), await window_officer()
    await in_registry(simulators, person, valid_until=None)
    card = await card_of(person, valid_until=None)
    reply = await staff_surface.post(PATH, json=card, headers=await bearer(by))
    assert reply.status_code == 201, reply.text
    assert await people.person(person.subject)
    assert await db.value("SELECT valid_until FROM identity_standing") is None
