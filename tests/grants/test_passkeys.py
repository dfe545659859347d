"""Passkeys of residents: registered after a fresh sign-in, signed in with alone, copied ones found."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app_server.kernel import clock, db
from app_server.kernel.settings import load
from auth.grants import service as grants
from auth.grants.errors import FactorRefused
from tests.builders.authenticator import BE, BS, UP, UV, Authenticator
from tests.builders.grants import claims_of
from tests.builders.people import bearer, resident, set_password

PASSWORD = "花戏楼前的石狮子8"


def authenticator(**changes) -> Authenticator:
    return Authenticator(load().origin("public"), **changes)


async def registered(public, headers, key: Authenticator, name: str = "我的手机"):
    begun = (await public.post("/me/passkeys/challenges", headers=headers)).json()
    return await public.post(
        "/me/passkeys",
        headers=headers,
        json={
            "challenge_id": begun["challenge_id"],
            "credential": key.create(begun["options"]),
            "name": name,
        },
    )


async def signed_in_with(public, key: Authenticator):
    begun = (await public.post("/sessions/passkey/challenges")).json()
    return await public.post(
        "/sessions/passkey",
        json={"challenge_id": begun["challenge_id"], "credential": key.get(begun["options"])},
    )


async def test_a_stranger_registers_none_and_an_unknown_key_opens_nothing(public):
    assert (await public.post("/me/passkeys/challenges")).status_code == 401
    assert (await public.get("/me/passkeys")).status_code == 401
    reply = await signed_in_with(public, authenticator(handle="AA"))
    assert (reply.status_code, reply.json()["code"]) == (401, "grants.factor_refused")


async def test_a_resident_registers_a_passkey_and_signs_in_with_it_alone(public):
    person, key = await resident(tier=2), authenticator()
    reply = await registered(public, await bearer(person), key)
    assert reply.status_code == 201, reply.text
    assert (reply.json()["name"], reply.json()["synced"]) == ("我的手机", False)
    signed_in = await signed_in_with(public, key)
    assert signed_in.status_code == 201, signed_in.text
    assert signed_in.json()["person"] == {
        "id": str(person.id), "display_name": "李*轩", "tier": 2,
    }  # fmt: skip
    assert "__Host-session=" in signed_in.headers["set-cookie"]
    assert claims_of(signed_in.json()["access_token"])["amr"] == ["hwk", "mfa"]
    row = await db.row("SELECT transports::text AS t, sign_count FROM grants_passkey")
    assert row["t"] == '["hybrid", "internal"]'
    assert row["sign_count"] == 2


async def test_a_key_that_travels_between_devices_is_noted_and_counts_as_software(public):
    person, key = await resident(), authenticator(flags=UP | UV | BE | BS, count=0)
    reply = await registered(public, await bearer(person), key)
    assert reply.json()["synced"] is True
    key.count = -1  # synced keys keep no counter: it stays 0
    signed_in = await signed_in_with(public, key)
    assert claims_of(signed_in.json()["access_token"])["amr"] == ["swk", "mfa"]
    key.count = -1
    assert (await signed_in_with(public, key)).status_code == 201


async def test_what_the_authenticator_keeps_says_nothing_of_the_person(public):
    person = await resident()
    headers = await bearer(person)
    options = (await public.post("/me/passkeys/challenges", headers=headers)).json()["options"]
    assert options["rp"] == {"id": "shell.miniapp.localhost", "name": load().platform_name}
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert "****" in options["user"]["name"]
    again = (await public.post("/me/passkeys/challenges", headers=headers)).json()["options"]
    assert again["user"]["id"] == options["user"]["id"]
    assert again["challenge"] != options["challenge"]
    assert str(person.id) not in str(options)


async def test_an_old_sign_in_registers_nothing_until_the_password_is_entered_again(
    public, monkeypatch
):
    person = await resident()
    await set_password(person.id, PASSWORD)
    headers = await bearer(person)
    await db.execute("UPDATE grants_session SET authenticated_at = now() - interval '11 minutes'")
    reply = await public.post("/me/passkeys/challenges", headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (401, "grants.reauthentication_required")
    await public.post("/sessions/current/proof", headers=headers, json={"password": PASSWORD})
    assert (await public.post("/me/passkeys/challenges", headers=headers)).status_code == 201


async def test_a_passkey_serves_where_a_recent_sign_in_is_asked_for(public):
    person, key = await resident(), authenticator()
    headers = await bearer(person)
    await registered(public, headers, key)
    await db.execute("UPDATE grants_session SET authenticated_at = now() - interval '11 minutes'")
    begun = await public.post("/sessions/current/proof/passkey/challenges", headers=headers)
    assert len(begun.json()["options"]["allowCredentials"]) == 1
    answer = {
        "challenge_id": begun.json()["challenge_id"],
        "credential": key.get(begun.json()["options"]),
    }
    other = await bearer(await resident(name="王芳"))
    stolen = await public.post("/sessions/current/proof/passkey", headers=other, json=answer)
    assert stolen.status_code == 401
    done = await public.post("/sessions/current/proof/passkey", headers=headers, json=answer)
    assert done.status_code == 204, done.text
    assert (await public.post("/me/passkeys/challenges", headers=headers)).status_code == 201


@pytest.mark.parametrize(
    "twist",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://app1.miniapp.localhost:8800"},
        {"rp_id": "evil.example"},
        {"flags": UP},
        {"flags": UV},
    ],
    ids=["origin", "a mini-app's origin", "rp id", "no verification", "no presence"],
)
async def test_a_twisted_registration_or_assertion_is_refused(twist, public):
    person, key = await resident(), authenticator()
    headers = await bearer(person)
    refused = await registered(public, headers, replace(key, **twist))
    assert (refused.status_code, refused.json()["code"]) == (401, "grants.factor_refused")
    assert (await registered(public, headers, key)).status_code == 201
    refused = await signed_in_with(public, replace(key, **twist))
    assert (refused.status_code, refused.json()["code"]) == (401, "grants.factor_refused")
    assert (await signed_in_with(public, key)).status_code == 201


async def test_another_key_another_handle_and_an_altered_answer_are_refused(public):
    person, key = await resident(), authenticator()
    await registered(public, await bearer(person), key)
    stranger = authenticator(credential_id=key.credential_id, handle=key.handle)
    assert (await signed_in_with(public, stranger)).status_code == 401
    for handle in ("", "AAAA"):
        assert (await signed_in_with(public, replace(key, handle=handle))).status_code == 401
    begun = (await public.post("/sessions/passkey/challenges")).json()
    answer = key.get(begun["options"])
    answer["response"]["signature"] = answer["response"]["signature"][:-6] + "AAAAAA"
    body = {"challenge_id": begun["challenge_id"], "credential": answer}
    assert (await public.post("/sessions/passkey", json=body)).status_code == 401


async def test_a_challenge_answers_once_for_its_purpose_within_five_minutes(public, monkeypatch):
    person, key = await resident(), authenticator()
    headers = await bearer(person)
    await registered(public, headers, key)
    begun = (await public.post("/sessions/passkey/challenges")).json()
    body = {"challenge_id": begun["challenge_id"], "credential": key.get(begun["options"])}
    assert (await public.post("/sessions/passkey", json=body)).status_code == 201
    assert (await public.post("/sessions/passkey", json=body)).status_code == 401
    # One made for a session does not open another.
    begun = (
        await public.post("/sessions/current/proof/passkey/challenges", headers=headers)
    ).json()
    body = {"challenge_id": begun["challenge_id"], "credential": key.get(begun["options"])}
    assert (await public.post("/sessions/passkey", json=body)).status_code == 401
    begun = (await public.post("/sessions/passkey/challenges")).json()
    body = {"challenge_id": begun["challenge_id"], "credential": key.get(begun["options"])}
    later = clock.now() + timedelta(minutes=5, seconds=1)
    monkeypatch.setattr(clock, "_source", lambda: later)
    assert (await public.post("/sessions/passkey", json=body)).status_code == 401


async def test_of_fifty_uses_of_one_answer_at_once_one_signs_in(public):
    person, key = await resident(), authenticator()
    await registered(public, await bearer(person), key)
    begun = (await public.post("/sessions/passkey/challenges")).json()
    from uuid import UUID

    answer = key.get(begun["options"])
    results = await asyncio.gather(
        *(grants.sign_in_by_passkey(UUID(begun["challenge_id"]), answer) for _ in range(50)),
        return_exceptions=True,
    )
    assert sum(isinstance(r, grants.Granted) for r in results) == 1
    assert sum(isinstance(r, FactorRefused) for r in results) == 49


async def test_a_counter_that_goes_backwards_ends_the_key_for_good(public):
    person, key = await resident(), authenticator(count=10)
    headers = await bearer(person)
    await registered(public, headers, key)
    copy = replace(key, count=3)
    assert (await signed_in_with(public, key)).status_code == 201
    assert (await signed_in_with(public, copy)).status_code == 401
    # Which of the two is the copy, nobody can tell.
    assert (await signed_in_with(public, key)).status_code == 401
    listed = (await public.get("/me/passkeys", headers=headers)).json()["items"]
    assert [p["suspect"] for p in listed] == [True]
    noted = "SELECT count(*) FROM kernel_audit WHERE action='grants.passkey_suspect'"
    assert await db.value(noted) == 1


async def test_a_made_up_counter_without_the_key_does_not_end_somebodys_key(public):
    person, key = await resident(), authenticator(count=10)
    await registered(public, await bearer(person), key)
    forged = authenticator(credential_id=key.credential_id, handle=key.handle, count=1)
    assert (await signed_in_with(public, forged)).status_code == 401
    assert (await signed_in_with(public, key)).status_code == 201


async def test_passkeys_are_listed_renamed_and_deleted_by_their_owner_alone(public):
    person, key = await resident(), authenticator()
    headers, other = await bearer(person), await bearer(await resident(name="王芳"))
    made = (await registered(public, headers, key)).json()
    path = f"/me/passkeys/{made['id']}"
    for who, status in ((other, 404), (headers, 204)):
        renamed = await public.patch(path, json={"name": "旧手机"}, headers=who)
        assert renamed.status_code == status
    listed = (await public.get("/me/passkeys", headers=headers)).json()["items"]
    assert [p["name"] for p in listed] == ["旧手机"]
    assert (await public.delete(path, headers=other)).status_code == 404
    assert (await public.delete(path, headers=headers)).status_code == 204
    assert (await signed_in_with(public, key)).status_code == 401


async def test_one_key_is_one_accounts_and_an_account_has_ten_at_most(public):
    first, second, key = await resident(), await resident(name="王芳"), authenticator()
    assert (await registered(public, await bearer(first), key)).status_code == 201
    taken = await registered(public, await bearer(second), key)
    assert (taken.status_code, taken.json()["code"]) == (409, "grants.passkey_taken")
    headers = await bearer(first)
    from app_server.kernel.cache import redis

    for n in range(10):
        await redis().flushdb()
        reply = await registered(public, headers, authenticator())
        assert reply.status_code == (201 if n < 9 else 409)
    assert reply.json()["code"] == "grants.too_many_passkeys"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "rawId", "type", "response", "clientDataJSON", "userHandle", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(answer=st.dictionaries(st.sampled_from(["id", "rawId", "type", "response"]), JSON))
async def test_whatever_a_made_up_answer_holds_it_is_refused(answer, database):
    with pytest.raises(FactorRefused):
        await grants.sign_in_by_passkey(uuid4(), answer)
    begun = await grants.passkey_challenge(grants.Place(str(uuid4())))
    with pytest.raises(FactorRefused):
        await grants.sign_in_by_passkey(begun.challenge_id, answer)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"response": []},
        {"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30"}},
        {"id": 7, "response": {"transports": {"a": 1}}},
        {"id": "AA", "rawId": "AA", "type": "public-key", "response": {"attestationObject": "oA"}},
    ],
)
async def test_a_made_up_registration_is_refused(answer, public):
    headers = await bearer(await resident())
    begun = (await public.post("/me/passkeys/challenges", headers=headers)).json()
    reply = await public.post(
        "/me/passkeys",
        headers=headers,
        json={"challenge_id": begun["challenge_id"], "credential": answer, "name": "x"},
    )
    assert (reply.status_code, reply.json()["code"]) == (401, "grants.factor_refused")
