"""The official account: who follows, template messages in the chain, and what became of them."""

import asyncio
import time
from typing import Any

import httpx
import pytest
import xmltodict

from app_server.kernel import db
from app_server.kernel.principal import Principal
from auth.grants import service as grants
from auth.grants.models import ChannelIdentity
from notify.providers.wechat_template import wechat_template
from tests.builders.notify import HELLO, bound, delivery_id, hurry, say, states, with_variants
from tests.builders.people import resident
from tests.notify.test_callbacks import OURS, pushed

PATH = "/callbacks/wechat/official"
XML = {"content-type": "text/xml"}
TEMPLATE = {"template_id": "OFF-1", "first": "{thing}"}


async def post(url: str, body: object) -> Any:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.post(url, json=body)).json()


async def arrived(simulators: dict[str, str], openid: str) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(trust_env=False) as client:
        found = await client.get(f"{simulators['wechat']}/__templates?openid={openid}")
    return list(found.json()["messages"])


def event(sender: str, name: str, at: int = 0, **more: str) -> str:
    fields = {
        "ToUserName": "gh_1",
        "FromUserName": sender,
        "CreateTime": str(at or int(time.time())),
    }
    more_fields = {"MsgType": "event", "Event": name} | more
    return xmltodict.unparse({"xml": fields | more_fields}, full_document=False)


async def told(
    vendor: httpx.AsyncClient, text: str, nonce: str, app_id: str = OURS.key_id
) -> httpx.Response:
    query, body = pushed(text, nonce, app_id)
    marks = {
        "timestamp": query.timestamp,
        "nonce": query.nonce,
        "msg_signature": query.msg_signature,
    }
    return await vendor.post(PATH, params=marks, content=body, headers=XML)


async def follows(
    vendor: httpx.AsyncClient, simulators: dict[str, str], openid: str, union: str
) -> None:
    given = {"openid": openid, "unionid": union, "follows": True}
    await post(f"{simulators['wechat']}/__followers", given)
    assert (await told(vendor, event(openid, "subscribe"), f"f-{openid}")).text == "success"


async def follower(
    vendor: httpx.AsyncClient, simulators: dict[str, str], deliver: Any, name: str
) -> tuple[Principal, str]:
    """A resident whose WeChat account follows the official account too."""
    person = await resident()
    await bound(person, "wechat", f"mini-{name}")
    await ChannelIdentity.filter(person_id=person.subject).update(
        union_index=grants.union_index(f"u-{name}")
    )
    await follows(vendor, simulators, f"gh-{name}", f"u-{name}")
    await with_variants(HELLO, template=TEMPLATE)
    await deliver()
    return person, f"gh-{name}"


async def test_a_forged_follow_or_receipt_is_refused(vendor, database):
    for text in (event("gh-x", "subscribe"), event("gh-x", "TEMPLATESENDJOBFINISH", MsgID="1")):
        assert (await told(vendor, text, "n1", "wx-other")).status_code == 400
        marks = {"timestamp": str(int(time.time())), "nonce": "n", "msg_signature": "0" * 40}
        plain = await vendor.post(PATH, params=marks, content=text, headers=XML)
        assert plain.status_code == 400
    # Genuine, but it says nothing that can be read.
    spoilt = event("gh-x", "TEMPLATESENDJOBFINISH", MsgID="1; DROP", Status="success")
    assert (await told(vendor, spoilt, "n2")).status_code == 400
    assert await db.value("SELECT count(*) FROM notify_follower") == 0


async def test_a_follower_is_told_by_the_official_account_and_its_receipt_settles_it(
    vendor, database, simulators, deliver
):
    person, openid = await follower(vendor, simulators, deliver, "glad")
    await say(person, "glad")
    await deliver()
    assert await states("glad") == {"template": "accepted", "sms": "new"}
    (message,) = await arrived(simulators, openid)
    assert message["data"] == {"first": {"value": "居住证"}}
    assert message["client_msg_id"] == (await delivery_id("glad", "template")).hex
    done = event(openid, "TEMPLATESENDJOBFINISH", MsgID=str(message["msgid"]), Status="success")
    for nonce in ("r1", "r1", "r2"):
        assert (await told(vendor, done, nonce)).text == "success"
    assert await states("glad") == {"template": "delivered", "sms": "new"}
    late = done.replace("success", "failed:user block")
    await told(vendor, late, "r3")
    await deliver()
    assert await states("glad") == {"template": "delivered", "sms": "new"}


async def test_a_message_that_the_follower_blocked_goes_on_by_sms_once(
    vendor, database, simulators, deliver
):
    person, openid = await follower(vendor, simulators, deliver, "block")
    await say(person, "block")
    await deliver()
    (message,) = await arrived(simulators, openid)
    more = {"MsgID": str(message["msgid"]), "Status": "failed:user block"}
    done = event(openid, "TEMPLATESENDJOBFINISH", **more)
    await asyncio.gather(*(told(vendor, done, f"b{n}") for n in range(10)))
    await deliver()
    assert await states("block") == {"template": "failed", "sms": "accepted"}


async def test_a_receipt_before_its_message_is_noted_is_asked_for_again(
    vendor, database, simulators, deliver
):
    person, openid = await follower(vendor, simulators, deliver, "early")
    await say(person, "early")
    await deliver()
    (message,) = await arrived(simulators, openid)
    noted = str(message["msgid"])
    await db.execute("UPDATE notify_delivery SET provider_msg_id='' WHERE channel='template'")
    done = event(openid, "TEMPLATESENDJOBFINISH", MsgID=noted, Status="success")
    assert (await told(vendor, done, "e1")).status_code == 503
    await db.execute(
        "UPDATE notify_delivery SET provider_msg_id=$1 WHERE channel='template'", noted
    )
    # The same push again: it was not taken before.
    assert (await told(vendor, done, "e1")).text == "success"
    assert await states("early") == {"template": "delivered", "sms": "new"}


async def test_who_never_followed_or_left_is_told_by_sms(vendor, database, simulators, deliver):
    person, openid = await follower(vendor, simulators, deliver, "left")
    stranger = await resident()
    await say(stranger, "never")
    # WeChat knows that they left before its event is here: that is definite.
    given = {"openid": openid, "follows": False}
    await post(f"{simulators['wechat']}/__followers", given)
    await say(person, "left")
    await deliver()
    for dedupe in ("never", "left"):
        assert await states(dedupe) == {"template": "failed", "sms": "accepted"}
    assert await db.value("SELECT count(*) FROM notify_follower WHERE union_index <> ''") == 0


async def test_an_older_follow_does_not_bring_back_who_left(vendor, database, deliver, simulators):
    await follows(vendor, simulators, "gh-order", "u-order")
    now = int(time.time())
    await told(vendor, event("gh-order", "unsubscribe", now + 1), "o1")
    await told(vendor, event("gh-order", "subscribe", now - 5), "o2")
    await deliver()
    row = await db.row("SELECT union_index FROM notify_follower")
    assert row["union_index"] == ""


@pytest.mark.parametrize(("problem", "state"), [(45009, "new"), (47003, "failed"), (-1, "unknown")])
async def test_a_spent_quota_rests_and_a_refusal_goes_on(
    vendor, database, simulators, deliver, problem, state
):
    person, openid = await follower(vendor, simulators, deliver, f"p{abs(problem)}")
    await post(f"{simulators['wechat']}/__template_faults", [problem])
    await say(person, "fault")
    await deliver()
    assert (await states("fault"))["template"] == state
    assert (await states("fault"))["sms"] == ("accepted" if state == "failed" else "new")
    if state == "new":
        await hurry()
        await deliver()
        assert await states("fault") == {"template": "accepted", "sms": "new"}
        assert len(await arrived(simulators, openid)) == 1


async def test_a_token_that_is_refused_is_fetched_anew_once(vendor, database, simulators, deliver):
    person, _ = await follower(vendor, simulators, deliver, "token")
    await post(f"{simulators['wechat']}/__spoil", {})
    before = await asked(simulators)
    await say(person, "token")
    await deliver()
    assert await states("token") == {"template": "accepted", "sms": "new"}
    assert await asked(simulators) == before + 1
    stale = "gone-" + "x" * 20
    account = wechat_template().account
    fresh = await asyncio.gather(*(grants.official_token(account, stale) for _ in range(50)))
    assert len(set(fresh)) == 1
    assert await asked(simulators) == before + 1
    await grants.wechat_token(await grants.wechat_token())  # the mini program's is of its own


async def asked(simulators: dict[str, str]) -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        return int((await client.get(f"{simulators['wechat']}/__asked")).json()["asked"])
