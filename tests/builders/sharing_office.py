"""A department's own interface on a real socket, and a composed service over it."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Self

import orjson

from app_server.kernel.principal import Principal
from app_server.sharing import service as sharing
from app_server.sharing.models import Resource
from app_server.sharing.rules.catalogue import ResourceField
from app_server.sharing.rules.data_services import ServiceWanted
from tests.builders.sharing import HOUSING, content, lead, steward


@dataclass
class Office:
    """What it answers and how; what it was asked is kept."""

    answer: Any = field(default_factory=lambda: {"contract_no": "ZL-1", "holder": "李明轩"})
    status: int = 200
    delay: float = 0
    asked: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    _server: Any = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def service(self, **changes: Any) -> ServiceWanted:
        """Its interface as a data service."""
        told: dict[str, Any] = {
            "name": "租赁合同查询",
            "kind": "url",
            "target": f"{self.url}/ask",
            "health_target": f"{self.url}/health",
            "needs": ("household_no",),
            "gives": ("contract_no", "holder"),
        }
        return ServiceWanted(**told | changes)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:])}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if lines[0].startswith("POST"):
            self.asked.append((headers, body))
            await asyncio.sleep(self.delay)
        told = orjson.dumps(self.answer)
        head = f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(told)}\r\nConnection: close"
        writer.write(f"{head}\r\n\r\n".encode() + told)
        await writer.drain()
        writer.close()


FLOW = {
    "policy": "all",
    "steps": [
        {
            "name": "family",
            "service": "household",
            "fields": ["household_no", "size"],
            "needs": {"id_number": "subject.id_number", "name": "subject.name"},
            "timeout_ms": 5000,
        },
        {
            "name": "contract",
            "service": "rental",
            "fields": ["contract_no"],
            "needs": {"household_no": "family.household_no"},
            "timeout_ms": 2000,
        },
    ],
}
GIVES = ("contract.contract_no", "family.household_no", "family.size")


def composed(**changes: Any) -> ServiceWanted:
    """The rental picture: the family by the police, its contract by the housing bureau."""
    told: dict[str, Any] = {
        "name": "租房资格核验",
        "kind": "flow",
        "needs": ("id_number", "name"),
        "gives": GIVES,
        "flow": FLOW,
        "timeout_ms": 8000,
    }
    return ServiceWanted(**told | changes)


@dataclass
class Housing:
    """The housing bureau with its own entry and its interface published as `rental`."""

    steward: Principal
    lead: Principal
    resource: Resource


async def housing(office: Office) -> Housing:
    """The bureau's branch, entry and interface."""
    by, head = await steward(HOUSING, "bureau"), await lead(HOUSING)
    root = await sharing.open_department_tree(head, "谯城区住建局（演示）")
    owner = sharing.Owner(HOUSING, "谯城区住建局（演示）", "341602")
    names = ("contract_no", "holder", "picture.family.size", *GIVES)
    fields = tuple(ResourceField(n, n, "text", "internal", "住房租赁系统") for n in names)
    row = await sharing.add_resource(by, root.id, owner, content(name="租赁合同", fields=fields))
    await sharing.register_service(by, row.id, "rental", office.service())
    row = await sharing.publish_resource(head, row.id, row.version, "发布")
    await sharing.move_service(head, "rental", 1, "publish", "发布")
    return Housing(by, head, row)
