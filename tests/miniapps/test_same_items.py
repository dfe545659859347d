"""Phones and computers read the same items from the same source (R-POR-29)."""

import pytest

from app_server.items import seed
from app_server.items import service as items
from auth.grants import service as grants
from payments import seed as fee_items
from tests.builders.people import resident

PC = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
H5 = "Mozilla/5.0 (Linux; Android 15; HUAWEI) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


async def headers(person, channel: str, agent: str) -> dict[str, str]:
    granted = await grants.open_session("person", person.subject, channel)
    return {"authorization": f"Bearer {granted.access_token}", "user-agent": agent}


async def test_every_seeded_item_is_the_same_bytes_on_a_phone_and_on_a_computer(public):
    await fee_items.seed()
    await seed.seed()
    known = await items.in_region("340000", 10_000)
    assert len(known) > 10
    person = await resident(tier=2)
    pc, h5 = await headers(person, "web", PC), await headers(person, "h5", H5)
    differing = []
    for item in known:
        on_pc = await public.get(f"/items/{item.code}", headers=pc)
        on_h5 = await public.get(f"/items/{item.code}", headers=h5)
        assert on_pc.status_code == 200
        if on_pc.content != on_h5.content:
            differing.append(item.code)
    assert differing == []


@pytest.mark.parametrize("agent", [PC, H5])
async def test_who_is_not_signed_in_reads_the_same_too(public, agent):
    await fee_items.seed()
    await seed.seed()
    (item, *_) = await items.in_region("340000", 1)
    plain = await public.get(f"/items/{item.code}")
    assert (await public.get(f"/items/{item.code}", headers={"user-agent": agent})).content == (
        plain.content
    )
