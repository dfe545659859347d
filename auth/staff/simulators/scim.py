"""The SCIM 2.0 service of a department system (RFC 7644), as far as accounts are pushed to it.

`POST /__fault` `{"refuse": n}` answers the next n calls with 503; `{"drop_answers": n}` does what
is asked and then loses the answer. `POST /__forget` makes it a system that knows nobody.
"""

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.crypto import same
from auth.staff.providers.scim import CORE, MEDIA

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
_FILTER = re.compile(r'^(externalId|userName) eq "([^"]*)"$')

User = dict[str, Any]
Answer = Callable[..., Coroutine[Any, Any, HTTPResponse]]


@dataclass
class Accounts:
    """What the system knows of its people, and what goes wrong next."""

    users: dict[str, User] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)
    on_deactivated: Callable[[str], None] = lambda _: None

    def fails(self, kind: str) -> bool:
        """Whether a fault of this kind is due now."""
        due = self.faults.get(kind, 0) > 0
        self.faults[kind] = self.faults.get(kind, 0) - due
        return due

    def by_name(self, name: str) -> User | None:
        """The account of a user name."""
        return next((u for u in self.users.values() if u["userName"] == name), None)


def _reply(body: object, status: int = 200, headers: dict[str, str] | None = None) -> HTTPResponse:
    return HTTPResponse(orjson.dumps(body), status, headers, MEDIA)


def _refusal(status: int, detail: str, kind: str = "") -> HTTPResponse:
    body = {"schemas": [ERROR], "status": str(status), "detail": detail}
    return _reply(body | ({"scimType": kind} if kind else {}), status)


def add_scim(app: "Sanic[Any, Any]", accounts: Accounts, token: str) -> None:
    """Give the application its SCIM routes, behind a bearer token (RFC 6750)."""

    def guarded(run: Answer) -> Answer:
        async def call(request: Request, **path: str) -> HTTPResponse:
            if not same(request.headers.get("authorization", ""), f"Bearer {token}"):
                return _refusal(401, "bad token")
            if accounts.fails("refuse"):
                return _refusal(503, "away")
            accounts.calls.append(f"{request.method} {request.path}")
            reply = await run(accounts, request, **path)
            return HTTPResponse(b"", 502) if accounts.fails("drop_answers") else reply

        return call

    routes: tuple[tuple[str, str, Answer], ...] = (
        ("GET", "/ServiceProviderConfig", _config),
        ("GET", "/Users", _search),
        ("POST", "/Users", _create),
        ("GET", "/Users/<user_id:str>", _read),
        ("PUT", "/Users/<user_id:str>", _replace),
        ("DELETE", "/Users/<user_id:str>", _delete),
    )
    for method, path, run in routes:
        app.add_route(guarded(run), f"/scim/v2{path}", methods=[method], name=run.__name__)

    @app.post("/__fault")
    async def fault(request: Request) -> HTTPResponse:
        accounts.faults.update(orjson.loads(request.body))
        return HTTPResponse("", 204)

    @app.post("/__forget")
    async def forget(_: Request) -> HTTPResponse:
        for kept in (accounts.users, accounts.calls, accounts.faults):
            kept.clear()
        return HTTPResponse("", 204)

    @app.get("/__calls")
    async def calls(_: Request) -> HTTPResponse:
        return _reply(accounts.calls)


async def _config(_: Accounts, __: Request) -> HTTPResponse:
    off = {"supported": False}
    return _reply(
        {
            "schemas": [CONFIG],
            "patch": off,
            "bulk": off | {"maxOperations": 0, "maxPayloadSize": 0},
            "filter": {"supported": True, "maxResults": 100},
            "changePassword": off,
            "sort": off,
            "etag": off,
            "authenticationSchemes": [
                {"type": "oauthbearertoken", "name": "Bearer", "description": "RFC 6750"}
            ],
        }
    )


async def _search(accounts: Accounts, request: Request) -> HTTPResponse:
    wanted = _FILTER.match(request.args.get("filter", ""))
    if wanted is None:
        return _refusal(400, "filter", "invalidFilter")
    found = [u for u in accounts.users.values() if u.get(wanted[1]) == wanted[2]]
    return _reply({"schemas": [LIST], "totalResults": len(found), "Resources": found})


async def _create(accounts: Accounts, request: Request) -> HTTPResponse:
    given = orjson.loads(request.body)
    if CORE not in given.get("schemas", []) or not given.get("userName"):
        return _refusal(400, "userName is required", "invalidValue")
    if accounts.by_name(given["userName"]):
        return _refusal(409, "userName is taken", "uniqueness")
    user_id = str(uuid4())
    return _reply(_kept(accounts, request, user_id, given), 201)


async def _read(accounts: Accounts, _: Request, user_id: str) -> HTTPResponse:
    user = accounts.users.get(user_id)
    return _reply(user) if user else _refusal(404, "no such user")


async def _replace(accounts: Accounts, request: Request, user_id: str) -> HTTPResponse:
    if user_id not in accounts.users:
        return _refusal(404, "no such user")
    given = orjson.loads(request.body)
    other = accounts.by_name(given.get("userName", ""))
    if other is not None and other["id"] != user_id:
        return _refusal(409, "userName is taken", "uniqueness")
    return _reply(_kept(accounts, request, user_id, given))


async def _delete(accounts: Accounts, _: Request, user_id: str) -> HTTPResponse:
    if accounts.users.pop(user_id, None) is None:
        return _refusal(404, "no such user")
    return HTTPResponse("", 204)


def _kept(accounts: Accounts, request: Request, user_id: str, given: User) -> User:
    location = f"{request.scheme}://{request.host}/scim/v2/Users/{user_id}"
    user = given | {"id": user_id, "meta": {"resourceType": "User", "location": location}}
    accounts.users[user_id] = user
    if not user.get("active"):
        # Whoever is out is out at once: their sessions here end with the account.
        accounts.on_deactivated(str(user.get("externalId")))
    return user
