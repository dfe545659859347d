"""A platform of privacy numbers that speaks both protocols: dyplsapi and PrivateNumber.

模拟隐私号平台: no call is made. `POST /__fault {"mode": "lost" | "exhausted" | "down" | ""}` makes
it lose its next answers, run out of numbers, or fail; `GET /__bindings` counts what stands.
"""

import hashlib
import re
import secrets
import time
from datetime import UTC, datetime
from typing import Any

import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.acs3 import authorization
from app_server.kernel.crypto import same
from app_server.kernel.http.simulating import refuse_production, run_simulator
from app_server.move_car.providers import aliyun, huawei
from app_server.move_car.providers.privacy_number import PrivacyNumberSettings

LABEL = {"X-Simulator": "privacy_number"}
POOL = [f"1700000{n:04d}" for n in range(100)]
_AKSK = re.compile(
    r'UsernameToken Username="([^"]*)",PasswordDigest="([^"]*)",Nonce="([^"]*)",Created="([^"]*)"'
)


class Pool:
    """Which two numbers are joined by which third, until when."""

    def __init__(self) -> None:
        self.bound: dict[str, dict[str, Any]] = {}
        self.fault = ""

    def bind(self, a: str, b: str, seconds: float, reference: str) -> tuple[str, str, str]:
        """An error's kind, or the number and the handle."""
        self.bound = {k: v for k, v in self.bound.items() if v["until"] > time.time()}
        if a == b:
            return "same", "", ""
        for handle, held in self.bound.items():
            if held["pair"] == {a, b}:
                return "", held["x"], handle
        taken = {held["x"] for held in self.bound.values()}
        free = [x for x in POOL if x not in taken]
        if self.fault == "exhausted" or not free:
            return "exhausted", "", ""
        handle = f"SIM{secrets.token_hex(8)}"
        until = time.time() + seconds
        self.bound[handle] = {"x": free[0], "pair": {a, b}, "until": until, "ref": reference}
        return "", free[0], handle


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    account = PrivacyNumberSettings()
    app: Sanic[Any, Any] = Sanic("simulator_privacy_number", configure_logging=False)
    app.config.AUTO_EXTEND = False
    pool = Pool()

    @app.post("/")
    async def dyplsapi(request: Request) -> HTTPResponse:
        if refusal := _refuse_acs3(request, account):
            return _answer({"Code": refusal}, 400)
        if pool.fault == "down":
            return HTTPResponse("", 502)
        told = _aliyun(request, pool)
        return _lost() if pool.fault == "lost" else _answer(told)

    @app.route(huawei.PATH, methods=["POST", "DELETE"])
    async def private_number(request: Request) -> HTTPResponse:
        if not _is_aksk(request, account):
            return _answer({"resultcode": "1020150", "resultdesc": "AKSK"}, 401)
        if pool.fault == "down":
            return HTTPResponse("", 502)
        told = _huawei(request, pool)
        return _lost() if pool.fault == "lost" else _answer(told)

    @app.post("/__fault")
    async def fault(request: Request) -> HTTPResponse:
        pool.fault = str(orjson.loads(request.body)["mode"])
        return _answer({})

    @app.get("/__bindings")
    async def bindings(request: Request) -> HTTPResponse:
        del request
        return _answer({"references": [held["ref"] for held in pool.bound.values()]})

    return app


def _aliyun(request: Request, pool: Pool) -> dict[str, Any]:
    form = {name: values[0] for name, values in (request.form or {}).items()}
    if request.headers["x-acs-action"] == "UnbindSubscription":
        gone = pool.bound.pop(form["SubsId"], None) is None
        return {"Code": aliyun.GONE if gone else "OK"}
    until = aliyun._time(form["Expiration"])  # noqa: SLF001 - the protocol's own form of time
    assert until is not None  # noqa: S101 - the client's own field
    error, x, handle = pool.bind(
        form["PhoneNoA"], form["PhoneNoB"], until.timestamp() - time.time(), form["OutId"]
    )
    if error:
        return {"Code": aliyun.EXHAUSTED if error == "exhausted" else "isv.PHONE_A_EQUALS_B"}
    return {"Code": "OK", "SecretBindDTO": {"SecretNo": x, "SubsId": handle, "Extension": ""}}


def _huawei(request: Request, pool: Pool) -> dict[str, Any]:
    if request.method == "DELETE":
        gone = pool.bound.pop(str(request.args.get("subscriptionId")), None) is None
        return {"resultcode": huawei.GONE if gone else "0"}
    told = orjson.loads(request.body)
    error, x, handle = pool.bind(
        told["callerNum"], told["calleeNum"], told["duration"], told["userData"]
    )
    if error:
        return {"resultcode": huawei.EXHAUSTED if error == "exhausted" else "1012001"}
    return {"resultcode": "0", "subscriptionId": handle, "relationNum": f"+86{x}"}


def _refuse_acs3(request: Request, account: PrivacyNumberSettings) -> str:
    headers = {
        name: value
        for name, value in request.headers.items()
        if name == "host" or name.startswith("x-acs-")
    }
    try:
        sent = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        expected = authorization(
            key_id=account.key_id, secret=account.secret, method="POST", query={}, headers=headers
        )
    except (KeyError, ValueError):
        return "MissingParameter"
    if headers["x-acs-content-sha256"] != hashlib.sha256(request.body).hexdigest():
        return "InvalidContent"
    if abs((datetime.now(UTC) - sent).total_seconds()) > 900:
        return "InvalidTimeStamp.Expired"
    given = request.headers.get("authorization", "")
    return "" if same(given, expected) else "SignatureDoesNotMatch"


def _is_aksk(request: Request, account: PrivacyNumberSettings) -> bool:
    found = _AKSK.fullmatch(request.headers.get("x-aksk", ""))
    if found is None or request.headers.get("authorization") != huawei.REALM:
        return False
    user, mark, nonce, created = found.groups()
    return user == account.key_id and same(mark, huawei.digest(account.secret, nonce, created))


def _answer(told: dict[str, Any], status: int = 200) -> HTTPResponse:
    return HTTPResponse(orjson.dumps(told), status, LABEL, "application/json")


def _lost() -> HTTPResponse:
    # It was done; what comes back says nothing.
    return HTTPResponse("", 504, LABEL)


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
