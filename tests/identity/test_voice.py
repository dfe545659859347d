"""Spoken digits as a second means, and the voiceprint; the speech service is the simulator."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from app_server.kernel import clock, db
from app_server.kernel.errors import Problem
from auth.identity import service as identity
from auth.identity.providers.speech import speech
from auth.identity.service.voice import reference_of
from auth.people import service as people
from tests.builders.people import bearer, resident
from tests.builders.voices import spoken

WAV = {"content-type": "audio/wav"}


async def opened(public, person, headers, purpose, **more):
    consent = await people.grant_consent(person, "voice", "1")
    return await public.post(
        "/me/voice-checks",
        json={"purpose": purpose, "consent_id": str(consent), **more},
        headers=headers,
    )


async def say(public, headers, check, recording):
    return await public.put(
        f"/me/voice-checks/{check}/recording", content=recording, headers=headers | WAV
    )


async def matched_face(person) -> str:
    """A face check whose face matched (how it came to that is test_liveness.py's)."""
    consent = await people.grant_consent(person, "face", "1")
    state = await identity.open_check(person, consent)
    await db.execute("UPDATE identity_face_check SET state='matched' WHERE id=$1", state.id)
    return str(state.id)


@pytest.fixture
async def person(public, simulators):
    who = await resident(tier=1)
    return who, await bearer(who)


@pytest.fixture
async def check(public, person):
    who, headers = person
    face = await matched_face(who)
    return (await opened(public, who, headers, "second_means", face_check_id=face)).json()


async def test_a_stranger_is_asked_to_say_nothing(public):
    body = {"purpose": "enrol", "consent_id": "0" * 8 + "-0000" * 3 + "-" + "0" * 12}
    assert (await public.post("/me/voice-checks", json=body)).status_code == 401


async def test_without_consent_nobody_is_recorded(public, person):
    _, headers = person
    foreign = await people.grant_consent(await resident(name="王芳"), "voice", "1")
    body = {"purpose": "enrol", "consent_id": str(foreign)}
    reply = await public.post("/me/voice-checks", json=body, headers=headers)
    assert reply.json()["code"] == "people.consent_missing"


async def test_the_right_digits_after_a_matched_face_give_tier_two(public, person, check):
    who, headers = person
    assert len(check["digits"]) == 6
    reply = await say(public, headers, check["id"], spoken(check["digits"]))
    assert reply.json()["state"] == "passed"
    assert await identity.tier_of_person(who.id) == 2
    assert await db.value("SELECT recording_sha256 FROM identity_voice_check") != ""


async def test_digits_before_the_face_are_refused(public, person):
    who, headers = person
    consent = await people.grant_consent(who, "face", "1")
    state = await identity.open_check(who, consent)
    reply = await opened(public, who, headers, "second_means", face_check_id=str(state.id))
    assert reply.json()["code"] == "identity.face_not_yet_passed"


async def test_wrong_digits_fail_three_times_and_then_for_good(public, person, check):
    who, headers = person
    wrong = spoken("".join(str((int(d) + 1) % 10) for d in check["digits"]))
    states = [(await say(public, headers, check["id"], wrong)).json()["state"] for _ in range(3)]
    assert states == ["open", "open", "refused"]
    late = await say(public, headers, check["id"], spoken(check["digits"]))
    assert late.json()["code"] == "identity.voice_check_over"
    assert await identity.tier_of_person(who.id) == 1


async def test_a_recording_of_an_earlier_check_says_the_wrong_digits(public, person, check):
    who, headers = person
    face = await matched_face(who)
    second = (await opened(public, who, headers, "second_means", face_check_id=face)).json()
    assert check["digits"] != second["digits"]
    reply = await say(public, headers, second["id"], spoken(check["digits"]))
    assert reply.json()["state"] == "open"


@pytest.mark.parametrize("recording", [b"", b"RIFF", b"no sound at all", spoken("")])
async def test_what_is_no_speech_is_no_pass(public, person, check, recording):
    _, headers = person
    reply = await say(public, headers, check["id"], recording)
    assert (reply.status_code, reply.json()["state"]) == (200, "open")


async def test_fifty_recordings_at_once_raise_the_tier_once(person, check):
    who, _ = person
    recording = spoken(check["digits"])
    results = await asyncio.gather(
        *(identity.hear(who, check["id"], recording) for _ in range(50)), return_exceptions=True
    )
    assert sum(getattr(r, "state", "") == "passed" for r in results) == 1
    proofs = [p for p in await identity.evidence_of(who.id) if p.source == "face_and_voice"]
    assert len(proofs) == 1


async def test_time_runs_out(person, check, monkeypatch):
    who, _ = person
    later = clock.now() + timedelta(minutes=3)
    monkeypatch.setattr(clock, "_source", lambda: later)
    with pytest.raises(Problem, match="已结束"):
        await identity.hear(who, check["id"], spoken(check["digits"]))


async def enrolled(public, hum_hz: float = 130.0):
    who = await resident(tier=2)
    headers = await bearer(who)
    check = (await opened(public, who, headers, "enrol")).json()
    told = await say(public, headers, check["id"], spoken(check["digits"], hum_hz))
    assert told.json()["state"] == "passed"
    assert (await public.get("/me/identity", headers=headers)).json()["voiceprint"] is True
    return who, headers


async def test_a_voiceprint_needs_tier_two(public, person):
    who, headers = person
    assert (await public.get("/me/identity", headers=headers)).json()["voiceprint"] is False
    reply = await opened(public, who, headers, "enrol")
    assert reply.json()["code"] == "identity.voiceprint_needs_tier"


async def test_the_enrolled_voice_proves_an_act_and_another_voice_does_not(public, simulators):
    who, headers = await enrolled(public)
    identity.name_act("test.act", "测试操作")
    challenge = await identity.open_act(who, "test.act", "case:1", "0" * 64)
    stranger = (await opened(public, who, headers, "act", act_proof_id=str(challenge.id))).json()
    told = await say(public, headers, stranger["id"], spoken(stranger["digits"], hum_hz=210))
    assert told.json()["state"] == "open"
    own = (await opened(public, who, headers, "act", act_proof_id=str(challenge.id))).json()
    told = await say(public, headers, own["id"], spoken(own["digits"]))
    assert told.json()["state"] == "passed"
    proof, _ = await identity.prove_act(who, challenge.id, "voiceprint", {"check_id": own["id"]})
    async with db.unit_of_work():
        used = await identity.consume_act_proof(who, "test.act", "case:1", "0" * 64, proof)
    assert used.method == "voiceprint"


async def test_a_voice_check_serves_one_act_only(public, simulators):
    who, headers = await enrolled(public)
    identity.name_act("test.act", "测试操作")
    first = await identity.open_act(who, "test.act", "case:1", "0" * 64)
    second = await identity.open_act(who, "test.act", "case:2", "0" * 64)
    own = (await opened(public, who, headers, "act", act_proof_id=str(first.id))).json()
    await say(public, headers, own["id"], spoken(own["digits"]))
    with pytest.raises(Problem) as refused:
        await identity.prove_act(who, second.id, "voiceprint", {"check_id": own["id"]})
    assert refused.value.facts["reason"] == "no_check_for_this_act"
    await identity.prove_act(who, first.id, "voiceprint", {"check_id": own["id"]})


async def test_digits_for_an_act_need_the_act(public, simulators):
    who, headers = await enrolled(public)
    assert (await opened(public, who, headers, "act")).json()["code"] == "identity.no_such_act"


async def test_withdrawing_consent_deletes_the_voiceprint_also_at_the_service(
    public, simulators, deliver
):
    who, _ = await enrolled(public)
    assert await speech().likeness(reference_of(who.id), spoken("12")) > 0.9
    await people.withdraw_consent(who, "voice")
    await deliver()
    assert not await identity.has_voiceprint(who.id)
    methods = {m.code: m.obstacle for m in await identity.methods_for(who.id)}
    assert methods["voiceprint"] != ""
    assert await speech().likeness(reference_of(who.id), spoken("12")) == 0


async def test_a_silent_speech_service_is_told_and_nothing_is_raised(person, check, monkeypatch):
    who, _ = person

    async def gone(*_args, **_more):
        raise httpx.ConnectError("gone")

    monkeypatch.setattr("httpx.AsyncClient.request", gone)
    with pytest.raises(Problem, match="语音核验暂时无法使用"):
        await identity.hear(who, check["id"], spoken(check["digits"]))
    assert await identity.tier_of_person(who.id) == 1
