"""Changing a password, resetting a forgotten one, and what a password may be."""

import asyncio
import statistics
import time

import pytest

from app_server.kernel import db
from app_server.kernel.errors import Problem
from auth.grants import service as grants
from auth.grants.errors import SessionOver, WeakPassword
from auth.grants.rules import checked_password, checked_staff_password
from auth.people import service as people
from tests.builders.people import id_number, phone, resident, set_password
from tests.builders.staff import officer

OLD, NEW = "花戏楼前的石狮子8", "涡河北岸的老槐树3"


@pytest.fixture
def inbox(monkeypatch) -> dict[str, str]:
    sent: dict[str, str] = {}

    async def note(number: str, code: str, purpose: str) -> None:
        sent[number] = code

    monkeypatch.setattr("auth.people.service.codes._sender", note)
    return sent


async def account():
    person = await resident()
    await set_password(person.id, OLD)
    return person, await people.person(person.id)


def _bearer(granted: grants.Granted) -> dict[str, str]:
    return {"authorization": f"Bearer {granted.access_token}"}


@pytest.mark.parametrize(
    "password",
    [
        "short7!",
        "password1",
        "Iloveyou1",
        "woaini1314",
        "aaaaaaaabbb",
        "my-13900000001-x",
        "z" * 129,
    ],
)
def test_common_short_and_personal_passwords_are_refused(password):
    with pytest.raises(WeakPassword):
        checked_password(password, "13900000001")


@pytest.mark.parametrize(
    "password", ["correct horse battery", "花戏楼前的石狮子8", "onlylowercaseletters"]
)
def test_length_is_enough_for_residents_whatever_it_is_made_of(password):
    assert checked_password(password, "13900000001") == password


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("onlylowercaseletters", False),
        ("lower-and-signs", False),
        ("Lower-And-Upper", True),
        ("窗口-good-pass", True),
        ("Wanshi-Demo-2026", True),
        ("Passw0rd123", True),
        ("P@ssw0rd", False),
    ],
)
def test_officers_passwords_are_of_three_kinds_of_characters_and_not_common(password, good):
    try:
        checked_staff_password(password, "officer")
    except WeakPassword:
        assert not good
    else:
        assert good


async def test_a_stranger_changes_nothing_and_the_old_password_must_be_right(public):
    _, facts = await account()
    body = {"old_password": OLD, "new_password": NEW}
    assert (await public.put("/me/password", json=body)).status_code == 401
    granted = await grants.sign_in_person(facts.phone, OLD)
    wrong = await public.put(
        "/me/password", json=body | {"old_password": "wrong-one"}, headers=_bearer(granted)
    )
    assert (wrong.status_code, wrong.json()["code"]) == (401, "grants.sign_in_refused")
    for new, code in ((OLD, "same_password"), (f"x{facts.phone}", "weak_password")):
        reply = await public.put(
            "/me/password", json=body | {"new_password": new}, headers=_bearer(granted)
        )
        assert (reply.status_code, reply.json()["code"]) == (422, f"grants.{code}")
    assert await grants.sign_in_person(facts.phone, OLD)


async def test_a_change_ends_the_other_sessions_and_keeps_this_one(public):
    _, facts = await account()
    mine, other = [await grants.sign_in_person(facts.phone, OLD) for _ in range(2)]
    body = {"old_password": OLD, "new_password": NEW}
    reply = await public.put("/me/password", json=body, headers=_bearer(mine))
    assert reply.status_code == 204, reply.text
    assert await grants.alive(mine.principal.session)
    with pytest.raises(SessionOver):
        await grants.refresh(other.refresh_token, "person")
    assert await grants.sign_in_person(facts.phone, NEW)
    told = "SELECT count(*) FROM kernel_event WHERE name='grants.password_changed/1'"
    assert await db.value(told) == 1


async def test_an_officer_changes_it_too(staff_surface):
    who = await officer()
    await set_password(who.id, "Wanshi-Test-2026")
    granted = await grants.sign_in_staff("officer", "Wanshi-Test-2026")
    body = {"old_password": "Wanshi-Test-2026", "new_password": "onlylowercase"}
    weak = await staff_surface.put("/my/password", json=body, headers=_bearer(granted))
    assert weak.json()["code"] == "grants.weak_password"
    body["new_password"] = "Another-Fine-2026"
    done = await staff_surface.put("/my/password", json=body, headers=_bearer(granted))
    assert done.status_code == 204, done.text
    assert await grants.sign_in_staff("officer", "Another-Fine-2026")


async def reset(public, inbox, number: str, id_number: str, **changes: str):
    await public.post("/password-resets/codes", json={"phone": number})
    body = {
        "phone": number,
        "code": inbox[number],
        "id_number": id_number,
        "password": NEW,
    } | changes
    return await public.post("/password-resets", json=body)


async def test_phone_and_number_reset_it_and_end_sessions_and_locks(public, inbox):
    _, facts = await account()
    granted = await grants.sign_in_person(facts.phone, OLD)
    for _ in range(5):
        with pytest.raises(Problem):
            await grants.sign_in_person(facts.phone, "wrong-one")
    reply = await reset(public, inbox, facts.phone, facts.id_number)
    assert (reply.status_code, reply.content) == (204, b"")
    assert not await grants.alive(granted.principal.session)
    assert await grants.sign_in_person(facts.phone, NEW)
    with pytest.raises(Problem):
        await grants.sign_in_person(facts.phone, OLD)


async def test_nobody_learns_whether_the_phone_or_the_number_has_an_account(public, inbox):
    _, mine = await account()
    _, other = await account()
    stranger = phone()
    answers = set()
    for number, identity in (
        (mine.phone, other.id_number),
        (mine.phone, id_number()),
        (stranger, mine.id_number),
        (phone(), id_number()),
    ):
        asked = await public.post("/password-resets/codes", json={"phone": number})
        assert asked.status_code in {202, 429}
        if asked.status_code == 429:  # one code a minute to a phone, whoever has it
            await db.execute(
                "UPDATE people_one_time_code SET created_at = created_at - interval '2 min'"
            )
        reply = await reset(public, inbox, number, identity)
        body = reply.json()
        answers.add((reply.status_code, body["code"], body["title"]))
        await db.execute(
            "UPDATE people_one_time_code SET created_at = created_at - interval '2 min'"
        )
    assert answers == {(422, "grants.reset_refused", "填写的信息不正确，请核对手机号和身份证号码")}
    assert await grants.sign_in_person(mine.phone, OLD)


async def test_a_wrong_code_a_sign_up_code_and_a_used_code_reset_nothing(public, inbox):
    _, facts = await account()
    await public.post("/sign-up/codes", json={"phone": facts.phone})
    body = {"phone": facts.phone, "id_number": facts.id_number, "password": NEW}
    reply = await public.post("/password-resets", json=body | {"code": inbox[facts.phone]})
    assert (reply.status_code, reply.json()["code"]) == (422, "people.code_refused")
    await db.execute("DELETE FROM people_one_time_code")
    done = await reset(public, inbox, facts.phone, facts.id_number)
    assert done.status_code == 204
    again = await public.post("/password-resets", json=body | {"code": inbox[facts.phone]})
    assert (again.status_code, again.json()["code"]) == (422, "people.code_refused")


async def test_an_account_that_never_had_a_password_gets_none_by_a_reset(public, inbox):
    brought = await people.person((await resident()).subject)  # as a platform pushes it
    await public.post("/password-resets/codes", json={"phone": brought.phone})
    reply = await reset(public, inbox, brought.phone, brought.id_number)
    assert (reply.status_code, reply.json()["code"]) == (422, "grants.reset_refused")
    assert not await grants.has_password(brought.id)


async def test_of_ten_resets_with_one_code_at_once_one_succeeds(database, inbox):
    _, facts = await account()
    await grants.send_reset_code(facts.phone)
    results = await asyncio.gather(
        *(
            grants.reset_password(facts.phone, inbox[facts.phone], facts.id_number, f"{NEW}{n}")
            for n in range(5)
        ),
        return_exceptions=True,
    )
    assert results.count(None) == 1


@pytest.mark.alone
async def test_asking_for_a_code_takes_as_long_for_nobody_as_for_somebody(database, inbox):
    spent: dict[str, list[float]] = {"somebody": [], "nobody": []}
    for _ in range(25):
        _, facts = await _cheap_account()
        for who, number in (("somebody", facts.phone), ("nobody", phone())):
            began = time.perf_counter()
            await grants.send_reset_code(number)
            spent[who].append(time.perf_counter() - began)
    some, none = (statistics.median(spent[who]) for who in ("somebody", "nobody"))
    print(f"somebody {some * 1000:.2f} ms, nobody {none * 1000:.2f} ms")
    assert abs(some - none) < max(0.5 * some, 0.002)


async def _cheap_account():
    person = await resident()
    return person, await people.person(person.id)
