"""A cancelled officer keeps authorship: old cases still say who did what (R-ID-30)."""

from app_server.cases import service as cases
from app_server.kernel import db
from auth.staff import service as staff
from tests.builders.cases import desk_of, state_of, submitted
from tests.builders.items import UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident
from tests.builders.staff import administrator


async def test_the_deeds_of_a_cancelled_officer_still_bear_the_name(staff_surface, deliver):
    by, item = await administrator(), (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(await resident(), item)
    gone = await desk_of(item, "gone.officer")
    await cases.accept(gone, case_no, 1)
    await staff.cancel(by, gone.id, 1, "退休")
    await deliver()

    actor = await db.value("SELECT actor FROM cases_step WHERE move='accept'")
    assert actor == f"staff:{gone.id}"
    kept = await staff.account(by, gone.id)
    assert (kept.name, kept.state, kept.org) == ("赵干事", "cancelled", item.org)
    noted = await db.row(
        "SELECT actor_name FROM kernel_audit WHERE actor=$1 AND action='cases.moved'", actor
    )
    assert noted["actor_name"] == "赵干事"
    # A colleague goes on where the officer left; the deed stands in the timeline.
    colleague = await desk_of(item, "next.officer")
    seen = await staff_surface.get(f"/cases/{case_no}", headers=await bearer(colleague))
    assert any("受理" in step["state_name"] for step in seen.json()["steps"])
    assert await state_of(case_no) == "accepted"
