"""Partners call under a grant: its purposes, its fields, its quota, its days; receipts for all."""

import asyncio
import random
from datetime import timedelta

import pytest

from app_server.kernel import clock, db
from app_server.kernel.errors import PreconditionFailed
from app_server.sharing import service as sharing
from app_server.sharing.errors import (
    GrantInvalid,
    NoSuchGrant,
    NotInThisState,
    NotTheProvider,
    QuotaUsed,
    SamePerson,
)
from app_server.sharing.models import Grant, Notice, Traffic, Usage
from app_server.sharing.providers import interface
from app_server.sharing.providers.exchange import Exchange, ExchangeSettings
from app_server.sharing.service import answering
from auth.grants import service as grants
from tests.builders.exchange import token_of
from tests.builders.people import bearer, resident
from tests.builders.sharing import (
    FIELDS,
    HOUSING,
    LI,
    PURPOSE,
    content,
    granted,
    household,
    lead,
    published,
    steward,
    wanted,
)

BODY = {"purpose": PURPOSE, "fields": list(FIELDS), "case_no": "A1", "subject": LI}


async def test_strangers_and_clients_without_a_grant_are_refused(simulators, partner):
    await published()
    path = "/sharing/services/household/calls"
    assert (await partner.post(path, json=BODY)).status_code == 401
    secret = await grants.add_client(client_id="other", name="别的系统", scopes=["exchange.report"])
    other = await token_of(partner, "other", secret)
    assert (await partner.post(path, json=BODY, headers=other)).status_code == 403
    secret = await grants.add_client(client_id="bare", name="无授权", scopes=["sharing.call"])
    bare = await token_of(partner, "bare", secret)
    refused = await partner.post(path, json=BODY, headers=bare)
    assert (refused.status_code, refused.json()["code"]) == (403, "sharing.no_grant")
    assert refused.json()["fault"] == "caller"
    counted = await Traffic.get(caller="bare")
    assert (counted.outcome, counted.code, counted.fault) == (
        "refused", "sharing.no_grant", "caller",
    )  # fmt: skip


async def test_a_grant_needs_two_persons_and_the_providers_lead(simulators, staff_surface, partner):
    made = await published()
    by = await steward(HOUSING)
    asked = await sharing.apply(by, "household", "住建局", wanted())
    with pytest.raises(NotTheProvider):
        await sharing.decide(await lead(HOUSING), asked.id, 1, "approve", "同意")
    with pytest.raises(NoSuchGrant):
        stranger = await lead("11340000MBDM030290")
        await sharing.decide(stranger, asked.id, 1, "approve", "同意")
    own = await sharing.apply(made.lead, "household", "公安厅", wanted())
    with pytest.raises(SamePerson):
        await sharing.decide(made.lead, own.id, 1, "approve", "同意")
    path = f"/sharing/grants/{asked.id}"
    as_steward = await bearer(made.steward)
    move = {"json": {"note": "同意"}, "headers": as_steward | {"if-match": "1"}}
    assert (await staff_surface.post(f"{path}/approve", **move)).status_code == 403
    with pytest.raises(NotInThisState):
        await sharing.key_of(by, asked.id)
    move["headers"] = await bearer(made.lead) | {"if-match": "1"}
    done = await staff_surface.post(f"{path}/approve", **move)
    assert (done.json()["state"], done.json()["overdue"]) == ("granted", False)
    assert (await staff_surface.post(f"{path}/refuse", **move)).status_code == 409
    listed = await staff_surface.get(
        "/sharing/grants", params={"side": "provided"}, headers=as_steward
    )
    assert len(listed.json()["items"]) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"fields": ("password",)}, "fields"),
        ({"fields": ()}, "fields"),
        ({"purposes": (" ",)}, "purposes"),
        ({"legal_basis": ""}, "legal_basis"),
        ({"quota": 10_001}, "quota"),
        ({"expires_on": clock.today()}, "expires_on"),
        ({"expires_on": clock.today() + timedelta(days=2000)}, "expires_on"),
    ],
)
async def test_an_application_beyond_the_service_is_refused(simulators, database, change, field):
    await published()
    with pytest.raises(GrantInvalid) as refused:
        await sharing.apply(await steward(HOUSING), "household", "住建局", wanted(**change))
    assert refused.value.facts["errors"][0]["field"] == field


async def test_what_is_shared_unconditionally_is_not_refused_and_what_is_not_shared_not_asked_for(
    simulators, database
):
    made = await published(share_type="unconditional")
    by = await steward(HOUSING)
    asked = await sharing.apply(by, "household", "住建局", wanted())
    with pytest.raises(NotInThisState):
        await sharing.decide(made.lead, asked.id, 1, "refuse", "不同意")
    taken_back = await sharing.withdraw(by, asked.id, 1, "填错了")
    assert taken_back.state == "withdrawn"
    told = content(share_type="none", legal_basis="某法第三条")
    row = await sharing.change_resource(made.steward, made.resource.id, made.resource.version, told)
    await sharing.publish_resource(made.lead, row.id, row.version, "不予共享")
    with pytest.raises(GrantInvalid):
        await sharing.apply(by, "household", "住建局", wanted())


async def test_fifty_decisions_at_once_give_one(simulators, database):
    made = await published()
    asked = await sharing.apply(await steward(HOUSING), "household", "住建局", wanted())
    told = await asyncio.gather(
        *(
            sharing.decide(made.lead, asked.id, 1, "approve" if n % 2 else "refuse", "意见")
            for n in range(50)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, Grant) for answer in told) == 1
    refused = (NotInThisState, PreconditionFailed)
    assert sum(isinstance(answer, refused) for answer in told) == 49


async def test_a_call_answers_granted_fields_and_the_person_sees_its_receipt(
    simulators, partner, public, deliver
):
    made = await published()
    user = await granted(made, partner)
    person = await resident(number=LI["id_number"])
    reply = await user.call()
    assert reply.status_code == 200, reply.text
    told = reply.json()
    assert (set(told["data"]), told["data"]["size"]) == ({"members", "size"}, 3)
    assert told["sources"]["size"] == "省公安厅人口信息系统"
    shown = (await public.get("/me/sharing/calls", headers=await bearer(person))).json()["items"]
    assert shown[0] | {"at": ""} == {
        "id": told["receipt"],
        "source_name": "安徽省公安厅（演示）·户籍家庭成员信息",
        "purpose": PURPOSE,
        "basis": "公共租赁住房管理办法第七条",
        "about": "case:A1",
        "outcome": "answered",
        "at": "",
        "genuine": True,
    }
    own = await partner.get(f"/sharing/receipts/{told['receipt']}", headers=user.token)
    assert own.json()["genuine"]
    row = await db.row("SELECT * FROM sharing_call")
    assert not any(secret in str(dict(row)) for secret in (LI["id_number"], "李明轩", "谯城"))
    counted = await Traffic.get(outcome="answered")
    assert (counted.service, counted.fault) == ("household", "")
    await deliver()
    assert await Notice.filter(org=HOUSING, about=f"grant:{user.grant.id}:granted").exists()


async def test_who_registers_later_finds_the_calls_from_before(simulators, partner, public):
    user = await granted(await published(), partner)
    receipt = (await user.call()).json()["receipt"]
    person = await bearer(await resident(number=LI["id_number"]))
    shown = (await public.get("/me/sharing/calls", headers=person)).json()["items"]
    assert [(call["id"], call["genuine"]) for call in shown] == [(receipt, True)]
    other = await bearer(await resident(name="王芳"))
    assert (await public.get("/me/sharing/calls", headers=other)).json()["items"] == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"purpose": "催债"}, 403, "sharing.outside_grant"),
        ({"fields": ["address"]}, 403, "sharing.outside_grant"),
        ({"case_no": None}, 422, "sharing.call_invalid"),
        ({"subject": {"id_number": LI["id_number"]}}, 422, "sharing.call_invalid"),
        ({"subject": LI | {"more": "1"}}, 422, "sharing.call_invalid"),
    ],
)
async def test_a_call_outside_its_grant_is_refused_and_takes_no_quota(
    simulators, partner, change, status, code
):
    user = await granted(await published(), partner)
    refused = await user.call(**change)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert await Usage.all().count() == 0
    assert await db.value("SELECT count(*) FROM sharing_call") == 0


async def test_a_paused_service_an_expired_and_a_revoked_grant_answer_nobody(simulators, partner):
    made = await published()
    user = await granted(made, partner)
    paused = await sharing.move_service(made.lead, "household", 2, "pause", "维护")
    refused = await user.call()
    assert (refused.status_code, refused.json()["fault"]) == (503, "provider")
    assert refused.json()["code"] == "sharing.service_paused"
    await sharing.move_service(made.lead, "household", paused.version, "resume", "恢复")
    assert (await user.call()).status_code == 200
    await Grant.all().update(expires_on=clock.today() - timedelta(days=1))
    assert (await user.call()).json()["code"] == "sharing.grant_expired"
    await Grant.all().update(expires_on=clock.today())
    assert (await user.call()).status_code == 200
    await sharing.decide(made.lead, user.grant.id, user.grant.version, "revoke", "违规使用")
    assert (await user.call()).status_code in {401, 403}
    with pytest.raises(NotInThisState):
        await sharing.key_of(user.applicant, user.grant.id)


async def test_a_key_of_one_grant_is_no_key_to_another_service(simulators, partner):
    made = await published()
    user = await granted(made, partner)
    await sharing.register_service(made.steward, made.resource.id, "second", household())
    await sharing.move_service(made.lead, "second", 1, "publish", "发布")
    assert (await user.call("second")).json()["code"] == "sharing.no_grant"
    assert (await user.call("no-such")).status_code == 404


async def test_fifty_calls_at_once_take_no_more_than_the_quota_of_twenty(simulators, partner):
    user = await granted(await published(), partner)
    replies = await asyncio.gather(*(user.call() for _ in range(50)))
    counts = [reply.status_code for reply in replies]
    assert (counts.count(200), counts.count(429)) == (20, 30), counts
    assert (await Usage.get()).used == 20
    assert await Traffic.filter(outcome="refused", code="sharing.quota_used").count() == 30


async def test_a_batch_answers_in_order_and_takes_its_quota_for_all_or_none(simulators, partner):
    user = await granted(await published(), partner)
    nobody = {"id_number": "341602197001010018", "name": "无名氏"}
    told = await user.call(subject=None, subjects=[LI, nobody, LI])
    items = told.json()["items"]
    assert [line["given"]["data"]["size"] for line in items] == [3, 0, 3]
    assert len({line["given"]["receipt"] for line in items}) == 3
    assert (await Usage.get()).used == 3
    refused = await user.call(subject=None, subjects=[LI] * 18)
    assert refused.status_code == 429
    assert (await Usage.get()).used == 3
    assert (await user.call(subject=None, subjects=[LI] * 17)).status_code == 200
    assert (await user.call(subject=None, subjects=[LI] * 101)).status_code == 422


async def test_a_provider_that_is_away_is_at_fault_and_its_call_has_a_receipt(
    simulators, partner, monkeypatch
):
    user = await granted(await published(), partner)
    gone = Exchange(ExchangeSettings(endpoint="http://127.0.0.1:1"))
    monkeypatch.setattr(interface, "exchange", lambda: gone)
    refused = await user.call()
    assert (refused.status_code, refused.json()["fault"]) == (503, "provider")
    counted = await Traffic.get(outcome="unavailable")
    assert (counted.fault, str(counted.receipt_id)) == ("provider", refused.json()["receipt"])
    batch = (await user.call(subject=None, subjects=[LI])).json()["items"]
    assert (batch[0]["given"], batch[0]["fault"]) == (None, "provider")


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_taken_at_once_no_day_holds_more_than_its_quota(
    simulators, partner, seed
):
    user = await granted(await published(), partner)
    chance = random.Random(seed)
    for _ in range(6):
        quota = chance.randint(1, 30)
        await Usage.all().delete()
        await Grant.all().update(quota=quota)
        grant = await Grant.get(id=user.grant.id)
        wanted_calls = [chance.randint(1, 8) for _ in range(chance.randint(1, 25))]
        told = await asyncio.gather(
            *(answering.take(grant, number) for number in wanted_calls), return_exceptions=True
        )
        assert all(one is None or isinstance(one, QuotaUsed) for one in told)
        taken = [n for n, one in zip(wanted_calls, told, strict=True) if one is None]
        left = [n for n, one in zip(wanted_calls, told, strict=True) if one is not None]
        kept = await Usage.get_or_none()
        assert (kept.used if kept else 0) == sum(taken) <= quota
        # Nobody was refused who would still have fitted at the end.
        assert all(sum(taken) + number > quota for number in left)
