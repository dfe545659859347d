"""Filing for an organisation: by the representative, or within a delegation (R-ID-20, 22, 44)."""

import asyncio

import httpx
import pytest

from app_server.cases import service
from app_server.cases.errors import ActingEnded, AlreadyRunning, OtherCapacity
from app_server.kernel import db
from auth.organisations import service as organisations
from auth.organisations.errors import BeyondDelegation, LevelTooLow, OrganisationLapsed
from tests.builders.acting import acting, delegated, for_org, headers, raised
from tests.builders.cases import approved, desk_of, filled_draft, submitted
from tests.builders.items import LOAN, PERMIT_COPY, PROPERTY, RENTAL, UNEMPLOYMENT, catalogue
from tests.builders.organisations import company
from tests.builders.people import bearer, resident

KEY = {"idempotency-key": "key-00000001"}


async def audited(case_no: str, action: str) -> dict:
    import orjson

    return orjson.loads(
        await db.value(
            "SELECT facts FROM kernel_audit WHERE object=$1 AND action=$2",
            f"case:{case_no}",
            action,
        )
    )


async def test_a_stranger_files_nothing_for_an_organisation(public: httpx.AsyncClient, org):
    stranger = await resident(name="王芳")
    reply = await public.put("/me/acting", json={"organisation_id": str(org.id)})
    assert reply.status_code == 401
    reply = await public.put(
        "/me/acting", json={"organisation_id": str(org.id)}, headers=await bearer(stranger)
    )
    assert (reply.status_code, reply.json()["code"]) == (404, "organisations.no_such_organisation")
    item = (await catalogue())[UNEMPLOYMENT]
    with pytest.raises(ActingEnded):
        await service.open_draft(for_org(stranger, org.id), item.code)


async def test_the_representative_files_and_the_case_bears_the_organisations_name(
    public: httpx.AsyncClient, rep, org
):
    item = (await catalogue())[UNEMPLOYMENT]
    session = headers(await acting(rep, org.id))
    draft = await filled_draft(for_org(rep, org.id), item)
    reply = await public.post("/cases", headers=session | KEY, json={"draft_id": str(draft)})
    assert reply.status_code == 201, reply.text
    body = reply.json()
    assert body["on_behalf_of"] == org.name
    assert body["steps"][0]["by"] == "申请单位"
    row = await db.row("SELECT applicant, organisation_id, delegation_id FROM cases_case")
    assert (row["applicant"], row["organisation_id"]) == (org.name, org.id)
    assert row["delegation_id"] is None
    assert await audited(body["case_no"], "cases.submitted") == {"organisation": str(org.id)}
    desk = await service.read_for_officer(await desk_of(item), body["case_no"])
    assert desk.organisation == {
        "name": org.name,
        "credit_code": org.credit_code,
        "kind_name": org.kind_name,
        "by_delegation": False,
    }


async def test_a_delegate_files_a_first_level_item_and_the_record_names_both(rep, org):
    clerk = await resident(tier=2, name="王芳")
    given = await delegated(rep, org.id, clerk)
    case_no = await submitted(for_org(clerk, org.id), (await catalogue())[UNEMPLOYMENT])
    assert await audited(case_no, "cases.submitted") == {
        "organisation": str(org.id),
        "delegation": str(given),
        "representative": str(rep.id),
    }
    actor = await db.value("SELECT actor FROM kernel_audit WHERE action='cases.submitted'")
    assert actor == clerk.ref
    assert await db.value("SELECT delegation_id FROM cases_case") == given


async def test_what_happens_to_a_delegates_case_the_representative_is_told_too(rep, org, deliver):
    clerk = await resident(tier=2, name="王芳")
    await delegated(rep, org.id, clerk)
    case_no = await submitted(for_org(clerk, org.id), (await catalogue())[UNEMPLOYMENT])
    await deliver()
    told = await db.rows(
        "SELECT person_id FROM notify_message WHERE link = $1", f"/cases/{case_no}"
    )
    assert {row["person_id"] for row in told} == {clerk.id, rep.id}


async def test_a_delegate_of_tier_two_files_no_second_level_item(public, rep, org):
    clerk = await resident(tier=2, name="王芳")
    await delegated(rep, org.id, clerk)
    await raised(rep, org.id)
    item = (await catalogue())[RENTAL]
    reply = await public.post(
        "/cases/drafts",
        json={"item_code": item.code},
        headers=headers(await acting(clerk, org.id)),
    )
    assert (reply.status_code, reply.json()["code"]) == (403, "organisations.beyond_delegation")
    # Nor by a draft that they opened for themselves, being of tier 2.
    draft = await filled_draft(clerk, item)
    with pytest.raises(BeyondDelegation):
        await service.submit(for_org(clerk, org.id), draft)


async def test_a_second_level_item_needs_the_organisations_second_level(rep, org):
    found = await catalogue()
    with pytest.raises(LevelTooLow):
        await service.open_draft(for_org(rep, org.id), found[RENTAL].code)
    await raised(rep, org.id)
    assert await submitted(for_org(rep, org.id), found[RENTAL])


async def test_a_delegate_does_no_act_that_needs_a_proof_of_its_own(rep, org):
    clerk = await resident(tier=2, name="王芳")
    await delegated(rep, org.id, clerk)
    for name in (LOAN, PROPERTY):
        item = (await catalogue())[name]
        with pytest.raises(BeyondDelegation):
            await service.submit(for_org(clerk, org.id), await filled_draft(clerk, item))


async def test_out_of_scope_revoked_and_cancelled_file_nothing(rep, org):
    found = await catalogue()
    clerk = await resident(name="王芳")
    given = await delegated(rep, org.id, clerk, found[UNEMPLOYMENT].code)
    draft = await filled_draft(for_org(clerk, org.id), found[UNEMPLOYMENT])
    with pytest.raises(BeyondDelegation):
        await service.open_draft(for_org(clerk, org.id), found[PERMIT_COPY].code)
    await organisations.revoke(rep, org.id, given)
    with pytest.raises(ActingEnded):
        await service.submit(for_org(clerk, org.id), draft)
    await db.execute("UPDATE organisations_organisation SET state='cancelled'")
    with pytest.raises(OrganisationLapsed):
        await service.open_draft(for_org(rep, org.id), found[UNEMPLOYMENT].code)
    assert await db.value("SELECT count(*) FROM cases_case") == 0


async def test_who_sees_which_case(public, rep, org):
    found = await catalogue()
    clerk, other = await resident(name="王芳"), await resident(name="赵六")
    given = await delegated(rep, org.id, clerk)
    await delegated(rep, org.id, other)
    private = await submitted(clerk, found[UNEMPLOYMENT])
    filed = await submitted(for_org(clerk, org.id), found[UNEMPLOYMENT])

    async def listed(person, organisation) -> list[str]:
        reply = await public.get("/cases", headers=headers(await acting(person, organisation)))
        return [c["case_no"] for c in reply.json()["items"]]

    assert await listed(clerk, None) == [private]
    assert await listed(clerk, org.id) == [filed]
    assert await listed(other, org.id) == []
    assert await listed(rep, org.id) == [filed]
    assert await listed(rep, None) == []
    # A link in a message opens it in either name; another delegate's does not exist.
    for person, status in ((clerk, 200), (rep, 200), (other, 404)):
        for path in (f"/cases/{filed}", f"/cases/{filed}/application"):
            reply = await public.get(path, headers=await bearer(person))
            assert reply.status_code == status, (person.ref, path)
    await organisations.revoke(rep, org.id, given)
    gone = await public.get(f"/cases/{filed}", headers=await bearer(clerk))
    assert gone.status_code == 404
    kept = await public.get(f"/cases/{private}", headers=await bearer(clerk))
    assert kept.status_code == 200


async def test_a_case_is_worked_on_in_the_name_it_was_filed_in(public, rep, org):
    item = (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(for_org(rep, org.id), item)
    etag = {"if-match": '"1"'}
    as_oneself = await public.post(f"/cases/{case_no}/withdraw", headers=await bearer(rep) | etag)
    assert (as_oneself.status_code, as_oneself.json()["code"]) == (409, "cases.other_capacity")
    own = await submitted(rep, item)
    with pytest.raises(OtherCapacity):
        await service.withdraw(for_org(rep, org.id), own, 1)
    done = await public.post(
        f"/cases/{case_no}/withdraw", headers=headers(await acting(rep, org.id)) | etag
    )
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")
    assert (await audited(case_no, "cases.moved"))["organisation"] == str(org.id)


async def test_the_representative_goes_on_with_what_a_delegate_filed(rep, org):
    item = (await catalogue())[PERMIT_COPY]
    clerk = await resident(name="王芳")
    await delegated(rep, org.id, clerk)
    case_no = await submitted(for_org(clerk, org.id), item)
    await service.request_correction(
        await desk_of(item), case_no, 1, reason="照片不清晰", fields=["reason"], materials=[]
    )
    await service.correct(for_org(rep, org.id), case_no, 2, {"reason": "损毁"}, "已改")
    assert await db.value("SELECT state FROM cases_case") == "received"


async def test_one_unfinished_case_of_an_item_for_each_organisation_and_person(
    simulators, rep, org
):
    item = (await catalogue())[UNEMPLOYMENT]
    second = await company(simulators, rep)
    for organisation_id in (None, org.id, second.id):
        await submitted(for_org(rep, organisation_id), item)
    clerk = await resident(name="王芳")
    await delegated(rep, org.id, clerk)
    drafts = [await filled_draft(for_org(clerk, org.id), item) for _ in range(10)]
    tries = await asyncio.gather(
        *(service.submit(for_org(clerk, org.id), draft) for draft in drafts),
        return_exceptions=True,
    )
    assert all(isinstance(t, AlreadyRunning) for t in tries)
    assert await db.value("SELECT count(*) FROM cases_case") == 3


async def test_an_association_with_its_own_certificate_files(simulators, rep):
    club = await company(simulators, rep, prefix="51")
    assert club.certificate == "社会团体法人登记证书"
    case_no = await submitted(for_org(rep, club.id), (await catalogue())[UNEMPLOYMENT])
    view = await service.own_case(rep.subject, case_no)
    assert view.row["applicant"] == club.name


async def test_a_licence_of_an_organisations_case_is_the_organisations(rep, org):
    item = (await catalogue())[RENTAL]
    await raised(rep, org.id)
    case_no = await submitted(for_org(rep, org.id), item)
    desk = await desk_of(item)
    await service.accept(desk, case_no, 1)
    await approved(desk, case_no, item)
    from app_server.licences.models import Licence

    licence = await Licence.get()
    assert (licence.holder_name, licence.holder_number) == (org.name, org.credit_code)
    assert licence.holder_id == rep.id


async def test_a_form_is_prefilled_with_what_the_organisation_is_registered_as(rep, org):
    from app_server.cases.service.capacity import Filer
    from app_server.cases.service.prefill import prefill
    from app_server.forms import service as forms

    names = {"company": "organisation.name", "code": "organisation.credit_code"}
    await forms.publish(
        "test-company",
        "单位表单",
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: {"title": name, "type": "string"} for name in names},
        },
        {
            "order": list(names),
            "groups": [{"title": "单位", "fields": list(names)}],
            "widgets": {name: {"kind": "text"} for name in names},
        },
        {name: {"source": source, "editable": False} for name, source in names.items()},
    )
    form = await forms.form("test-company")
    found = await prefill(rep, form, "测试", Filer(org, None))
    assert found.data == {"company": org.name, "code": org.credit_code}
    assert found.sources["company"]["source_name"] == "单位注册信息"
    assert (await prefill(rep, form, "测试")).data == {}
