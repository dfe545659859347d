"""Apps without pages (R-POR-15): their services' lists, forms and results, drawn by the shell.

The back end is asked by us, so nothing of it runs in the person's browser and its reply is only
the fields the manifest named: what it adds besides reaches nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

import orjson

from app_server.forms import service as forms
from app_server.kernel import db
from app_server.kernel.errors import InvalidInput
from app_server.kernel.principal import Principal
from miniapps import rules
from miniapps.errors import BackEndDown, BackEndRefused, BackEndUnfit, NoSuchService
from miniapps.models import Launch
from miniapps.providers.back_ends import BackEndFailed, Incoming
from miniapps.service import tickets, uses
from miniapps.service.asking import ask
from miniapps.service.calls import check_consent, check_scope, check_tier
from miniapps.service.launching import OpenApp, open_app
from miniapps.service.manifest_api import PAGING, ApiService, Form, Result

MAX_TEXT = 500
MAX_ITEMS = 100
TICKET_HEADER = "x-wanshi-ticket"


@dataclass(frozen=True, slots=True)
class FormToFill:
    """A service's form: JSON Schema, how to show it, and what stands above it."""

    schema: dict[str, Any]
    ui: dict[str, Any]
    title: str
    note: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a result."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list."""

    title: str
    summary: str
    fields: list[Line]


@dataclass(frozen=True, slots=True)
class Told:
    """What the back end said, as the manifest gives it meaning."""

    kind: Literal["record", "list", "message"]
    title: str
    fields: list[Line] = field(default_factory=list)
    items: list[Entry] = field(default_factory=list)
    text: str = ""
    next: str | None = None


async def form_of(principal: Principal, launch_id: UUID, token: str, key: str) -> FormToFill:
    """The form of a service; raises `NoSuchLaunch`, `AppSuspended`, `NoSuchService`."""
    opened = await open_app(principal, launch_id, token)
    service = _service(opened, key)
    if service.form is None:
        raise NoSuchService
    schema = service.form.json_schema
    names = [*schema["properties"]]
    ui = {"order": names, "groups": [{"title": service.title, "fields": names}], "widgets": {}}
    return FormToFill(schema, ui, service.title, service.form.note)


async def use_service(
    principal: Principal, launch_id: UUID, token: str, key: str, params: Mapping[str, Any]
) -> Told:
    """Ask the back end for one service and read its answer.

    Raises `NoSuchLaunch`, `AppSuspended`, `NoSuchService`, `InvalidInput` with one message per
    field, what a ticket takes (`ConsentNeeded`, `AppTierTooLow`), `BackEndRefused`,
    `BackEndUnfit`, `BackEndDown`.
    """
    opened = await open_app(principal, launch_id, token)
    service = _service(opened, key)
    given = dict(params)
    after = given.pop(PAGING, None)
    data = checked(service.form, given)
    if after is not None:
        if not (isinstance(after, str) and 0 < len(after) <= 200 and service.result.next):
            raise InvalidInput(errors=[{"field": PAGING, "message": "翻页位置无效"}])
        data[PAGING] = after
    check_tier(principal, opened, "")
    headers = await _named(principal, opened, service)
    api = opened.manifest.api
    url = f"{api.base if api else ''}{service.path}"
    body = b""
    if service.method == "POST":
        headers["content-type"], body = "application/json", orjson.dumps(data)
    elif data:
        url = f"{url}?{urlencode({k: _plain(v) for k, v in data.items()})}"
    try:
        reply = await ask(opened.launch.appid, service.method, url, headers=headers, body=body)
    except BackEndFailed as error:
        raise BackEndDown from error
    return told(service, _read(reply))


def _service(opened: OpenApp, key: str) -> ApiService:
    api = opened.manifest.api
    found = next((one for one in api.services if one.key == key), None) if api else None
    if found is None:
        raise NoSuchService
    return found


def checked(form: Form | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, complete; raises `InvalidInput` with one message per field."""
    if form is None:
        if given:
            raise InvalidInput(errors=[{"field": min(given), "message": "不认识的字段"}])
        return {}
    return _facts(orjson.dumps(form.json_schema)).completed(given)


@lru_cache(maxsize=256)
def _facts(schema: bytes) -> forms.FormFacts:
    return forms.FormFacts("", 1, "", orjson.loads(schema), {}, {})


async def _named(principal: Principal, opened: OpenApp, service: ApiService) -> dict[str, str]:
    """The ticket by which the back end learns who asks, where the service needs to know."""
    if not service.person:
        return {}
    check_scope(opened, rules.TICKET_SCOPE)
    await check_consent(principal, opened, rules.TICKET_SCOPE)
    check_tier(principal, opened, rules.TICKET_SCOPE)
    launch: Launch = opened.launch
    async with db.unit_of_work():
        ticket = tickets.issue(principal, launch)
        uses.note(launch, f"api.{service.key}", rules.TICKET_SCOPE, service.title, "done")
    return {TICKET_HEADER: ticket}


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _read(reply: Incoming) -> Any:
    try:
        body = orjson.loads(reply.body or b"null")
    except orjson.JSONDecodeError:
        body = None
    if 400 <= reply.status < 500:
        said = body.get("message") if isinstance(body, dict) else None
        raise BackEndRefused(said[:200] if isinstance(said, str) and said else None)
    if reply.status >= 500:
        raise BackEndDown
    if not isinstance(body, dict) or reply.status != 200:
        raise BackEndUnfit
    return body


def told(service: ApiService, body: Any) -> Told:
    """The reply as far as the manifest names it; raises `BackEndUnfit` where it is not so."""
    result = service.result
    match result.kind:
        case "record":
            return Told("record", service.title, fields=_lines(result, body))
        case "message":
            return Told(
                "message", service.title, fields=_lines(result, body), text=_text(body, result.text)
            )
        case _:
            return _list(service, body)


def _list(service: ApiService, body: Any) -> Told:
    result = service.result
    entries = _at(body, result.items)
    if not isinstance(entries, list) or len(entries) > MAX_ITEMS:
        raise BackEndUnfit
    items = [
        Entry(
            title=_text(entry, result.title),
            summary=_text(entry, result.summary) if result.summary else "",
            fields=_lines(result, entry),
        )
        for entry in entries
    ]
    return Told("list", service.title, items=items, next=_following(result, body))


def _following(result: Result, body: Any) -> str | None:
    try:
        # The last page may leave it out.
        return _text(body, result.next)[:200] or None if result.next else None
    except BackEndUnfit:
        return None


def _lines(result: Result, body: Any) -> list[Line]:
    return [Line(line.label, _text(body, line.place)) for line in result.fields]


def _at(body: Any, place: str | None) -> Any:
    found = body
    for name in (place or "").split("."):
        if not isinstance(found, dict) or name not in found:
            raise BackEndUnfit
        found = found[name]
    return found


def _text(body: Any, place: str | None) -> str:
    found = _at(body, place)
    if not isinstance(found, str | int | float | None):
        raise BackEndUnfit
    match found:
        case None:
            return ""
        case bool():
            return "是" if found else "否"
        case _:
            return str(found)[:MAX_TEXT]
