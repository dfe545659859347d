"""Contracts with carriers, and carriers' levers, for tests."""

from datetime import date, datetime, timedelta
from typing import Any

import httpx

from app_server.kernel import clock
from app_server.kernel.principal import Principal
from app_server.logistics import service
from app_server.logistics.models import Parcel
from app_server.logistics.rules import windows
from app_server.logistics.service import ContractFacts, ContractWanted, Recipient
from payments import service as payments
from tests.builders.staff import ORG, officer

SYSTEM = Principal(name="测试", region="340000")
TO = Recipient("李明轩", "13900000002", "亳州市谯城区测试路 1 号")


async def contract(version: int | None = None, **more: Any) -> ContractFacts:
    """A contract of the whole province with EMS, paid by the agency, unless told otherwise."""
    told: dict[str, Any] = {
        "region": "340000",
        "org": "",
        "carrier": "ems",
        "customer_code": "DEMO-EMS",
        "monthly_account": "3400001234",
        "payer": "agency",
        "postage_fen": 1200,
        "priority": 1,
        "valid_from": date(2026, 1, 1),
        "office_name": "演示政务服务中心",
        "office_phone": "0551-00000000",
        "office_address": "合肥市测试路 9 号收发室",
    }
    return await service.put_contract(SYSTEM, ContractWanted(**told | more), version)


async def second(**more: Any) -> ContractFacts:
    """SF as the second choice."""
    told = {"carrier": "sf", "customer_code": "DEMO-SF", "priority": 2, "postage_fen": 1500}
    return await contract(**told | more)


async def lever(url: str, **told: Any) -> None:
    """Pull a lever of a carrier's simulator."""
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(f"{url}/__lever", json=told)).status_code == 200


async def orders_at(url: str) -> list[dict[str, Any]]:
    """What a carrier holds."""
    async with httpx.AsyncClient(trust_env=False) as client:
        found: list[dict[str, Any]] = (await client.get(f"{url}/__orders")).json()
        return found


async def push(
    url: str, parcel: Parcel, notice: str, state: str, at: datetime | None = None, **more: Any
) -> int:
    """Have a carrier push an event; answers the status it got."""
    told = {"waybill": parcel.waybill, "notice": notice, "state": state, "place": "合肥"}
    told |= {"at": (at or clock.now()).isoformat()} | more
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.post(f"{url}/__notice", json=told)).status_code


def next_window() -> datetime:
    """A window that can be asked for, with another one right after it."""
    asked = windows(clock.now())
    soon = clock.now() + timedelta(hours=20)
    return next(one for one in asked if one > soon and one + timedelta(hours=2) in asked)


async def list_postage() -> None:
    """The organisation may charge postage."""
    await payments.ensure_fees(
        await officer("treasurer", login="lister", region="340000"),
        [
            payments.FeeWanted(
                agency_code=ORG,
                code="B9000001",
                name="快递邮费",
                fee_class="business",
                basis="寄递服务合同",
                valid_from=date(2026, 1, 1),
            )
        ],
    )
