"""Tier 2 by face and code: the registry's photo decides, the person's own picture never does."""

import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from app_server.kernel import clock, db
from auth.identity import service as identity
from auth.people import service as people
from tests.builders.people import bearer, resident

PHOTOS = Path(__file__).resolve().parents[2] / "var" / "assets" / "photos"
JPEG = {"content-type": "image/jpeg"}
LI = "341602199003074511"  # his registry photo is obama.jpg


async def begin(public: httpx.AsyncClient, headers: dict[str, str]) -> str:
    given = await public.post(
        "/me/consents", json={"purpose": "face", "text_version": "1"}, headers=headers
    )
    check = await public.post(
        "/me/face-checks", json={"consent_id": given.json()["id"]}, headers=headers
    )
    assert check.status_code == 201, check.text
    return check.json()["id"]


async def show(public, check: str, headers: dict[str, str], photo: str) -> httpx.Response:
    return await public.put(
        f"/me/face-checks/{check}/photo",
        content=(PHOTOS / photo).read_bytes(),
        headers=headers | JPEG,
    )


async def code_sent_to(person, simulators: dict[str, str], deliver) -> str:
    await deliver()
    phone = (await people.person(person.id)).phone
    async with httpx.AsyncClient(trust_env=False) as box:
        found = await box.get(f"{simulators['sms']}/messages", params={"phone": phone})
    return re.search(r"验证码 (\d{6})", found.json()[0]["Content"]).group(1)


async def test_a_stranger_cannot_begin_a_face_check(public):
    reply = await public.post("/me/face-checks", json={"consent_id": str(LI)[:8] + "-0" * 4})
    assert reply.status_code == 401


async def test_without_a_separate_consent_no_face_is_compared(public):
    person, other = await resident(number=LI), await resident()
    consent = await people.grant_consent(other, "face", "1")
    reply = await public.post(
        "/me/face-checks", json={"consent_id": str(consent)}, headers=await bearer(person)
    )
    assert (reply.status_code, reply.json()["code"]) == (409, "people.consent_missing")


async def test_the_right_face_and_the_code_give_tier_two(public, simulators, deliver):
    person = await resident(number=LI)
    headers = await bearer(person)
    check = await begin(public, headers)
    early = await public.post(f"/me/face-checks/{check}/code", headers=headers)
    assert early.json()["code"] == "identity.face_not_yet_passed"
    seen = await show(public, check, headers, "obama2.jpg")
    assert (seen.status_code, seen.json()["state"]) == (200, "matched"), seen.text
    assert await identity.tier_of_person(person.id) == 1
    await public.post(f"/me/face-checks/{check}/code", headers=headers)
    code = await code_sent_to(person, simulators, deliver)
    done = await public.post(
        f"/me/face-checks/{check}/confirm", json={"code": code}, headers=headers
    )
    assert (done.json()["state"], done.json()["tier"]) == ("passed", 2), done.text
    mine = await public.get("/me", headers=headers)
    assert mine.json()["evidence"][0]["source_name"] == "人脸识别与短信验证码"


async def test_another_face_is_refused_and_the_tier_stays(public, simulators):
    person = await resident(number=LI)
    headers = await bearer(person)
    check = await begin(public, headers)
    seen = await show(public, check, headers, "biden.jpg")
    assert (seen.status_code, seen.json()["state"]) == (200, "open")
    assert seen.json()["attempts_left"] == 4
    assert await identity.tier_of_person(person.id) == 1


async def test_five_tries_in_six_hours_are_the_end_whatever_redis_knows(public, simulators):
    person = await resident(number=LI)
    headers = await bearer(person)
    check = await begin(public, headers)
    for _ in range(5):
        await show(public, check, headers, "biden.jpg")
    last = await show(public, check, headers, "obama2.jpg")
    assert (last.status_code, last.json()["code"]) == (429, "identity.face_locked")
    assert await identity.tier_of_person(person.id) == 1


async def test_a_person_without_a_registry_photo_is_shown_another_way(public, simulators):
    person = await resident(number="341602195608122629", name="王秀兰")
    headers = await bearer(person)
    reply = await show(public, await begin(public, headers), headers, "obama.jpg")
    assert (reply.status_code, reply.json()["code"]) == (409, "identity.no_reference_photo")
    assert "大厅" in reply.json()["title"]


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (b"this is no picture at all", "image/jpeg", "image.not_an_image"),
        (b"x" * (5 * 1024 * 1024), "image/jpeg", "kernel.payload_too_large"),
        (b"%PDF-1.4", "application/pdf", "kernel.unsupported_media_type"),
    ],
)
async def test_what_is_no_picture_is_refused_in_words(data, kind, code, public, simulators):
    person = await resident(number=LI)
    headers = await bearer(person)
    check = await begin(public, headers)
    reply = await public.put(
        f"/me/face-checks/{check}/photo", content=data, headers=headers | {"content-type": kind}
    )
    assert reply.json()["code"] == code
    assert reply.status_code in {413, 415, 422}


async def test_tier_two_ends_with_its_evidence(database, monkeypatch):
    person = await resident(tier=2)
    assert await identity.tier_of_person(person.id) == 2
    later = clock.now() + timedelta(days=366)
    monkeypatch.setattr(clock, "_source", lambda: later)
    assert await identity.tier_of_person(person.id) == 1


async def test_revoked_evidence_lowers_the_tier_with_the_next_token(public):
    person = await resident(tier=2)
    proofs = await identity.evidence_of(person.id)
    face = next(p for p in proofs if p.source == "face_and_code")
    await identity.revoke_evidence(person, face.id, "本人申请")
    headers = await bearer(person)
    assert (await public.get("/me", headers=headers)).json()["tier"] == 1


async def test_no_picture_and_no_template_is_stored(public, simulators):
    person = await resident(number=LI)
    headers = await bearer(person)
    await show(public, await begin(public, headers), headers, "obama2.jpg")
    columns = await db.rows(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_name LIKE 'identity_%' AND data_type = 'bytea'"
    )
    assert columns == []
