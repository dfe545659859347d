"""A registered department system whose process is the simulator, and its messages."""

from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from app_server.exchange import service
from app_server.exchange.models import System
from app_server.exchange.rules import gb_time
from app_server.exchange.service import signing
from app_server.exchange.simulators import department
from app_server.items.service import ItemFacts
from app_server.kernel import clock
from tests.builders.staff import administrator

PARTNER = "/partner/v1"


@dataclass
class Department:
    """A system: what it took, its token, what it says."""

    row: System
    url: str
    token: dict[str, str]
    partner: httpx.AsyncClient

    async def cases(self) -> list[dict[str, Any]]:
        """The cases it took."""
        return (await self._seen())["cases"]

    async def asked(self) -> list[str]:
        """The deliveries it was asked for."""
        return (await self._seen())["asked"]

    async def _seen(self) -> dict[str, Any]:
        async with httpx.AsyncClient(trust_env=False) as http:
            return (await http.get(f"{self.url}/__cases")).json()

    async def faults(self, **counts: int) -> None:
        """Make its next requests fail."""
        async with httpx.AsyncClient(trust_env=False) as http:
            await http.post(f"{self.url}/__faults", json=counts)

    async def say(self, told: dict[str, Any], number: str = "", **more: Any) -> httpx.Response:
        """Send a signed message; `body`, `token`, `headers` replace what it would send."""
        body = more.get("body", orjson.dumps(told))
        signature = more.get("token", department.report(orjson.dumps(told), number))
        headers = self.token | {"content-type": "application/json", signing.HEADER: signature}
        return await self.partner.post(
            "/exchange/reports", content=body, headers=headers | more.get("headers", {})
        )


def message(case_no: str, seq: int, deed: str, **more: Any) -> dict[str, Any]:
    """A message about a case."""
    kind = "result" if deed in {"approve", "refuse"} else "process"
    told = {"case_no": case_no, "seq": seq, "kind": kind, "deed": deed}
    return told | {"at": gb_time(clock.now()), "officer": "王审批"} | more


def wanted(item: ItemFacts, url: str, **changes: Any) -> service.SystemWanted:
    """What is registered about the simulated system."""
    told = {
        "name": "审批业务系统（模拟）", "org": item.org, "region": item.region,
        "items": (item.code,), "url": url,
        "jwks": (department.public_jwk(department.demo_key()),),
    } | changes  # fmt: skip
    return service.SystemWanted(**told)


async def registered(
    item: ItemFacts, url: str, partner: httpx.AsyncClient, **changes: Any
) -> Department:
    """The simulated system, registered for one item."""
    row, secret = await service.register_system(
        await administrator(), department.CODE, wanted(item, url, **changes)
    )
    return Department(row, url, await token_of(partner, row.client_id, secret), partner)


async def token_of(partner: httpx.AsyncClient, client_id: str, secret: str) -> dict[str, str]:
    """Authorization headers of a client."""
    known = {"client_id": client_id, "client_secret": secret}
    reply = await partner.post("/tokens", json=known)
    assert reply.status_code in {200, 201}, reply.text
    return {"authorization": f"Bearer {reply.json()['access_token']}"}
