"""The one port to carriers: what every one of them can do, in our words (R-LOG-02)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import httpx

from app_server.kernel.events import Ok, Outcome, Unknown
from app_server.logistics.rules import BillLine

CHINA = ZoneInfo("Asia/Shanghai")
STAMP = "%Y-%m-%d %H:%M:%S"
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Account:
    """The contract a call is made under."""

    customer_code: str
    monthly_account: str


@dataclass(frozen=True, slots=True)
class End:
    """One end of a parcel's way."""

    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class Shipment:
    """What a carrier is asked to bring; `mark` stands on the waybill for the list inside."""

    order_no: str
    sender: End
    receiver: End
    contents: list[tuple[str, int]]
    mark: str
    pick_up: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One event of a parcel's way as its carrier tells it; `mark` where the list was compared."""

    notice: str
    order_no: str
    waybill: str
    state: str
    at: datetime
    place: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Unsent(Unknown):
    """Nobody took the call: nothing was ordered, that much is sure."""


class Courier(Protocol):
    """A carrier. `Ok.detail` is a waybill; no method raises for what happens on the way."""

    name: str

    async def order(self, account: Account, shipment: Shipment) -> Outcome:
        """Order the transport; the same order number again is the same order."""

    async def find(self, account: Account, order_no: str) -> Outcome:
        """The waybill of an earlier order; `Rejected` when the carrier never saw it."""

    async def cancel(self, account: Account, order_no: str, waybill: str) -> Outcome:
        """Take an order back; `Rejected` when the courier has the parcel already."""

    async def takes(self, account: Account, address: str, start: datetime) -> bool | None:
        """Whether somebody could come in the window that begins then; None: no answer."""

    async def routes(self, account: Account, waybill: str) -> list[Route]:
        """All events of a waybill so far; empty also when nobody answers."""

    async def bill(self, account: Account, day: date) -> bytes | None:
        """The bill file of a day; None when it is not there yet."""

    def lines(self, file: bytes) -> list[BillLine]:
        """The lines of such a file; raises `BadBill`."""

    def read_push(self, headers: Mapping[str, str], raw: bytes) -> list[Route]:
        """The events of a push; raises `BadNotice`."""

    def acknowledged(self) -> dict[str, Any]:
        """What the carrier wants to hear after a push."""


class Line:
    """The wire to one carrier: one client, a bound of calls at once, every failure an outcome."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url, timeout=httpx.Timeout(5, connect=1), trust_env=False
        )
        self._room = asyncio.Semaphore(AT_ONCE)

    async def post(self, path: str, form: Mapping[str, str]) -> httpx.Response | Unknown:
        """One call; an answer that is none, is `Unknown`, and `Unsent` where nobody listened."""
        try:
            async with self._room:
                reply = await self._client.post(path, data=dict(form))
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            return Unsent(type(error).__name__)
        except httpx.HTTPError as error:
            return Unknown(type(error).__name__)
        return reply if reply.status_code == httpx.codes.OK else Unknown(str(reply.status_code))


def instant(stamp: str) -> datetime:
    """A carrier's clock reads China's time; raises `ValueError`."""
    return datetime.strptime(stamp, STAMP).replace(tzinfo=CHINA)


def stamped(at: datetime) -> str:
    """An instant as carriers write it."""
    return at.astimezone(CHINA).strftime(STAMP)


def reached(outcome: Outcome) -> bool:
    """Whether somebody answered at all."""
    return not isinstance(outcome, Unknown)


__all__ = [
    "Account",
    "Courier",
    "End",
    "Line",
    "Ok",
    "Route",
    "Shipment",
    "Unsent",
    "instant",
    "reached",
    "stamped",
]
