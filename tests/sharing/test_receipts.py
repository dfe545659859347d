"""Every call has a ground and a receipt; a person sees them and may refuse prefilling."""

from dataclasses import replace

import pytest

from app_server.kernel import db
from app_server.sharing import service as sharing
from app_server.sharing.errors import SharingUnavailable
from app_server.sharing.providers.exchange import Exchange, ExchangeSettings
from app_server.sharing.rules import PREFILL, STATUTORY
from auth.people import service as people
from tests.builders.people import bearer, resident

LI = {"id_number": "341602199003074511", "name": "李明轩"}


async def test_another_persons_calls_are_not_shown(public, simulators):
    person = await resident()
    await sharing.read(person, "household.members", LI, owner=person.subject, purpose="试")
    assert (await public.get("/me/sharing/calls")).status_code == 401
    other = await bearer(await resident(name="王芳"))
    assert (await public.get("/me/sharing/calls", headers=other)).json()["items"] == []


async def test_a_call_leaves_a_sealed_receipt_without_its_content(public, simulators):
    person = await resident()
    told = await sharing.read(
        person, "household.members", LI, owner=person.subject, purpose="公租房预填", about="item:1"
    )
    assert told.basis == STATUTORY
    row = await db.row("SELECT * FROM sharing_call")
    assert not any(secret in str(dict(row)) for secret in (LI["id_number"], "李明轩", "谯城"))
    shown = (await public.get("/me/sharing/calls", headers=await bearer(person))).json()["items"]
    assert shown[0] | {"at": ""} == {
        "id": str(told.receipt),
        "source_name": "户籍库",
        "purpose": "公租房预填",
        "basis": STATUTORY,
        "about": "item:1",
        "outcome": "answered",
        "at": "",
        "genuine": True,
    }
    receipt = (await sharing.calls_of(person.subject))[0]
    assert not sharing.is_genuine(replace(receipt, purpose="别的目的"))
    assert not sharing.is_genuine(replace(receipt, seal="00"))
    await db.execute("UPDATE sharing_call SET answer_digest='0'")
    assert not sharing.is_genuine((await sharing.calls_of(person.subject))[0])


async def test_a_call_that_failed_has_a_receipt_too(database, monkeypatch):
    gone = Exchange(ExchangeSettings(endpoint="http://127.0.0.1:1"))
    monkeypatch.setattr("app_server.sharing.service.reading.exchange", lambda: gone)
    person = await resident()
    with pytest.raises(SharingUnavailable):
        await sharing.read(person, "household.members", LI, owner=person.subject, purpose="试")
    receipt = (await sharing.calls_of(person.subject))[0]
    assert (receipt.outcome, receipt.answer_digest) == ("unavailable", "")
    assert sharing.is_genuine(receipt)


async def test_consent_is_the_ground_once_given_and_a_refusal_ends_prefilling(public, deliver):
    person = await resident()
    headers = await bearer(person)
    address = "/me/sharing/prefill"
    before = (await public.get(address, headers=headers)).json()
    assert (before["allowed"], before["basis"]) == (True, STATUTORY)
    given = (await public.put(address, headers=headers, json={"allowed": True})).json()
    assert given["basis"].startswith("本人同意（")
    refused = (await public.put(address, headers=headers, json={"allowed": False})).json()
    assert (refused["allowed"], refused["basis"]) == (False, "")
    assert await sharing.ground_for_prefill(person.subject) is None
    await people.grant_consent(person, PREFILL, "2026-11")
    await people.withdraw_consent(person, PREFILL)
    await deliver()
    assert await sharing.ground_for_prefill(person.subject) is None
