"""The same login by WeChat and Alipay codes: a channel session is no user until it is bound."""

import asyncio
import json

import httpx
import pytest

from app_server.kernel import db
from app_server.kernel.rsa2 import public_key, signed_node, verifies
from auth.grants import service as grants
from auth.grants.errors import ChannelRefused, ChannelUnreachable
from auth.people import service as people
from tests.builders.people import resident, set_password

PASSWORD = "花戏楼前的石狮子8"
FIELD = {"wechat": "openid", "alipay": "open_id"}


async def code_of(channel: str, who: str, simulators: dict[str, str]) -> str:
    async with httpx.AsyncClient(trust_env=False) as client:
        made = await client.post(f"{simulators[channel]}/__codes", json={FIELD[channel]: who})
        return made.json()["code"]


@pytest.mark.parametrize("channel", ["wechat", "alipay"])
async def test_a_made_up_code_is_refused(channel, database, simulators):
    with pytest.raises(ChannelRefused):
        await grants.sign_in_by_channel(channel, "no-such-code-at-all")


@pytest.mark.parametrize("channel", ["wechat", "alipay"])
async def test_a_new_channel_user_is_a_session_and_no_account(channel, public, simulators):
    code = await code_of(channel, "o-stranger", simulators)
    reply = await public.post("/sessions/channel", json={"channel": channel, "code": code})
    assert reply.status_code == 201, reply.text
    assert reply.json()["state"] == "unbound"
    assert await db.value("SELECT count(*) FROM people_person") == 0


async def test_binding_keeps_whom_wechat_calls_the_same_in_all_our_apps(public, simulators):
    person = await resident(tier=2)
    await set_password(person.id, PASSWORD)
    async with httpx.AsyncClient(trust_env=False) as client:
        told = {"openid": "o-union", "unionid": "u-me"}
        code = (await client.post(f"{simulators['wechat']}/__codes", json=told)).json()["code"]
    seen = await public.post("/sessions/channel", json={"channel": "wechat", "code": code})
    proof = {"login": (await people.person(person.id)).phone, "password": PASSWORD}
    asked = proof | {"binding_token": seen.json()["binding_token"]}
    assert (await public.post("/sessions/channel/bindings", json=asked)).status_code == 201
    assert await grants.union_indexes(person.id) == [grants.union_index("u-me")]
    assert await db.value("SELECT count(*) FROM grants_channel_identity") == 1
    kept = await db.row("SELECT * FROM grants_channel_identity")
    assert not any("u-me" in str(value) for value in kept.values())


@pytest.mark.parametrize("channel", ["wechat", "alipay"])
async def test_after_binding_the_code_alone_signs_the_same_person_in(channel, public, simulators):
    person = await resident(tier=2)
    await set_password(person.id, PASSWORD)
    phone = (await people.person(person.id)).phone
    code = await code_of(channel, "o-me", simulators)
    seen = await public.post("/sessions/channel", json={"channel": channel, "code": code})
    bound = await public.post(
        "/sessions/channel/bindings",
        json={
            "binding_token": seen.json()["binding_token"],
            "login": phone,
            "password": PASSWORD,
        },
    )
    assert bound.status_code == 201, bound.text
    again = await code_of(channel, "o-me", simulators)
    reply = await public.post("/sessions/channel", json={"channel": channel, "code": again})
    assert reply.json()["state"] == "signed_in"
    assert reply.json()["session"]["person"] == {
        "id": str(person.id),
        "display_name": "李*轩",
        "tier": 2,
    }
    fresh = await public.post(
        "/sessions/channel/refresh", json={"refresh_token": reply.json()["refresh_token"]}
    )
    assert fresh.json()["state"] == "signed_in"


async def test_one_code_used_fifty_times_at_once_gives_one_session(database, simulators):
    code = await code_of("wechat", "o-racer", simulators)

    async def attempt() -> str:
        try:
            await grants.sign_in_by_channel("wechat", code)
        except (ChannelRefused, ChannelUnreachable):
            return "refused"
        return "ok"

    results = await asyncio.gather(*(attempt() for _ in range(50)))
    assert results.count("ok") == 1


async def test_a_binding_token_serves_once(public, simulators):
    person = await resident()
    await set_password(person.id, PASSWORD)
    phone = (await people.person(person.id)).phone
    code = await code_of("alipay", "o-once", simulators)
    seen = await public.post("/sessions/channel", json={"channel": "alipay", "code": code})
    body = {
        "binding_token": seen.json()["binding_token"],
        "login": phone,
        "password": PASSWORD,
    }
    assert (await public.post("/sessions/channel/bindings", json=body)).status_code == 201
    again = await public.post("/sessions/channel/bindings", json=body)
    assert (again.status_code, again.json()["code"]) == (400, "grants.channel_refused")


def test_alipays_own_published_answer_verifies_and_an_altered_one_does_not(shared):
    sample = json.loads((shared / "data/payments/alipay_response_official.json").read_text())
    node, mark = signed_node(sample["raw"], "alipay_open_file_upload_response")
    key = public_key(sample["public_key"])
    assert node.decode() == sample["signed_content"]
    assert verifies(key, node, mark)
    assert not verifies(key, node.replace(b"10000", b"10001"), mark)


@pytest.mark.parametrize("channel", ["wechat", "alipay"])
async def test_the_case_api_is_the_same_for_a_mini_programs_session(channel, public, simulators):
    person = await resident(tier=2)
    await set_password(person.id, PASSWORD)
    phone = (await people.person(person.id)).phone
    code = await code_of(channel, "o-cases", simulators)
    seen = await public.post("/sessions/channel", json={"channel": channel, "code": code})
    token = {"binding_token": seen.json()["binding_token"]}
    bound = await public.post(
        "/sessions/channel/bindings", json=token | {"login": phone, "password": PASSWORD}
    )
    headers = {"authorization": f"Bearer {bound.json()['session']['access_token']}"}
    mine = await public.get("/cases", headers=headers)
    assert (mine.status_code, mine.json()) == (200, {"items": [], "next": None})
