"""A province and a city side by side: this process is the province, the city has its own."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx

from app_server.kernel import db, outbox
from auth.federation import service as federation
from auth.federation.service import records
from tests.builders.federation import BOZHOU, PASSWORD, Instance, empty_tables, second_instance
from tests.builders.people import id_number, phone
from tests.builders.staff import administrator

WHO = {"name": "陈雨桐", "sex": "female", "ethnic_group": "汉族"}


@dataclass
class Pair:
    """Both instances: ours is the province."""

    city: Instance
    base: asyncpg.Connection
    resident: dict[str, str]
    told: dict[str, Any]
    web: httpx.AsyncClient
    province: dict[str, str]

    async def at_city(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Call the city's public surface."""
        return await self.web.request(method, f"{self.city.url('public')}/api/v1{path}", **more)

    async def at_province(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Call the province's public surface."""
        return await self.web.request(method, f"{self.province['public']}/api/v1{path}", **more)

    async def person_there(self, person_id: Any) -> Any:
        """The city's own id of a person of ours, as it was pushed."""
        return await self.base.fetchval(
            "SELECT person_id FROM federation_link WHERE platform='340000' AND user_no=$1",
            records.user_no(person_id, BOZHOU),
        )

    async def proofs_there(self, person_id: Any) -> set[str]:
        """What the city holds of them by the province's word."""
        rows = await self.base.fetch(
            "SELECT source FROM identity_evidence WHERE revoked_at IS NULL AND subject_id=$1",
            await self.person_there(person_id),
        )
        return {row["source"] for row in rows}


async def _city_database(instance: Instance) -> asyncpg.Connection:
    ours = await db.dedicated_connection()
    await ours.execute("DROP DATABASE IF EXISTS wanshi_city WITH (FORCE)")
    await ours.execute("CREATE DATABASE wanshi_city")
    await ours.close()
    parts = urlsplit(instance.environment["DATABASE_URL"])
    query = parse_qs(parts.query)
    return await asyncpg.connect(
        host=query["host"][0], port=int(query["port"][0]), user=parts.username,
        password=parts.password, database="wanshi_city",
    )  # fmt: skip


@asynccontextmanager
async def two_instances(listeners: dict[str, str]) -> AsyncIterator[Pair]:
    """A city beside us, each registered with the other; tables are emptied once."""
    await empty_tables()
    folder = Path(tempfile.mkdtemp(prefix="wanshi-city-"))
    instance = second_instance(folder, BOZHOU, listeners["public"])
    base = await _city_database(instance)
    resident = {"id_number": id_number(), "phone": phone(), **WHO}
    province = {
        "code": "340000", "name": "安徽省统一身份认证平台", "partner_url": listeners["partner"],
        "public_url": listeners["public"], "keys": federation.own_key_set()["keys"],
    }  # fmt: skip
    asked = {"province": province, "code": BOZHOU, "resident": resident, "password": PASSWORD}
    told = await asyncio.to_thread(instance.set_up, asked)
    await asyncio.to_thread(instance.start, "public", "partner")
    await federation.register_platform(
        await administrator(),
        BOZHOU,
        federation.PlatformWanted(
            name="亳州市统一身份认证平台",
            partner_url=instance.url("partner"),
            public_url=instance.url("public"),
            jwks=tuple(told["keys"]),
        ),
    )
    async with httpx.AsyncClient(timeout=20, trust_env=False) as web:
        yield Pair(instance, base, resident, told, web, listeners)
    await asyncio.to_thread(instance.stop, "public", "partner")
    await base.close()
    shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def working():
    """A worker of the province in this loop, as app_server.worker polls."""

    stopping = asyncio.Event()

    async def loop(step: Any) -> None:
        while not stopping.is_set():
            if not await step():
                await asyncio.sleep(0.1)

    steps = (outbox.relay, outbox.handle_one, outbox.perform_one)
    tasks = [asyncio.create_task(loop(step)) for step in steps]
    try:
        yield
    finally:
        # As a worker stops: what is under way ends, or its lease would hold up the rest.
        stopping.set()
        await asyncio.gather(*tasks)


async def until(found: Any, seconds: float = 10) -> float:
    """Wait until something is so; how long that took."""
    began = time.monotonic()
    while not await found():
        assert time.monotonic() - began < seconds, "it did not come to pass"
        await asyncio.sleep(0.02)
    return time.monotonic() - began


async def tables_with(base: Any, *needles: str) -> set[str]:
    """The tables of a database in which any of these texts stands."""
    tables = await base.fetch("SELECT tablename FROM pg_tables WHERE schemaname='public'")
    found = set()
    for table in [row["tablename"] for row in tables]:
        sql = f'SELECT EXISTS (SELECT 1 FROM "{table}" t WHERE t::text LIKE ANY($1::text[]))'
        if await base.fetchval(sql, [f"%{needle}%" for needle in needles]):
            found.add(table)
    return found
