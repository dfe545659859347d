"""Whom a session acts for: chosen, told in the token, looked at anew at once (R-ID-20, R-ID-22)."""

import asyncio
import time

import pytest

from app_server.kernel import db
from app_server.kernel.http import organisation
from app_server.kernel.http.endpoint import Endpoint
from app_server.kernel.principal import Principal
from auth.edge import service as edge
from auth.grants import service as grants
from auth.organisations import service as organisations
from tests.builders.acting import acting, delegated, headers, raised
from tests.builders.grants import claims_of
from tests.builders.people import bearer, resident


async def test_the_token_says_for_whom_and_on_which_level_beside_the_personal_tier(
    public, rep, org
):
    plain = await bearer(rep)
    body = {"organisation_id": str(org.id)}
    reply = await public.put("/me/acting", json=body, headers=plain)
    assert reply.status_code == 200, reply.text
    told = reply.json()
    assert told["acting"] == {
        "organisation_id": str(org.id),
        "name": org.name,
        "credit_code": org.credit_code,
        "level": 1,
        "level_name": "初级",
        "as_representative": True,
        "in_force": True,
    }
    claims = claims_of(told["access_token"])
    assert (claims["org_id"], claims["org_acr"]) == (str(org.id), "urn:wanshi:acr:l1")
    assert (claims["acr"], claims["tier"]) == ("urn:wanshi:acr:t2", 2)
    assert org.name not in str(claims)
    back = await public.put(
        "/me/acting",
        json={"organisation_id": None},
        headers={"authorization": f"Bearer {told['access_token']}"},
    )
    assert back.json()["acting"] is None
    assert "org_id" not in claims_of(back.json()["access_token"])


async def test_a_refresh_keeps_the_choice_and_reckons_the_level_anew(rep, org):
    opened = await grants.open_session("person", rep.subject, "web")
    await grants.act_for(opened.principal, org.id)
    await raised(rep, org.id)
    fresh = await grants.refresh(opened.refresh_token, "person")
    assert (fresh.principal.organisation, fresh.principal.level) == (org.id, 2)


async def test_a_delegate_is_on_the_first_level_whatever_the_organisation_holds(rep, org):
    clerk = await resident(tier=2, name="王芳")
    await delegated(rep, org.id, clerk)
    await raised(rep, org.id)
    assert (await acting(clerk, org.id)).principal.level == 1


async def test_an_organisation_that_waits_or_was_cancelled_is_acted_for_by_nobody(public, rep, org):
    body = {"organisation_id": str(org.id)}
    for state, code in (
        ("cancelled", "organisations.lapsed"),
        ("awaiting_representative", "organisations.not_in_this_state"),
    ):
        await db.execute("UPDATE organisations_organisation SET state=$1", state)
        reply = await public.put("/me/acting", json=body, headers=await bearer(rep))
        assert reply.json()["code"] == code


async def _level_of(token: str) -> int:
    return (await edge.authenticate("public", {"authorization": f"Bearer {token}"})).level


@pytest.mark.parametrize("how", ["revoked", "cancelled", "level lost"])
async def test_running_tokens_lose_the_level_within_a_second(how, rep, org, deliver):
    clerk = await resident(name="王芳")
    given = await delegated(rep, org.id, clerk)
    session = await acting(clerk, org.id)
    listening = asyncio.create_task(edge.hear_revocations())
    try:
        await asyncio.sleep(0.2)
        assert await _level_of(session.access_token) == 1
        if how == "revoked":
            await organisations.revoke(rep, org.id, given)
        elif how == "cancelled":
            await _cancelled_at_the_registry(org)
        else:
            from auth.identity import service as identity

            proof = (await identity.evidence_of(org.id, "organisation"))[0]
            await identity.revoke_evidence(rep, proof.id, "测试")
        began = time.perf_counter()
        await deliver()
        while await _level_of(session.access_token) != 0:
            assert time.perf_counter() - began < 1.0
            await asyncio.sleep(0.01)
    finally:
        listening.cancel()
    # The choice stays until its holder makes another: the next case is no private one.
    assert (await edge.authenticate("public", headers(session))).organisation == org.id


async def _cancelled_at_the_registry(org) -> None:
    from app_server.kernel.outbox import announce
    from auth.organisations.events import OrganisationCancelled

    async with db.unit_of_work():
        await db.execute("UPDATE organisations_organisation SET state='cancelled'")
        announce(
            OrganisationCancelled(
                organisation_id=org.id,
                organisation_name=org.name,
                representative_id=org.representative_id,
            )
        )


async def test_an_old_token_says_no_more_after_the_level_rose_until_it_is_refreshed(rep, org):
    session = await acting(rep, org.id)
    await raised(rep, org.id)
    assert await _level_of(session.access_token) == 1


def bid_upload() -> Endpoint:
    """A route that takes bid documents: nothing but its guard matters here."""

    async def upload_bid(call) -> None:
        """Take bid documents."""
        call.reply_headers["x-bid"] = "taken"

    return Endpoint(
        method="POST",
        path="/api/v1/test-bids",
        guard=organisation(2),
        run=upload_bid,
        status=204,
        summary="Take bid documents.",
        tag="test",
        body=None,
        form=None,
        query=None,
        path_types={},
        reply=None,
        raw=(),
        reply_type="",
        idempotent=False,
        limit=None,
        max_body=1024,
        name="test.upload_bid",
    )


async def test_bid_documents_need_the_organisations_second_level(rep, org):
    from types import SimpleNamespace

    from app_server.kernel.http.serving import handler

    serve = handler(bid_upload())

    async def upload(found: dict[str, str]):
        from sanic.compat import Header

        given = Header({"host": "shell.miniapp.localhost"} | found)
        return await serve(
            SimpleNamespace(
                headers=given, raw_url=b"/api/v1/test-bids", head=b"", body=b"", path="/api/v1/test-bids",
                cookies={}, remote_addr="", ip="127.0.0.1",
            )
        )  # fmt: skip

    clerk = await resident(tier=2, name="王芳")
    await delegated(rep, org.id, clerk)
    for found in ({}, await bearer(rep), headers(await acting(rep, org.id))):
        reply = await upload(found)
        assert reply.status == 401
        assert b"kernel.level_required" in reply.body
        assert 'acr_values="urn:wanshi:acr:l2"' in reply.headers["www-authenticate"]
    await raised(rep, org.id)
    assert (await upload(headers(await acting(clerk, org.id)))).status == 401
    assert (await upload(headers(await acting(rep, org.id)))).status == 204


@pytest.mark.parametrize("required", range(4))
def test_the_guard_of_organisations_is_monotone_and_refuses_persons_without_one(required):
    guard = organisation(required)
    from uuid import uuid4

    from app_server.kernel.errors import Problem

    def admits(principal: Principal) -> bool:
        try:
            guard.check(principal)
        except Problem:
            return False
        return True

    assert not admits(Principal())
    assert not admits(Principal(kind="person", id=uuid4(), tier=3, level=3))
    held = [
        admits(Principal(kind="person", id=uuid4(), organisation=uuid4(), level=level))
        for level in range(4)
    ]
    assert held == [level >= required for level in range(4)]
