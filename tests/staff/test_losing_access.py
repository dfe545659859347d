"""What an officer may do ends with the commit that ends it, whoever is away (R-ID-29)."""

import asyncio
import time

import pytest

from app_server.kernel import db
from app_server.kernel.principal import Principal
from auth.edge import service as edge
from auth.grants import service as grants
from auth.grants.errors import SessionOver
from auth.staff import service as staff
from auth.staff.service import PostWanted
from tests.builders.people import bearer
from tests.builders.staff import administrator, department, officer


async def _signed_in(staff_surface, who: Principal) -> dict[str, str]:
    headers = await bearer(who)
    assert (await staff_surface.get("/my/department-systems", headers=headers)).status_code == 200
    return headers


async def _until_refused(staff_surface, headers) -> float:
    began = time.perf_counter()
    while time.perf_counter() - began < 3:
        reply = await staff_surface.get("/my/department-systems", headers=headers)
        if reply.status_code == 401:
            return time.perf_counter() - began
        await asyncio.sleep(0.01)
    raise AssertionError("still in after three seconds")


async def _lose(how: str, by: Principal, staff_id) -> None:
    if how == "transfer":
        post = PostWanted(await department("新部门"), ("supervisor",))
        await staff.transfer(by, staff_id, 1, post, "调岗")
    else:
        await getattr(staff, how)(by, staff_id, 1, "离职")


@pytest.mark.parametrize("how", ["cancel", "suspend", "transfer"])
async def test_a_token_in_hand_is_dead_within_a_second_without_any_worker(staff_surface, how):
    """No outbox runs here: the sessions' own rows are untouched, and still nobody gets in."""
    by, who = await administrator(), await officer()
    headers = await _signed_in(staff_surface, who)
    listening = asyncio.create_task(edge.hear_revocations())
    try:
        await asyncio.sleep(0.2)
        await _lose(how, by, who.id)
        waited = await _until_refused(staff_surface, headers)
    finally:
        listening.cancel()
    assert waited <= 1.0
    assert await db.value("SELECT count(*) FROM grants_session WHERE revoked_at IS NULL") == 1
    print(f"access lost {waited * 1000:.0f} ms after {how}")


async def test_a_process_that_never_heard_of_it_asks_again_within_its_minute(
    staff_surface, monkeypatch
):
    by, who = await administrator(), await officer()
    headers = await _signed_in(staff_surface, who)
    await staff.cancel(by, who.id, 1, "离职")
    edge._known.clear()  # what the minute does
    reply = await staff_surface.get("/my/department-systems", headers=headers)
    assert reply.status_code == 401


@pytest.mark.parametrize("how", ["cancel", "suspend", "transfer"])
async def test_the_refresh_token_is_dead_at_once_too(database, how):
    by, who = await administrator(), await officer()
    granted = await grants.open_session("staff", who.id, "console")
    await _lose(how, by, who.id)
    with pytest.raises(SessionOver):
        await grants.refresh(granted.refresh_token, "staff")


@pytest.mark.parametrize("how", ["cancel", "suspend", "transfer"])
async def test_the_sessions_are_ended_in_the_books_too(database, deliver, how):
    by, who = await administrator(), await officer()
    first = await grants.open_session("staff", who.id, "console")
    await grants.open_session("staff", who.id, "console")
    await _lose(how, by, who.id)
    await deliver()
    await deliver()  # a second run changes nothing
    rows = await db.rows("SELECT revoked_at, revoked_for FROM grants_session")
    assert len(rows) == 2
    assert {r["revoked_for"] for r in rows} == {
        {"cancel": "staff_cancelled", "suspend": "staff_suspended"}.get(how, "staff_transferred")
    }
    with pytest.raises(SessionOver):
        await grants.refresh(first.refresh_token, "staff")


async def test_a_sign_in_after_the_transfer_has_the_new_roles_and_stays(database, deliver):
    by, who = await administrator(), await officer()
    await _lose("transfer", by, who.id)
    fresh = await grants.open_session("staff", who.id, "console")
    assert fresh.principal.roles == frozenset({"supervisor"})
    await deliver()
    assert await grants.alive(fresh.principal.session)
    assert (await grants.refresh(fresh.refresh_token, "staff")).principal.id == who.id


async def test_a_session_that_is_opened_while_the_transfer_runs_never_keeps_the_old_roles(
    database,
):
    by, who = await administrator(), await officer()
    post = PostWanted(await department("新部门"), ("supervisor",))
    opened, moved = [], asyncio.create_task(staff.transfer(by, who.id, 1, post, "调岗"))
    while not moved.done():
        opened.append(await grants.open_session("staff", who.id, "console"))
    await moved
    for granted in opened:
        if granted.principal.roles != frozenset({"supervisor"}):
            assert not await grants.alive(granted.principal.session)
    assert opened


async def test_a_cancelled_officer_cannot_sign_in_and_a_resumed_one_can(database):
    by, who = await administrator(), await officer()
    digest = await grants.digest_of("a-fine-password-2026")
    async with db.unit_of_work():
        await grants.set_password(who.id, digest)
    await staff.suspend(by, who.id, 1, "借调")
    with pytest.raises(Exception, match="账号或密码"):
        await grants.sign_in_staff("officer", "a-fine-password-2026")
    await staff.resume(by, who.id, 2, "回来")
    assert (await grants.sign_in_staff("officer", "a-fine-password-2026")).principal.id == who.id
    await staff.cancel(by, who.id, 3, "退休")
    with pytest.raises(Exception, match="账号或密码"):
        await grants.sign_in_staff("officer", "a-fine-password-2026")
