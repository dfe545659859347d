"""An owner with a live code, a caller with a proven phone, and the clock of the ladder."""

import re

import httpx
import pytest

from app_server.kernel import db
from app_server.move_car.providers import platforms
from tests.builders.move_car import coded
from tests.builders.people import phone


@pytest.fixture
def exchange(database, simulators):
    return simulators["exchange"]


@pytest.fixture
async def numbers(database, simulators):
    """Sets the platform's fault, and takes it away afterwards."""
    platforms.platform.cache_clear()

    async def fault(mode: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.post(f"{simulators['privacy_number']}/__fault", json={"mode": mode})

    yield fault
    await fault("")


@pytest.fixture
async def car(exchange):
    """An owner and the code of a car."""
    return await coded(exchange)


@pytest.fixture
def code_of(public, simulators, deliver):
    """Have a one-time code sent to a phone, and read it there."""

    async def read(token: str, mobile: str) -> str:
        sent = await public.post(f"/move-car/scans/{token}/codes", json={"phone": mobile})
        assert sent.status_code == 200, sent.text
        await deliver()
        async with httpx.AsyncClient(trust_env=False) as client:
            found = await client.get(f"{simulators['sms']}/messages", params={"phone": mobile})
        return re.search(r"(?<!\d)(\d{6})(?!\d)", found.json()[0]["Content"]).group(1)

    return read


@pytest.fixture
def asked(public, code_of):
    """A caller who proves a phone and asks; answers the reply's body and the phone."""

    async def ask(token: str, mobile: str = ""):
        mobile = mobile or phone()
        body = {"phone": mobile, "code": await code_of(token, mobile), "reason": "blocked_way"}
        reply = await public.post(f"/move-car/scans/{token}/requests", json=body)
        assert reply.status_code == 201, reply.text
        return reply.json(), mobile

    return ask


@pytest.fixture
def next_step(deliver):
    """Let the time of the next step of all ladders come."""

    async def climb() -> None:
        await db.execute(
            "UPDATE kernel_delivery SET run_at = now() - interval '1 second' "
            "WHERE handler = 'move_car.step' AND state = 'ready'"
        )
        await deliver()

    return climb
