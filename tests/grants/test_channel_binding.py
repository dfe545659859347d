"""One channel account, one resident: bound once, signed up in one step, unbound by either side."""

import asyncio
import re
import time

import httpx
import pytest
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from app_server.kernel import db
from app_server.kernel.rsa2 import private_key, sign, simulated_keys, to_sign
from auth.grants import service as grants
from auth.grants.errors import ChannelTaken
from auth.grants.providers.alipay import AlipaySettings
from auth.grants.providers.wechat import WeChatSettings
from auth.grants.rules import TERMS_VERSION
from auth.grants.simulators.alipay import cancelled
from auth.grants.simulators.wechat import event_xml
from auth.identity.errors import UnderReview
from auth.people import service as people
from tests.builders.identity import post
from tests.builders.people import bearer, phone, resident, set_password
from tests.grants.test_channels import FIELD, PASSWORD, code_of

LI = {
    "name": "李明轩",
    "ethnic_group": "汉族",
    "sex": "male",
    "id_number": "341602199003074511",
    "password": PASSWORD,
    "terms_version": TERMS_VERSION,
}
WITHDRAWN = {"wechat": "user_authorization_revoke", "alipay": ""}


async def token_for(channel: str, who: str, simulators) -> str:
    got = await grants.sign_in_by_channel(channel, await code_of(channel, who, simulators))
    assert isinstance(got, grants.Unbound)
    return got.binding_token


async def account() -> tuple:
    person = await resident()
    await set_password(person.id, PASSWORD)
    return person, (await people.person(person.id)).phone


async def bound(channel: str, who: str, simulators):
    person, number = await account()
    token = await token_for(channel, who, simulators)
    return person, await grants.bind_channel(token, number, PASSWORD)


@pytest.fixture
def inbox(monkeypatch) -> dict[str, str]:
    sent: dict[str, str] = {}

    async def note(number: str, code: str, purpose: str) -> None:
        sent[number] = code

    monkeypatch.setattr("auth.people.service.codes._sender", note)
    return sent


@pytest.mark.parametrize("channel", ["wechat", "alipay"])
async def test_the_first_log_in_becomes_an_account_of_tier_one_in_one_step(
    channel, public, simulators, inbox
):
    token, number = await token_for(channel, "o-new", simulators), phone()
    await public.post("/sign-up/codes", json={"phone": number})
    body = LI | {"phone": number, "code": inbox[number], "binding_token": token}
    reply = await public.post("/sessions/channel/sign-ups", json=body)
    assert reply.status_code == 201, reply.text
    told = reply.json()
    assert (told["state"], told["session"]["person"]["tier"]) == ("signed_in", 1)
    assert "set-cookie" not in reply.headers
    again = await public.post(
        "/sessions/channel",
        json={"channel": channel, "code": await code_of(channel, "o-new", simulators)},
    )
    assert again.json()["session"]["person"]["id"] == told["session"]["person"]["id"]
    assert await db.value("SELECT channel FROM grants_session ORDER BY id LIMIT 1") == channel


async def test_a_made_up_token_leaves_no_account_and_no_code_used_up(public, simulators, inbox):
    number = phone()
    await public.post("/sign-up/codes", json={"phone": number})
    body = LI | {"phone": number, "code": inbox[number], "binding_token": "x" * 43}
    reply = await public.post("/sessions/channel/sign-ups", json=body)
    assert (reply.status_code, reply.json()["code"]) == (400, "grants.channel_refused")
    assert await db.value("SELECT count(*) FROM people_person") == 0
    assert await db.value("SELECT used_at FROM people_one_time_code") is None


async def test_a_channel_account_taken_meanwhile_leaves_no_account(public, simulators, inbox):
    token, number = await token_for("wechat", "o-taken", simulators), phone()
    await bound("wechat", "o-taken", simulators)
    await public.post("/sign-up/codes", json={"phone": number})
    body = LI | {"phone": number, "code": inbox[number], "binding_token": token}
    reply = await public.post("/sessions/channel/sign-ups", json=body)
    assert (reply.status_code, reply.json()["code"]) == (409, "grants.channel_taken")
    assert await people.find_by_id_number(LI["id_number"]) is None


async def test_of_many_residents_who_bind_one_channel_account_at_once_one_gets_it(
    database, simulators
):
    people_here = [await account() for _ in range(6)]
    tokens = [await token_for("wechat", "o-race", simulators) for _ in people_here]
    results = await asyncio.gather(
        *(
            grants.bind_channel(token, number, PASSWORD)
            for token, (_, number) in zip(tokens, people_here, strict=True)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(r, grants.Granted) for r in results) == 1
    assert sum(isinstance(r, ChannelTaken) for r in results) == 5
    assert await db.value("SELECT count(*) FROM grants_channel_identity") == 1
    # Who did not get it is not signed in either.
    assert await db.value("SELECT count(*) FROM grants_session") == 1


async def test_the_same_name_of_another_kind_or_app_is_somebody_else(database, simulators):
    await bound("wechat", "2088000000000001", simulators)
    await bound("alipay", "2088000000000001", simulators)
    rows = await db.rows("SELECT channel, id_kind FROM grants_channel_identity ORDER BY channel")
    assert [tuple(r) for r in rows] == [("alipay", "open_id"), ("wechat", "openid")]


async def test_who_is_under_review_is_not_joined_with_a_channel_account(database, simulators):
    from auth.identity.service.reviews import open_review

    person, number = await account()
    async with db.unit_of_work():
        await open_review("person", person.subject, "unionpay", "realname_window")
    token = await token_for("wechat", "o-doubt", simulators)
    with pytest.raises(UnderReview):
        await grants.bind_channel(token, number, PASSWORD)
    assert await db.value("SELECT count(*) FROM grants_channel_identity") == 0
    assert await db.value("SELECT count(*) FROM grants_session") == 0
    # The token was not used up: once the doubt is gone, it goes on.
    await db.execute("UPDATE identity_review SET state='resolved'")
    assert await grants.bind_channel(token, number, PASSWORD)


async def test_a_resident_unbinds_their_own_and_its_sessions_end(public, simulators):
    person, granted = await bound("wechat", "o-gone", simulators)
    web = await bearer(person)
    listed = (await public.get("/me/channels", headers=web)).json()["items"]
    assert [(c["channel"], c["channel_name"]) for c in listed] == [("wechat", "微信小程序")]
    path = f"/me/channels/{listed[0]['id']}"
    assert (await public.delete(path)).status_code == 401
    other = await bearer(await resident(name="王芳"))
    assert (await public.delete(path, headers=other)).status_code == 404
    assert (await public.delete(path, headers=web)).status_code == 204
    assert (await public.delete(path, headers=web)).status_code == 404
    assert not await grants.alive(granted.principal.session)
    assert (await public.get("/me/channels", headers=web)).json()["items"] == []
    assert await token_for("wechat", "o-gone", simulators)


CALLBACK = {"wechat": "/callbacks/wechat/events", "alipay": "/callbacks/alipay/messages"}


async def told_by_vendor(channel: str, who: str, simulators, listeners, event: str = "") -> dict:
    path = {"wechat": "/__revoke", "alipay": "/__cancel"}[channel]
    body = {FIELD[channel]: who, "to": listeners["partner"] + CALLBACK[channel]}
    if channel == "wechat":
        body["event"] = event or WITHDRAWN[channel]
    return (await post(simulators[channel], path, body)).json()


@pytest.mark.parametrize(
    ("channel", "event"),
    [
        ("wechat", "user_authorization_revoke"),
        ("wechat", "user_authorization_cancellation"),
        ("alipay", ""),
    ],
)
async def test_who_takes_the_authorisation_back_at_the_vendor_is_unbound(
    channel, event, database, simulators, listeners
):
    _, granted = await bound(channel, "o-back", simulators)
    await db.execute("UPDATE grants_channel_identity SET bound_at = bound_at - interval '2 s'")
    told = await told_by_vendor(channel, "o-back", simulators, listeners, event)
    assert told == {"status": 200, "body": "success"}
    assert await db.value("SELECT count(*) FROM grants_channel_identity") == 0
    assert not await grants.alive(granted.principal.session)
    # Told again: nothing more happens, and the vendor is content.
    told = await told_by_vendor(channel, "o-back", simulators, listeners, event)
    assert told["status"] == 200


@pytest.mark.parametrize("channel", ["wechat", "alipay"])
async def test_a_late_notice_does_not_end_a_binding_made_after_it(
    channel, database, simulators, listeners
):
    await bound(channel, "o-anew", simulators)
    await db.execute("UPDATE grants_channel_identity SET bound_at = bound_at + interval '5 s'")
    assert (await told_by_vendor(channel, "o-anew", simulators, listeners))["status"] == 200
    assert await db.value("SELECT count(*) FROM grants_channel_identity") == 1


async def test_another_event_of_wechats_is_taken_and_changes_nothing(
    database, simulators, listeners
):
    await bound("wechat", "o-stays", simulators)
    told = await told_by_vendor("wechat", "o-stays", simulators, listeners, "user_info_modified")
    assert told["status"] == 200
    assert await db.value("SELECT count(*) FROM grants_channel_identity") == 1


def pushed(age: int = 0, text: str = "", **changes: str) -> tuple[dict[str, str], str]:
    """A well-made push of WeChat's, with changes."""
    account = WeChatSettings()
    stamp = str(int(time.time()) - age)
    key = changes.get("key", account.push_aes_key)
    crypto = WeChatCrypto(changes.get("token", account.push_token), key, account.key_id)
    app = changes.get("app", account.key_id)
    text = text or event_xml(app, "o-forged", "user_authorization_revoke", stamp)
    body = crypto.encrypt_message(text, "nonce", stamp)
    mark = re.search(r"MsgSignature><!\[CDATA\[(\w+)", body)
    assert mark
    return {"timestamp": stamp, "nonce": "nonce", "msg_signature": mark.group(1)}, body


async def test_consents_to_messages_in_the_mini_program_are_counted_once(database, listeners):
    text = (
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>o-asked</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType>event</MsgType>"
        "<Event>subscribe_msg_popup_event</Event><SubscribeMsgPopupEvent><List>"
        "<TemplateId>T1</TemplateId><SubscribeStatusString>accept</SubscribeStatusString>"
        "</List></SubscribeMsgPopupEvent></xml>"
    )
    marks, body = pushed(text=text)
    async with httpx.AsyncClient(trust_env=False) as http:
        for _ in range(2):
            reply = await http.post(
                listeners["partner"] + CALLBACK["wechat"],
                params=marks,
                content=body,
                headers={"content-type": "text/xml"},
            )
            assert (reply.status_code, reply.text) == (200, "success")
    assert await db.value("SELECT remaining FROM notify_quota") == 1


FORGED_PUSHES = {
    "another token": {"token": "FORGED"},
    "another key": {"key": "A" * 43},
    "another app": {"app": "wx-another"},
    "an hour old": {"age": 3600},
}


@pytest.mark.parametrize("how", [*FORGED_PUSHES, "altered", "no mark", "not xml", "entities"])
async def test_a_forged_push_of_wechat_changes_nothing(how, database, simulators, listeners):
    await bound("wechat", "o-forged", simulators)
    await db.execute("UPDATE grants_channel_identity SET bound_at = bound_at - interval '2 h'")
    marks, body = pushed(**FORGED_PUSHES.get(how, {}))
    if how == "altered":
        body = body.replace("<Encrypt><![CDATA[", "<Encrypt><![CDATA[AAAA")
    elif how == "no mark":
        marks["msg_signature"] = ""
    elif how == "not xml":
        body = "{}"
    elif how == "entities":
        body = '<!DOCTYPE x [<!ENTITY a "b">]>' + body
    async with httpx.AsyncClient(trust_env=False) as http:
        reply = await http.post(
            listeners["partner"] + CALLBACK["wechat"],
            params=marks,
            content=body,
            headers={"content-type": "text/xml"},
        )
    assert (reply.status_code, reply.json()["code"]) == (403, "grants.notice_refused")
    assert await db.value("SELECT count(*) FROM grants_channel_identity") == 1


async def test_wechats_check_of_our_address_is_answered_to_wechat_alone(database, listeners):
    stamp = str(int(time.time()))
    mark = WeChatSigner()
    mark.add_data(WeChatSettings().push_token, stamp, "n")
    asked = {"timestamp": stamp, "nonce": "n", "echostr": "8102", "signature": mark.signature}
    async with httpx.AsyncClient(base_url=listeners["partner"], trust_env=False) as http:
        reply = await http.get(CALLBACK["wechat"], params=asked)
        assert (reply.status_code, reply.text) == (200, "8102")
        forged = await http.get(CALLBACK["wechat"], params=asked | {"signature": "0" * 40})
    assert forged.status_code == 403


@pytest.mark.parametrize(
    "how", ["good", "good, older signing", "another key", "altered", "another app", "no sign"]
)
async def test_only_a_message_signed_by_alipay_counts(how, database, simulators, listeners):
    await bound("alipay", "o-forged", simulators)
    await db.execute("UPDATE grants_channel_identity SET bound_at = bound_at - interval '2 h'")
    keys, account = simulated_keys("alipay"), AlipaySettings()
    app = "2021-another" if how == "another app" else account.key_id
    message = cancelled(app, "o-forged", int(time.time() * 1000))
    signed = {k: v for k, v in message.items() if how != "good, older signing" or k != "sign_type"}
    key = keys.our_private if how == "another key" else keys.their_private
    if how != "no sign":
        message["sign"] = sign(private_key(key), to_sign(signed))
    if how == "altered":
        message["biz_content"] = message["biz_content"].replace("cancel_time", "cancel_time ")
    async with httpx.AsyncClient(trust_env=False) as http:
        reply = await http.post(listeners["partner"] + CALLBACK["alipay"], data=message)
    good = how.startswith("good")
    assert reply.status_code == (200 if good else 403)
    assert reply.text == "success" if good else reply.json()["code"] == "grants.notice_refused"
    left = await db.value("SELECT count(*) FROM grants_channel_identity")
    assert left == (0 if good else 1)


def test_production_refuses_the_simulators_push_keys(monkeypatch):
    from app_server.kernel.settings import ConfigurationRefused, Settings

    monkeypatch.setattr(Settings, "production", True)
    with pytest.raises(ConfigurationRefused):
        WeChatSettings()
