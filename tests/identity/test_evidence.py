"""Evidence: reckoned, never stored; revoked and expired evidence lowers the tier at once."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.kernel import clock, db
from auth.edge import service as edge
from auth.identity import service as identity
from auth.identity.errors import MeansDisabled, NoSuchMeans
from auth.identity.models import Evidence
from auth.identity.rules import SOURCES, Standing, reckoned_tier
from tests.builders.people import bearer, resident
from tests.builders.staff import administrator

PERSONAL = sorted(code for code, s in SOURCES.items() if s.subject_kind == "person")


async def test_an_unknown_means_is_no_evidence(database):
    person = await resident()
    with pytest.raises(NoSuchMeans):
        await identity.add_evidence(person, person.subject, "somebody_said_so")


async def test_a_means_of_organisations_says_nothing_about_a_person(database):
    person = await resident()
    with pytest.raises(NoSuchMeans):
        await identity.add_evidence(person, person.subject, "enterprise_certificate")


async def test_evidence_carries_who_where_and_a_hash_that_notices_every_change(database):
    person = await resident()
    proof = identity.Proof("李明轩", "A01", "341602")
    found = await identity.add_evidence(person, person.subject, "realname_window", proof, seen=True)
    row = await Evidence.get(id=found)
    assert (row.window, row.region, row.by) == ("A01", "341602", person.ref)
    assert len(row.digest) == 64
    assert identity.is_intact(row)
    for column, value in {
        "region": "340000",
        "window": "B",
        "by": "staff:x",
        "source": "unionpay",
        "facts": {"seen": False},
        "expires_at": row.expires_at + timedelta(days=1),
        "name_index": "0" * 64,
    }.items():
        altered = await Evidence.get(id=found)
        setattr(altered, column, value)
        assert not identity.is_intact(altered), column


async def test_no_name_is_kept_beside_the_evidence(database):
    person = await resident()
    await identity.add_evidence(person, person.subject, "unionpay", identity.Proof("李明轩"))
    stored = await db.rows("SELECT row_to_json(e)::text AS t FROM identity_evidence e")
    assert all("李明轩" not in row["t"] for row in stored)


async def test_a_revocation_says_who_and_why_and_changes_nothing_twice(database):
    person = await resident(tier=2)
    by = await administrator("security_admin")
    proof = (await identity.evidence_of(person.subject))[0]
    await identity.revoke_evidence(by, proof.id, "冒用他人证件")
    await identity.revoke_evidence(by, proof.id, "再来一次")
    row = await Evidence.get(id=proof.id)
    assert (row.revoked_for, row.revoked_by) == ("冒用他人证件", by.ref)
    assert await identity.tier_of_person(person.subject) == 1


async def test_a_running_token_loses_the_tier_at_once_when_evidence_is_revoked(database):
    person = await resident(tier=2)
    headers = await bearer(person)
    assert (await edge.authenticate("public", headers)).tier == 2  # remembered from now on
    listening = asyncio.create_task(edge.hear_revocations())
    await asyncio.sleep(0.3)
    proof = next(
        p for p in await identity.evidence_of(person.subject) if p.source == "face_and_code"
    )
    await identity.revoke_evidence(person, proof.id, "本人申请")
    tier = 2
    for _ in range(20):
        await asyncio.sleep(0.05)
        tier = (await edge.authenticate("public", headers)).tier
        if tier == 1:
            break
    listening.cancel()
    assert tier == 1


async def test_a_token_seen_for_the_first_time_says_no_more_than_is_true_now(database):
    person = await resident(tier=2)
    headers = await bearer(person)
    await db.execute("UPDATE identity_evidence SET revoked_at=now() WHERE source='face_and_code'")
    assert (await edge.authenticate("public", headers)).tier == 1


async def test_expired_evidence_ends_with_the_next_token(database):
    person = await resident(tier=2)
    await db.execute(
        "UPDATE identity_evidence SET expires_at=now() - interval '1 second' "
        "WHERE source='face_and_code'"
    )
    assert (await edge.authenticate("public", await bearer(person))).tier == 1


async def test_a_person_is_told_that_the_tier_may_have_fallen(database, deliver):
    person = await resident(tier=2)
    proof = (await identity.evidence_of(person.subject))[0]
    await identity.revoke_evidence(person, proof.id, "本人申请")
    await deliver()
    titles = await db.rows("SELECT title FROM notify_message WHERE person_id=$1", person.id)
    assert "实名等级有变化" in {row["title"] for row in titles}


async def test_a_disabled_means_adds_nothing(database):
    person, by = await resident(), await administrator()
    await identity.change_means(
        by, "unionpay", enabled=False, holds_days=365, reason="接口维护", expected=1
    )
    with pytest.raises(MeansDisabled):
        await identity.add_evidence(person, person.subject, "unionpay")
    assert await identity.tier_of_person(person.subject) == 1


@given(st.lists(st.sampled_from(PERSONAL)), st.sampled_from(PERSONAL), st.booleans())
def test_more_evidence_never_lowers_a_tier_and_no_evidence_gives_three(sources, more, reviewed):
    standing, today = Standing(under_review=reviewed), clock.today()
    held = reckoned_tier(sources, standing, today)
    assert held <= reckoned_tier([*sources, more], standing, today) <= 2


@given(
    st.lists(st.sampled_from(PERSONAL)),
    st.sampled_from(["alive", "deceased", "cancelled"]),
    st.one_of(st.none(), st.integers(-400, 400)),
    st.booleans(),
)
def test_what_stands_against_a_person_bounds_the_tier(sources, life, days, reviewed):
    today = clock.today()
    until = None if days is None else today + timedelta(days=days)
    tier = reckoned_tier(sources, Standing(life, until, reviewed), today)
    if life != "alive":
        assert tier == 0
    elif reviewed or (until is not None and until < today):
        assert tier <= 1
    assert tier <= max((SOURCES[s].tier for s in sources), default=0)
