"""The live check: a film to an unknown order, bound to its session, then the registry's photo.

The films are synthetic (tests/builders/films.py): one photograph bent and lit.
"""

import asyncio
import hashlib
from datetime import timedelta

import pytest

from app_server.kernel import clock, db, settings
from auth.identity import service as identity
from auth.people import service as people
from tests.builders.films import film, frame
from tests.builders.people import bearer, resident

JPEG = {"content-type": "image/jpeg"}
LI = "341602199003074511"  # his registry photo is obama.jpg


@pytest.fixture
async def li(public, simulators):
    person = await resident(number=LI)
    return person, await bearer(person)


async def open_check(public, person, headers) -> str:
    consent = await people.grant_consent(person, "face", "1")
    check = await public.post("/me/face-checks", json={"consent_id": str(consent)}, headers=headers)
    return check.json()["id"]


async def begin(public, person, headers):
    check = await open_check(public, person, headers)
    reply = await public.post(f"/me/face-checks/{check}/liveness", headers=headers)
    assert reply.status_code == 201, reply.text
    return check, reply.json()


async def send(public, headers, live, key, step, number, picture, *, at=None, mac=None):
    made = identity.Frame(step, number, number * 300 if at is None else at, "", picture)
    bound = identity.binding(key, live, made, hashlib.sha256(picture).hexdigest())
    query = {"step": step, "n": number, "at": made.at_ms, "mac": mac or bound}
    return await public.put(
        f"/me/liveness/{live}/frames", params=query, content=picture, headers=headers | JPEG
    )


async def answer(public, headers, live, key, step, pictures):
    for number, picture in enumerate(pictures):
        reply = await send(public, headers, live, key, step["index"], number, picture)
        assert reply.status_code == 204, reply.text
    return await public.post(
        f"/me/liveness/{live}/steps", json={"index": step["index"]}, headers=headers
    )


async def play(public, headers, told, photo="obama.jpg", seed=0):
    """Answer every step honestly; the last reply."""
    key, step = told["key"], told["step"]
    while step:
        pictures = film(photo, step, seed=seed + 100 * step["index"])
        reply = await answer(public, headers, told["id"], key, step, pictures)
        told = reply.json() if reply.status_code == 200 else told
        step = told["step"]
    return told


async def test_a_stranger_cannot_begin_a_live_check(public, li):
    person, headers = li
    check = await open_check(public, person, headers)
    assert (await public.post(f"/me/face-checks/{check}/liveness")).status_code == 401
    other = await bearer(await resident(name="王芳"))
    assert (
        await public.post(f"/me/face-checks/{check}/liveness", headers=other)
    ).status_code == 404


async def test_who_does_what_is_asked_passes_and_only_the_code_is_left(public, li):
    person, headers = li
    check, told = await begin(public, person, headers)
    assert (told["state"], told["step"]["kind"], told["steps_total"]) == (
        "open",
        "look_straight",
        4,
    )
    done = await play(public, headers, told)
    assert (done["state"], done["step"]) == ("passed", None)
    state = await db.value("SELECT state FROM identity_face_check WHERE id=$1::uuid", check)
    assert state == "matched"
    assert await identity.tier_of_person(person.id) == 1  # face alone is not enough (R-ID-10)


async def test_nothing_seen_of_the_face_is_left_when_the_film_ends(public, li):
    person, headers = li
    _, told = await begin(public, person, headers)
    await play(public, headers, told)
    left = await db.rows("SELECT seen, template FROM identity_liveness_frame")
    assert left
    assert all(row["seen"] is None and row["template"] is None for row in left)


async def test_another_man_who_does_everything_right_is_refused_by_the_registry_photo(public, li):
    person, headers = li
    _, told = await begin(public, person, headers)
    key = told["key"]
    for _ in range(4):
        step = told["step"]
        pictures = film("biden.jpg", step, seed=900 + 100 * step["index"])
        told = (await answer(public, headers, told["id"], key, step, pictures)).json()
        if told["state"] != "open":
            break
    assert told["state"] == "failed"
    assert await identity.tier_of_person(person.id) == 1


async def test_a_still_photo_is_no_film(public, li):
    person, headers = li
    _, told = await begin(public, person, headers)
    still = frame("obama.jpg")
    # Re-encoded each time, so that no two files are equal; the picture does not move.
    pictures = [still + bytes([n]) for n in range(5)]
    reply = await answer(public, headers, told["id"], told["key"], told["step"], pictures)
    assert reply.json()["state"] == "failed"
    assert await db.value("SELECT reason FROM identity_liveness") == "still_picture"


async def test_the_order_is_not_known_before_each_step_is_done(public, li):
    person, headers = li
    _, told = await begin(public, person, headers)
    assert set(told["step"]) == {
        "index", "kind", "name", "window_ms", "colours", "fewest_frames", "most_frames",
    }  # fmt: skip
    early = await send(public, headers, told["id"], told["key"], 1, 0, frame("obama.jpg", seed=5))
    assert (early.status_code, early.json()["reason"]) == (422, "another_step")


async def test_frames_of_an_earlier_film_are_refused(public, li):
    person, headers = li
    _, first = await begin(public, person, headers)
    picture = frame("obama.jpg", seed=77)
    assert (
        await send(public, headers, first["id"], first["key"], 0, 0, picture)
    ).status_code == 204
    _, second = await begin(public, person, headers)
    old_key = await send(public, headers, second["id"], first["key"], 0, 0, picture)
    assert old_key.json()["reason"] == "not_bound"
    rebound = await send(public, headers, second["id"], second["key"], 0, 0, picture)
    assert rebound.json()["reason"] == "shown_before"


@pytest.mark.parametrize(
    ("number", "at", "mac", "reason"),
    [
        (0, 0, "0" * 64, "not_bound"),
        (10, 3000, None, "too_many"),
        (0, 59_000, None, "too_late"),
    ],
)
async def test_a_frame_that_is_not_of_this_step_is_refused(public, li, number, at, mac, reason):
    person, headers = li
    _, told = await begin(public, person, headers)
    picture = frame("obama.jpg", seed=number)
    reply = await send(public, headers, told["id"], told["key"], 0, number, picture, at=at, mac=mac)
    assert (reply.status_code, reply.json()["reason"]) == (422, reason)


async def test_a_film_takes_its_time_or_none(public, li, monkeypatch):
    person, headers = li
    _, told = await begin(public, person, headers)
    later = clock.now() + timedelta(minutes=3)
    monkeypatch.setattr(clock, "_source", lambda: later)
    reply = await public.post(
        f"/me/liveness/{told['id']}/steps", json={"index": 0}, headers=headers
    )
    assert reply.status_code in {401, 409}


async def test_other_peoples_films_are_out_of_reach(public, li):
    person, headers = li
    _, told = await begin(public, person, headers)
    other = await bearer(await resident(name="王芳"))
    reply = await send(public, other, told["id"], told["key"], 0, 0, frame("obama.jpg"))
    assert reply.status_code == 404


async def test_a_second_face_in_the_picture_is_refused_with_advice(public, li):
    import cv2
    import numpy as np

    person, headers = li
    _, told = await begin(public, person, headers)
    one = cv2.imdecode(np.frombuffer(frame("obama.jpg"), np.uint8), 1)
    two = bytes(cv2.imencode(".jpg", np.hstack([one, one]))[1])
    reply = await send(public, headers, told["id"], told["key"], 0, 0, two)
    assert (reply.status_code, reply.json()["code"]) == (422, "face.several")


async def test_films_count_as_tries_and_the_sixth_is_locked(public, li):
    person, headers = li
    check = await open_check(public, person, headers)
    codes = [
        (await public.post(f"/me/face-checks/{check}/liveness", headers=headers)).status_code
        for _ in range(6)
    ]
    assert codes[:5] == [201] * 5
    assert codes[5] in {403, 409, 423, 429}


async def test_fifty_ends_of_one_step_give_one_next_step(public, li):
    person, headers = li
    _, told = await begin(public, person, headers)
    for number, picture in enumerate(film("obama.jpg", told["step"])):
        await send(public, headers, told["id"], told["key"], 0, number, picture)
    replies = await asyncio.gather(
        *(
            public.post(f"/me/liveness/{told['id']}/steps", json={"index": 0}, headers=headers)
            for _ in range(50)
        )
    )
    assert sum(r.status_code == 200 for r in replies) == 1
    assert {r.status_code for r in replies} <= {200, 409}


async def test_unfinished_films_are_emptied_by_the_clock(public, li, monkeypatch):
    person, headers = li
    _, told = await begin(public, person, headers)
    await send(public, headers, told["id"], told["key"], 0, 0, frame("obama.jpg", seed=3))
    assert await identity.forget_films() == 0
    now = clock.now()
    monkeypatch.setattr(clock, "_source", lambda: now + timedelta(minutes=5))
    assert await identity.forget_films() == 1
    assert await db.value("SELECT template FROM identity_liveness_frame") is None
    monkeypatch.setattr(clock, "_source", lambda: now + timedelta(days=8))
    await identity.forget_films()
    assert await db.value("SELECT count(*) FROM identity_liveness_frame") == 0


async def test_a_chosen_photo_does_not_do_in_production(public, li, monkeypatch):
    person, headers = li
    check = await open_check(public, person, headers)
    real = settings.load()
    monkeypatch.setattr(
        "auth.identity.service.face.load", lambda: real.model_copy(update={"env": "production"})
    )
    reply = await public.put(
        f"/me/face-checks/{check}/photo", content=frame("obama.jpg"), headers=headers | JPEG
    )
    assert (reply.status_code, reply.json()["code"]) == (409, "identity.liveness_needed")
