"""The operators' desk: only for them, two people for words, once more only for what failed."""

import asyncio

import pytest

from app_server.kernel import db
from notify import service as notify
from notify.service import desk
from tests.builders.notify import (
    HELLO,
    bound,
    delivery_id,
    operator,
    say,
    sms_of,
    states,
    with_variants,
)
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

ROUTES = [
    ("GET", "/notify/deliveries"),
    ("GET", "/notify/carriers"),
    ("GET", "/notify/templates"),
    ("GET", "/notify/services"),
    ("POST", "/notify/deliveries/00000000-0000-7000-8000-000000000000/replay"),
]


async def test_strangers_and_other_officers_are_refused(staff_surface):
    other = await bearer(await officer("case_officer"))
    reader = await bearer(await officer("operator", login="reader"))
    for method, path in ROUTES:
        assert (await staff_surface.request(method, path)).status_code == 401
        reply = await staff_surface.request(method, path, headers=other)
        assert reply.status_code == 403, path
    assert (await staff_surface.get("/notify/deliveries", headers=reader)).status_code == 200
    assert (await staff_surface.post(ROUTES[-1][1], headers=reader)).status_code == 403


async def test_words_are_published_by_another_person_and_pinned_by_messages(
    staff_surface, simulators, deliver
):
    author, other = await operator(), await operator("message.two")
    mine, theirs = await bearer(author), await bearer(other)
    person = await resident()
    await say(person, "before")
    listed = (await staff_surface.get("/notify/templates", headers=mine)).json()["items"]
    codes = {one["code"] for one in listed}
    assert {"test.hello", "people.welcome", "payments.due"} <= codes
    path = "/notify/templates/test.hello/versions"
    for variants, field in (
        ({"title": "好", "inbox": "{other}"}, "inbox"),
        ({"title": "好", "inbox": "{thing.__class__}"}, "inbox"),
        ({"title": "好", "inbox": "{thing!r}"}, "inbox"),
        ({"title": "好", "inbox": "好", "telex": "好"}, "telex"),
        ({"title": "好", "inbox": "好", "subscribe": {"thing1": "{thing}"}}, "subscribe"),
        ({"title": "好"}, "inbox"),
    ):
        refused = await staff_surface.post(path, headers=mine, json={"variants": variants})
        assert refused.status_code == 422, variants
        assert refused.json()["errors"][0]["field"] == field
    words = {"title": "您好", "inbox": "{thing}办好了", "sms": "{thing}办好了，请看。"}
    draft = await staff_surface.post(path, headers=mine, json={"variants": words})
    assert (draft.status_code, draft.json()["version"]) == (201, 2)
    sample = {"params": {"thing": "居住证"}}
    shown = await staff_surface.post(f"{path}/2/preview", headers=mine, json=sample)
    assert shown.json()["variants"]["sms"] == "居住证办好了，请看。"
    wrong = await staff_surface.post(f"{path}/2/preview", headers=mine, json={"params": {}})
    assert wrong.status_code == 422
    await say(person, "still-old")
    own = await staff_surface.post(f"{path}/2/publish", headers=mine)
    assert (own.status_code, own.json()["code"]) == (403, "notify.own_draft")
    done = await asyncio.gather(
        *(staff_surface.post(f"{path}/2/publish", headers=theirs) for _ in range(8))
    )
    assert sorted(one.status_code for one in done) == [204] + [409] * 7
    await say(person, "after")
    found = await db.rows("SELECT dedupe, template_version FROM notify_message ORDER BY id")
    assert {row["dedupe"]: row["template_version"] for row in found} == {
        "before": 1,
        "still-old": 1,
        "after": 2,
    }
    await deliver()
    assert "居住证办好了，请看。" in (await sms_of(person, simulators))[0]


async def test_what_failed_for_good_is_found_and_sent_again_once(
    staff_surface, simulators, deliver
):
    keeper = await bearer(await operator())
    await notify.send_to_phone("13900000009", "请登录查看", "test.phone", "again")
    await db.execute(
        "UPDATE notify_delivery SET state='failed', detail='x' WHERE dedupe='again:sms'"
    )
    await deliver()
    found = await staff_surface.get("/notify/deliveries?state=failed", headers=keeper)
    (row,) = found.json()["items"]
    assert (row["to"], row["state_name"]) == ("139****0009", "发送失败")
    assert "请登录" not in found.text
    path = f"/notify/deliveries/{row['id']}/replay"
    done = await asyncio.gather(*(staff_surface.post(path, headers=keeper) for _ in range(8)))
    assert sorted(one.status_code for one in done) == [204] + [409] * 7
    await deliver()
    assert (await states("again"))["sms"] == "accepted"
    assert (await staff_surface.post(path, headers=keeper)).status_code == 409
    many = await staff_surface.post(
        "/notify/deliveries/replay", headers=keeper, json={"ids": [row["id"]]}
    )
    assert many.json() == {"replayed": 0, "refused": {row["id"]: "notify.not_parked"}}


async def test_what_another_channel_has_told_since_is_not_sent_again(database, simulators, deliver):
    keeper, person = await operator(), await resident()
    await bound(person, "alipay", "off-replay")
    await with_variants(HELLO, alipay={"template_id": "A", "keyword1": "{thing}"})
    await say(person, "told")
    await deliver()
    assert await states("told") == {"alipay": "failed", "sms": "accepted"}
    with pytest.raises(desk.NotParked):
        await desk.replay(keeper, await delivery_id("told", "alipay"))


async def test_a_new_text_of_the_program_counts_over_what_staff_wrote(database):
    first = notify.Template("test.words", "一", "一{a}")
    await with_variants(first, inbox="改{a}")
    assert (await notify.pinned(first)).variants["inbox"] == "改{a}"
    second = notify.Template("test.words", "二", "二{b}")
    assert (await notify.pinned(second)).variants["inbox"] == "二{b}"
