"""The issuing office suspends, resumes, revokes, changes, renews and prints (R-LIC-01, R-LIC-05)."""

import asyncio
from datetime import date

import pytest

from app_server.kernel import db
from app_server.kernel.errors import InvalidInput, PreconditionFailed
from app_server.licences import service as licences
from app_server.licences.errors import AlreadyHeld, LicenceMoved, NoSuchLicence, NotShowable
from app_server.licences.rules.identifier import holds, parts_of
from app_server.seals.errors import NotAuthorised
from tests.builders.licences import issued, keeper, trusted_keeper
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

OTHER_ORG = "11340000MB0000000M"
WHY = "持证人申请"


async def valid(deliver, holder=None, by=None, **changes):
    holder, by = holder or await resident(), by or await trusted_keeper()
    made = await issued(holder, by, **changes)
    await deliver()
    return holder, by, made


async def version(by, licence_id):
    return (await licences.kept_licence(by, licence_id))[0].version


async def test_nobody_but_the_issuing_offices_keeper_touches_a_licence(staff_surface, deliver):
    _, by, made = await valid(deliver)
    path, body = f"/licences/{made.id}/moves", {"move": "revoke", "reason": WHY}
    match = {"if-match": '"2"'}
    assert (await staff_surface.post(path, headers=match, json=body)).status_code == 401
    plain = await bearer(await officer(login="plain")) | match
    assert (await staff_surface.post(path, headers=plain, json=body)).status_code == 403
    elsewhere = await bearer(await keeper("elsewhere", OTHER_ORG)) | match
    assert (await staff_surface.post(path, headers=elsewhere, json=body)).status_code == 404
    assert (await licences.kept_licence(by, made.id))[0].facts.state == "valid"


async def test_a_licence_is_suspended_resumed_and_revoked_with_a_reason_and_the_holder_is_told(
    staff_surface, public, deliver
):
    holder, by, made = await valid(deliver)
    headers, path = await bearer(by), f"/licences/{made.id}/moves"
    for move, state in (("suspend", "暂停"), ("resume", "有效"), ("revoke", "已撤销")):
        match = headers | {"if-match": f'"{await version(by, made.id)}"'}
        told = await staff_surface.post(path, headers=match, json={"move": move, "reason": WHY})
        assert told.json()["state_name"] == state, told.text
        if move == "suspend":
            with pytest.raises(NotShowable):
                await licences.show(holder, made.id)
    await deliver()
    inbox = (await public.get("/me/messages", headers=await bearer(holder))).json()["items"]
    assert sum(m["title"] == "电子证照状态变化" for m in inbox) == 3
    detail = (await staff_surface.get(f"/licences/{made.id}", headers=headers)).json()
    assert [s["deed"] for s in detail["steps"]] == ["暂停", "恢复", "撤销"]
    assert {s["reason"] for s in detail["steps"]} == {WHY}
    match = headers | {"if-match": f'"{detail["licence"]["version"]}"'}
    again = await staff_surface.post(path, headers=match, json={"move": "resume", "reason": WHY})
    assert (again.status_code, again.json()["code"]) == (409, "licences.moved")


async def test_a_stale_version_and_a_missing_reason_change_nothing(staff_surface, deliver):
    _, by, made = await valid(deliver)
    with pytest.raises(PreconditionFailed):
        await licences.act(by, made.id, 1, "suspend", WHY)
    headers = await bearer(by) | {"if-match": '"2"'}
    path = f"/licences/{made.id}/moves"
    body = {"move": "suspend", "reason": ""}
    assert (await staff_surface.post(path, headers=headers, json=body)).status_code == 422
    assert (await licences.kept_licence(by, made.id))[0].facts.state == "valid"


@pytest.mark.parametrize("name", ["suspend", "revoke"])
async def test_of_many_identical_moves_at_once_one_succeeds(database, deliver, name):
    _, by, made = await valid(deliver)
    now = await version(by, made.id)
    told = await asyncio.gather(
        *(licences.act(by, made.id, now, name, WHY) for _ in range(12)), return_exceptions=True
    )
    assert sum(not isinstance(t, Exception) for t in told) == 1
    assert {type(t) for t in told if isinstance(t, Exception)} <= {LicenceMoved, PreconditionFailed}
    assert await db.value("SELECT count(*) FROM licences_step") == 1


async def test_a_change_makes_the_next_version_of_the_number_and_ends_the_old_one(
    database, deliver
):
    holder, by, made = await valid(deliver)
    now = await version(by, made.id)
    told = await asyncio.gather(
        *(
            licences.change(by, made.id, now, content={"housing": "other"}, reason=WHY)
            for _ in range(6)
        ),
        return_exceptions=True,
    )
    made_again = [t for t in told if not isinstance(t, Exception)]
    assert len(made_again) == 1
    await deliver()
    new = made_again[0]
    old, fresh = parts_of(made.identifier), parts_of(new.identifier)
    assert holds(new.identifier)
    assert (fresh.serial, fresh.version) == (old.serial, old.version + 1)
    assert (await licences.licence(holder.subject, made.id)).state == "superseded"
    kept, _ = await licences.kept_licence(by, new.id)
    assert (kept.facts.state, kept.content, kept.replaces) == (
        "valid",
        {"housing": "other"},
        made.id,
    )


async def test_a_keeper_without_leave_to_use_the_seal_changes_nothing(database, deliver):
    holder, by, made = await valid(deliver)
    now = await version(by, made.id)
    await db.execute("UPDATE seals_leave SET withdrawn_at = now()")
    with pytest.raises(NotAuthorised):
        await licences.change(by, made.id, now, content={"housing": "other"}, reason=WHY)
    assert [(x.id, x.state) for x in await licences.licences_of(holder.subject)] == [
        (made.id, "valid")
    ]


async def test_a_renewal_lasts_longer_and_never_shorter(database, deliver):
    holder, by, made = await valid(deliver)
    now = await version(by, made.id)
    with pytest.raises(InvalidInput):
        await licences.renew(by, made.id, now, valid_until=date(2029, 12, 31), reason=WHY)
    new = await licences.renew(by, made.id, now, valid_until=date(2034, 12, 31), reason=WHY)
    await deliver()
    facts = await licences.licence(holder.subject, new.id)
    assert (facts.state, facts.expires_on) == ("valid", date(2034, 12, 31))
    with pytest.raises(LicenceMoved):
        await licences.renew(by, made.id, now + 1, valid_until=date(2035, 1, 1), reason=WHY)


async def test_a_suspended_licence_is_no_way_to_a_second_one(database, deliver):
    holder, by, made = await valid(deliver)
    await licences.act(by, made.id, await version(by, made.id), "suspend", WHY)
    with pytest.raises(AlreadyHeld):
        await issued(holder, by)


async def test_the_job_lets_licences_expire_once_and_tells_their_holders(database, deliver):
    holder, by, made = await valid(deliver, valid_until=date(2020, 1, 1))
    assert sum(await asyncio.gather(*(licences.end_overdue() for _ in range(5)))) == 1
    assert await licences.end_overdue() == 0
    kept, steps = await licences.kept_licence(by, made.id)
    assert (kept.facts.state, [s.move for s in steps]) == ("expired", ["expire"])
    assert await db.value("SELECT invalid FROM licences_status WHERE licence_id=$1", made.id)
    await deliver()
    assert await db.value("SELECT count(*) FROM notify_message WHERE person_id=$1 AND "
                          "title='电子证照状态变化'", holder.subject) == 1  # fmt: skip


async def test_papers_are_counted_one_by_one_and_only_of_valid_licences(database, deliver):
    _, by, made = await valid(deliver)
    now = await version(by, made.id)
    told = await asyncio.gather(
        *(licences.print_paper(by, made.id, now, WHY) for _ in range(8)), return_exceptions=True
    )
    assert [t for t in told if not isinstance(t, Exception)] == [1]
    assert await licences.print_paper(by, made.id, await version(by, made.id), WHY) == 2
    await licences.act(by, made.id, await version(by, made.id), "revoke", WHY)
    with pytest.raises(LicenceMoved):
        await licences.print_paper(by, made.id, await version(by, made.id), WHY)
    assert (await licences.kept_licence(by, made.id))[0].prints == 2


async def test_the_holder_sees_that_the_office_looked(database, deliver):
    from app_server.kernel import audit

    holder, by, made = await valid(deliver)
    await licences.kept_licence(by, made.id)
    assert "licences.read" in {row["action"] for row in await audit.about(holder.subject)}
    with pytest.raises(NoSuchLicence):
        await licences.kept_licence(await keeper("elsewhere", OTHER_ORG), made.id)
