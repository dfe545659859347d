"""Owners whom the vehicle registry knows, and their codes."""

import itertools

import httpx

from app_server.move_car import service
from app_server.move_car.models import Code
from tests.builders.people import id_number, resident

_serials = itertools.count(10_000)


def plate() -> str:
    """A plate that no other test has."""
    return f"皖S{next(_serials):05d}"


async def owner_of(exchange: str, plate_number: str, tier: int = 2):
    """A resident whom the registry knows as the owner of a plate."""
    number = id_number()
    record = {
        "id_number": number,
        "name": "李明轩",
        "sex": "male",
        "ethnic_group": "汉族",
        "portrait": None,
        "valid_from": "2019-04-02",
        "valid_until": "2039-04-02",
        "life": "alive",
        "vehicles": [{"plate": plate_number, "plate_masked": "皖S·****", "type": "小型轿车"}],
    }
    async with httpx.AsyncClient(trust_env=False) as client:
        reply = await client.post(f"{exchange}/__people", json=record)
        assert reply.status_code < 300, reply.text
    return await resident(tier, number=number)


async def coded(exchange: str):
    """An owner with a live code: the principal, and the code's row."""
    number = plate()
    owner = await owner_of(exchange, number)
    facts = await service.register(owner, number)
    return owner, await Code.get(id=facts.id)
