"""合肥乘车码's back end: signs a code for half a minute, and turnstiles that take each code once.

模拟后台: accounts start with 20 yuan that do not exist.
"""

import hmac
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import segno
from sanic import HTTPResponse, Request, Sanic

from miniapps.simulators.city_sessions import Refused, Sessions, given, told, words
from miniapps.simulators.platform_calls import SHANGHAI, by_native

APPID = "ah340100ride"
LIFE_S = 30
FARE_FEN = 200
START_FEN = 2000
# What turnstiles show that they are turnstiles; a page never has it.
GATE_KEY = "SIM-hefei-gate-not-for-production"


@dataclass
class Account:
    """A passenger: a number of their own, the money left, and where they rode."""

    number: str = field(default_factory=lambda: secrets.token_hex(4))
    fen: int = START_FEN
    rides: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Line:
    """Everything in memory: accounts, the codes already used, the key of this run."""

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    accounts: dict[str, Account] = field(default_factory=dict)
    used: dict[str, float] = field(default_factory=dict)

    def account(self, openid: str) -> Account:
        """A person's account, opened when first asked for."""
        return self.accounts.setdefault(openid, Account())

    def code(self, account: Account) -> str:
        """A code of an account, good for half a minute."""
        until = int(time.time()) + LIFE_S
        bare = f"HF1.{account.number}.{until}.{secrets.token_hex(4)}"
        return f"{bare}.{self._mark(bare)}"

    def _mark(self, bare: str) -> str:
        return hmac.new(self.secret, bare.encode(), "sha256").hexdigest()[:24]

    def ride(self, code: str, station: str) -> dict[str, Any]:
        """Let somebody through; raises `Refused` when the code is not good, or not any more."""
        bare, _, mark = code.rpartition(".")
        parts = bare.split(".")
        signed = hmac.compare_digest(mark.encode(), self._mark(bare).encode())
        found = [a for a in self.accounts.values() if signed and a.number == parts[1]]
        if not found:
            raise Refused(403, "不是有效的乘车码")
        if int(parts[2]) < time.time():
            raise Refused(410, "乘车码已过期")
        if code in self.used:
            raise Refused(409, "乘车码已用过，请刷新")
        account = found[0]
        if account.fen < FARE_FEN:
            raise Refused(402, "余额不足")
        self.used = {c: until for c, until in self.used.items() if until > time.time()}
        self.used[code] = float(parts[2])
        account.fen -= FARE_FEN
        at = datetime.now(SHANGHAI).strftime("%m月%d日 %H:%M")
        account.rides.insert(0, {"station": station, "at": at, "fen": FARE_FEN})
        return {"opened": True, "fare_fen": FARE_FEN, "left_fen": account.fen}


def _picture(code: str) -> str:
    return segno.make(code, error="m").svg_data_uri(scale=8, border=2, dark="#16292f")


def add_routes(app: "Sanic[Any, Any]") -> None:
    """The passenger's and the turnstile's requests."""
    line, sessions = Line(), Sessions(APPID, by_native)

    @app.post("/ride/sessions", name="ride_sign_in")
    async def sign_in(request: Request) -> HTTPResponse:
        return told({"session": await sessions.begin(given(request).get("auth_code"))}, 201)

    @app.post("/ride/codes", name="ride_code")
    async def code(request: Request) -> HTTPResponse:
        account = line.account(sessions.openid(request))
        fresh = line.code(account)
        facts = {"code": fresh, "picture": _picture(fresh), "seconds": LIFE_S}
        return told(facts | {"left_fen": account.fen}, 201)

    @app.get("/ride/rides", name="ride_rides")
    async def rides(request: Request) -> HTTPResponse:
        account = line.account(sessions.openid(request))
        return told({"left_fen": account.fen, "rides": account.rides[:10]})

    @app.post("/ride/gate", name="ride_gate")
    async def gate(request: Request) -> HTTPResponse:
        if not hmac.compare_digest(request.headers.get("x-gate-key", ""), GATE_KEY):
            raise Refused(401, "不是登记的闸机")
        body = given(request)
        return told(line.ride(words(body, "code", 120), words(body, "station", 20)))
