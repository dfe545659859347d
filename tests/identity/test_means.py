"""The six means in one list, switched and timed by the system administrator alone (R-ID-34)."""

import asyncio

import pytest

from app_server.kernel import db
from auth.identity import service as identity
from auth.identity.rules import SOURCES
from tests.builders.people import bearer, resident
from tests.builders.staff import administrator, officer

SIX = {
    "id_card",
    "social_security_card",
    "mobile",
    "third_party_payment",
    "enterprise_certificate",
    "credit_code",
}
CHANGE = {"enabled": False, "holds_days": 90, "reason": "接口升级"}


async def test_strangers_residents_and_window_officers_see_no_administration(
    staff_surface,
):
    assert (await staff_surface.get("/identity/means")).status_code == 401
    for who in (await resident(tier=2), await officer("realname_window")):
        reply = await staff_surface.get("/identity/means", headers=await bearer(who))
        assert reply.status_code in {401, 403}


async def test_the_list_shows_the_six_families_each_with_its_own_evidence(staff_surface):
    person = await resident(tier=2)
    await identity.add_evidence(person, person.subject, "mobile_code")
    headers = await bearer(await administrator())
    families = (await staff_surface.get("/identity/means", headers=headers)).json()["families"]
    assert {f["code"] for f in families} >= SIX
    assert all(f["means"] for f in families)
    live = {m["code"]: m["live"] for f in families for m in f["means"]}
    assert (live["mobile_code"], live["face_and_code"], live["alipay"]) == (1, 1, 0)
    assert set(live) == set(SOURCES)


async def test_only_the_system_administrator_changes_a_means(staff_surface):
    headers = await bearer(await administrator("security_admin"))
    reply = await staff_surface.put(
        "/identity/means/alipay", json=CHANGE, headers=headers | {"if-match": '"1"'}
    )
    assert reply.status_code == 403


async def test_a_change_is_recorded_and_bounds_new_evidence(staff_surface, public):
    headers = await bearer(await administrator())
    reply = await staff_surface.put(
        "/identity/means/alipay", json=CHANGE, headers=headers | {"if-match": '"1"'}
    )
    assert (reply.status_code, reply.json()["version"]) == (200, 2), reply.text
    again = await staff_surface.put(
        "/identity/means/alipay", json=CHANGE, headers=headers | {"if-match": '"1"'}
    )
    assert again.status_code == 412
    assert await db.value("SELECT count(*) FROM kernel_audit WHERE action='identity.means_changed'")
    mine = await bearer(await resident())
    refused = await public.post("/me/certifications", json={"means": "alipay"}, headers=mine)
    assert (refused.status_code, refused.json()["code"]) == (409, "identity.means_disabled")
    back = CHANGE | {"enabled": True, "holds_days": 7}
    await staff_surface.put(
        "/identity/means/alipay", json=back, headers=headers | {"if-match": '"2"'}
    )
    person = await resident()
    await identity.add_evidence(person, person.subject, "alipay")
    row = next(p for p in await identity.evidence_of(person.subject) if p.source == "alipay")
    assert (row.expires_at - row.verified_at).days == 7


async def test_of_many_changes_at_once_one_holds(database):
    by = await administrator()
    results = await asyncio.gather(
        *(
            identity.change_means(
                by, "unionpay", enabled=False, holds_days=None, reason="并发", expected=1
            )
            for _ in range(20)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(r, identity.MeansInForce) for r in results) == 1
    assert await db.value("SELECT version FROM identity_means") == 2


async def test_an_unknown_means_cannot_be_changed(staff_surface):
    headers = await bearer(await administrator()) | {"if-match": '"1"'}
    reply = await staff_surface.put("/identity/means/magic", json=CHANGE, headers=headers)
    assert reply.status_code == 404


@pytest.mark.parametrize("change", [{"holds_days": 0}, {"holds_days": 99999}, {"reason": ""}])
async def test_bad_input_changes_nothing(change, staff_surface):
    headers = await bearer(await administrator()) | {"if-match": '"1"'}
    reply = await staff_surface.put("/identity/means/alipay", json=CHANGE | change, headers=headers)
    assert reply.status_code == 422
    assert await db.value("SELECT count(*) FROM identity_means") == 0


async def test_a_resident_sees_every_way_up_and_which_needs_a_face(public):
    headers = await bearer(await resident())
    body = (await public.get("/me/identity", headers=headers)).json()
    assert (body["tier"], body["lapse"], body["under_review"]) == (1, "", False)
    ways = {w["code"]: w for w in body["ways"]}
    assert {"realname_window", "alipay", "unionpay", "housing_fund", "face_and_code"} <= set(ways)
    assert not ways["realname_window"]["needs_face"]
    assert ways["wechat_face"]["asks"][0]["name"] == "login_code"
    assert all(w["tier"] == 2 for w in body["ways"])
