"""Two means that disagree on the name: under review, fail closed, two officers decide (R-ID-38)."""

import asyncio

import pytest

from app_server.kernel import db
from auth.identity import service as identity
from auth.identity.errors import UnderReview
from tests.builders.identity import in_registry
from tests.builders.people import bearer, resident
from tests.builders.staff import administrator, officer


async def disagreeing(simulators: dict[str, str]):
    """A resident of tier 2 whose housing fund knows the same number by another name."""
    person = await resident(tier=2)
    fund = {"number": "340100200300", "holder_name": "李明宣"}
    await in_registry(simulators, person, housing_fund=fund)
    state = await identity.begin_certification(person, "housing_fund", {})
    with pytest.raises(UnderReview):
        await identity.finish_certification(person, state.id, {"account": "340100200300"})
    return person


async def test_a_disagreement_caps_the_tier_and_is_told(database, simulators, deliver):
    person = await disagreeing(simulators)
    assert await identity.tier_of_person(person.subject) == 1
    await deliver()
    body = await db.value(
        "SELECT count(*) FROM notify_message WHERE template='identity.tier_changed'"
    )
    assert body == 1
    assert await db.value("SELECT count(*) FROM identity_evidence WHERE source='housing_fund'") == 0


async def test_meanwhile_nothing_is_merged_raised_or_proved(database, simulators):
    person = await disagreeing(simulators)
    with pytest.raises(UnderReview):
        await identity.must_not_be_under_review(person.subject)
    with pytest.raises(UnderReview):
        await identity.begin_certification(person, "unionpay", {})
    identity.name_act("test.act", "测试操作")
    with pytest.raises(UnderReview):
        await identity.open_act(person, "test.act", "x", "0" * 64)
    await identity.must_not_be_under_review((await resident(name="王芳")).subject)


async def test_two_later_means_that_disagree_are_noticed_as_well(database):
    person = await resident()
    first, second = identity.Proof("李明轩"), identity.Proof("李明宣")
    assert await identity.add_evidence(person, person.subject, "unionpay", first)
    assert await identity.add_evidence(person, person.subject, "alipay", second) is None
    row = (await identity.reviews("open", None))[0]
    assert (row.source, row.against) == ("alipay", "unionpay")
    assert await identity.tier_of_person(person.subject) == 1


async def test_only_security_and_supervision_see_the_list(staff_surface, simulators):
    await disagreeing(simulators)
    for role in ("realname_window", "case_officer"):
        by = await officer(role, login=role)
        reply = await staff_surface.get("/identity/reviews", headers=await bearer(by))
        assert reply.status_code == 403
    headers = await bearer(await officer("supervisor", login="sup"))
    items = (await staff_surface.get("/identity/reviews", headers=headers)).json()["items"]
    assert items[0]["source_name"] == "公积金账号认证"
    assert items[0]["name_masked"] == "李*轩"


@pytest.mark.parametrize(("outcome", "tier"), [("dismiss", 2), ("revoke", 1)])
async def test_one_officer_proposes_and_another_decides(outcome, tier, staff_surface, simulators):
    person = await disagreeing(simulators)
    await db.execute("UPDATE identity_review SET against='face_and_code'")
    proposer = await officer("supervisor", login="sup")
    first, second = await bearer(proposer), await bearer(await administrator("security_admin"))
    held = (await staff_surface.get("/identity/reviews", headers=first)).json()["items"][0]
    path = f"/identity/reviews/{held['id']}"
    agree = {"agree": True}
    early = await staff_surface.post(
        f"{path}/decide", json=agree, headers=second | {"if-match": '"1"'}
    )
    assert early.json()["code"] == "identity.not_in_this_state"
    proposed = await staff_surface.post(
        f"{path}/propose",
        json={"outcome": outcome, "reason": "已核对户口簿"},
        headers=first | {"if-match": '"1"'},
    )
    assert proposed.json()["state"] == "proposed", proposed.text
    told = proposed.json()
    assert (told["proposed_by_me"], told["proposed_by_name"]) == (True, proposer.name)
    own = await staff_surface.post(
        f"{path}/decide", json=agree, headers=first | {"if-match": '"2"'}
    )
    assert own.json()["code"] == "identity.another_officer_needed"
    assert await identity.tier_of_person(person.subject) == 1
    done = await staff_surface.post(
        f"{path}/decide", json=agree, headers=second | {"if-match": '"2"'}
    )
    assert done.json()["state"] == "resolved", done.text
    assert done.json()["proposed_by_me"] is False
    assert await identity.tier_of_person(person.subject) == tier
    assert (
        await db.value("SELECT count(*) FROM kernel_audit WHERE action LIKE 'identity.review%'")
        == 2
    )


async def test_a_proposal_sent_back_is_open_again(database, simulators):
    await disagreeing(simulators)
    row = (await identity.reviews("open", None))[0]
    first, second = await officer("supervisor", login="a"), await officer("supervisor", login="b")
    row = await identity.propose_outcome(first, row.id, 1, outcome="dismiss", reason="核对")
    row = await identity.decide(second, row.id, row.version, agree=False)
    assert (row.state, row.outcome, row.proposed_by) == ("open", "", "")


async def test_of_many_decisions_at_once_one_holds(database, simulators):
    await disagreeing(simulators)
    row = (await identity.reviews("open", None))[0]
    first, second = await officer("supervisor", login="a"), await officer("supervisor", login="b")
    row = await identity.propose_outcome(first, row.id, 1, outcome="dismiss", reason="核对")
    results = await asyncio.gather(
        *(identity.decide(second, row.id, row.version, agree=True) for _ in range(20)),
        return_exceptions=True,
    )
    assert sum(not isinstance(r, Exception) for r in results) == 1
