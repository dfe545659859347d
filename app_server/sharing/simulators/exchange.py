"""The data exchange with four registries behind it: population, household, property, vehicle.

模拟共享平台: the people in it are fictional. `POST /__people` adds one, for tests.
"""

import base64
import json
import time
from pathlib import Path
from typing import Any

import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.crypto import same
from app_server.kernel.http.simulating import refuse_production, run_simulator
from app_server.kernel.settings import PROJECT
from app_server.sharing.providers.exchange import ExchangeSettings, mark

PEOPLE = Path(__file__).parents[1] / "data" / "registry_people.json"

Record = dict[str, Any]


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    account = ExchangeSettings()
    app: Sanic[Any, Any] = Sanic("simulator_exchange", configure_logging=False)
    app.config.AUTO_EXTEND = False
    people: dict[str, Record] = {
        p["id_number"]: p for p in json.loads(PEOPLE.read_text())["people"]
    }
    seen: dict[str, float] = {}

    @app.post("/services/<service:str>")
    async def call(request: Request, service: str) -> HTTPResponse:
        nonce = request.headers.get("x-exchange-nonce", "")
        if refusal := _refuse(request, service, account, seen):
            return HTTPResponse(refusal, 403)
        subject = orjson.loads(request.body)["subject"]
        record = people.get(subject["id_number"])
        answer = _ANSWERS[service](record, subject) if service in _ANSWERS else None
        if answer is None:
            return HTTPResponse("no such service", 404)
        body = orjson.dumps(answer).decode()
        headers = {
            "x-exchange-mark": mark(account.secret, service, nonce, body),
            "X-Simulator": "exchange",
        }
        return HTTPResponse(body, 200, headers, "application/json")

    @app.post("/__people")
    async def add(request: Request) -> HTTPResponse:
        record = orjson.loads(request.body)
        people[record["id_number"]] = record
        return HTTPResponse("", 204)

    return app


def _refuse(
    request: Request, service: str, account: ExchangeSettings, seen: dict[str, float]
) -> str:
    headers = request.headers
    stamp, nonce = headers.get("x-exchange-time", ""), headers.get("x-exchange-nonce", "")
    now = time.time()
    for old in [n for n, at in seen.items() if at < now - 600]:
        del seen[old]
    if not stamp.isdigit() or abs(int(stamp) - now) > 300 or not nonce or nonce in seen:
        return "stale"
    expected = mark(account.secret, service, stamp, nonce, request.body.decode())
    if headers.get("x-exchange-caller") != account.key_id or not same(
        headers.get("x-exchange-mark", ""), expected
    ):
        return "signature"
    seen[nonce] = now
    return ""


def _known(record: Record | None, subject: Record) -> bool:
    return record is not None and record["name"] == subject["name"]


def _four_fields(record: Record | None, subject: Record) -> Record:
    fields = ("id_number", "name", "sex", "ethnic_group")
    return {"matched": record is not None and all(record[f] == subject.get(f) for f in fields)}


def _portrait(record: Record | None, subject: Record) -> Record:
    if record is None or not _known(record, subject) or not record.get("portrait"):
        return {"jpeg": None}
    photo = PROJECT / "var" / "assets" / "photos" / Path(record["portrait"]).name
    return {"jpeg": base64.b64encode(photo.read_bytes()).decode()}


def _household(record: Record | None, subject: Record) -> Record:
    if record is None or not _known(record, subject) or "household" not in record:
        return {"members": [], "size": 0}
    household: Record = record["household"]
    return {**household, "size": len(household["members"])}


def _property(record: Record | None, subject: Record) -> Record:
    owned = record.get("property", []) if record and _known(record, subject) else []
    return {"owned": owned, "count": len(owned)}


def _vehicles(record: Record | None, subject: Record) -> Record:
    found = record.get("vehicles", []) if record and _known(record, subject) else []
    return {"vehicles": found, "count": len(found)}


_ANSWERS = {
    "population.four_fields": _four_fields,
    "population.portrait": _portrait,
    "household.members": _household,
    "property.ownership": _property,
    "vehicle.registration": _vehicles,
}


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
