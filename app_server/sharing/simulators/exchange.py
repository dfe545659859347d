"""The data exchange with its registries: population, household, property, vehicle, funds, cards.

模拟共享平台: the people in it are fictional. `POST /__people` adds or changes one, which also
writes the population registry's change feed; `POST /__ill {"service": …, "mode": …}` makes a
registry slow, broken or well again, for tests.
"""

import asyncio
import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.crypto import same
from app_server.kernel.http.simulating import refuse_production, run_simulator
from app_server.kernel.settings import PROJECT
from app_server.sharing.providers.exchange import ExchangeSettings, mark
from app_server.sharing.simulators import organisations

PEOPLE = Path(__file__).parents[1] / "data" / "registry_people.json"
ORGANISATIONS = Path(__file__).parents[1] / "data" / "registry_organisations.json"

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
    companies: dict[str, Record] = {
        o["credit_code"]: o for o in json.loads(ORGANISATIONS.read_text())["organisations"]
    }
    seen: dict[str, float] = {}
    ill: dict[str, str] = {}
    feed: list[Record] = []

    @app.post("/services/<service:str>")
    async def call(request: Request, service: str) -> HTTPResponse:
        nonce = request.headers.get("x-exchange-nonce", "")
        if refusal := _refuse(request, service, account, seen):
            return HTTPResponse(refusal, 403)
        match ill.get(service):
            case "slow":
                await asyncio.sleep(20)
            case "broken":
                return HTTPResponse("registry failure", 502)
        subject = orjson.loads(request.body)["subject"]
        if service == "population.changes":
            return _signed(account, service, nonce, _changes(feed, int(subject["after"])))
        answer = organisations.answer(service, subject, companies)
        if answer is None and service in _ANSWERS:
            answer = _ANSWERS[service](people.get(subject["id_number"]), subject)
        if answer is None:
            return HTTPResponse("no such service", 404)
        return _signed(account, service, nonce, answer)

    @app.post("/__people")
    async def add(request: Request) -> HTTPResponse:
        record = orjson.loads(request.body)
        people[record["id_number"]] = record
        # Positions go on after a restart, as a real feed's would.
        position = max(time.time_ns() // 1_000_000, feed[-1]["position"] + 1 if feed else 0)
        feed.append({"position": position, "id_number": record["id_number"]} | _card(record))
        return HTTPResponse("", 204)

    @app.post("/__organisations")
    async def add_organisation(request: Request) -> HTTPResponse:
        record = orjson.loads(request.body)
        companies[record["credit_code"]] = record
        return HTTPResponse("", 204)

    @app.post("/__ill")
    async def fall_ill(request: Request) -> HTTPResponse:
        told = orjson.loads(request.body)
        ill[told["service"]] = told["mode"]
        return HTTPResponse("", 204)

    return app


def _signed(account: ExchangeSettings, service: str, nonce: str, answer: Record) -> HTTPResponse:
    body = orjson.dumps(answer).decode()
    headers = {
        "x-exchange-mark": mark(account.secret, service, nonce, body),
        "X-Simulator": "exchange",
    }
    return HTTPResponse(body, 200, headers, "application/json")


def _changes(feed: list[Record], after: int) -> Record:
    return {"changes": [entry for entry in feed if entry["position"] > after][:200]}


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


def _card(record: Record) -> Record:
    return {
        "life": record.get("life", "alive"),
        "valid_from": record.get("valid_from"),
        "valid_until": record.get("valid_until"),
    }


def _document(record: Record | None, subject: Record) -> Record:
    if record is None or not _known(record, subject):
        return {"known": False}
    return {"known": True} | _card(record)


def _account(kind: str, asked: str) -> Callable[[Record | None, Record], Record]:
    def answer(record: Record | None, subject: Record) -> Record:
        held = (record or {}).get(kind)
        if held is None or held["number"] != subject.get(asked):
            return {"matched": False, "holder_name": None}
        # The keeper's own name for this ID number: it may differ, and that is worth knowing.
        name = held.get("holder_name", record["name"] if record else "")
        return {"matched": name == subject["name"], "holder_name": name}

    return answer


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
    told = [{k: v for k, v in vehicle.items() if k != "plate"} for vehicle in found]
    return {"vehicles": told, "count": len(told)}


def _plate(record: Record | None, subject: Record) -> Record:
    found = record.get("vehicles", []) if record and _known(record, subject) else []
    return {"matched": any(v.get("plate") == subject.get("plate") for v in found)}


_ANSWERS = {
    "population.four_fields": _four_fields,
    "population.portrait": _portrait,
    "population.document": _document,
    "housing_fund.account": _account("housing_fund", "account"),
    "social_security.card": _account("social_security_card", "card_number"),
    "household.members": _household,
    "property.ownership": _property,
    "vehicle.registration": _vehicles,
    "vehicle.plate": _plate,
}


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
