"""Tier 3 per act: bound to person, act, thing and content; fresh; used once (R-ID-14)."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from app_server.kernel import clock, db
from auth.identity import service as identity
from auth.identity.errors import ActNotProven, ActOver, ActProofNeeded, NoSuchAct, NoSuchMethod
from auth.identity.models import FaceCheck
from auth.people import service as people
from tests.builders.identity import DIGEST, passed_check, proof_for
from tests.builders.people import bearer, resident

identity.name_act("test.act", "测试操作")
identity.name_act("test.other", "另一操作")
WANTED = {"act": "test.act", "about": "thing-1", "digest": DIGEST}


async def consume(person, proof, act="test.act", about="thing-1", digest=DIGEST):
    async with db.unit_of_work():
        return await identity.consume_act_proof(person, act, about, digest, proof)


async def test_a_stranger_opens_nothing(public):
    assert (await public.post("/me/act-proofs", json=WANTED)).status_code == 401


async def test_an_act_nobody_declared_and_a_bad_digest_are_refused(public):
    headers = await bearer(await resident())
    unknown = await public.post("/me/act-proofs", json=WANTED | {"act": "x.y"}, headers=headers)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "identity.no_such_act")
    bad = await public.post("/me/act-proofs", json=WANTED | {"digest": "abc"}, headers=headers)
    assert bad.status_code == 422


async def test_a_proof_serves_its_act_once_and_says_what_it_rests_on(database):
    person = await resident()
    proof = await proof_for(person)
    used = await consume(person, proof)
    assert (used.act, used.about, used.digest, used.method) == (*WANTED.values(), "live_face")
    assert used.facts["engine"] == "test"
    with pytest.raises(ActProofNeeded):
        await consume(person, proof)


@pytest.mark.parametrize(
    "change",
    [{"act": "test.other"}, {"about": "thing-2"}, {"digest": "cd" * 32}, {"proof": "x" * 43}],
)
async def test_another_act_thing_content_or_secret_is_refused(change, database):
    person = await resident()
    told = {"proof": await proof_for(person)} | change
    with pytest.raises(ActProofNeeded) as caught:
        await consume(person, **told)
    assert caught.value.facts["required_tier"] == 3
    assert caught.value.facts["act"]["act"] == change.get("act", "test.act")
    assert 'acr_values="urn:wanshi:acr:t3"' in caught.value.headers["WWW-Authenticate"]


async def test_another_persons_proof_is_refused(database):
    person, other = await resident(), await resident(name="王芳")
    with pytest.raises(ActProofNeeded):
        await consume(other, await proof_for(person))


async def test_no_proof_at_all_is_refused(database):
    with pytest.raises(ActProofNeeded):
        await consume(await resident(), None)


async def test_a_proof_is_over_after_five_minutes(database, monkeypatch):
    person = await resident()
    proof = await proof_for(person)
    later = clock.now() + timedelta(minutes=5, seconds=1)
    monkeypatch.setattr(clock, "_source", lambda: later)
    with pytest.raises(ActProofNeeded):
        await consume(person, proof)


async def test_of_fifty_uses_at_once_one_succeeds(database):
    person = await resident()
    proof = await proof_for(person)
    results = await asyncio.gather(
        *(consume(person, proof) for _ in range(50)), return_exceptions=True
    )
    assert sum(isinstance(r, identity.UsedProof) for r in results) == 1
    assert sum(isinstance(r, ActProofNeeded) for r in results) == 49


async def test_a_command_that_fails_leaves_the_proof_unused(database):
    person = await resident()
    proof = await proof_for(person)
    with pytest.raises(RuntimeError):
        async with db.unit_of_work():
            await identity.consume_act_proof(person, "test.act", "thing-1", DIGEST, proof)
            raise RuntimeError
    assert (await consume(person, proof)).method == "live_face"


async def test_signing_in_never_gives_tier_three(public):
    for tier in (1, 2):
        person = await resident(tier=tier)
        headers = await bearer(person)
        assert (await public.get("/me", headers=headers)).json()["tier"] == tier
        proof = await proof_for(person)
        assert (await public.get("/me", headers=await bearer(person))).json()["tier"] == tier
        await consume(person, proof)
        assert (await public.get("/me", headers=await bearer(person))).json()["tier"] == tier


async def test_a_face_check_that_was_opened_for_no_act_proves_none(database):
    person = await resident()
    challenge = await identity.open_act(person, *WANTED.values())
    given = {"check_id": str(await passed_check(person))}
    with pytest.raises(ActNotProven):
        await identity.prove_act(person, challenge.id, "live_face", given)


async def test_a_face_check_opened_for_one_act_is_refused_for_another_before_it_is_used(database):
    person = await resident()
    shown = await identity.open_act(person, *WANTED.values())
    hidden = await identity.open_act(person, "test.act", "thing-2", DIGEST)
    given = {"check_id": str(await passed_check(person, shown.id))}
    with pytest.raises(ActNotProven):
        await identity.prove_act(person, hidden.id, "live_face", given)
    await identity.prove_act(person, shown.id, "live_face", given)


async def test_a_face_check_is_opened_only_for_ones_own_open_act(public):
    person, other = await resident(), await resident(name="王芳")
    headers, consent = await bearer(person), await people.grant_consent(person, "face", "1")
    mine = await identity.open_act(person, *WANTED.values())

    async def asked(about):
        body = {"consent_id": str(consent), "act_proof_id": str(about)}
        return await public.post("/me/face-checks", json=body, headers=headers)

    theirs = await identity.open_act(other, *WANTED.values())
    assert (await asked(theirs.id)).json()["code"] == "identity.no_such_act"
    assert (await asked(mine.id)).status_code == 201
    await identity.prove_act(
        person, mine.id, "live_face", {"check_id": str(await passed_check(person, mine.id))}
    )
    assert (await asked(mine.id)).json()["code"] == "identity.act_over"
    assert await FaceCheck.filter(act_proof_id=theirs.id).count() == 0


@pytest.mark.parametrize("state", ["open", "matched", "refused"])
async def test_a_face_check_that_did_not_pass_proves_nothing(state, database):
    person = await resident()
    challenge = await identity.open_act(person, *WANTED.values())
    check = await passed_check(person, challenge.id)
    await FaceCheck.filter(id=check).update(state=state)
    with pytest.raises(ActNotProven):
        await identity.prove_act(person, challenge.id, "live_face", {"check_id": str(check)})


async def test_one_face_check_proves_its_act_once(database):
    person = await resident()
    act = await identity.open_act(person, *WANTED.values())
    given = {"check_id": str(await passed_check(person, act.id))}
    await identity.prove_act(person, act.id, "live_face", given)
    with pytest.raises(ActOver):
        await identity.prove_act(person, act.id, "live_face", given)


async def test_another_persons_face_check_or_challenge_is_nobodys(database):
    person, other = await resident(), await resident(name="王芳")
    mine = await identity.open_act(person, *WANTED.values())
    given = {"check_id": str(await passed_check(other, mine.id))}
    with pytest.raises(ActNotProven):
        await identity.prove_act(person, mine.id, "live_face", given)
    with pytest.raises(NoSuchAct):
        await identity.prove_act(other, mine.id, "live_face", given)


async def test_five_tries_and_the_challenge_is_over(database):
    person = await resident()
    challenge = await identity.open_act(person, *WANTED.values())
    for _ in range(5):
        with pytest.raises(ActNotProven):
            await identity.prove_act(person, challenge.id, "live_face", {"check_id": "x"})
    given = {"check_id": str(await passed_check(person, challenge.id))}
    with pytest.raises(ActOver):
        await identity.prove_act(person, challenge.id, "live_face", given)


async def test_a_challenge_is_over_after_five_minutes(database, monkeypatch):
    person = await resident()
    challenge = await identity.open_act(person, *WANTED.values())
    later = clock.now() + timedelta(minutes=6)
    monkeypatch.setattr(clock, "_source", lambda: later)
    given = {"check_id": str(await passed_check(person, challenge.id))}
    with pytest.raises(ActOver):
        await identity.prove_act(person, challenge.id, "live_face", given)


async def test_an_unknown_method_is_refused(database):
    person = await resident()
    challenge = await identity.open_act(person, *WANTED.values())
    with pytest.raises(NoSuchMethod):
        await identity.prove_act(person, challenge.id, "telepathy", {})


async def test_the_secret_is_stored_nowhere(database):
    person = await resident()
    proof = await proof_for(person)
    rows = await db.rows("SELECT row_to_json(p)::text AS t FROM identity_act_proof p")
    assert all(proof not in row["t"] for row in rows)


async def test_there_is_always_a_way_without_a_face(public, simulators):
    headers = await bearer(await resident())
    body = (await public.post("/me/act-proofs", json=WANTED, headers=headers)).json()
    open_ways = [m for m in body["methods"] if not m["obstacle"]]
    assert any(not m["needs_face"] for m in open_ways)
    assert {"live_face", "video", "certificate"} <= {m["code"] for m in body["methods"]}


async def test_the_whole_way_over_http(public):
    person = await resident()
    headers = await bearer(person)
    begun = (await public.post("/me/act-proofs", json=WANTED, headers=headers)).json()
    given = {"check_id": str(await passed_check(person, UUID(begun["id"])))}
    done = await public.post(
        f"/me/act-proofs/{begun['id']}/prove",
        json={"method": "live_face", "given": given},
        headers=headers,
    )
    assert done.status_code == 200, done.text
    assert (await consume(person, done.json()["proof"])).nonce == begun["nonce"]
    after = (await public.get(f"/me/act-proofs/{begun['id']}", headers=headers)).json()
    assert after["state"] == "used"
