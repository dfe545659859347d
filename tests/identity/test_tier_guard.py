"""The tier guard over all routes: monotone, and no way round it (R-ID-06, R-ID-12, R-ID-13)."""

import base64
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from app_server.items import service as items
from app_server.items.rules import ItemFacts
from app_server.items.seed import _data
from app_server.kernel.errors import Problem
from app_server.kernel.http.endpoint import ENDPOINTS
from app_server.kernel.principal import Principal
from auth.grants import service as grants
from tests.builders.items import catalogue
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

TIERS = st.integers(0, 3)
NAMED = ("个人在线支付（政务缴费）", "个人征信查询", "个人住房公积金查询")


def person_routes():
    from app_server import registry

    if not ENDPOINTS:
        registry.assemble()
    return [e for e in ENDPOINTS if e.guard.caller == "person"]


def admits(route, tier: int) -> bool:
    try:
        route.guard.check(Principal(kind="person", id=None, tier=tier))
    except Problem:
        return False
    return True


async def test_every_route_that_admits_a_tier_admits_all_higher_ones(connected):
    routes = person_routes()
    assert len(routes) > 20
    for route in routes:
        allowed = [admits(route, tier) for tier in range(4)]
        assert allowed == sorted(allowed), route.name
        assert allowed[3], route.name
        with pytest.raises(Problem):
            route.guard.check(Principal())


@given(TIERS, TIERS, st.lists(st.sampled_from(_data("items")), min_size=1))
def test_every_item_open_to_a_tier_is_open_to_all_higher_ones(low, more, chosen):
    high = min(3, low + more)
    for facts in chosen:
        item = ItemFacts.model_validate(facts)
        assert items.may_apply(low, item) <= items.may_apply(high, item)


@given(TIERS, TIERS)
def test_nobody_applies_anonymously_and_every_item_is_open_to_tier_two(min_tier, tier):
    item = ItemFacts.model_validate(_data("items")[0] | {"min_tier": min_tier})
    assert not items.may_apply(0, item)
    assert items.may_apply(2, item)
    assert items.may_apply(tier, item) == (tier >= max(1, min(min_tier, 2)))


def forged(token: str, **claims) -> str:
    """The token with other claims and the old signature."""
    head, body, mark = token.split(".")
    told = json.loads(base64.urlsafe_b64decode(body + "=="))
    text = json.dumps(told | claims).encode()
    return f"{head}.{base64.urlsafe_b64encode(text).rstrip(b'=').decode()}.{mark}"


async def bypasses() -> dict[str, dict[str, str]]:
    """Ways by which somebody might try to pass for tier 2, as headers."""
    person = await resident(tier=1)
    token = (await bearer(person))["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    header = jwt.get_unverified_header(token)
    own = ec.generate_private_key(ec.SECP256R1())
    ended = await grants.open_session("person", (await resident(tier=2)).subject, "test")
    await grants.end_session(ended.principal.session)
    raised = claims | {"tier": 2, "acr": "urn:wanshi:acr:t2"}
    tokens = {
        "tier 1": token,
        "claims changed under the old signature": forged(token, tier=2),
        "algorithm none": jwt.encode(
            raised, None, "none", headers={"kid": header["kid"], "typ": header["typ"]}
        ),
        "another key under our key id": jwt.encode(raised, own, "ES256", headers=header),
        "the public key as a secret": jwt.encode(
            raised, "a" * 64, "HS256", headers={"kid": header["kid"], "typ": header["typ"]}
        ),
        "expired": jwt.encode(raised | {"exp": int(time.time()) - 5}, own, "ES256", headers=header),
        "a session that ended": ended.access_token,
        "an officer's": (await bearer(await officer()))["authorization"].removeprefix("Bearer "),
    }
    found = {name: {"authorization": f"Bearer {value}"} for name, value in tokens.items()}
    found["nothing"] = {}
    found["headers that claim it"] = {
        "authorization": f"Bearer {token}",
        "x-tier": "2",
        "x-acr": "urn:wanshi:acr:t2",
        "x-forwarded-user": str(person.id),
    }
    return found


async def test_no_bypass_passes_any_route_of_tier_two(public):
    routes = [e for e in person_routes() if e.guard.surface == "public" and not admits(e, 1)]
    assert routes
    for name, headers in (await bypasses()).items():
        for route in routes:
            path = route.path.removeprefix("/api/v1")
            for part in route.path_types:
                path = path.replace(f"{{{part}}}", "00000000-0000-0000-0000-000000000000")
            reply = await public.request(
                route.method, path, headers=headers | {"idempotency-key": "a-key-of-a-test"}
            )
            assert reply.status_code == 401, (name, route.name, reply.text)


async def test_the_guide_is_everybodys_and_filing_above_ones_tier_names_the_ways_up(public):
    found = await catalogue()
    item = next(i for i in found.values() if i.min_tier == 2 and i.form_code)
    guide = await public.get(f"/items/{item.code}")
    assert guide.status_code == 200
    headers = await bearer(await resident(tier=1))
    reply = await public.post("/cases/drafts", json={"item_code": item.code}, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (401, "kernel.tier_required")
    assert (reply.json()["required_tier"], reply.json()["held_tier"]) == (2, 1)
    assert {"realname_window", "unionpay"} <= {o["code"] for o in reply.json()["options"]}
    assert "insufficient_user_authentication" in reply.headers["www-authenticate"]


async def test_after_stepping_up_the_saved_draft_goes_on(public):
    from auth.identity import service as identity
    from tests.builders.cases import filled_draft
    from tests.builders.items import RENTAL

    person, item = await resident(tier=2), (await catalogue())[RENTAL]
    draft = await filled_draft(person, item)
    proof = next(
        p
        for p in await identity.evidence_of(person.subject)
        if p.source != "population_four_fields"
    )
    await identity.revoke_evidence(person, proof.id, "测试")
    body, key = {"draft_id": str(draft)}, {"idempotency-key": "key-00000001"}
    refused = await public.post("/cases", json=body, headers=await bearer(person) | key)
    assert (refused.status_code, refused.json()["code"]) == (401, "kernel.tier_required")
    assert refused.json()["options"]
    await identity.add_evidence(person, person.subject, "unionpay")
    key = {"idempotency-key": "key-00000002"}
    done = await public.post("/cases", json=body, headers=await bearer(person) | key)
    assert done.status_code == 201, done.text


@pytest.mark.parametrize("name", NAMED)
async def test_the_named_services_need_tier_two(name, public):
    item = (await catalogue())[name]
    assert item.min_tier == 2
    reply = await public.post(
        "/cases/drafts",
        json={"item_code": item.code},
        headers=await bearer(await resident(tier=1)),
    )
    # The ledger says 403; the house answers 401 with the step-up (RFC 9470).
    assert (reply.status_code, reply.json()["required_tier"]) == (401, 2)
    higher = await public.post(
        "/cases/drafts",
        json={"item_code": item.code},
        headers=await bearer(await resident(tier=2)),
    )
    assert higher.status_code == 409  # a guide without a form: admitted, and told so


async def test_without_an_account_one_browses_and_searches_and_files_nothing(public):
    item = next(i for i in (await catalogue()).values() if i.form_code)
    assert (await public.get(f"/items/{item.code}")).status_code == 200
    assert (await public.get("/search", params={"q": "社保"})).status_code == 200
    drafts = await public.post("/cases/drafts", json={"item_code": item.code})
    filed = await public.post(
        "/cases",
        json={"draft_id": "00000000-0000-7000-8000-000000000000"},
        headers={"idempotency-key": "key-00000001"},
    )
    for reply in (drafts, filed):
        assert (reply.status_code, reply.json()["code"]) == (401, "kernel.tier_required")
        assert (reply.json()["required_tier"], reply.json()["held_tier"]) == (1, 0)
