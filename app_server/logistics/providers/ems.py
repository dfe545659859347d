"""China Post EMS (中国邮政) by its open interface for contract customers.

From public samples of the interface: one address, form fields `apiCode`, `senderNo`,
`authorization`, `timeStamp`, `version`, and `logitcsInterface` (sic) = `|$4|` + base64 of SM4-ECB
over JSON + key; `retCode` 00000; 020003 orders, 020006 cancels, 030005 asks whether a place is
served, 040001 tells the way, 040002 pushes it. Not public, hence ours until the contract's papers
say otherwise: the code that looks an order up by its number (`EMS_ORDER_QUERY_CODE`), the time in
030005, that pushes end with the key as requests do, and the layout of the daily bill.
"""

import base64
import hashlib
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import orjson
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.padding import PKCS7
from pydantic_settings import SettingsConfigDict

from app_server.kernel import clock
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from app_server.kernel.settings import VendorSettings
from app_server.logistics.errors import BadBill, BadNotice
from app_server.logistics.providers.courier import (
    Account,
    Line,
    Route,
    Shipment,
    instant,
    stamped,
)
from app_server.logistics.rules import BillLine, fen_of

SERVICE = "/amp-prod-api/f/amp/api/open"
STATES = {
    "203": "picked_up",
    "305": "in_transit",
    "405": "in_transit",
    "457": "in_transit",
    "516": "in_transit",
    "702": "out_for_delivery",
    "711": "delivered",
    "747": "delivered",
    "748": "delivered",
    "708": "returned",
}
BILL = "050009"
NOT_FOUND = "B00110"
CANCELLED_BEFORE = "B00111"
MARK = "清单码"
PREFIX = "|$4|"
COLUMNS = 4


class EmsSettings(VendorSettings):
    """The account at EMS (`EMS_…`): `key_id` is the authorisation, `secret` the key in Base64."""

    model_config = SettingsConfigDict(env_prefix="EMS_", extra="ignore", frozen=True)
    simulator = 23
    # Base64 of a key, and begins with SIM as every simulator's does.
    secret: str = "SIMULATORKEYSIMULATORA=="  # noqa: S105 - refused in production
    order_query_code: str = "020008"


def sealed(told: object, secret: str) -> str:
    """JSON + key under SM4-ECB, as the interface wants it: the key at the end is the signature."""
    plain = orjson.dumps(told) + secret.encode()
    padder = PKCS7(128).padder()
    cipher = Cipher(SM4(base64.b64decode(secret)), modes.ECB()).encryptor()  # noqa: S305 - theirs
    text = cipher.update(padder.update(plain) + padder.finalize()) + cipher.finalize()
    return PREFIX + base64.b64encode(text).decode()


def opened(text: str, secret: str) -> Any:
    """What `sealed` held; raises `ValueError` when it was not sealed with this key."""
    if not text.startswith(PREFIX):
        raise ValueError("prefix")
    cipher = Cipher(SM4(base64.b64decode(secret)), modes.ECB()).decryptor()  # noqa: S305 - theirs
    data = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    unpadder = PKCS7(128).unpadder()
    plain = unpadder.update(cipher.update(data) + cipher.finalize()) + unpadder.finalize()
    if not plain.endswith(secret.encode()):
        raise ValueError("key")
    return orjson.loads(plain.removesuffix(secret.encode()))


class Ems:
    """EMS behind the port."""

    name = "ems"

    def __init__(self, settings: EmsSettings) -> None:
        self._settings = settings
        self._line = Line(settings.url)

    async def order(self, account: Account, shipment: Shipment) -> Outcome:
        """020003."""
        told: dict[str, Any] = {
            "ecommerceUserId": account.customer_code,
            "logisticsOrderNo": shipment.order_no,
            "createdTime": stamped(clock.now()),
            "contentsAttribute": "1",
            "bizProductNo": "1",
            "settlementCode": account.monthly_account,
            "sender": _end(shipment.sender),
            "receiver": _end(shipment.receiver),
            "cargos": [{"cargoName": n, "cargoQuantity": c} for n, c in shipment.contents],
            "note": f"{MARK}：{shipment.mark}",
        }
        if shipment.pick_up:
            told["pickupPreBeginTime"] = stamped(shipment.pick_up[0])
            told["pickupPreEndTime"] = stamped(shipment.pick_up[1])
        outcome, answer = await self._call(account, "020003", told)
        return _waybill(answer) if isinstance(outcome, Ok) else outcome

    async def find(self, account: Account, order_no: str) -> Outcome:
        """By order number; any refusal but "not found" tells nothing."""
        code = self._settings.order_query_code
        outcome, answer = await self._call(account, code, {"logisticsOrderNo": order_no})
        if isinstance(outcome, Rejected) and outcome.detail != NOT_FOUND:
            return Unknown(outcome.detail)
        return _waybill(answer) if isinstance(outcome, Ok) else outcome

    async def cancel(self, account: Account, order_no: str, waybill: str) -> Outcome:
        """020006; cancelled before is cancelled."""
        told = {"logisticsOrderNo": order_no, "waybillNo": waybill, "cancelReason": "用户取消"}
        outcome, _ = await self._call(account, "020006", told)
        over = isinstance(outcome, Rejected) and outcome.detail in {CANCELLED_BEFORE, NOT_FOUND}
        return Ok() if over else outcome

    async def takes(self, account: Account, address: str, start: datetime) -> bool | None:
        """030005 for the place, at the window's beginning."""
        told = {"address": address, "bizProductNo": "1", "type": "2"}
        told |= {"pickupPreBeginTime": stamped(start)}
        outcome, answer = await self._call(account, "030005", told)
        return str(answer.get("status")) == "0" if isinstance(outcome, Ok) else None

    async def routes(self, account: Account, waybill: str) -> list[Route]:
        """040001."""
        told = {"waybillNo": waybill, "direction": "0"}
        outcome, answer = await self._call(account, "040001", told)
        if not isinstance(outcome, Ok):
            return []
        try:
            return [_route(one) for one in answer["responseItems"] if one["opCode"] in STATES]
        except (KeyError, TypeError, ValueError):
            return []

    async def bill(self, account: Account, day: date) -> bytes | None:
        """The day's file, inside the answer."""
        told = {"settlementCode": account.monthly_account, "day": day.isoformat()}
        outcome, answer = await self._call(account, BILL, told)
        try:
            file = base64.b64decode(answer["file"], validate=True)
        except (KeyError, TypeError, ValueError):
            return None
        return file if isinstance(outcome, Ok) and file else None

    def lines(self, file: bytes) -> list[BillLine]:
        """`waybill|order|day|fen` lines in GB 18030; the last says how many and how much."""
        try:
            *body, last = [line.split("|") for line in file.decode("gb18030").splitlines() if line]
            lines = [BillLine(row[0], row[1], _fen(row[3])) for row in body]
            told = ("合计", str(len(lines)), "", str(sum(line.fen for line in lines)))
        except (ValueError, IndexError) as error:
            raise BadBill("ems: not the format") from error
        if tuple(last) != told or any(len(row) != COLUMNS for row in body):
            raise BadBill("ems: total")
        return lines

    def read_push(self, headers: Mapping[str, str], raw: bytes) -> list[Route]:
        """One event of 040002; a code we do not know is no news."""
        del headers
        try:
            outer = orjson.loads(raw)
            told = opened(outer["logitcsInterface"], self._settings.secret)
            if outer["method"] != "040002":
                raise BadNotice
            return [_route(told)] if told["opCode"] in STATES else []
        except (ValueError, KeyError, TypeError) as error:
            raise BadNotice from error

    def acknowledged(self) -> dict[str, Any]:
        """00000 is success."""
        return {"serialNo": uuid.uuid4().hex, "code": "00000", "codeMessage": "成功"}

    async def _call(
        self, account: Account, code: str, told: dict[str, Any]
    ) -> tuple[Outcome, dict[str, Any]]:
        form = {
            "apiCode": code,
            "senderNo": account.customer_code,
            "authorization": self._settings.key_id,
            "msgType": "0",
            "timeStamp": stamped(clock.now()),
            "version": "V1.0.0",
            "logitcsInterface": sealed(told, self._settings.secret),
        }
        reply = await self._line.post(SERVICE, form)
        if isinstance(reply, Unknown):
            return reply, {}
        try:
            outer = orjson.loads(reply.content)
            result = str(outer["retCode"])
            if result == "00000":
                return Ok(), dict(orjson.loads(outer["retBody"] or "{}"))
            # S… is their system, B… the business.
            return (Rejected if result.startswith("B") else Unknown)(result), {}
        except (KeyError, TypeError, ValueError):
            return Unknown("not an answer"), {}


def _end(end: Any) -> dict[str, str]:
    return {"name": end.name, "mobile": end.phone, "address": end.address}


def _waybill(answer: dict[str, Any]) -> Outcome:
    waybill = answer.get("waybillNo")
    return Ok(waybill) if isinstance(waybill, str) and waybill else Unknown("no waybill")


def _fen(text: str) -> int:
    # Their file counts fen; the same strict digits as yuan, without a fraction.
    if "." in text:
        raise ValueError("fen have no fraction")
    return fen_of(text) // 100


def _route(told: dict[str, Any]) -> Route:
    # EMS numbers no events: what, when and where is the event.
    parts = (told["waybillNo"], told["opCode"], told["opTime"], told.get("opOrgCode", ""))
    text = str(told.get("opDesc", ""))
    return Route(
        notice=hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:40],
        order_no=str(told.get("orderNo", "")),
        waybill=str(told["waybillNo"]),
        state=STATES[told["opCode"]],
        at=instant(told["opTime"]),
        place=str(told.get("opOrgCity", ""))[:80],
        mark=text.partition(f"{MARK}：")[2].strip(),
    )
