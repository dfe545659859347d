"""The finance department's non-tax system (非税收入收缴), as a neutral signed envelope.

The full national message set is not public (payments-channels.md §3), so no conformity is
claimed: a province's own format is a mapping of this file. Every message carries key id, time
stamp, nonce and HMAC-SM3 over them and the raw body; answers and notices are signed likewise.
"""

import secrets
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

import httpx
import orjson
from pydantic_settings import SettingsConfigDict

from app_server.kernel.crypto import hmac_sm3, same
from app_server.kernel.settings import VendorSettings, load
from payments.errors import BadNotice
from payments.providers.gateway import Created, Fact, NoAnswer, Refused, TradeState
from payments.rules import MAX_NOTICE, NOTICE_SKEW

_STATES: dict[str, TradeState] = {
    "WAIT": "waiting",
    "PAID": "success",
    "CLOSED": "closed",
    "NOT_EXIST": "missing",
}


class NonTaxSettings(VendorSettings):
    """The account at the non-tax system (`NONTAX_ENDPOINT`, `NONTAX_KEY_ID` …)."""

    model_config = SettingsConfigDict(env_prefix="NONTAX_", extra="ignore", frozen=True)
    simulator = 5

    merchant: str = "SIM-340000"


def mark(secret: str, path: str, stamp: str, nonce: str, body: bytes) -> str:
    """The signature of one message (hex)."""
    head = f"{path}\n{stamp}\n{nonce}\n".encode()
    return hmac_sm3(secret.encode(), head + body).hex()


def envelope(account: NonTaxSettings, path: str, body: bytes) -> dict[str, str]:
    """The headers that sign a message."""
    stamp, nonce = str(int(time.time())), secrets.token_hex(12)
    return {
        "content-type": "application/json",
        "x-nontax-key": account.key_id,
        "x-nontax-time": stamp,
        "x-nontax-nonce": nonce,
        "x-nontax-mark": mark(account.secret, path, stamp, nonce, body),
    }


def opened(
    account: NonTaxSettings, path: str, headers: dict[str, str], raw: bytes, now: datetime
) -> dict[str, Any]:
    """The body of a signed message; raises `BadNotice` for form, clock or signature."""
    stamp, nonce = headers.get("x-nontax-time", ""), headers.get("x-nontax-nonce", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 13) or not nonce:
        raise BadNotice
    if abs(now.timestamp() - int(stamp)) > NOTICE_SKEW.total_seconds() or len(raw) > MAX_NOTICE:
        raise BadNotice
    expected = mark(account.secret, path, stamp, nonce, raw)
    if headers.get("x-nontax-key") != account.key_id or not same(
        headers.get("x-nontax-mark", ""), expected
    ):
        raise BadNotice
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadNotice from error
    if not isinstance(body, dict):
        raise BadNotice
    return body


class NonTaxGateway:
    """The gateway over one shared client."""

    channel = "nontax"

    def __init__(self, account: NonTaxSettings) -> None:
        self.account = account
        self.merchant = account.merchant
        self._client = httpx.AsyncClient(
            base_url=account.url,
            timeout=httpx.Timeout(5, connect=1, pool=0.5),
            limits=httpx.Limits(max_connections=20),
            trust_env=False,
        )

    async def create(
        self,
        *,
        out_trade_no: str,
        amount_fen: int,
        title: str,
        pay_code: str,
        expires_at: datetime,
        return_url: str,
    ) -> Created | Refused | NoAnswer:
        """Place an order; the same number again gives the same order."""
        answer = await self._call(
            "/orders",
            {
                "merchant": self.merchant,
                "out_trade_no": out_trade_no,
                "pay_code": pay_code,
                "amount_fen": amount_fen,
                "title": title,
                "expires_at": int(expires_at.timestamp()),
                "return_url": return_url,
                "notify_url": f"{load().origin('partner')}/callbacks/nontax",
            },
        )
        if answer is None:
            return NoAnswer("no signed answer")
        if answer.get("code") != "OK":
            return Refused(str(answer.get("code")))
        return Created(str(answer["cashier_url"]), str(answer["trade_no"]))

    async def query(self, out_trade_no: str) -> Fact | NoAnswer:
        """Ask about an order."""
        return await self._fact("/query", "query", out_trade_no)

    async def close(self, out_trade_no: str) -> Fact | NoAnswer:
        """Close an order; a paid one stays paid and says so."""
        return await self._fact("/close", "close", out_trade_no)

    def read_notice(self, headers: dict[str, str], raw: bytes, now: datetime) -> Fact:
        """A payment notice as a fact."""
        body = opened(self.account, "/callbacks/nontax", headers, raw, now)
        try:
            return self._as_fact("notify", body, raw.decode(), str(body["notice_id"]))
        except (KeyError, ValueError, TypeError, OverflowError) as error:
            raise BadNotice from error

    async def _fact(
        self, path: str, source: Literal["query", "close"], out_trade_no: str
    ) -> Fact | NoAnswer:
        answer = await self._call(path, {"merchant": self.merchant, "out_trade_no": out_trade_no})
        if answer is None:
            return NoAnswer("no signed answer")
        state = str(answer.get("state"))
        try:
            return self._as_fact(
                source, answer, orjson.dumps(answer).decode(), f"{out_trade_no}:{state}"
            )
        except (KeyError, ValueError, TypeError, OverflowError):
            return NoAnswer(f"unreadable answer {state!r}")

    def _as_fact(
        self,
        source: Literal["query", "close", "notify"],
        body: dict[str, Any],
        raw: str,
        external_id: str,
    ) -> Fact:
        amount = body["amount_fen"]
        if type(amount) is not int:
            raise TypeError("an amount is an integer of fen")
        paid_at = body.get("paid_at")
        return Fact(
            channel=self.channel,
            source=source,
            external_id=external_id[:120],
            out_trade_no=str(body["out_trade_no"]),
            merchant=str(body["merchant"]),
            state=_STATES[body["state"]],
            amount_fen=amount,
            channel_trade_no=str(body.get("trade_no", ""))[:64],
            paid_at=datetime.fromtimestamp(paid_at, UTC) if paid_at else None,
            raw=raw,
        )

    async def _call(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        content = orjson.dumps(body)
        try:
            reply = await self._client.post(
                path, content=content, headers=envelope(self.account, path, content)
            )
        except httpx.HTTPError:
            return None
        try:
            return opened(self.account, path, dict(reply.headers), reply.content, datetime.now(UTC))
        except BadNotice:
            # An answer we cannot trust is no answer: the order may well exist (rule 3).
            return None


@lru_cache(maxsize=1)
def nontax() -> NonTaxGateway:
    """The non-tax gateway of this instance."""
    return NonTaxGateway(NonTaxSettings())
