"""A case on its way to its department's system (R-CAS-05): once, asked before it is repeated."""

from typing import Any
from uuid import UUID

import orjson

from app_server.cases import service as cases
from app_server.cases.errors import NoSuchCase, NotInThisState
from app_server.exchange.errors import NoSuchSystem
from app_server.exchange.events import CasePushDue
from app_server.exchange.models import System
from app_server.exchange.providers.wire import OtherDown, Reply, send_to_system
from app_server.exchange.rules import FILE_LIFE_S
from app_server.exchange.service import signing
from app_server.exchange.service.systems import PAUSED, REFUSED, a_system, listening
from app_server.forms.service.papers import files_of
from app_server.kernel import clock
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from app_server.kernel.storage import storage

MEDIA = "application/json"


async def push_due(case_no: str, item_code: str, moment: str = "") -> None:
    """Have the systems that listen for this moment told, in the caller's unit of work.

    Without a moment, all of the item's: a case they may hold already has changed.
    """
    for system_id in await listening(item_code, moment):
        announce(CasePushDue(ref=f"{system_id}/{case_no}", system_id=system_id, case_no=case_no))


async def push(system_id: UUID, case_no: str, delivery: str) -> Outcome:
    """Tell a system of a case; runs outside any transaction."""
    try:
        system = await a_system(system_id)
        if system.state != "active":
            return Rejected(PAUSED)
        body = await _composed(system, case_no, delivery)
    except NotInThisState:
        return Ok("never accepted: not for this system")
    except (NoSuchSystem, NoSuchCase) as error:
        return Rejected(f"{REFUSED}: {error.code}")
    headers = {
        "content-type": MEDIA,
        signing.HEADER: signing.sign(system.code, "case", body, delivery),
    }
    try:
        reply = await send_to_system("POST", f"{system.url}/cases", headers, body)
    except OtherDown as error:
        return Unknown(str(error))
    return _taken(reply, delivery)


async def known(system_id: UUID, delivery: str) -> Outcome:
    """Ask a system whether it has a delivery; `Rejected` when it has not."""
    try:
        system = await a_system(system_id)
    except NoSuchSystem:
        return Rejected("no such system")
    if system.state != "active":
        return Rejected(PAUSED)
    headers = {signing.HEADER: signing.sign(system.code, "ask", delivery.encode(), delivery)}
    try:
        reply = await send_to_system("GET", f"{system.url}/cases/{delivery}", headers)
    except OtherDown as error:
        return Unknown(str(error))
    return Rejected("not there") if reply.status == 404 else _taken(reply, delivery)


def _taken(reply: Reply, delivery: str) -> Outcome:
    if reply.status not in {200, 201}:
        return Rejected(f"{REFUSED}: HTTP {reply.status}")
    try:
        told = orjson.loads(reply.body)
        fits = told["delivery"] == delivery
    except (ValueError, KeyError, TypeError):
        fits = False
    # Whatever answers in the system's place without knowing our delivery took nothing.
    return Ok(str(told.get("reference", ""))[:60]) if fits else Unknown("not the system's answer")


async def _composed(system: System, case_no: str, delivery: str) -> bytes:
    by = Principal(kind="client", name=system.name, org=system.client_id, channel="system")
    found = await cases.hand_to_system(
        by,
        case_no,
        org=system.org,
        items=system.items,
        purpose=f"推送至{system.name}",
        accepted=system.push_on == "accepted",
    )
    case = found.case
    return orjson.dumps(
        {
            "delivery": delivery,
            "sent_at": clock.now().isoformat(),
            "case_no": case.case_no,
            "state": case.state,
            "item_code": case.item_code,
            "item_version": case.item_version,
            "item_name": case.item_name,
            "org": case.org,
            "region": case.region,
            "submitted_at": case.submitted_at.isoformat(),
            "accepted_at": case.accepted_at.isoformat() if case.accepted_at else None,
            "due_on": case.due_on.isoformat() if case.due_on else None,
            "data": found.data,
            "materials": [_material(one) for one in case.materials],
        }
    )


def _material(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": told["code"],
        "name": told["name"],
        "files": [_file(file) for file in files_of(told)],
    }


def _file(file: dict[str, Any]) -> dict[str, Any]:
    kind = file.get("type", "image/jpeg")
    url = storage().url(file["key"], seconds=FILE_LIFE_S, content_type=kind)
    return {
        "url": url if url.startswith("http") else load().origin("public") + url,
        "sha256": file.get("sha256", ""),
        "content_type": kind,
    }
