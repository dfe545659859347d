"""Delegation: scope, dates, revocation, and never above the first level (R-ID-20)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app_server.kernel import clock, db
from app_server.kernel.errors import Problem
from app_server.kernel.principal import Principal
from auth.organisations import service
from auth.people import service as people
from tests.builders.identity import in_registry
from tests.builders.organisations import company
from tests.builders.people import bearer, id_number, resident

ITEM = "11" * 15 + "1"
OTHER = "22" * 15 + "2"


@pytest.fixture
async def rep(simulators, database):
    person = await resident()
    await in_registry(simulators, person)
    return person


@pytest.fixture
async def org(simulators, rep):
    return await company(simulators, rep)


def for_org(person: Principal, org) -> Principal:
    return replace(person, organisation=org.id)


async def wanted(delegate, items=("*",), days=(0, 30)) -> service.Grant:
    facts = await people.person(delegate.subject)
    today = clock.today()
    return service.Grant(
        facts.name,
        facts.id_number,
        tuple(items),
        today + timedelta(days=days[0]),
        today + timedelta(days=days[1]),
    )


async def entry(delegate, **more) -> dict[str, object]:
    grant = await wanted(delegate)
    return {
        "delegate_name": grant.delegate_name,
        "delegate_id_number": grant.delegate_id_number,
        "items": list(grant.items),
        "begins_on": grant.begins_on.isoformat(),
        "ends_on": grant.ends_on.isoformat(),
    } | more


async def refused(person, org, item=ITEM, level=1) -> str:
    with pytest.raises(Problem) as caught:
        await service.may_file(for_org(person, org), item, level)
    return caught.value.code


async def test_strangers_and_non_representatives_delegate_nothing(public, rep, org):
    path = f"/organisations/{org.id}/delegations"
    clerk = await resident(name="王芳")
    body = await entry(clerk)
    assert (await public.post(path, json=body)).status_code == 401
    assert (await public.post(path, json=body, headers=await bearer(clerk))).status_code == 403
    assert (await public.get(path, headers=await bearer(clerk))).status_code == 403


async def test_a_delegate_files_a_first_level_item_and_nothing_above(public, rep, org):
    clerk = await resident(tier=2, name="王芳")
    assert await refused(clerk, org) == "organisations.no_such_organisation"
    path = f"/organisations/{org.id}/delegations"
    reply = await public.post(path, json=await entry(clerk), headers=await bearer(rep))
    assert reply.status_code == 201, reply.text
    assert reply.json()["items"][0]["delegate_name"] == "王*"
    ground = await service.may_file(for_org(clerk, org), ITEM, 1)
    assert ground.delegated
    # Personally tier 2, and still refused.
    assert await refused(clerk, org, level=2) == "organisations.beyond_delegation"
    assert await refused(clerk, org, level=3) == "organisations.beyond_delegation"


async def test_the_scope_names_the_items(rep, org):
    clerk = await resident(name="王芳")
    await service.grant(rep, org.id, await wanted(clerk, items=(ITEM,)))
    await service.may_file(for_org(clerk, org), ITEM, 1)
    assert await refused(clerk, org, OTHER) == "organisations.beyond_delegation"


async def test_before_and_after_its_days_it_is_none(rep, org, monkeypatch):
    clerk = await resident(name="王芳")
    await service.grant(rep, org.id, await wanted(clerk, days=(2, 5)))
    now = clock.now()
    for days, ok in ((0, False), (2, True), (5, True), (6, False)):
        monkeypatch.setattr(clock, "_source", lambda d=days: now + timedelta(days=d))
        if ok:
            await service.may_file(for_org(clerk, org), ITEM, 1)
        else:
            assert await refused(clerk, org) == "organisations.no_such_organisation"


async def test_revoked_it_ends_at_once_and_the_record_names_both(public, rep, org):
    clerk = await resident(name="王芳")
    given = await service.grant(rep, org.id, await wanted(clerk))
    path = f"/organisations/{org.id}/delegations/{given}"
    stranger = await resident(name="赵六")
    assert (await public.delete(path, headers=await bearer(stranger))).status_code == 404
    assert (await public.delete(path, headers=await bearer(rep))).status_code == 204
    assert await refused(clerk, org) == "organisations.no_such_organisation"
    assert (await public.delete(path, headers=await bearer(rep))).status_code == 409
    rows = await db.rows(
        "SELECT action, actor, owner FROM kernel_audit WHERE object=$1 ORDER BY at",
        f"delegation:{given}",
    )
    assert [(r["action"], r["actor"], r["owner"]) for r in rows] == [
        ("organisations.delegated", rep.ref, clerk.subject),
        ("organisations.delegation_revoked", rep.ref, clerk.subject),
    ]


async def test_a_delegate_may_lay_it_down(public, rep, org):
    clerk = await resident(name="王芳")
    given = await service.grant(rep, org.id, await wanted(clerk))
    path = f"/organisations/{org.id}/delegations/{given}"
    assert (await public.delete(path, headers=await bearer(clerk))).status_code == 204


async def test_a_delegate_cannot_delegate_further(rep, org):
    clerk, third = await resident(name="王芳"), await resident(name="赵六")
    await service.grant(rep, org.id, await wanted(clerk))
    with pytest.raises(Problem) as caught:
        await service.grant(for_org(clerk, org), org.id, await wanted(third))
    assert caught.value.code == "organisations.representative_only"


async def test_unknown_people_and_wrong_names_are_refused_alike(public, rep, org):
    path, headers = f"/organisations/{org.id}/delegations", await bearer(rep)
    clerk = await resident(name="王芳")
    wrong_name = await entry(clerk, delegate_name="王方")
    unknown = await entry(clerk, delegate_id_number=id_number())
    replies = [await public.post(path, json=b, headers=headers) for b in (wrong_name, unknown)]
    assert [r.json()["code"] for r in replies] == ["organisations.delegate_not_found"] * 2
    assert replies[0].json()["title"] == replies[1].json()["title"]


async def test_dates_that_make_no_sense_are_said_at_the_field(rep, org):
    clerk = await resident(name="王芳")
    for days in ((5, 1), (-9, -3), (0, 365 * 4)):
        with pytest.raises(Problem) as caught:
            await service.grant(rep, org.id, await wanted(clerk, days=days))
        assert caught.value.facts["errors"][0]["field"] == "ends_on"


async def test_the_list_tells_each_person_whom_they_act_for_and_a_delegate_gives_it_up(
    public, rep, org
):
    clerk = await resident(name="王芳")
    await service.grant(rep, org.id, await wanted(clerk, items=(ITEM,)))
    mine = (await public.get("/organisations", headers=await bearer(rep))).json()["items"]
    theirs = (await public.get("/organisations", headers=await bearer(clerk))).json()["items"]
    assert [(o["as_representative"], o["delegated_items"]) for o in mine] == [(True, [])]
    assert [(o["as_representative"], o["delegated_items"]) for o in theirs] == [(False, [ITEM])]
    assert mine[0]["delegation_id"] is None
    gone = await public.delete(
        f"/organisations/{theirs[0]['id']}/delegations/{theirs[0]['delegation_id']}",
        headers=await bearer(clerk),
    )
    assert gone.status_code == 204
    after = await public.get("/organisations", headers=await bearer(clerk))
    assert after.json()["items"] == []


async def test_the_delegate_is_told_at_both_ends(rep, org, deliver):
    clerk = await resident(name="王芳")
    given = await service.grant(rep, org.id, await wanted(clerk))
    await service.revoke(rep, org.id, given)
    await deliver()
    rows = await db.rows(
        "SELECT template FROM notify_message WHERE person_id=$1 ORDER BY id", clerk.subject
    )
    assert [r["template"] for r in rows] == [
        "organisations.delegated",
        "organisations.delegation_ended",
    ]
