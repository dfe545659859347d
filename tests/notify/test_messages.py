"""The inbox and the short messages: once each, readable by their owner only."""

import httpx
import pytest

from app_server.kernel import db
from auth.people import service as people
from notify import service as notify
from notify.service import Template
from tests.builders.people import bearer, resident

HELLO = Template("test.hello", "您好", "您的{thing}已办好", "您的{thing}已办好，请查看。")


async def say(person, dedupe: str) -> None:
    async with db.unit_of_work():
        await notify.send(
            person_id=person.id, template=HELLO, params={"thing": "居住证"}, dedupe=dedupe
        )


async def sms_of(person, simulators) -> list[dict[str, str]]:
    phone = (await people.person(person.id)).phone
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(f"{simulators['sms']}/messages", params={"phone": phone})).json()


async def test_a_stranger_has_no_inbox(public):
    assert (await public.get("/me/messages")).status_code == 401


async def test_a_message_outside_a_command_is_refused(database):
    person = await resident()
    with pytest.raises(db.OutsideUnitOfWork):
        await notify.send(person_id=person.id, template=HELLO, params={"thing": "x"}, dedupe="d")


async def test_a_message_reaches_inbox_and_phone_and_is_marked_read(public, simulators, deliver):
    person = await resident()
    headers = await bearer(person)
    await deliver()
    await say(person, "once")
    await deliver()
    page = (await public.get("/me/messages", headers=headers)).json()
    assert page["items"][0]["body"] == "您的居住证已办好"
    before = page["unread"]
    message = page["items"][0]["id"]
    assert (await public.post(f"/me/messages/{message}/read", headers=headers)).status_code == 204
    assert (await public.get("/me/messages", headers=headers)).json()["unread"] == before - 1
    assert "您的居住证已办好，请查看。" in (await sms_of(person, simulators))[0]["Content"]


async def test_the_same_news_twice_is_one_message_and_one_sms(database, simulators, deliver):
    person = await resident()
    await say(person, "same")
    await say(person, "same")
    await deliver()
    told = await sms_of(person, simulators)
    assert sum("居住证" in sms["Content"] for sms in told) == 1


async def test_somebody_elses_message_cannot_be_read(public):
    owner, stranger = await resident(), await resident()
    await say(owner, "mine")
    message = await db.value("SELECT id FROM notify_message WHERE dedupe='mine'")
    reply = await public.post(f"/me/messages/{message}/read", headers=await bearer(stranger))
    assert (reply.status_code, reply.json()["code"]) == (404, "notify.no_such_message")


async def test_words_and_phones_are_sealed_in_the_tables(database):
    person = await resident()
    await say(person, "sealed")
    assert "居住证" not in await db.value("SELECT body FROM notify_message WHERE dedupe='sealed'")
    kept = await db.row("SELECT phone, content FROM notify_delivery WHERE dedupe='sealed:sms'")
    # The phone of somebody with an account is looked up when the message goes out.
    assert kept["phone"] is None
    assert "居住证" not in kept["content"]
    await notify.send_to_phone("13911112222", "请登录", "test.phone", "sealed-phone")
    kept = await db.row("SELECT phone FROM notify_delivery WHERE dedupe='sealed-phone:sms'")
    assert "1391111" not in kept["phone"]


async def test_a_forged_sms_request_is_refused_by_the_carrier(simulators):
    async with httpx.AsyncClient(trust_env=False) as client:
        reply = await client.post(
            f"{simulators['sms']}/",
            params={"PhoneNumbers": "13900000000"},
            headers={"x-acs-action": "SendSms", "authorization": "ACS3-HMAC-SHA256 forged"},
        )
    assert reply.status_code == 403
