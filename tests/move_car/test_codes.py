"""Codes: only for one's own car, one at a time, printable, mailed, dead when replaced."""

import asyncio
import io

import httpx
import pypdfium2
import pytest
from PIL import Image

from app_server.kernel import db
from app_server.logistics.models import Parcel
from app_server.move_car import service
from app_server.move_car.errors import AlreadyHasCode, CodeEnded, NoSuchCode, NotYourVehicle
from app_server.move_car.models import Code
from app_server.move_car.service.codes import by_token
from app_server.sharing.errors import SharingUnavailable
from tests.builders.move_car import coded, owner_of, plate
from tests.builders.people import bearer, resident


async def test_strangers_low_tiers_and_other_owners_get_no_code(public, exchange):
    assert (await public.post("/move-car/codes", json={"plate": "皖SD1288"})).status_code == 401
    low = await bearer(await resident(1))
    refused = await public.post("/move-car/codes", json={"plate": "皖SD1288"}, headers=low)
    assert refused.status_code == 401
    with pytest.raises(NotYourVehicle):
        await service.register(await resident(2), plate())
    _, code = await coded(exchange)
    other = await resident(2)
    for act in (service.reissue, service.stop):
        with pytest.raises(NoSuchCode):
            await act(other, code.id)
    with pytest.raises(NoSuchCode):
        await service.printed(other, code.id, "square")


async def test_a_silent_registry_is_said_and_nothing_is_stored(exchange):
    number = plate()
    owner = await owner_of(exchange, number)
    async with httpx.AsyncClient(trust_env=False) as client:
        ill = {"service": "vehicle.plate", "mode": "broken"}
        await client.post(f"{exchange}/__ill", json=ill)
        try:
            with pytest.raises(SharingUnavailable):
                await service.register(owner, number)
        finally:
            await client.post(f"{exchange}/__ill", json=ill | {"mode": "well"})
    assert not await Code.all().exists()


async def test_one_plate_has_one_live_code_whatever_runs_at_once(exchange):
    number = plate()
    owner = await owner_of(exchange, number)
    tries = [service.register(owner, number) for _ in range(5)]
    told = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(t, AlreadyHasCode) for t in told) == 4
    old = await Code.get(state="live")
    two = await asyncio.gather(
        service.reissue(owner, old.id), service.reissue(owner, old.id), return_exceptions=True
    )
    assert sum(isinstance(t, CodeEnded) for t in two) == 1
    fresh = await Code.get(state="live")
    with pytest.raises(NoSuchCode):
        await by_token(old.token)
    assert (await by_token(fresh.token)).id == fresh.id
    # The car is sold: its buyer's code ends the seller's.
    buyer = await owner_of(exchange, number)
    await service.register(buyer, number)
    with pytest.raises(NoSuchCode):
        await by_token(fresh.token)
    await service.stop(buyer, (await service.codes_of(buyer))[0].id)
    assert await service.codes_of(buyer) == []


async def test_the_sticker_has_its_print_size_and_no_plate(public, exchange):
    owner, code = await coded(exchange)
    mine = await bearer(owner)
    at = f"/move-car/codes/{code.id}/sticker"
    for size, millimetres in (("square", (100, 100)), ("a6", (105, 148))):
        reply = await public.get(at, params={"size": size}, headers=mine)
        assert reply.headers["content-type"].startswith("application/pdf"), reply.text
        page = pypdfium2.PdfDocument(reply.content)[0]
        assert [round(side * 25.4 / 72) for side in page.get_size()] == list(millimetres)
        words = page.get_textpage().get_text_range()
        assert "扫码挪车" in words
        assert code.number in words
        assert code.plate[-5:] not in words
    reply = await public.get(at, params={"form": "png"}, headers=mine)
    assert Image.open(io.BytesIO(reply.content)).size == (1182, 1182)
    listed = (await public.get("/move-car/codes", headers=mine)).text
    assert code.plate not in listed
    assert code.token not in listed


async def test_a_mailed_sticker_is_one_free_parcel_with_a_sealed_address(public, exchange):
    owner, code = await coded(exchange)
    mine = await bearer(owner)
    for _ in range(2):
        reply = await public.post(
            f"/move-car/codes/{code.id}/mail", json={"address": "亳州市测试路 1 号"}, headers=mine
        )
        assert reply.status_code == 200, reply.text
    assert await Parcel.filter(about=f"move_car:{code.id}").count() == 1
    stored = await db.value("SELECT recipient FROM logistics_parcel")
    assert "测试路" not in stored
    row = await db.row("SELECT plate, token FROM move_car_code")
    assert code.plate not in row["plate"]
    assert code.token not in row["token"]
