"""Tier 3 inside a case: what needs it, the proof covers the content, the evidence is chained."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.cases import service
from app_server.cases.service import proofs
from app_server.forms import service as forms
from app_server.items.rules import ItemFacts
from app_server.items.seed import _data
from app_server.kernel import db
from auth.identity.errors import ActProofNeeded
from tests.builders.cases import desk_of, filled_draft, state_of, version_of
from tests.builders.identity import proof_for
from tests.builders.items import LOAN, PROPERTY, UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident

KEY = {"idempotency-key": "key-00000001"}


async def act_of(owner, draft_id) -> dict[str, str]:
    """The act that the refusal names."""
    with pytest.raises(ActProofNeeded) as caught:
        await service.submit(owner, draft_id)
    told = caught.value.facts["act"]
    return {"act": told["act"], "about": told["about"], "digest": told["digest"]}


async def claiming(owner, item, yuan: int):
    draft_id = await filled_draft(owner, item)
    draft = await forms.draft(owner.subject, draft_id)
    await forms.save(owner.subject, draft_id, draft.version, {**draft.data, "claim_yuan": yuan})
    return draft_id


async def test_without_a_proof_the_refusal_names_the_act_and_the_draft_stays(public):
    owner, item = await resident(tier=2), (await catalogue())[PROPERTY]
    draft_id = await filled_draft(owner, item)
    reply = await public.post(
        "/cases", json={"draft_id": str(draft_id)}, headers=await bearer(owner) | KEY
    )
    assert (reply.status_code, reply.json()["code"]) == (401, "kernel.tier_required")
    assert reply.json()["required_tier"] == 3
    assert 'acr_values="urn:wanshi:acr:t3"' in reply.headers["www-authenticate"]
    act = reply.json()["act"]
    assert (act["act"], act["about"]) == ("cases.submit", str(draft_id))
    assert not (await forms.draft(owner.subject, draft_id)).used
    proof = await proof_for(owner, act["act"], act["about"], act["digest"])
    done = await public.post(
        "/cases",
        json={"draft_id": str(draft_id), "act_proof": proof},
        headers=await bearer(owner) | {"idempotency-key": "key-00000002"},
    )
    assert done.status_code == 201, done.text
    assert await state_of(done.json()["case_no"]) == "submitted"


async def test_a_wrong_proof_is_no_proof(database):
    owner, item = await resident(tier=2), (await catalogue())[PROPERTY]
    draft_id = await filled_draft(owner, item)
    act = await act_of(owner, draft_id)
    other = await proof_for(owner, act["act"], "another-draft", act["digest"])
    for proof in ("x" * 43, other):
        with pytest.raises(ActProofNeeded):
            await service.submit(owner, draft_id, proof)
    assert await db.value("SELECT count(*) FROM cases_case") == 0


async def test_a_proof_covers_the_content_it_was_made_for_and_no_other(database):
    owner, item = await resident(tier=2), (await catalogue())[PROPERTY]
    draft_id = await filled_draft(owner, item)
    proof = await proof_for(owner, **await act_of(owner, draft_id))
    draft = await forms.draft(owner.subject, draft_id)
    await forms.save(owner.subject, draft_id, draft.version, {**draft.data, "price_yuan": 999})
    with pytest.raises(ActProofNeeded):
        await service.submit(owner, draft_id, proof)


@pytest.mark.parametrize(("yuan", "needed"), [(1, False), (20_000, False), (20_001, True)])
async def test_a_claim_needs_a_proof_above_the_threshold_only(yuan, needed, database):
    owner, item = await resident(tier=2), (await catalogue())[LOAN]
    draft_id = await claiming(owner, item, yuan)
    if needed:
        with pytest.raises(ActProofNeeded):
            await service.submit(owner, draft_id)
    else:
        case_no = (await service.submit(owner, draft_id)).row["case_no"]
        assert await state_of(case_no) == "submitted"
        assert await db.value("SELECT count(*) FROM cases_evidence") == 0


async def test_an_ordinary_item_needs_none(database):
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    await service.submit(owner, await filled_draft(owner, item))


async def test_a_refused_proof_is_used_up_by_nobody(database):
    """The proof and the case commit together: a submission that fails leaves the proof whole."""
    owner, item = await resident(tier=2), (await catalogue())[PROPERTY]
    first, second = await filled_draft(owner, item), await filled_draft(owner, item)
    proof = await proof_for(owner, **await act_of(owner, second))
    await service.submit(owner, first, await proof_for(owner, **await act_of(owner, first)))
    with pytest.raises(Exception, match="同事项"):
        await service.submit(owner, second, proof)
    states = await db.rows("SELECT state FROM identity_act_proof WHERE about=$1", str(second))
    assert [row["state"] for row in states] == ["proven"]


async def test_of_fifty_submissions_with_one_proof_one_becomes_a_case(database):
    owner, item = await resident(tier=2), (await catalogue())[PROPERTY]
    draft_id = await filled_draft(owner, item)
    proof = await proof_for(owner, **await act_of(owner, draft_id))
    results = await asyncio.gather(
        *(service.submit(owner, draft_id, proof) for _ in range(50)), return_exceptions=True
    )
    assert sum(isinstance(r, service.Standing) for r in results) == 1
    assert await db.value("SELECT count(*) FROM cases_case") == 1
    assert await db.value("SELECT count(*) FROM cases_evidence") == 1


async def submitted_with_proof(owner, item) -> str:
    draft_id = await filled_draft(owner, item)
    proof = await proof_for(owner, **await act_of(owner, draft_id))
    return str((await service.submit(owner, draft_id, proof)).row["case_no"])


async def test_the_officer_sees_who_what_when_and_that_nobody_need_come(staff_surface):
    owner, item = await resident(tier=2), (await catalogue())[PROPERTY]
    case_no = await submitted_with_proof(owner, item)
    desk = await desk_of(item)
    body = (await staff_surface.get(f"/cases/{case_no}", headers=await bearer(desk))).json()
    assert body["evidence"]["intact"] is True
    entry = body["evidence"]["entries"][0]["facts"]
    assert (entry["who"], entry["act"], entry["method"]) == (
        str(owner.id),
        "cases.submit",
        "live_face",
    )
    assert entry["proven_at"]
    assert len(entry["proof_hash"]) == len(entry["digest"]) == 64
    assert body["to_site_times"] == 0
    accepted = await staff_surface.post(
        f"/cases/{case_no}/accept", headers=await bearer(desk) | {"if-match": '"1"'}
    )
    assert accepted.json()["evidence"]["intact"] is True, accepted.text


async def test_an_ordinary_case_has_no_evidence(staff_surface):
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    case_no = (await service.submit(owner, await filled_draft(owner, item))).row["case_no"]
    headers = await bearer(await desk_of(item))
    body = (await staff_surface.get(f"/cases/{case_no}", headers=headers)).json()
    assert body["evidence"] is None


async def test_evidence_can_only_be_added(database):
    owner, item = await resident(tier=2), (await catalogue())[PROPERTY]
    await submitted_with_proof(owner, item)
    for statement in ("UPDATE cases_evidence SET seq=2", "DELETE FROM cases_evidence"):
        with pytest.raises(Exception, match="append-only"):
            await db.execute(statement)


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE cases_evidence SET facts = jsonb_set(facts, '{who}', '\"somebody\"')",
        "UPDATE cases_evidence SET facts = jsonb_set(facts, '{digest}', '\"00\"')",
        "UPDATE cases_evidence SET kind = 'cases.correct'",
        "UPDATE cases_evidence SET hash = repeat('0', 64)",
        "UPDATE cases_evidence SET previous = repeat('0', 64)",
        "UPDATE cases_evidence SET seq = 2",
        "DELETE FROM cases_evidence",
        "UPDATE cases_case SET evidence_head = repeat('0', 64)",
        (
            "INSERT INTO cases_evidence SELECT overlay(id::text placing '0000' from 33)::uuid, "
            "case_id, 2, kind, facts, hash, hash, city_code FROM cases_evidence"
        ),
    ],
)
async def test_whoever_gets_round_the_trigger_breaks_the_chain(tamper, database):
    owner, item = await resident(tier=2), (await catalogue())[PROPERTY]
    case_no = await submitted_with_proof(owner, item)
    await db.execute("ALTER TABLE cases_evidence DISABLE TRIGGER cases_evidence_append_only")
    try:
        assert await db.execute(tamper) == 1
    finally:
        await db.execute("ALTER TABLE cases_evidence ENABLE TRIGGER cases_evidence_append_only")
    view = await service.read_for_officer(await desk_of(item), case_no)
    assert view.evidence is not None
    assert not view.evidence.intact


async def test_a_correction_of_such_a_case_needs_a_proof_of_its_own(database):
    owner, item = await resident(tier=2), (await catalogue())[PROPERTY]
    case_no = await submitted_with_proof(owner, item)
    desk = await desk_of(item)
    await service.request_correction(
        desk, case_no, 1, reason="成交价有误", fields=["price_yuan"], materials=[]
    )
    version, given = await version_of(case_no), {"price_yuan": 880_000}
    with pytest.raises(ActProofNeeded) as caught:
        await service.correct(owner, case_no, version, given, "")
    told = caught.value.facts["act"]
    assert (told["act"], told["about"]) == ("cases.correct", case_no)
    proof = await proof_for(owner, told["act"], told["about"], told["digest"])
    await service.correct(owner, case_no, version, given, "", proof)
    view = await service.read_for_officer(desk, case_no)
    assert [e.kind for e in view.evidence.entries] == ["cases.submit", "cases.correct"]
    assert view.evidence.intact


ITEM = ItemFacts.model_validate(_data("items")[0])
ANSWERS = st.dictionaries(
    st.text(min_size=1, max_size=8),
    st.one_of(st.text(max_size=8), st.integers(-(2**53), 2**53), st.booleans()),
    max_size=6,
)


@given(ANSWERS, ANSWERS)
def test_equal_content_has_an_equal_digest_whatever_its_order(one, other):
    form = ("f", 1)
    turned = dict(reversed(list(one.items())))
    assert proofs.digest_of(ITEM, form, one, []) == proofs.digest_of(ITEM, form, turned, [])
    if proofs.orjson.dumps(one, option=proofs.orjson.OPT_SORT_KEYS) != proofs.orjson.dumps(
        other, option=proofs.orjson.OPT_SORT_KEYS
    ):
        assert proofs.digest_of(ITEM, form, one, []) != proofs.digest_of(ITEM, form, other, [])


def test_another_picture_version_or_form_is_other_content():
    form, data = ("f", 1), {"a": 1}
    picture = [{"code": "photo", "file": {"key": "forms/one"}}]
    first = proofs.digest_of(ITEM, form, data, picture)
    others = [
        proofs.digest_of(ITEM, form, data, [{"code": "photo", "file": {"key": "forms/two"}}]),
        proofs.digest_of(ITEM, form, data, [{"code": "photo", "file": None}]),
        proofs.digest_of(ITEM, ("f", 2), data, picture),
        proofs.digest_of(ITEM.model_copy(update={"version": 9}), form, data, picture),
    ]
    assert len({first, *others}) == 5


def test_a_replaced_picture_is_other_content_though_the_old_files_are_still_named():
    old, new = ({"id": n, "key": f"forms/{n}"} for n in ("one", "two"))
    held = {"code": "photo", "file": old, "files": [old]}
    digest = proofs.digest_of(ITEM, ("f", 1), {}, [held])
    assert digest != proofs.digest_of(ITEM, ("f", 1), {}, [held | {"file": new}])
    assert digest != proofs.digest_of(ITEM, ("f", 1), {}, [held | {"files": [old, new]}])
