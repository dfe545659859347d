"""Composed services: parts under the composer's own grants, timeouts, all or some."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from app_server.kernel import db
from app_server.kernel.crypto import sha256_hex
from app_server.kernel.signing_keys import signing_keys
from app_server.sharing import service as sharing
from app_server.sharing.errors import ServiceInvalid
from app_server.sharing.models import Traffic, Usage
from app_server.sharing.providers import interface
from tests.builders.exchange import token_of
from tests.builders.sharing import HOUSING, LI, PURPOSE, lead, published, steward, wanted
from tests.builders.sharing_office import FLOW, GIVES, Office, composed, housing

CIVIL = "11340000MBDM03096X"
HOUSEHOLD_FIELDS = ("household_no", "size")


@pytest.fixture
async def office():
    """The housing bureau's interface; clients and circuits of this test alone."""
    interface._client.cache_clear()
    interface._breakers.cache_clear()
    async with Office() as standing:
        yield standing


async def ready(office, **changes):
    """Both providers, the bureau's grant to the police's service, and the composed service."""
    made = await published()
    bureau = await housing(office)
    asked = await sharing.apply(
        bureau.steward, "household", "住建局", wanted(fields=HOUSEHOLD_FIELDS)
    )
    own = await sharing.decide(made.lead, asked.id, 1, "approve", "同意")
    await sharing.register_service(
        bureau.steward, bureau.resource.id, "rental-picture", composed(**changes)
    )
    await sharing.move_service(bureau.lead, "rental-picture", 1, "publish", "发布")
    return made, bureau, own


async def caller(bureau, partner):
    """The civil affairs department's token for the composed service, and how to call."""
    by = await steward(CIVIL)
    asked = await sharing.apply(by, "rental-picture", "民政厅", wanted(fields=GIVES))
    row = await sharing.decide(bureau.lead, asked.id, 1, "approve", "同意")
    token = await token_of(partner, *await sharing.key_of(by, row.id))
    body = {"purpose": PURPOSE, "fields": list(GIVES), "case_no": "A1", "subject": LI}

    async def call():
        path = "/sharing/services/rental-picture/calls"
        return await partner.post(path, json=body, headers=token)

    return call


async def test_a_composer_without_a_grant_to_a_part_is_refused(simulators, office, database):
    await published()
    bureau = await housing(office)
    with pytest.raises(ServiceInvalid) as refused:
        await sharing.register_service(bureau.steward, bureau.resource.id, "r", composed())
    assert refused.value.facts["errors"][0]["field"] == "flow.steps.0"


async def test_a_composed_answer_has_a_status_and_a_receipt_for_every_part(
    simulators, office, partner
):
    _, bureau, own = await ready(office)
    call = await caller(bureau, partner)
    reply = await call()
    assert reply.status_code == 200, reply.text
    told = reply.json()
    assert told["data"] == {
        "contract.contract_no": "ZL-1",
        "family.household_no": "DEMO-341602-0001",
        "family.size": 3,
    }
    assert [(part["name"], part["status"]) for part in told["parts"]] == [
        ("family", "answered"),
        ("contract", "answered"),
    ]
    assert len({part["receipt"] for part in told["parts"]}) == 2
    # The bureau's own grant paid for the police's part.
    assert (await Usage.get(grant_id=own.id)).used == 1
    assert await Traffic.filter(via="rental-picture").count() == 2
    headers, body = office.asked[0]
    assert body == b'{"subject":{"household_no":"DEMO-341602-0001"},"purpose":"' + (
        PURPOSE.encode() + b'"}'
    )
    signed = "\n".join(
        (headers["x-sharing-service"], headers["x-sharing-time"], headers["x-sharing-nonce"],
         sha256_hex(body))
    )  # fmt: skip
    signing_keys("sharing")[0].public_key().verify(
        bytes.fromhex(headers["x-sharing-signature"]), signed.encode(), ec.ECDSA(hashes.SHA256())
    )


@pytest.mark.parametrize(("policy", "status"), [("all", 503), ("some", 200)])
async def test_a_part_that_takes_too_long_fails_all_or_only_itself(
    simulators, office, partner, policy, status
):
    steps = [FLOW["steps"][0], FLOW["steps"][1] | {"timeout_ms": 200}]
    _, bureau, _ = await ready(office, flow={"policy": policy, "steps": steps})
    call = await caller(bureau, partner)
    office.delay = 1
    reply = await call()
    assert reply.status_code == status
    parts = {part["name"]: part for part in reply.json()["parts"]}
    assert parts["contract"]["status"] == "timed_out"
    assert parts["family"]["status"] == "answered"
    # Whoever was asked in vain was asked all the same.
    assert await db.value("SELECT count(*) FROM sharing_call WHERE outcome='unavailable'") == 1
    if policy == "some":
        assert set(reply.json()["data"]) == {"family.household_no", "family.size"}
        assert await Traffic.filter(service="rental-picture", outcome="partial").count() == 1
    else:
        assert (reply.json()["code"], reply.json()["fault"]) == (
            "sharing.flow_incomplete", "provider",
        )  # fmt: skip


async def test_a_part_whose_source_did_not_answer_is_skipped_and_a_revoked_one_refused(
    simulators, office, partner
):
    made, bureau, own = await ready(office, flow=FLOW | {"policy": "some"})
    call = await caller(bureau, partner)
    await sharing.decide(made.lead, own.id, own.version, "revoke", "到期清理")
    reply = await call()
    assert reply.status_code == 503
    assert [part["status"] for part in reply.json()["parts"]] == ["refused", "skipped"]
    assert office.asked == []


async def test_services_that_would_contain_each_other_are_refused(simulators, office, database):
    _, bureau, _ = await ready(office)
    step = {
        "name": "picture", "service": "rental-picture", "fields": ["family.size"],
        "needs": {"id_number": "subject.id_number", "name": "subject.name"}, "timeout_ms": 2000,
    }  # fmt: skip
    circle = FLOW | {"steps": [step, FLOW["steps"][0] | {"fields": ["size"]}]}
    paused = await sharing.move_service(bureau.lead, "rental-picture", 2, "pause", "调整")
    with pytest.raises(ServiceInvalid) as refused:
        await sharing.change_service(
            bureau.steward,
            "rental-picture",
            paused.version,
            composed(flow=circle, gives=("picture.family.size", "family.size")),
        )
    messages = [wrong["message"] for wrong in refused.value.facts["errors"]]
    assert any("循环引用" in message for message in messages)


@pytest.mark.parametrize("answer", ["text", [1], {"big": "x" * 1_100_000}])
async def test_an_interface_that_answers_otherwise_than_agreed_is_at_fault(
    simulators, office, partner, answer
):
    await published()
    bureau = await housing(office)
    by = await lead(CIVIL)
    asked = await sharing.apply(by, "rental", "民政厅", wanted(fields=("holder",)))
    row = await sharing.decide(bureau.lead, asked.id, 1, "approve", "同意")
    token = await token_of(partner, *await sharing.key_of(by, row.id))
    office.answer = answer
    body = {"purpose": PURPOSE, "fields": ["holder"], "case_no": "A1"}
    reply = await partner.post(
        "/sharing/services/rental/calls",
        json=body | {"subject": {"household_no": "1"}},
        headers=token,
    )
    assert (reply.status_code, reply.json()["fault"]) == (503, "provider")
    assert HOUSING not in reply.text
