"""Publishing: versions that stay, and guides for everybody."""

import asyncpg
import httpx
import pytest

from app_server.items import service
from app_server.items.errors import ItemUnfit
from app_server.kernel import db
from app_server.kernel.principal import Principal
from tests.builders.items import PERMIT_COPY, RENTAL, catalogue


async def test_an_unknown_item_is_not_found(public: httpx.AsyncClient) -> None:
    reply = await public.get(f"/items/{'0' * 31}")
    assert reply.status_code == 404
    assert reply.json()["code"] == "items.no_such_item"


async def test_anyone_reads_the_guide(public: httpx.AsyncClient) -> None:
    item = (await catalogue())[RENTAL]
    body = (await public.get(f"/items/{item.code}")).json()
    assert body["region_name"] == "安徽省亳州市谯城区"
    assert body["promise_limit"] == {"days": 7, "unit": "day"}
    assert body["saved_materials"] == {"before": 11, "now": 2}
    assert body["fee_fen"] == 0
    assert {m["source_class"] for m in body["materials"]} == {"C", "D"}
    assert "aliases" not in body


async def test_seeding_twice_publishes_nothing_new(database: None) -> None:
    first = await catalogue()
    again = await catalogue()
    assert {i.version for i in first.values()} == {i.version for i in again.values()} == {1}
    assert await db.value("SELECT count(*) FROM items_version") == len(first)


async def test_a_change_is_a_new_version_and_the_old_one_stays(database: None) -> None:
    item = (await catalogue())[PERMIT_COPY]
    changed = item.model_copy(update={"fee_note": "补领工本费 20 元"})
    assert await service.publish(Principal(), changed) == 2
    assert (await service.published(item.code)).fee_note == "补领工本费 20 元"
    assert (await service.version(item.code, 1)).fee_note == item.fee_note


async def test_an_item_whose_form_nobody_published_is_refused(database: None) -> None:
    item = (await catalogue())[PERMIT_COPY]
    with pytest.raises(ItemUnfit) as caught:
        await service.publish(Principal(), item.model_copy(update={"form_code": "nowhere"}))
    assert [e["code"] for e in caught.value.facts["errors"]] == ["Q41"]


async def test_a_published_version_cannot_be_altered(database: None) -> None:
    await catalogue()
    with pytest.raises(asyncpg.PostgresError, match="never changes"):
        await db.execute("UPDATE items_version SET version = 9")
