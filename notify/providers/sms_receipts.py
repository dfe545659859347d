"""What carriers of short messages push of their own accord: Aliyun's SmsReport, Tencent's status.

Neither signs: the address they push to holds a secret, and only messages of ours are believed.
"""

from dataclasses import dataclass
from typing import Any

import orjson
import structlog

from app_server.kernel.crypto import same
from app_server.kernel.settings import load
from notify.errors import BadCallback
from notify.providers.sms import SmsSettings
from notify.providers.sms_tencent import TencentSmsSettings

log = structlog.get_logger(__name__)
MOST = 500
SHORTEST_KEY = 24


@dataclass(frozen=True, slots=True)
class SmsReceipt:
    """One message as its carrier saw it end."""

    reference: str
    out_id: str
    phone: str
    arrived: bool
    detail: str


def receipt_key(carrier: str) -> str:
    """The secret part of the address this carrier pushes to; empty takes nothing.

    Production takes nothing at the simulator's address, nor at one that can be guessed.
    """
    key = (SmsSettings() if carrier == "aliyun" else TencentSmsSettings()).receipt_key
    if load().production and (key.startswith("SIM") or len(key) < SHORTEST_KEY):
        return ""
    return key


def genuine(carrier: str, given: str) -> bool:
    """Whether a push came to the address that only the carrier was told."""
    key = receipt_key(carrier)
    return bool(key) and same(key, given)


def read_receipts(carrier: str, body: bytes) -> list[SmsReceipt]:
    """The receipts of one push; raises `BadCallback` for what is none.

    One row that cannot be read does not cost the others theirs; it is told in the log.
    """
    try:
        rows = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadCallback("json") from error
    if not isinstance(rows, list) or len(rows) > MOST:
        raise BadCallback("list")
    read, found = _aliyun if carrier == "aliyun" else _tencent, []
    for row in rows:
        try:
            found.append(read(row))
        except BadCallback:
            log.warning("sms_receipt_unreadable", carrier=carrier)
    if rows and not found:
        raise BadCallback("fields")
    return found


def _text(row: dict[str, Any], name: str) -> str:
    found = row.get(name, "")
    return found[:80] if isinstance(found, str) else ""


def _aliyun(row: Any) -> SmsReceipt:
    if not isinstance(row, dict) or not isinstance(row.get("success"), bool):
        raise BadCallback("fields")
    return _known(
        SmsReceipt(
            _text(row, "biz_id"),
            _text(row, "out_id"),
            _text(row, "phone_number"),
            row["success"],
            _text(row, "err_code"),
        )
    )


def _tencent(row: Any) -> SmsReceipt:
    if not isinstance(row, dict) or row.get("report_status") not in {"SUCCESS", "FAIL"}:
        raise BadCallback("fields")
    return _known(
        SmsReceipt(
            _text(row, "sid"),
            _text(row, "ext"),
            _text(row, "mobile"),
            row["report_status"] == "SUCCESS",
            _text(row, "errmsg"),
        )
    )


def _known(receipt: SmsReceipt) -> SmsReceipt:
    if not receipt.reference:
        raise BadCallback("fields")
    return receipt
