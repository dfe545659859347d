"""Registration: no account without the registry's word (R-ID-01…05)."""

import asyncio
import re

import httpx
import pytest

from app_server.kernel import db
from auth.grants.rules import TERMS_VERSION
from auth.people import service as people
from tests.builders.people import id_number, phone

LI = {
    "name": "李明轩",
    "ethnic_group": "汉族",
    "sex": "male",
    "id_number": "341602199003074511",
    "password": "花戏楼前的石狮子8",
    "terms_version": TERMS_VERSION,
}


async def code_for(
    number: str, public: httpx.AsyncClient, simulators: dict[str, str], deliver
) -> str:
    """Ask for a code and read it in the SMS simulator, as a resident would on the phone."""
    sent = await public.post("/sign-up/codes", json={"phone": number})
    assert sent.status_code == 202, sent.text
    await deliver()
    async with httpx.AsyncClient(trust_env=False) as phone_box:
        found = await phone_box.get(f"{simulators['sms']}/messages", params={"phone": number})
    return re.search(r"验证码 (\d{6})", found.json()[0]["Content"]).group(1)


async def accounts() -> int:
    return await db.value("SELECT count(*) FROM people_person")


async def test_a_wrong_code_leaves_no_account(public, simulators, deliver):
    number = phone()
    code = await code_for(number, public, simulators, deliver)
    wrong = f"{(int(code) + 1) % 1000000:06d}"
    reply = await public.post("/sign-up", json=LI | {"phone": number, "code": wrong})
    assert reply.status_code == 422
    assert reply.json()["code"] == "people.code_refused"
    assert await accounts() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "李明宣"},
        {"sex": "female"},
        {"ethnic_group": "回族"},
        {"id_number": "341602197805193310"},
    ],
)
async def test_one_wrong_field_of_four_is_refused_with_one_neutral_sentence(
    wrong, public, simulators, deliver
):
    number = phone()
    code = await code_for(number, public, simulators, deliver)
    reply = await public.post("/sign-up", json=LI | {"phone": number, "code": code} | wrong)
    assert reply.status_code == 422
    assert reply.json()["code"] == "identity.mismatch"
    assert "detail" not in reply.json()
    assert await accounts() == 0


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("341602199003074512", "people.id_number_invalid"),
        (id_number("20150307"), "people.too_young"),
    ],
)
async def test_an_id_number_that_cannot_be_or_is_too_young_is_refused(number, code, public):
    reply = await public.post(
        "/sign-up", json=LI | {"phone": phone(), "code": "000000", "id_number": number}
    )
    assert reply.status_code == 422
    assert reply.json()["code"] == code


async def test_four_matching_fields_and_a_code_give_tier_one(public, simulators, deliver):
    number = phone()
    code = await code_for(number, public, simulators, deliver)
    reply = await public.post("/sign-up", json=LI | {"phone": number, "code": code})
    assert reply.status_code == 201, reply.text
    assert reply.json()["person"]["tier"] == 1
    assert reply.json()["person"]["display_name"] == "李*轩"
    assert "__Host-session" in reply.headers["set-cookie"]
    bearer = {"authorization": f"Bearer {reply.json()['access_token']}"}
    me = await public.get("/me", headers=bearer)
    assert me.json()["tier_name"] == "初级实名"
    assert me.json()["id_number_masked"] == "341602********4511"
    await deliver()
    inbox = await public.get("/me/messages", headers=bearer)
    assert inbox.json()["items"][0]["title"] == "欢迎使用万事"


async def test_a_used_code_serves_no_second_registration(public, simulators, deliver):
    number = phone()
    code = await code_for(number, public, simulators, deliver)
    first = await public.post("/sign-up", json=LI | {"phone": number, "code": code})
    assert first.status_code == 201
    again = await public.post("/sign-up", json=LI | {"phone": number, "code": code})
    assert again.status_code == 422
    assert again.json()["code"] == "people.code_refused"


async def test_fifty_parallel_registrations_of_one_id_number_make_one_account(
    database, simulators, monkeypatch
):
    from auth.grants import service as grants

    async def cheap(password: str) -> str:
        return f"$cheap${password}"

    # Argon2 would only make the race slower, not different.
    monkeypatch.setattr("auth.grants.service.registration.digest_of", cheap)
    sent: dict[str, str] = {}

    async def note(number: str, code: str, purpose: str) -> None:
        sent[number] = code

    monkeypatch.setattr("auth.people.service.codes._sender", note)
    numbers = [phone() for _ in range(50)]
    for number in numbers:
        await people.send_code(number, grants.SIGN_UP)

    async def attempt(number: str) -> str:
        who = people.NewPerson("李明轩", LI["id_number"], "male", "汉族", number)
        wanted = grants.Registration(who, sent[number], LI["password"], TERMS_VERSION)
        try:
            await grants.register(wanted)
        except Exception as error:  # noqa: BLE001 - the kind of refusal is what is counted
            return type(error).__name__
        return "ok"

    results = await asyncio.gather(*(attempt(number) for number in numbers))
    assert results.count("ok") == 1
    assert results.count("AlreadyRegistered") == 49
    assert await accounts() == 1
