"""One message, one channel after the other: nobody is told twice, and nobody at night."""

import asyncio

import httpx
import pytest

from app_server.kernel import clock, db
from app_server.kernel.outbox import announce
from auth.grants import service as grants
from notify import service as notify
from notify.events import DeliveryReady
from notify.service import SubscribeFact, Template, carriers
from tests.builders.notify import (
    HELLO,
    SOON,
    asleep,
    bound,
    browser,
    delivery_id,
    hurry,
    say,
    sms_of,
    states,
    with_variants,
)
from tests.builders.people import bearer, resident

WECHAT = {"template_id": "TPL-1", "page": "pages/index", "thing1": "{thing}"}
ALIPAY = {"template_id": "ALI-1", "page": "pages/index", "keyword1": "{thing}"}


async def post(url: str, body: object) -> dict:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.post(url, json=body)).json()


async def got(url: str) -> object:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(url)).json()


async def test_a_stranger_has_no_preferences(public):
    path = "/me/notices/preferences"
    assert (await public.get(path)).status_code == 401
    body = {"off": [], "quiet_begins": 22, "quiet_ends": 7}
    assert (await public.put(path, json=body)).status_code == 401


async def test_the_inbox_cannot_be_switched_off_and_sms_can(public, simulators, deliver):
    person = await resident()
    mine = await bearer(person)
    path = "/me/notices/preferences"
    told = (await public.get(path, headers=mine)).json()
    assert told == {"off": [], "quiet_begins": 22, "quiet_ends": 7}
    refused = await public.put(path, headers=mine, json=told | {"off": ["inbox"]})
    assert refused.status_code == 422
    assert (await public.put(path, headers=mine, json=told | {"off": ["sms"]})).status_code == 200
    await say(person, "no-sms")
    await deliver()
    assert await states("no-sms") == {}
    assert (await public.get("/me/messages", headers=mine)).json()["items"][0]["title"] == "您好"


async def test_at_night_a_message_waits_and_an_urgent_one_does_not(
    database, simulators, deliver, monkeypatch
):
    person = await resident()
    await deliver()
    asleep(monkeypatch)
    await say(person, "night")
    await say(person, "night-urgent", template=SOON)
    await deliver()
    assert await states("night") == {"sms": "new"}
    assert await states("night-urgent") == {"sms": "accepted"}
    held = await db.row("SELECT run_at FROM kernel_delivery WHERE handler='notify.release'")
    asked = await db.value("SELECT not_before FROM notify_delivery WHERE dedupe='night:sms'")
    assert held["run_at"] == asked
    await hurry()
    await deliver()
    assert await states("night") == {"sms": "accepted"}


async def test_a_hundred_times_the_same_news_at_once_is_one_message(database, deliver):
    person = await resident()
    await asyncio.gather(*(say(person, "flood") for _ in range(100)))
    assert await db.value("SELECT count(*) FROM notify_message WHERE dedupe='flood'") == 1
    assert await db.value("SELECT count(*) FROM notify_delivery WHERE dedupe LIKE 'flood:%'") == 1


async def test_several_people_are_told_once_each(database, deliver):
    person, delegate, head = await resident(), await resident(), await resident()
    for _ in range(2):
        async with db.unit_of_work():
            await notify.send(
                person_id=person.subject,
                template=HELLO,
                params={"thing": "执照"},
                dedupe="three",
                also=(delegate.subject, head.subject, person.subject, delegate.subject),
            )
    found = await db.rows("SELECT person_id FROM notify_message WHERE dedupe LIKE 'three%'")
    assert {row["person_id"] for row in found} == {
        person.subject,
        delegate.subject,
        head.subject,
    }
    assert len(found) == 3


async def test_each_consent_carries_one_wechat_message_and_then_sms_takes_over(
    database, simulators, deliver
):
    person = await resident()
    openid = await bound(person, "wechat", "o-chain")
    await with_variants(HELLO, subscribe=WECHAT)
    await post(
        f"{simulators['wechat']}/__consents",
        {"openid": openid, "template_id": "TPL-1", "count": 1},
    )
    told = SubscribeFact(openid, "TPL-1", "accept", clock.now(), "one")
    assert await notify.count_consent(told)
    assert not await notify.count_consent(told)
    await say(person, "first")
    await deliver()
    assert await states("first") == {"subscribe": "accepted", "sms": "new"}
    arrived = await got(f"{simulators['wechat']}/__messages?openid={openid}")
    assert arrived["messages"][0]["data"] == {"thing1": {"value": "居住证"}}
    assert await notify.left(openid, "TPL-1") == 0
    sends = arrived["sends"]
    await say(person, "second")
    await deliver()
    assert await states("second") == {"subscribe": "failed", "sms": "accepted"}
    again = await got(f"{simulators['wechat']}/__messages?openid={openid}")
    assert again["sends"] == sends, "without a consent of ours nothing is even tried"
    # WeChat knows of no consent where our ledger does: what it says counts.
    await notify.count_consent(SubscribeFact(openid, "TPL-1", "accept", clock.now(), "two"))
    await say(person, "third")
    await deliver()
    assert await states("third") == {"subscribe": "failed", "sms": "accepted"}
    assert await notify.left(openid, "TPL-1") == 0


async def test_a_refused_token_costs_two_calls_at_most(database, simulators, deliver):
    person = await resident()
    openid = await bound(person, "wechat", "o-storm")
    await with_variants(HELLO, subscribe=WECHAT)
    await notify.count_consent(SubscribeFact(openid, "TPL-1", "accept", clock.now(), "one"))
    await post(f"{simulators['wechat']}/__tokens", {"refused": True})
    try:
        await say(person, "storm")
        await deliver()
        sends = (await got(f"{simulators['wechat']}/__messages?openid={openid}"))["sends"]
    finally:
        await post(f"{simulators['wechat']}/__tokens", {"refused": False})
    assert 1 <= sends <= 2
    assert await notify.left(openid, "TPL-1") == 1


async def test_two_hundred_cold_calls_fetch_one_token(database, simulators):
    before = (await got(f"{simulators['wechat']}/__asked"))["asked"]
    tokens = await asyncio.gather(*(grants.wechat_token() for _ in range(200)))
    assert len(set(tokens)) == 1
    assert (await got(f"{simulators['wechat']}/__asked"))["asked"] == before + 1


async def test_alipay_is_tried_before_sms_and_a_refusal_goes_on(database, simulators, deliver):
    glad, deaf = await resident(), await resident()
    await bound(glad, "alipay", "a-glad")
    await bound(deaf, "alipay", "off-deaf")
    await with_variants(HELLO, alipay=ALIPAY)
    await say(glad, "glad")
    await say(deaf, "deaf")
    await deliver()
    assert await states("glad") == {"alipay": "accepted", "sms": "new"}
    assert await states("deaf") == {"alipay": "failed", "sms": "accepted"}
    arrived = await got(f"{simulators['alipay']}/__messages?open_id=a-glad")
    assert '"居住证"' in arrived[0]["data"]


async def test_a_browser_is_woken_and_one_that_is_gone_is_forgotten(public, simulators, deliver):
    person = await resident()
    mine = await bearer(person)
    device = await browser(simulators)
    assert (await public.post("/me/devices/push", json=device)).status_code == 401
    added = await public.post("/me/devices/push", headers=mine, json=device)
    assert added.status_code == 204
    await say(person, "wake")
    await deliver()
    assert await states("wake") == {"push": "accepted", "sms": "new"}
    name = device["endpoint"].rpartition("/")[2]
    heard = await got(f"{simulators['push']}/__messages?id={name}")
    assert heard == ['{"title":"您好","link":""}']
    await post(f"{simulators['push']}/__gone", {"id": name})
    await say(person, "gone")
    await deliver()
    assert await states("gone") == {"push": "failed", "sms": "accepted"}
    assert await db.value("SELECT count(*) FROM notify_push_device") == 0


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.example/push",
        "https://push.apple.com.evil.example/x",
        "http://push.apple.com/x",
        "https://push.apple.com:8443/x",
        "https://169.254.169.254/latest",
        "http://localhost:5432/x",
    ],
)
async def test_only_known_push_services_are_ever_called(public, simulators, endpoint):
    mine = await bearer(await resident())
    device = await browser(simulators) | {"endpoint": endpoint}
    refused = await public.post("/me/devices/push", headers=mine, json=device)
    assert refused.status_code == 422


async def test_a_delivery_that_is_announced_twice_goes_out_once(database, simulators, deliver):
    person = await resident()
    await deliver()
    await say(person, "echo")
    for _ in range(2):
        async with db.unit_of_work():
            announce(DeliveryReady(delivery_id=await delivery_id("echo")))
        await deliver()
    assert sum("居住证" in text for text in await sms_of(person, simulators)) == 1


async def test_a_title_is_shown_as_it_stands(public, simulators, deliver):
    person = await resident()
    odd = Template("miniapp.x.odd", "优惠 {50%} 起", "内容{thing}")
    await say(person, "odd", template=odd)
    (told, *_) = (await public.get("/me/messages", headers=await bearer(person))).json()["items"]
    assert (told["title"], told["body"]) == ("优惠 {50%} 起", "内容居住证")


async def test_reading_a_message_cancels_what_waits_about_it(
    public, simulators, deliver, monkeypatch
):
    person = await resident()
    mine = await bearer(person)
    asleep(monkeypatch)
    await say(person, "read-early")
    await deliver()
    message = (await public.get("/me/messages", headers=mine)).json()["items"][0]["id"]
    assert (await public.post(f"/me/messages/{message}/read", headers=mine)).status_code == 204
    await hurry()
    await deliver()
    assert await states("read-early") == {"sms": "skipped"}
    assert not [text for text in await sms_of(person, simulators) if "居住证" in text]


async def test_a_lost_answer_is_asked_about_and_not_sent_again(database, simulators, deliver):
    person = await resident()
    await deliver()
    await post(f"{simulators['sms']}/__fault", ["lost"])
    await say(person, "lost")
    await deliver()
    assert await states("lost") == {"sms": "unknown"}
    await hurry()
    await deliver()
    assert await states("lost") == {"sms": "accepted"}
    assert sum("居住证" in text for text in await sms_of(person, simulators)) == 1


async def test_a_carrier_that_is_away_loses_weight_and_the_other_one_sends(
    database, simulators, deliver
):
    person = await resident()
    await deliver()
    await post(f"{simulators['sms']}/__fault", ["away"])
    await say(person, "away")
    await deliver()
    assert await states("away") == {"sms": "accepted"}
    assert sum("居住证" in text for text in await sms_of(person, simulators)) == 1
    weights = sorted(row.weight for row in (await carriers.health()).values())
    assert weights[0] < 60
    assert weights[1] == 100


async def test_when_nobody_answers_a_message_is_tried_again_later(database, simulators, deliver):
    person = await resident()
    await deliver()
    await post(f"{simulators['sms']}/__fault", ["away"] * 2)
    await say(person, "twice")
    await deliver()
    assert await states("twice") == {"sms": "new"}
    await hurry()
    await deliver()
    assert await states("twice") == {"sms": "accepted"}


async def test_after_a_deadline_without_proof_the_next_channel_begins_once(
    database, simulators, deliver
):
    slow = Template(
        "test.slow", "补正", "请补{thing}", "请补{thing}。", urgent=True, deadline_s=600
    )
    person = await resident()
    device = await browser(simulators)
    await notify.add_device(person.subject, device["endpoint"], **device["keys"])
    await say(person, "slow", template=slow)
    await deliver()
    assert await states("slow") == {"push": "accepted", "sms": "new"}
    await hurry()
    await deliver()
    assert await states("slow") == {"push": "accepted", "sms": "accepted"}
    await notify.receipt(await delivery_id("slow", "push"), arrived=False)
    await deliver()
    assert sum("请补" in text for text in await sms_of(person, simulators)) == 1
