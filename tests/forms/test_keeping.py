"""Drafts in a list, resumed elsewhere, thrown away, and gone after a word."""

from datetime import timedelta

import httpx

from app_server.forms import service
from app_server.forms.models import Draft
from app_server.kernel import clock, db
from app_server.kernel.principal import Principal
from tests.builders.forms import draft_of
from tests.builders.people import bearer, resident


async def test_my_drafts_are_listed_with_age_and_how_much_is_filled(public: httpx.AsyncClient):
    owner = await resident()
    draft = await draft_of(owner)
    await draft_of(await resident(name="王芳"))
    assert (await public.get("/drafts")).status_code == 401
    listed = (await public.get("/drafts", headers=await bearer(owner))).json()["items"]
    assert [(line["id"], line["filled"]) for line in listed] == [(str(draft.id), 0.33)]
    other = await public.get("/drafts?item_code=OTHER", headers=await bearer(owner))
    assert other.json()["items"] == []


async def test_who_saves_an_old_version_learns_of_the_newer_one_and_its_channel(public):
    owner = await resident()
    draft = await draft_of(owner)
    await service.save(owner.subject, draft.id, 1, {"address": "谯城区"}, "wechat")
    stale = await public.put(
        f"/drafts/{draft.id}",
        headers={**await bearer(owner), "if-match": '"1"'},
        json={"data": {}},
    )
    assert stale.status_code == 412
    assert stale.json()["newer"] == {"version": 2, "channel": "wechat"}
    resumed = (await public.get(f"/drafts/{draft.id}", headers=await bearer(owner))).json()
    assert (resumed["data"]["address"], resumed["channel"]) == ("谯城区", "wechat")


async def test_a_draft_is_thrown_away_once_and_a_used_one_never(public):
    owner = await resident()
    headers = await bearer(owner)
    draft, used = await draft_of(owner), await draft_of(owner)
    await service.mark_used(used.id)
    assert (await public.delete(f"/drafts/{draft.id}", headers=headers)).status_code == 204
    assert (await public.delete(f"/drafts/{draft.id}", headers=headers)).status_code == 404
    assert (await public.delete(f"/drafts/{used.id}", headers=headers)).status_code == 409


async def aged(owner: Principal, days: float, **more: object) -> service.DraftFacts:
    draft = await draft_of(owner)
    await Draft.filter(id=draft.id).update(updated_at=clock.now() - timedelta(days=days), **more)
    return draft


async def run_expiry() -> int:
    async with db.unit_of_work():
        return await service.expire()


async def test_a_forgotten_draft_is_announced_a_week_before_it_goes(database, deliver):
    owner = await resident()
    fresh, soon = await aged(owner, 80), await aged(owner, 84)
    late = await aged(owner, 200)
    over = await aged(owner, 91, warned_at=clock.now() - timedelta(days=7))
    assert await run_expiry() == 1
    assert await run_expiry() == 0
    await deliver()
    left = {row.id for row in await Draft.all()}
    # Nobody loses a draft unwarned, however old it is.
    assert left == {fresh.id, soon.id, late.id}
    assert over.id not in left
    told = await db.value(
        "SELECT count(*) FROM notify_message WHERE template='forms.draft_expiring'"
    )
    assert told == 2


async def test_saving_a_draft_again_keeps_it(database):
    owner = await resident()
    draft = await aged(owner, 91, warned_at=clock.now() - timedelta(days=8))
    await service.save(owner.subject, draft.id, 1, {"address": "谯城区"})
    assert await run_expiry() == 0
    assert (await Draft.get(id=draft.id)).warned_at is None


async def test_a_late_answer_completes_a_draft_but_not_what_the_person_may_edit(database):
    owner = await resident()
    draft = await draft_of(owner)
    await service.save(owner.subject, draft.id, 1, {"address": "我自己写的"})
    said = {"source_name": "户籍库", "as_of": clock.now().isoformat(), "editable": True}
    assert await service.complete(draft.id, {"address": "登记的地址"}, {"address": said}, {})
    assert (await service.draft(owner.subject, draft.id)).data["address"] == "我自己写的"
    fixed = said | {"editable": False}
    assert await service.complete(draft.id, {"address": "登记的地址"}, {"address": fixed}, {})
    now = await service.draft(owner.subject, draft.id)
    assert now.data["address"] == "登记的地址"
    await service.mark_used(draft.id)
    assert not await service.complete(draft.id, {"address": "x"}, {"address": fixed}, {})
