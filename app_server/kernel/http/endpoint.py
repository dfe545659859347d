"""`@endpoint`: one declaration gives the route, the guard, the parsing and the document."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, Field, TypeAdapter

from app_server.kernel.errors import Problem
from app_server.kernel.http.call import EventStream, RawReply
from app_server.kernel.http.guard import Guard
from app_server.kernel.http.shapes import Query
from app_server.kernel.ratelimit import Limit

_PATH_NAME = re.compile(r"\{([a-z_]+)\}")
_ROOM = re.compile(r"\.(?:api\.)?[a-z_]+$")  # `api` may be one file or a package
_PREFIX = {"public": "/api/v1", "staff": "/staff/v1", "partner": "/partner/v1"}


@dataclass(frozen=True, slots=True)
class Refusals:
    """How a route tells its refusals where a standard demands another form than problem+json."""

    description: str
    content_type: str
    schema: dict[str, Any]
    render: Callable[[Problem], RawReply]


@dataclass(slots=True)
class Endpoint:
    """Everything known about one route."""

    method: str
    path: str
    guard: Guard
    run: Callable[..., Any]
    status: int
    summary: str
    tag: str
    body: type[BaseModel] | None
    form: type[BaseModel] | None
    query: type[BaseModel] | None
    path_types: dict[str, TypeAdapter[Any]]
    reply: type[BaseModel] | None
    raw: tuple[str, ...]
    reply_type: str
    idempotent: bool
    limit: Limit | None
    max_body: int
    refusals: Refusals | None = None
    name: str = field(default="")

    @property
    def surface(self) -> str:
        """The listener that serves it."""
        return self.guard.surface

    @property
    def sanic_path(self) -> str:
        """The path in the router's notation."""
        return _PATH_NAME.sub(r"<\1:str>", self.path)


PathName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
ENDPOINTS: list[Endpoint] = []


def endpoint(
    method: str,
    path: str,
    *,
    guard: Guard,
    status: int = 0,
    raw: tuple[str, ...] = (),
    reply_type: str = "application/json",
    idempotent: bool = False,
    limit: Limit | None = None,
    max_body: int = 64 * 1024,
    bare: bool = False,
    refusals: Refusals | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a route of the surface its guard names.

    The handler takes `call` and, by name: `body` (a `Shape`), `form` (a `Form`), `query` (a
    `Query`) and the names in `{}` of the path. What it returns is its reply shape; None is 204.
    `raw` lists content types of a body that is taken as bytes (`call.raw`, at most `max_body`).
    `bare` leaves out the `/api/v1` prefix (callbacks, files, OAuth). `refusals` replaces
    problem+json.
    """

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        hints = get_type_hints(run)
        reply = hints.get("return")
        is_shape = inspect.isclass(reply) and issubclass(reply, BaseModel)
        names = _PATH_NAME.findall(path)
        context = _ROOM.split(run.__module__)[0].removeprefix("app_server.")
        ENDPOINTS.append(
            Endpoint(
                method=method,
                path=path if bare else _PREFIX[guard.surface] + path,
                guard=guard,
                run=run,
                status=status or (200 if is_shape or reply in {RawReply, EventStream} else 204),
                summary=(inspect.getdoc(run) or "").partition("\n")[0],
                tag=context,
                body=hints.get("body"),
                form=hints.get("form"),
                query=_checked_query(hints.get("query")),
                path_types={name: _path_type(hints.get(name, str)) for name in names},
                reply=reply if is_shape else None,
                raw=raw,
                reply_type=reply_type,
                idempotent=idempotent,
                limit=limit,
                max_body=max_body,
                refusals=refusals,
                name=f"{context}.{run.__name__}",
            )
        )
        return run

    return register


def _path_type(hint: Any) -> TypeAdapter[Any]:
    # Numbers, codes and tokens of ours: whatever else stands in a path names nothing.
    return TypeAdapter(PathName if hint is str else hint)


def _checked_query(hint: type[BaseModel] | None) -> type[BaseModel] | None:
    if hint is not None and not issubclass(hint, Query):
        raise TypeError("query parameters are declared as a Query")
    return hint
