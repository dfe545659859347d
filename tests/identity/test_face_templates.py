"""A template is kept only with its own consent, made of the registry's photo, and deletable."""

from datetime import timedelta

import pytest

from app_server.kernel import clock, db
from auth.identity import rules
from auth.identity import service as identity
from auth.identity.models import FaceTemplate
from auth.people import service as people
from tests.builders.people import bearer, resident
from tests.identity.test_liveness import LI, begin, play


@pytest.fixture
async def li(public, simulators):
    person = await resident(number=LI)
    return person, await bearer(person)


async def passed(public, person, headers, seed):
    _, told = await begin(public, person, headers)
    return (await play(public, headers, told, seed=seed))["state"]


async def test_without_its_own_consent_nothing_of_the_face_is_kept(public, li):
    assert await passed(public, *li, seed=10_000) == "passed"
    assert await db.value("SELECT count(*) FROM identity_face_template") == 0


async def test_with_consent_it_is_kept_sealed_and_spares_the_registry_the_next_question(
    public, li, monkeypatch
):
    person, headers = li
    await people.grant_consent(person, "face_template", "1")
    assert await passed(public, person, headers, seed=20_000) == "passed"
    stored = await db.value("SELECT vector FROM identity_face_template")
    assert stored.startswith("f")
    assert "." in stored

    async def away(**_):
        raise AssertionError("the registry was asked")

    monkeypatch.setattr("auth.identity.service.liveness.portrait_of", away)
    assert await passed(public, person, headers, seed=30_000) == "passed"


async def test_another_model_or_an_old_template_is_not_used(public, li, monkeypatch):
    person, headers = li
    await people.grant_consent(person, "face_template", "1")
    assert await passed(public, person, headers, seed=40_000) == "passed"
    kept = await FaceTemplate.get(person_id=person.id)
    from auth.identity.service.face_templates import kept_template

    assert await kept_template(person.id, kept.engine_id, kept.model_sha) is not None
    assert await kept_template(person.id, kept.engine_id, "0" * 64) is None
    later = clock.now() + rules.FACE_TEMPLATE_LIFE + timedelta(days=1)
    monkeypatch.setattr(clock, "_source", lambda: later)
    assert await kept_template(person.id, kept.engine_id, kept.model_sha) is None


@pytest.mark.parametrize("purpose", ["face", "face_template"])
async def test_withdrawing_consent_deletes_it(public, li, deliver, purpose):
    person, headers = li
    await people.grant_consent(person, "face_template", "1")
    assert await passed(public, person, headers, seed=50_000) == "passed"
    await people.withdraw_consent(person, purpose)
    await deliver()
    assert await db.value("SELECT count(*) FROM identity_face_template") == 0


@pytest.mark.parametrize(
    ("stored", "mark"),
    [(0, 0), (79_999, 0), (80_000, 80_000), (99_999, 80_000), (100_000, 100_000)],
)
def test_the_filing_duty_is_told_before_and_when_it_is_reached(stored, mark):
    assert rules.filing_mark(stored) == mark


async def test_reaching_a_mark_is_announced_and_below_it_nothing_is(database, monkeypatch):
    assert await identity.count_templates() == 0
    assert await db.value("SELECT count(*) FROM kernel_event") == 0
    monkeypatch.setattr("auth.identity.rules.FILING_MARKS", (1,))
    person = await resident()
    await FaceTemplate.create(
        person_id=person.id, engine_id="e", model_sha="0" * 64, vector="AAAA",
        consent_id=person.id, created_at=clock.now(),
    )  # fmt: skip
    assert await identity.count_templates() == 1
    assert await db.value(
        "SELECT count(*) FROM kernel_event WHERE name='identity.face_filing_due/1'"
    )
