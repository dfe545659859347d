"""A stranger asks, an owner answers: refusals, the ladder, limits, abuse."""

import asyncio
import re
from datetime import timedelta

import httpx

from app_server.kernel import clock, db
from app_server.kernel.cache import redis
from app_server.move_car import service
from app_server.move_car.models import Request
from auth.people import service as people
from notify import service as notify
from tests.builders.move_car import coded
from tests.builders.people import bearer, phone, resident
from tests.builders.staff import officer

WRONG = {"phone": "13912345678", "code": "000000", "reason": "other"}


async def test_without_a_live_token_or_a_proven_phone_nobody_is_disturbed(public, car):
    _, code = car
    assert (await public.get("/move-car/scans/not-a-token")).status_code == 404
    seen = await public.get(f"/move-car/scans/{code.token}")
    assert seen.json()["tail"] == "•••••" + code.plate[-2:]
    assert code.plate not in seen.text
    at = f"/move-car/scans/{code.token}/requests"
    assert (await public.post(at, json=WRONG)).status_code == 422
    for bad in (
        WRONG | {"reason": "<script>"},
        WRONG | {"phone": "+8613912345678"},
        WRONG | {"phone": "１３９１２３４５６７８"},
        WRONG | {"plate": "皖S12345"},
    ):
        assert (await public.post(at, json=bad)).status_code == 422, bad
    for hostile in ("%00", "' OR 1=1--", "a" * 500):
        assert (await public.get(f"/move-car/requests/{hostile}")).status_code in {404, 422}
        assert (await public.get(f"/move-car/scans/{hostile}")).status_code in {404, 422}
    assert not await Request.all().exists()


async def test_who_tries_tokens_is_slowed_down_and_no_redis_is_no_try(public, database):
    found = [(await public.get(f"/move-car/scans/t{n}")).status_code for n in range(32)]
    assert found[:30] == [404] * 30
    assert 429 in found[30:]


async def test_fifty_identical_requests_are_one_ladder(public, car, code_of):
    _, code = car
    mobile = phone()
    body = {"phone": mobile, "code": await code_of(code.token, mobile), "reason": "open_window"}
    told = await asyncio.gather(
        *(service.ask(code.token, mobile, body["code"], "open_window") for _ in range(50)),
        return_exceptions=True,
    )
    assert sum(not isinstance(t, Exception) for t in told) == 1
    assert await Request.all().count() == 1
    steps = "SELECT count(*) FROM kernel_delivery WHERE handler = 'move_car.step'"
    assert await db.value(steps) == 1


async def test_the_ladder_goes_message_sms_call_and_hand_over(
    public, car, asked, next_step, numbers, simulators
):
    owner, code = car
    made, mobile = await asked(code.token)
    mine, key = await bearer(owner), made["key"]
    assert "挡住通道" in (await notify.inbox(owner.subject)).messages[0].body
    await next_step()
    owner_phone = (await people.person(owner.subject)).phone
    async with httpx.AsyncClient(trust_env=False) as client:
        box = await client.get(f"{simulators['sms']}/messages", params={"phone": owner_phone})
    link = re.search(r"/move/answer/([\w-]+)", box.json()[0]["Content"]).group(1)
    assert (await public.get(f"/move-car/answers/{link}")).json()["reason_name"] == "挡住通道"
    await next_step()
    calling = (await public.get(f"/move-car/requests/{key}")).json()
    assert calling["call_number"].startswith("1700000")
    until = (await Request.get(id=calling["id"])).call_until
    assert until <= clock.now() + timedelta(minutes=10)
    await next_step()
    over = (await public.get(f"/move-car/requests/{key}")).json()
    assert over["state"] == "handed_over"
    assert "122" in over["advice"]
    # The owner may still answer, once; then the pair of numbers is no more.
    at = f"/move-car/answers/{link}"
    assert (await public.post(at, json={"answer": "coming"})).json()["answer_name"] == "马上到"
    assert (await public.post(at, json={"answer": "cannot"})).status_code == 409
    assert (await public.post(f"/move-car/requests/{key}/moved")).json()["state"] == "moved"
    assert (await public.post(f"/move-car/requests/{key}/moved")).status_code == 409
    listed = await public.get("/move-car/requests", headers=mine)
    assert len(listed.json()["items"]) == 1
    assert mobile not in listed.text


async def test_an_answer_ends_the_ladder_and_only_the_owner_answers(
    public, car, asked, next_step, numbers
):
    owner, code = car
    made, _ = await asked(code.token)
    at = f"/move-car/my-requests/{made['request']['id']}/answer"
    told = {"answer": "five_minutes"}
    assert (await public.post(at, json=told)).status_code == 401
    stranger = await bearer(await resident(2))
    assert (await public.post(at, json=told, headers=stranger)).status_code == 404
    mine = await bearer(owner)
    both = await asyncio.gather(*(public.post(at, json=told, headers=mine) for _ in range(5)))
    assert sorted(reply.status_code for reply in both) == [200, 409, 409, 409, 409]
    await next_step()
    seen = (await public.get(f"/move-car/requests/{made['key']}")).json()
    assert (seen["state"], seen["step"], seen["answer_name"]) == ("answered", "message", "五分钟")
    assert seen["call_number"] is None


async def test_a_reported_caller_asks_no_more_for_this_car_but_for_another(
    public, car, exchange, asked, code_of
):
    owner, code = car
    made, mobile = await asked(code.token)
    at = f"/move-car/my-requests/{made['request']['id']}/abuse"
    stranger = await bearer(await resident(2))
    assert (await public.post(at, headers=stranger)).status_code == 404
    for _ in range(2):
        assert (await public.post(at, headers=await bearer(owner))).status_code == 204
    # A fresh sticker does not free the caller: the block is the plate's.
    fresh = await service.reissue(owner, code.id)
    row = await type(code).get(id=fresh.id)
    await db.execute("DELETE FROM people_one_time_code")
    body = {"phone": mobile, "code": await code_of(row.token, mobile), "reason": "other"}
    refused = await public.post(f"/move-car/scans/{row.token}/requests", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "move_car.blocked")
    _, other = await coded(exchange)
    await db.execute("DELETE FROM people_one_time_code")
    assert (await asked(other.token, mobile))[0]["request"]["state"] == "waiting"


async def test_a_caller_and_a_plate_have_limits_that_no_lost_cache_opens(
    public, exchange, car, asked, code_of
):
    _, code = car
    mobile = phone()
    for _ in range(3):
        _, another = await coded(exchange)
        await asked(another.token, mobile)
        await db.execute("DELETE FROM people_one_time_code")
        await redis().flushdb()
    body = {"phone": mobile, "code": await code_of(code.token, mobile), "reason": "other"}
    refused = await public.post(f"/move-car/scans/{code.token}/requests", json=body)
    assert (refused.status_code, refused.json()["code"]) == (429, "move_car.too_many_requests")
    for _ in range(5):
        await asked(code.token)
        await redis().flushdb()
    sixth = phone()
    body = {"phone": sixth, "code": await code_of(code.token, sixth), "reason": "other"}
    refused = await public.post(f"/move-car/scans/{code.token}/requests", json=body)
    assert refused.status_code == 429


async def test_supervisors_alone_see_how_soon_cars_move(public, staff_surface, car, asked):
    owner, code = car
    made, _ = await asked(code.token)
    await service.answer(owner, (await Request.first()).id, "coming")
    await db.execute("UPDATE move_car_request SET created_at = answered_at - interval '90 s'")
    today = clock.today().isoformat()
    query = {"first": today, "last": today}
    other = await bearer(await officer(login="x"))
    refused = await staff_surface.get("/move-car/figures", params=query, headers=other)
    assert refused.status_code == 403
    watcher = await bearer(await officer("supervisor", login="w", region="340000"))
    told = (await staff_surface.get("/move-car/figures", params=query, headers=watcher)).json()
    figure = told["items"][0]
    assert (figure["region"], figure["requests"], figure["median_s"]) == ("341600", 1, 90)
    far = await bearer(await officer("supervisor", login="f", region="340100"))
    told = await staff_surface.get("/move-car/figures", params=query, headers=far)
    assert told.json() == {"items": []}
    assert made["request"]["state"] == "waiting"
