"""The life of an account: open, transfer, suspend, resume, cancel (R-ID-30)."""

import asyncio

import pytest

from app_server.kernel import db
from app_server.kernel.errors import Conflict, PreconditionFailed, Problem
from auth.staff import service as staff
from auth.staff.errors import (
    BeyondYourRegion,
    LoginTaken,
    NoSuchDepartment,
    NoSuchStaff,
    NotInThisState,
    NotYourself,
    RegionOutside,
)
from auth.staff.service import PostWanted
from tests.builders.staff import ORG, administrator, department, officer, opened


async def test_an_opened_account_has_its_post_its_history_and_its_record(database) -> None:
    by = await administrator()
    new = await opened(by)
    facts = await staff.staff_member(new.staff_id)
    assert (facts.login, facts.org, facts.roles) == ("li.new", ORG, ("case_officer",))
    assert facts.department_name == "li.new的部门"
    (entry,) = await staff.history(by, new.staff_id)
    assert (entry.move, entry.reason, entry.by_name) == ("open", "新录用", "管理员")
    assert entry.after["roles"] == ["case_officer"]
    recorded = await db.row(
        "SELECT actor, purpose FROM kernel_audit WHERE action='staff.open' AND object=$1",
        f"staff:{new.staff_id}",
    )
    assert tuple(recorded) == (by.ref, "新录用")


async def test_a_login_is_never_used_twice_not_even_after_cancellation(database) -> None:
    by = await administrator()
    new = await opened(by)
    await staff.cancel(by, new.staff_id, 1, "离职")
    with pytest.raises(LoginTaken):
        await opened(by, login="LI.new")


async def test_of_parallel_openings_of_one_login_one_succeeds(database) -> None:
    by = await administrator()
    post = PostWanted(await department(), ("case_officer",))
    made = await asyncio.gather(
        *(
            staff.open_account(by, login="li.one", name="李一", post=post, reason="新录用")
            for _ in range(8)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(m, staff.Opened) for m in made) == 1
    assert sum(isinstance(m, LoginTaken) for m in made) == 7


async def test_a_transfer_ends_the_old_post_and_begins_the_new_one(database) -> None:
    by = await administrator()
    new = await opened(by)
    window = await department("谯城区政务服务中心")
    wanted = PostWanted(window, ("realname_window",), "", "B12", "county")
    await staff.transfer(by, new.staff_id, 1, wanted, "轮岗")
    facts = await staff.staff_member(new.staff_id)
    assert facts.roles == ("realname_window",)
    assert facts.window == staff.WindowFacts("B12", "county")
    assert facts.region == "341602"
    entry = (await staff.history(by, new.staff_id))[0]
    assert (entry.move, entry.before["roles"]) == ("transfer", ["case_officer"])
    assert entry.after["department_name"] == "谯城区政务服务中心"
    posts = await db.rows(
        "SELECT since, until FROM staff_post WHERE staff_id=$1 ORDER BY since", new.staff_id
    )
    assert posts[0]["until"] == posts[1]["since"] == entry.effective_at
    assert posts[1]["until"] is None


async def test_history_cannot_be_changed(database) -> None:
    new = await opened(await administrator())
    for deed in ("UPDATE staff_history SET reason='x'", "DELETE FROM staff_history"):
        with pytest.raises(Exception, match="append-only"):
            await db.execute(f"{deed} WHERE staff_id=$1", new.staff_id)


async def test_suspended_is_out_resumed_is_back_cancelled_is_out_for_good(database) -> None:
    by = await administrator()
    new = await opened(by)
    await staff.suspend(by, new.staff_id, 1, "借调")
    assert await staff.find_by_login("li.new") is None
    with pytest.raises(NoSuchStaff):
        await staff.staff_member(new.staff_id)
    with pytest.raises(NotInThisState):
        await staff.suspend(by, new.staff_id, 2, "再停一次")
    await staff.resume(by, new.staff_id, 2, "借调结束")
    assert (await staff.staff_member(new.staff_id)).roles == ("case_officer",)
    await staff.cancel(by, new.staff_id, 3, "退休")
    for deed in (staff.resume, staff.suspend, staff.cancel):
        with pytest.raises(NotInThisState):
            await deed(by, new.staff_id, 4, "不行")
    assert [h.move for h in await staff.history(by, new.staff_id)] == [
        "cancel",
        "resume",
        "suspend",
        "open",
    ]


async def test_of_parallel_cancellations_one_succeeds(database) -> None:
    by = await administrator()
    new = await opened(by)
    done = await asyncio.gather(
        *(staff.cancel(by, new.staff_id, 1, "离职") for _ in range(10)), return_exceptions=True
    )
    assert sum(d is None for d in done) == 1
    assert all(
        isinstance(d, PreconditionFailed | Conflict | NotInThisState) for d in done if d is not None
    )
    assert len(await staff.history(by, new.staff_id)) == 2


async def test_an_old_version_changes_nothing(database) -> None:
    by = await administrator()
    new = await opened(by)
    await staff.suspend(by, new.staff_id, 1, "借调")
    with pytest.raises(PreconditionFailed):
        await staff.cancel(by, new.staff_id, 1, "离职")
    assert (await staff.account(by, new.staff_id)).state == "suspended"


async def test_nobody_administers_themselves(database) -> None:
    by = await administrator()
    with pytest.raises(NotYourself):
        await staff.suspend(by, by.id, 1, "我自己")


async def test_an_administrator_of_a_county_neither_sees_nor_gives_beyond_it(database) -> None:
    province, county = await administrator(), await administrator("security_admin", "341602")
    there = await department("合肥的部门", "340100")
    post = PostWanted(there, ("case_officer",))
    far = await staff.open_account(province, login="far", name="远方", post=post, reason="新录用")
    with pytest.raises(NoSuchStaff):
        await staff.account(county, far.staff_id)
    with pytest.raises(NoSuchStaff):
        await staff.cancel(county, far.staff_id, 1, "手太长")
    with pytest.raises(BeyondYourRegion):
        await staff.open_account(county, login="x.y", name="某某", post=post, reason="越权")
    assert "far" not in {line.login for line in await staff.page_of_accounts(county)}
    assert "far" in {line.login for line in await staff.page_of_accounts(province)}


async def test_a_bad_post_changes_nothing(database) -> None:
    by = await administrator()
    new = await opened(by)
    here = await department("窗口")
    refused = [
        PostWanted(here, ("case_officer", "security_auditor")),
        PostWanted(here, ("realname_window",)),
        PostWanted(here, ("emperor",)),
        PostWanted(by.id, ("case_officer",)),
        PostWanted(here, ("case_officer",), "340100"),
        PostWanted(here, ("case_officer",), "999999"),
    ]
    for wanted in refused:
        with pytest.raises(Problem):
            await staff.transfer(by, new.staff_id, 1, wanted, "试试")
    assert (await staff.account(by, new.staff_id)).version == 1


async def test_departments_are_a_tree_that_is_retired_and_never_deleted(database) -> None:
    by = await administrator()
    office = await department("综合科")
    inner = await department("一组", parent=office)
    person = await opened(by)
    tree = {d.name: d for d in await staff.departments(by)}
    assert (tree["一组"].parent_id, tree["li.new的部门"].people) == (office, 1)
    facts = await staff.staff_member(person.staff_id)
    for used in (office, facts.department_id):
        with pytest.raises(Conflict):
            await staff.retire_department(by, used, 1)
    await staff.rename_department(by, inner, 1, "办件一组")
    await staff.retire_department(by, inner, 2)
    with pytest.raises(NoSuchDepartment):
        await staff.rename_department(by, inner, 3, "又来")
    with pytest.raises(NoSuchDepartment):
        await department("更里面", parent=inner)
    assert {d.name: d.state for d in await staff.departments(by)}["办件一组"] == "retired"


async def test_a_department_lies_within_the_one_above_and_a_code_is_one_departments(
    database,
) -> None:
    county = await department("谯城区局", "341602", "11341602MBDM00012U")
    with pytest.raises(RegionOutside):
        await department("合肥科", "340100", parent=county)
    with pytest.raises(Conflict):
        await department("又一个", "341602", "11341602MBDM00012U")


async def test_a_list_is_searched_and_paged(database) -> None:
    by = await administrator()
    for n in range(33):
        await officer("case_officer", login=f"page.{n:02d}", name=f"张{n}")
    await officer("supervisor", login="someone", name="李%监")
    first = await staff.page_of_accounts(by, text="page.")
    rest = await staff.page_of_accounts(by, text="page.", after=first[-1].id)
    assert (len(first), len(rest)) == (30, 3)
    assert not {line.id for line in first} & {line.id for line in rest}
    assert [line.login for line in await staff.page_of_accounts(by, text="李%")] == ["someone"]
    assert [line.login for line in await staff.page_of_accounts(by, role="supervisor")] == [
        "someone"
    ]
    assert await staff.page_of_accounts(by, text="_%") == []


@pytest.mark.parametrize("again", [1, 2])
async def test_given_officers_are_there_once_and_brought_up_to_date(database, again) -> None:
    for _ in range(again):
        await officer("case_officer", login="given")
    moved = await officer("supervisor", login="given")
    facts = await staff.staff_member(moved.id)
    assert facts.roles == ("supervisor",)
    assert await db.value("SELECT count(*) FROM staff_member WHERE login='given'") == 1
