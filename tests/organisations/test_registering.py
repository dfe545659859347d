"""Registering an organisation: the representative first, and three libraries agree (R-ID-17…19)."""

import asyncio

import httpx
import pytest

from app_server.kernel import db
from auth.identity import service as identity
from auth.organisations import service
from tests.builders.identity import in_registry
from tests.builders.organisations import application, company, in_library
from tests.builders.people import bearer, id_number, resident


@pytest.fixture
async def rep(simulators, database):
    person = await resident()
    await in_registry(simulators, person)
    return person


def entry(wanted: service.Application) -> dict[str, object]:
    return {
        "name": wanted.name,
        "credit_code": wanted.credit_code,
        "representative": {
            "name": wanted.representative_name,
            "id_number": wanted.representative_id_number,
            "ethnic_group": wanted.representative_ethnic_group,
        },
    }


async def prepared(simulators, rep, **more):
    return entry(await application(rep, *await in_library(simulators, rep, **more)))


async def test_a_stranger_registers_nothing(public, simulators, rep):
    body = await prepared(simulators, rep)
    assert (await public.post("/organisations", json=body)).status_code == 401
    assert await db.value("SELECT count(*) FROM organisations_organisation") == 0


async def test_the_representative_registers_and_the_record_says_which_library_answered(
    public, simulators, rep
):
    reply = await public.post(
        "/organisations", json=await prepared(simulators, rep), headers=await bearer(rep)
    )
    assert reply.status_code == 201, reply.text
    told = reply.json()
    assert (told["level"], told["state"], told["as_representative"]) == (1, "active", True)
    (proof,) = await identity.evidence_of(told["id"], "organisation")
    assert proof.facts["answered"] == {
        "market": True, "organisation_code": True, "police": True,
    }  # fmt: skip
    assert identity.is_intact(proof)


@pytest.mark.parametrize(
    ("missing"), ["name", "credit_code", "representative", "name_of", "id_number", "ethnic_group"]
)
async def test_no_field_may_be_missing(public, simulators, rep, missing):
    body = await prepared(simulators, rep)
    if missing in body:
        del body[missing]
    else:
        del body["representative"]["name" if missing == "name_of" else missing]
    reply = await public.post("/organisations", json=body, headers=await bearer(rep))
    assert reply.status_code == 422
    assert await db.value("SELECT count(*) FROM organisations_organisation") == 0


async def test_a_wrong_check_digit_is_said_at_the_field(public, simulators, rep):
    body = await prepared(simulators, rep)
    last = "0" if body["credit_code"][-1] != "0" else "1"
    body["credit_code"] = body["credit_code"][:-1] + last
    reply = await public.post("/organisations", json=body, headers=await bearer(rep))
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] == "credit_code"


@pytest.mark.parametrize("wrong", ["name", "registration_no", "ethnic_group"])
async def test_one_library_that_disagrees_refuses_in_neutral_words(public, simulators, rep, wrong):
    body = await prepared(simulators, rep)
    if wrong == "name":
        body["name"] = "别的名字有限公司"
    elif wrong == "registration_no":
        body["registration_no"] = "341602000099999"
    else:
        body["representative"]["ethnic_group"] = "回族"
    reply = await public.post("/organisations", json=body, headers=await bearer(rep))
    assert (reply.status_code, reply.json()["code"]) == (422, "organisations.mismatch")
    assert "errors" not in reply.json()


async def test_a_representative_without_an_account_comes_first(public, simulators, rep):
    body = await prepared(simulators, rep)
    body["representative"]["id_number"] = id_number()
    reply = await public.post("/organisations", json=body, headers=await bearer(rep))
    assert (reply.status_code, reply.json()["code"]) == (409, "organisations.rep_not_verified")


async def test_filed_by_somebody_else_it_waits_for_the_representative(public, simulators, rep):
    clerk = await resident(name="王芳")
    reply = await public.post(
        "/organisations", json=await prepared(simulators, rep), headers=await bearer(clerk)
    )
    told = reply.json()
    assert (told["state"], told["as_representative"], told["level"]) == (
        "awaiting_representative", False, 0,
    )  # fmt: skip
    path = f"/organisations/{told['id']}/confirm"
    assert (await public.post(path, headers=await bearer(clerk))).status_code == 403
    confirmed = await public.post(path, headers=await bearer(rep))
    assert (confirmed.json()["state"], confirmed.json()["level"]) == ("active", 1)
    assert (await public.post(path, headers=await bearer(rep))).status_code == 409


async def test_another_kind_of_organisation_has_its_own_library_and_certificate(
    public, simulators, rep
):
    body = await prepared(simulators, rep, prefix="51")
    reply = await public.post("/organisations", json=body, headers=await bearer(rep))
    assert reply.status_code == 201, reply.text
    assert (reply.json()["kind"], reply.json()["certificate"]) == (
        "association", "社会团体法人登记证书",
    )  # fmt: skip
    proof = (await identity.evidence_of(reply.json()["id"], "organisation"))[0]
    assert "civil_affairs" in proof.facts["answered"]


async def test_fifty_registrations_at_once_give_one_organisation(simulators, rep):
    wanted = await application(rep, *await in_library(simulators, rep))
    results = await asyncio.gather(
        *(service.register(rep, wanted) for _ in range(50)), return_exceptions=True
    )
    assert sum(isinstance(r, service.OrganisationFacts) for r in results) == 1
    assert await db.value("SELECT count(*) FROM organisations_organisation") == 1


async def test_a_silent_library_admits_nobody(public, simulators, rep):
    body = await prepared(simulators, rep)
    async with httpx.AsyncClient(trust_env=False) as client:
        ill = {"service": "organisation_code.name", "mode": "broken"}
        await client.post(f"{simulators['exchange']}/__ill", json=ill)
        reply = await public.post("/organisations", json=body, headers=await bearer(rep))
        await client.post(f"{simulators['exchange']}/__ill", json=ill | {"mode": "well"})
    assert reply.status_code == 503
    assert await db.value("SELECT count(*) FROM organisations_organisation") == 0


async def test_a_cancelled_company_falls_to_nothing_and_may_come_back(simulators, rep):
    found = await company(simulators, rep)
    assert (await service.acting(rep.subject, found.id)).level == 1
    record = {
        "credit_code": found.credit_code,
        "name": found.name,
        "registration_no": "",
        "representative": {"name": "", "id_number": ""},
    }
    async with httpx.AsyncClient(trust_env=False) as client:
        for standing, state, level in (("cancelled", "cancelled", 0), ("in_being", "active", 1)):
            path = f"{simulators['exchange']}/__organisations"
            await client.post(path, json=record | {"standing": standing})
            assert await service.check_again(found.id) == state
            assert (await service.acting(rep.subject, found.id)).level == level
