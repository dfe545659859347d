"""Numbers are checked, proofs recognised, uses counted, the directory kept (R-LIC-07, 14, 17)."""

import asyncio

import pytest

from app_server.kernel import clock, db
from app_server.kernel.principal import ANONYMOUS
from app_server.licences import service as licences
from app_server.licences.rules.types import LicenceTypeSpec
from tests.builders.licences import CODE, issued, keeper, trusted_keeper, type_spec
from tests.builders.people import bearer, id_number, resident
from tests.builders.staff import ORG, officer

WHY = "公租房资格复核"


async def valid(deliver, **changes):
    holder, by = await resident(), await trusted_keeper()
    made = await issued(holder, by, **changes)
    await deliver()
    return holder, by, made


async def test_whoever_has_the_number_learns_masked_facts_and_nothing_more(public, deliver):
    _, by, made = await valid(deliver)
    told = await public.post("/licence-checks", json={"identifier": made.identifier})
    facts = told.json()
    assert (facts["valid"], facts["holder_masked"], facts["state_name"]) == (True, "李*轩", "有效")
    assert not {"holder_name", "holder_number", "content"} & set(facts)
    wrong = made.identifier[:-1] + ("0" if made.identifier[-1] != "0" else "1")
    for number, reason in ((wrong, "malformed"), ("1.2.156.3005.2.A.B.1.001.K", "malformed")):
        told = await public.post("/licence-checks", json={"identifier": number})
        assert (told.json()["valid"], told.json()["reason"]) == (False, reason)
    await licences.act(by, made.id, 2, "revoke", WHY)
    told = await public.post("/licence-checks", json={"identifier": made.identifier})
    assert (told.json()["valid"], told.json()["reason"]) == (False, "revoked")


async def test_checks_by_number_are_limited(public, deliver):
    body = {"identifier": "1.2.156.3005.2.A"}
    told = await asyncio.gather(*(public.post("/licence-checks", json=body) for _ in range(30)))
    assert 429 in {one.status_code for one in told}


async def test_a_proof_is_accepted_by_number_only_for_its_holder(staff_surface, deliver):
    number = id_number()
    _, by, made = await valid(deliver, holder_number=number)
    asked = {"identifier": made.identifier, "holder_number": number, "purpose": WHY}
    assert (await staff_surface.post("/licence-proofs", json=asked)).status_code == 401
    elsewhere = await officer("case_officer", login="other", org="11340000MB0000000M")
    headers = await bearer(elsewhere)
    told = (await staff_surface.post("/licence-proofs", headers=headers, json=asked)).json()
    assert (told["accepted"], told["reuse"]) == (True, "直接使用")
    assert told["watermark"].startswith("此件由演示住房城乡建设局提供")
    strange = asked | {"holder_number": id_number()}
    told = (await staff_surface.post("/licence-proofs", headers=headers, json=strange)).json()
    assert (told["accepted"], told["reason"], told["type_name"]) == (False, "unknown", None)
    await licences.act(by, made.id, 2, "suspend", WHY)
    told = (await staff_surface.post("/licence-proofs", headers=headers, json=asked)).json()
    assert (told["accepted"], told["reason"]) == (False, "suspended")


@pytest.mark.parametrize(("trust", "accepted"), [("A", True), ("B", True), ("C", False)])
async def test_only_classes_that_stand_for_a_paper_are_accepted(database, deliver, trust, accepted):
    by, number = await keeper(), id_number()
    spec = LicenceTypeSpec.model_validate(type_spec(trust_class=trust))
    drafted = await licences.draft_type(by, spec)
    await licences.publish_type(by, drafted.id, 1)
    made = await issued(
        await resident(), by, type_code=CODE, content={"place": "谯城"}, holder_number=number
    )
    await deliver()
    told = await licences.accept_proof(by, made.identifier, number, WHY)
    assert (told.accepted, told.reason) == (accepted, "" if accepted else "class")


async def test_the_report_of_uses_equals_the_log(staff_surface, deliver):
    number = id_number()
    holder, by, made = await valid(deliver, holder_number=number)
    for _ in range(3):
        await licences.check_identifier(ANONYMOUS, made.identifier)
    await licences.accept_proof(by, made.identifier, number, WHY)
    await licences.verify(by, (await licences.show(holder, made.id)).token)
    today = clock.today().isoformat()
    path = f"/licence-uses?first={today}&last={today}"
    assert (await staff_surface.get(path)).status_code == 401
    told = (await staff_surface.get(path, headers=await bearer(by))).json()
    counted = {(one["way"], one["org"]): one["uses"] for one in told["items"]}
    assert counted == {("identifier", "公众"): 3, ("proof", ORG): 1, ("shown", ORG): 1}
    log = "SELECT count(*) FROM kernel_audit WHERE action = 'licences.shown' AND owner = $1"
    assert told["total"] == await db.value(log, holder.subject) == 5


async def test_the_directory_counts_by_issuer_kind_and_type(staff_surface, deliver):
    _, by, made = await valid(deliver)
    await licences.print_paper(by, made.id, 2, WHY)
    await licences.change(by, made.id, 3, content={"housing": "x"}, reason=WHY)
    await deliver()
    assert (await staff_surface.get("/licence-directory")).status_code == 401
    headers = await bearer(by)
    path = f"/licence-directory?issuer={ORG}&kind=certificate"
    (line,) = (await staff_surface.get(path, headers=headers)).json()["items"]
    assert (line["issued"], line["valid"], line["prints"], line["kind_name"]) == (1, 1, 1, "证件")
    none = await staff_surface.get("/licence-directory?kind=approval", headers=headers)
    assert none.json()["items"] == []
