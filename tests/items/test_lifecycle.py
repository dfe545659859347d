"""A version's way: four people, no review skipped, days to come, endings, handovers, history."""

import asyncio
from datetime import timedelta

import asyncpg
import httpx
import pytest

from app_server.items import service
from app_server.items.errors import DirectPublishing, FourPeople, NotTheOwner
from app_server.kernel import clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from tests.builders.items import (
    RENTAL,
    UNEMPLOYMENT,
    catalogue,
    editor,
    reviewers,
    through_review,
)
from tests.builders.people import bearer


async def act(client, who, draft, action, note=""):
    """One deed over HTTP."""
    return await client.post(
        f"/item-drafts/{draft['id']}/actions",
        json={"action": action, "note": note},
        headers=await bearer(who) | {"if-match": f'"{draft["version"]}"'},
    )


async def test_a_version_takes_four_people_and_no_review_is_skipped(
    staff_surface: httpx.AsyncClient, public: httpx.AsyncClient
) -> None:
    item = (await catalogue())[RENTAL]
    author, checker = await editor(), await editor("checker")
    establishment, legal = await reviewers()
    other = await editor("other", org="11341602MBDM00020N")
    opening = {"code": item.code}
    refused = await staff_surface.post("/item-drafts", json=opening, headers=await bearer(other))
    assert (refused.status_code, refused.json()["code"]) == (403, "items.not_the_owner")
    made = await staff_surface.post("/item-drafts", json=opening, headers=await bearer(author))
    assert made.status_code == 201, made.text
    again = await staff_surface.post("/item-drafts", json=opening, headers=await bearer(checker))
    assert again.json()["code"] == "items.draft_open"
    draft = made.json()
    path = f"/item-drafts/{draft['id']}"
    assert (await staff_surface.get(path, headers=await bearer(other))).status_code == 404
    facts = draft["item"] | {"notices": ["新的通知"]}
    tag = {"if-match": '"1"'}
    saved = await staff_surface.put(path, json={"item": facts}, headers=await bearer(author) | tag)
    assert (saved.status_code, saved.json()["version"]) == (200, 2), saved.text
    apart = (await staff_surface.get(f"{path}/difference", headers=await bearer(author))).json()
    assert [one["field"] for one in apart["changes"]] == ["notices"]
    hidden = await staff_surface.get(f"{path}/difference", headers=await bearer(other))
    assert hidden.status_code == 404
    stale = await staff_surface.put(path, json={"item": facts}, headers=await bearer(author) | tag)
    assert stale.status_code == 412
    draft = saved.json()
    assert (await act(staff_surface, legal, draft, "pass")).json()["code"] == (
        "items.not_in_this_state"
    )
    draft = (await act(staff_surface, author, draft, "submit")).json()
    assert (draft["state_name"], draft["actions"]) == ("部门审核", ["return"])
    assert (await act(staff_surface, author, draft, "pass")).json()["code"] == "items.four_people"
    assert (await act(staff_surface, legal, draft, "pass")).json()["code"] == "items.not_the_owner"
    draft = (await act(staff_surface, checker, draft, "pass")).json()
    early = await act(staff_surface, legal, draft, "pass")
    assert early.json()["code"] == "items.not_your_review"
    assert (await act(staff_surface, establishment, draft, "return")).status_code == 422
    draft = (await act(staff_surface, establishment, draft, "return", "依据不全")).json()
    assert draft["state"] == "draft"
    assert (await public.get(f"/items/{item.code}")).json()["version"] == 1
    for who, action in ((author, "submit"), (checker, "pass"), (establishment, "pass")):
        draft = (await act(staff_surface, who, draft, action)).json()
    done = await asyncio.gather(*(act(staff_surface, legal, draft, "pass") for _ in range(10)))
    assert [r.status_code for r in done].count(200) == 1
    now = (await public.get(f"/items/{item.code}")).json()
    steps = (await staff_surface.get(f"{path}/steps", headers=await bearer(author))).json()["steps"]
    assert [s["action"] for s in steps] == [
        "open", "save", "submit", "pass", "return", "submit", "pass", "pass", "pass",
    ]  # fmt: skip
    assert now["version"] == 2
    assert now["notices"] == ["新的通知"]


async def test_locks_and_ceilings_hold_while_one_still_writes(
    staff_surface: httpx.AsyncClient,
) -> None:
    items = await catalogue()
    water = items["用水报装"]
    mine = await editor("water", org=water.org, region="341600")
    draft = await service.open_draft(mine, water)
    held = water.model_dump(mode="json")
    cases = (
        ({"name": "供水报装"}, 409, "name"),
        ({"basis": ["别的依据"]}, 409, "basis"),
        ({"promise_limit": {"days": 6, "unit": "workday"}}, 422, "promise_limit"),
        ({"conditions": ["一", "二", "三"]}, 422, "conditions"),
        ({"materials": [held["materials"][0] | {"basis": ""}]}, 422, "materials"),
    )
    tag = await bearer(mine) | {"if-match": '"1"'}
    for change, status, field in cases:
        body = {"item": held | change}
        reply = await staff_surface.put(f"/item-drafts/{draft.id}", json=body, headers=tag)
        assert (reply.status_code, reply.json()["errors"][0]["field"]) == (status, field)
    better = {"item": held | {"promise_limit": {"days": 1, "unit": "workday"}}}
    assert (
        await staff_surface.put(f"/item-drafts/{draft.id}", json=better, headers=tag)
    ).status_code == 200
    hostile = {"item": held | {"fee_note": "\u0000"}}
    assert (
        await staff_surface.put(f"/item-drafts/{draft.id}", json=hostile, headers=tag)
    ).status_code == 422
    worse = {"item": held | {"faqs": [], "policies": []}}
    tag |= {"if-match": '"2"'}
    told = (await staff_surface.put(f"/item-drafts/{draft.id}", json=worse, headers=tag)).json()
    # No flow is drawn in this database: that warns, and holds nobody up.
    found = [(f["code"], f["severity"]) for f in told["findings"]]
    assert found == [("Q31", "error"), ("Q43", "warning")]
    refused = await act(staff_surface, mine, told, "submit")
    assert refused.json()["code"] == "items.unfit"


async def test_a_day_to_come_takes_effect_by_itself_and_any_day_is_rebuilt(
    public: httpx.AsyncClient, partner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = (await catalogue())[RENTAL]
    later = clock.today() + timedelta(days=10)
    changed = item.model_copy(update={"notices": ["十天后生效"]})
    before = (await public.get("/catalogue/changes")).json()
    tag = (await public.get("/catalogue/snapshot")).headers["etag"]
    held = await public.get("/catalogue/snapshot", headers={"if-none-match": tag})
    assert (held.status_code, held.content) == (304, b"")
    await through_review(changed, await editor(), later)
    assert (
        await public.get("/catalogue/snapshot", headers={"if-none-match": tag})
    ).status_code == 200
    assert (await service.published(item.code)).version == 1
    for surface in (public, partner):
        delta = (await surface.get("/catalogue/changes", params={"after": before["mark"]})).json()
        (row,) = delta["changes"]
        assert (row["version"], row["effective_on"]) == (2, later.isoformat())
    assert await service.take_effect() == 0
    for day, version in ((later - timedelta(days=1), 1), (later, 2)):
        query = {"day": day.isoformat(), "limit": 500}
        rows = (await partner.get("/catalogue/snapshot", params=query)).json()["items"]
        assert next(r["version"] for r in rows if r["code"] == item.code) == version
    yesterday = {"day": (clock.today() - timedelta(days=1)).isoformat()}
    assert (await public.get("/catalogue/snapshot", params=yesterday)).json()["items"] == []
    monkeypatch.setattr(clock, "today", lambda: later)
    assert await service.take_effect() == 1
    assert await service.take_effect() == 0
    assert (await service.published(item.code)).notices == ["十天后生效"]


async def test_an_item_ends_on_its_day_and_its_guide_stays_readable(
    staff_surface: httpx.AsyncClient,
    public: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    deliver,
) -> None:
    item = (await catalogue())[RENTAL]
    mine, stranger = await editor(), await editor("other", org="11341602MBDM00020N")
    draft = await service.open_draft(mine, item.model_copy(update={"notices": ["不会生效"]}))
    day = clock.today() + timedelta(days=3)
    body = {"on": day.isoformat(), "reason": "合并办理"}
    path = f"/items/{item.code}/cancellation"
    assert (
        await staff_surface.post(path, json=body, headers=await bearer(stranger))
    ).status_code == 403
    past = body | {"on": "2020-01-01"}
    assert (
        await staff_surface.post(path, json=past, headers=await bearer(mine))
    ).status_code == 422
    assert (
        await staff_surface.post(path, json=body, headers=await bearer(mine))
    ).status_code == 204
    assert (await public.get(f"/items/{item.code}")).status_code == 200
    monkeypatch.setattr(clock, "today", lambda: day)
    assert await service.take_effect() == 1
    assert (await public.get(f"/items/{item.code}")).status_code == 404
    pinned = await public.get(f"/items/{item.code}", params={"version": 1})
    assert pinned.json()["name"] == RENTAL
    log = (await public.get(f"/items/{item.code}/changes")).json()["changes"]
    assert [row["kind"] for row in log] == ["published", "cancelled"]
    assert item.code not in {i.code for i in await service.in_region("341602")}
    await deliver()
    assert (await service.draft_view(mine, draft.id)).state == "dropped"


async def test_an_item_changes_hands_and_who_had_it_stays_on_record(
    staff_surface: httpx.AsyncClient,
) -> None:
    item = (await catalogue())[RENTAL]
    mine, heir = await editor(), await editor("heir", org="11341602MBDM00020N")
    path = f"/items/{item.code}/transfer"
    body = {"to": heir.org, "reason": "职能划转"}
    assert (
        await staff_surface.post(path, json=body, headers=await bearer(heir))
    ).status_code == 403
    done = await asyncio.gather(
        *(
            staff_surface.post(path, json=body, headers=headers)
            for headers in [await bearer(mine)] * 5
        )
    )
    assert sorted(r.status_code for r in done) == [204, 403, 403, 403, 403]
    with pytest.raises(NotTheOwner):
        await service.open_draft(mine, item)
    assert (await service.open_draft(heir, item)).owner == heir.org
    told = (await staff_surface.get(f"/items/{item.code}/uses", headers=await bearer(heir))).json()
    assert (told["owner"], told["transfers"]) == (heir.org, [f"{mine.org}→{heir.org}：职能划转"])


async def test_history_cannot_be_altered_and_the_direct_way_is_shut_where_people_are_served(
    database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    for table in ("items_change", "items_catalogue_version"):
        with pytest.raises(asyncpg.PostgresError, match="never changes"):
            await db.execute(f"DELETE FROM {table}")
    live = load().model_copy(update={"env": "production"})
    monkeypatch.setattr("app_server.items.service.publishing.load", lambda: live)
    someone = Principal(kind="staff", id=uuid7(), roles=frozenset({"item_editor"}))
    with pytest.raises(DirectPublishing):
        await service.publish(someone, item)


async def test_a_newer_version_supersedes_an_older_one_whose_day_is_still_to_come(
    database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = (await catalogue())[RENTAL]
    later = clock.today() + timedelta(days=10)
    await through_review(item.model_copy(update={"notices": ["计划"]}), await editor(), later)
    assert await service.publish(Principal(), item.model_copy(update={"notices": ["先行"]})) == 3
    monkeypatch.setattr(clock, "today", lambda: later)
    assert await service.take_effect() == 0
    rows = (await service.as_of(later)).items
    assert next(i.version for i in rows if i.code == item.code) == 3


async def test_who_wrote_in_a_draft_does_not_check_it_though_another_handed_it_in(
    database: None,
) -> None:
    item = (await catalogue())[RENTAL]
    author, other = await editor(), await editor("second")
    draft = await service.open_draft(author, item)
    draft = await service.act(other, draft.id, draft.version, "submit", "")
    with pytest.raises(FourPeople):
        await service.act(author, draft.id, draft.version, "pass", "")


async def test_a_seed_that_runs_again_leaves_what_people_reviewed_or_ended(database: None) -> None:
    items = await catalogue()
    item = items[RENTAL]
    await through_review(item.model_copy(update={"notices": ["新的通知"]}), await editor())
    await db.execute(
        "UPDATE items_item SET cancelled = true WHERE code = $1", items[UNEMPLOYMENT].code
    )
    await catalogue()
    kept = await service.published(item.code)
    assert (kept.version, kept.notices) == (2, ["新的通知"])
    assert await db.value(
        "SELECT cancelled FROM items_item WHERE code = $1", items[UNEMPLOYMENT].code
    )
