"""An officer on video proves an act: queue, claim, recording, word; both sides on record."""

import asyncio
import hashlib

import pytest

from app_server.kernel import db
from app_server.kernel.storage import storage
from auth.identity import service as identity
from auth.identity.errors import ActNotProven, NoSuchVideoSession
from tests.builders.identity import DIGEST, in_registry, passed_check, window_officer
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

identity.name_act("test.act", "测试操作")
WEBM = b"\x1a\x45\xdf\xa3" + b"recorded" * 100
QUEUE = "/identity/video-sessions"
WORD = {"reason": "人证一致，本人自愿"}


async def waiting(person) -> identity.VideoCall:
    challenge = await identity.open_act(person, "test.act", "thing-1", DIGEST)
    await identity.ask_for_officer(person, challenge.id)
    return challenge


async def test_only_window_officers_see_the_queue(staff_surface):
    assert (await staff_surface.get(QUEUE)).status_code == 401
    by = await officer("case_officer")
    assert (await staff_surface.get(QUEUE, headers=await bearer(by))).status_code == 403


async def test_from_the_queue_to_a_proof(public, staff_surface, simulators, deliver):
    person, by = await resident(), await window_officer()
    mine, theirs = await bearer(person), await bearer(by)
    begun = await public.post(
        "/me/act-proofs",
        json={"act": "test.act", "about": "thing-1", "digest": DIGEST},
        headers=mine,
    )
    path = f"/me/act-proofs/{begun.json()['id']}"
    asked = await public.post(f"{path}/video", headers=mine)
    assert (asked.status_code, asked.json()["video"]["state"]) == (201, "waiting"), asked.text
    assert (await public.post(f"{path}/video", headers=mine)).json()["id"] == begun.json()["id"]

    other = await resident(name="王芳")
    second = await waiting(other)
    assert (asked.json()["act_name"], asked.json()["video"]["before_me"]) == ("测试操作", 0)
    assert await identity.calls_before(await identity.own_session(other, second.id)) == 1
    await identity.cancel_call(other, second.id)

    queue = (await staff_surface.get(QUEUE, headers=theirs)).json()["items"]
    assert [c["person_name"] for c in queue] == ["李*轩"]
    call = f"{QUEUE}/{queue[0]['id']}"
    assert (await staff_surface.get(call, headers=theirs)).status_code == 404  # not claimed yet
    claimed = await staff_surface.post(f"{call}/claim", headers=theirs)
    assert (claimed.json()["person_name"], claimed.json()["act_name"]) == ("李明轩", "测试操作")
    early = await staff_surface.post(f"{call}/confirm", json=WORD, headers=theirs)
    assert early.json()["code"] == "identity.recording_missing"
    kept = await staff_surface.put(
        f"{call}/recording", content=WEBM, headers=theirs | {"content-type": "video/webm"}
    )
    assert kept.json()["sha256"] == hashlib.sha256(WEBM).hexdigest(), kept.text
    done = await staff_surface.post(f"{call}/confirm", json=WORD, headers=theirs)
    assert done.json()["state"] == "confirmed", done.text

    proved = await public.post(f"{path}/prove", json={"method": "video"}, headers=mine)
    assert proved.status_code == 200, proved.text
    async with db.unit_of_work():
        used = await identity.consume_act_proof(
            person, "test.act", "thing-1", DIGEST, proved.json()["proof"]
        )
    assert used.facts["officer"] == str(by.id)
    assert used.facts["recording_sha256"] == kept.json()["sha256"]
    stored = await db.value(
        "SELECT recording_key FROM identity_video_session WHERE person_id=$1", person.id
    )
    assert await storage().get(stored) == WEBM
    seen = await db.rows("SELECT action FROM kernel_audit WHERE owner=$1", person.id)
    assert {"identity.video_seen", "identity.video_claimed", "identity.video_confirmed"} <= {
        row["action"] for row in seen
    }
    await deliver()
    inbox = (await public.get("/me/messages", headers=mine)).json()["items"]
    assert "视频核验已通过" in {m["title"] for m in inbox}


async def test_the_officer_sees_the_registrys_photo_and_the_look_is_recorded(
    staff_surface, simulators
):
    person, by = await resident(), await window_officer()
    await in_registry(simulators, person, portrait="obama.jpg")
    await waiting(person)
    call = (await identity.waiting_calls(by))[0]
    await identity.claim_call(by, call.session.id)
    reply = await staff_surface.get(f"{QUEUE}/{call.session.id}/portrait", headers=await bearer(by))
    assert reply.headers["content-type"] == "image/jpeg"
    assert reply.headers["cache-control"] == "no-store"
    assert reply.content[:2] == b"\xff\xd8"
    assert await db.value(
        "SELECT count(*) FROM kernel_audit WHERE action='identity.portrait_seen' AND owner=$1",
        person.id,
    )


async def test_a_refusal_proves_nothing_and_says_why(database):
    person, by = await resident(), await window_officer()
    challenge = await waiting(person)
    call = (await identity.waiting_calls(by))[0]
    await identity.claim_call(by, call.session.id)
    ended = await identity.end_call(by, call.session.id, confirmed=False, reason="画面不清")
    assert (ended.state, ended.reason) == ("refused", "画面不清")
    with pytest.raises(ActNotProven):
        await identity.prove_act(person, challenge.id, "video", {})


async def test_of_many_officers_one_claims(database):
    person = await resident()
    await waiting(person)
    first = await window_officer(login="w0")
    session = (await identity.waiting_calls(first))[0].session.id
    officers = [await window_officer(login=f"w{n}") for n in range(8)]
    results = await asyncio.gather(
        *(identity.claim_call(by, session) for by in officers), return_exceptions=True
    )
    assert sum(isinstance(r, identity.VideoCall) for r in results) == 1


async def test_another_officers_call_is_not_mine(database):
    person = await resident()
    await waiting(person)
    first, second = await window_officer(login="w1"), await window_officer(login="w2")
    session = (await identity.waiting_calls(first))[0].session.id
    await identity.claim_call(first, session)
    for attempt in (
        identity.call_of(second, session),
        identity.keep_recording(second, session, WEBM),
        identity.end_call(second, session, confirmed=True, reason="x"),
    ):
        with pytest.raises(NoSuchVideoSession):
            await attempt
    assert await identity.waiting_calls(second) == []


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [(b"MZ not a film", "video/webm", 409), (WEBM, "application/zip", 415)],
)
async def test_what_is_no_recording_is_refused(data, kind, status, staff_surface):
    person, by = await resident(), await window_officer()
    await waiting(person)
    session = (await identity.waiting_calls(by))[0].session.id
    await identity.claim_call(by, session)
    reply = await staff_surface.put(
        f"{QUEUE}/{session}/recording",
        content=data,
        headers=await bearer(by) | {"content-type": kind},
    )
    assert reply.status_code == status
    assert (
        await db.value(
            "SELECT recording_key FROM identity_video_session WHERE person_id=$1", person.id
        )
        == ""
    )


async def test_an_officers_word_is_good_for_five_minutes(database):
    person, by = await resident(), await window_officer()
    challenge = await waiting(person)
    session = (await identity.waiting_calls(by))[0].session.id
    await identity.claim_call(by, session)
    await identity.keep_recording(by, session, WEBM)
    await identity.end_call(by, session, confirmed=True, reason="人证一致")
    await db.execute("UPDATE identity_video_session SET ended_at = ended_at - interval '6 minutes'")
    from auth.identity.errors import ActOver

    with pytest.raises(ActOver):
        await identity.prove_act(person, challenge.id, "video", {})


async def test_whoever_leaves_the_queue_is_seen_by_nobody_and_takes_another_way(public):
    person, by = await resident(), await window_officer()
    challenge = await waiting(person)
    headers = await bearer(person)
    left = await public.delete(f"/me/act-proofs/{challenge.id}/video", headers=headers)
    assert left.status_code == 204
    assert await identity.waiting_calls(by) == []
    given = {"check_id": str(await passed_check(person, challenge.id))}
    assert await identity.prove_act(person, challenge.id, "live_face", given)
    again = await public.delete(f"/me/act-proofs/{challenge.id}/video", headers=headers)
    assert again.json()["code"] == "identity.not_in_this_state"
