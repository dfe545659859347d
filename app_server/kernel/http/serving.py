"""From a Sanic request to a reply: the one path every route takes."""

import contextlib
import hashlib
import time
from collections.abc import Callable, Coroutine
from typing import Any, Protocol
from urllib.parse import parse_qsl

import asyncpg
import structlog
from prometheus_client import Counter
from pydantic import BaseModel, ValidationError
from sanic import HTTPResponse, Request
from tortoise.exceptions import DBConnectionError

from app_server.kernel import idempotency, ratelimit
from app_server.kernel.errors import (
    BadRequest,
    InvalidInput,
    NotFound,
    PayloadTooLarge,
    Problem,
    ServiceUnavailable,
    UnsupportedMediaType,
)
from app_server.kernel.http import request_checks
from app_server.kernel.http.call import Call, EventStream, RawReply
from app_server.kernel.http.endpoint import Endpoint
from app_server.kernel.http.headers import API_HEADERS
from app_server.kernel.http.problems import render
from app_server.kernel.http.replies import ApiReply
from app_server.kernel.http.wording import field_errors
from app_server.kernel.principal import ANONYMOUS, Principal
from app_server.kernel.telemetry import REQUESTS, SECONDS, begin_trace, trace_id

log = structlog.get_logger(__name__)


MOST_HOSTS = 1000


class Authenticator(Protocol):
    """Port: turns a request's credentials into a principal (bound to `auth.edge`)."""

    async def __call__(self, surface: str, headers: Any) -> Principal:
        """The caller; `ANONYMOUS` without credentials, `Unauthenticated` for bad ones."""


async def _nobody(surface: str, headers: Any) -> Principal:
    del surface, headers
    return ANONYMOUS


_authenticate: Authenticator = _nobody


def authenticate_with(authenticator: Authenticator) -> None:
    """Bind the authenticator port (the registry does, once)."""
    global _authenticate  # noqa: PLW0603 - a port is bound once at start
    _authenticate = authenticator


_lent_hosts: dict[str, bool] = {}


def lend_hosts(lent: Callable[[str], bool]) -> None:
    """Say which host names belong to mini-apps: no endpoint exists on them."""
    global _is_lent  # noqa: PLW0603 - a port is bound once at start
    _is_lent = lent
    _lent_hosts.clear()


def _none_lent(host: str) -> bool:
    del host
    return False


_is_lent: Callable[[str], bool] = _none_lent


def _refuse_lent(host: str) -> None:
    known = _lent_hosts.get(host)
    if known is None:
        if len(_lent_hosts) > MOST_HOSTS:
            _lent_hosts.clear()
        known = _lent_hosts[host] = _is_lent(host)
    if known:
        raise NotFound


def handler(declared: Endpoint) -> Callable[..., Coroutine[Any, Any, HTTPResponse]]:
    """The Sanic handler of one endpoint."""
    seconds = SECONDS.labels(declared.surface, declared.name)
    surface = declared.surface
    counts: dict[int, Counter] = {}

    async def serve(request: Request, **path: str) -> HTTPResponse:
        began = time.perf_counter()
        begin_trace(request.headers.get("x-trace-id", ""))
        try:
            request_checks.check(request)
            _refuse_lent(request.headers["host"])
            principal = ANONYMOUS
            if declared.guard.reads_credentials:
                principal = await _authenticate(surface, request.headers)
            declared.guard.check(principal)
            reply = await _answer(declared, request, principal, path)
        except Problem as problem:
            reply = _refusal(declared, problem)
        except (
            asyncpg.PostgresConnectionError,
            asyncpg.InterfaceError,
            DBConnectionError,
            OSError,
            TimeoutError,
        ) as error:
            log.warning("dependency_lost", route=declared.name, error=repr(error))
            reply = _refusal(declared, ServiceUnavailable())
        except Exception:
            log.exception("unexpected", route=declared.name)
            reply = _refusal(declared, Unexpected())
        reply.headers["x-trace-id"] = trace_id()
        seconds.observe(time.perf_counter() - began)
        count = counts.get(reply.status)
        if count is None:
            count = counts[reply.status] = REQUESTS.labels(surface, declared.name, reply.status)
        count.inc()
        return reply

    serve.__name__ = declared.name.replace(".", "_")
    return serve


def _refusal(declared: Endpoint, problem: Problem) -> HTTPResponse:
    if declared.refusals is None:
        return render(problem)
    told = declared.refusals.render(problem)
    return ApiReply(told.body, told.status, told.headers, told.content_type)


class Unexpected(Problem):
    """Our own fault; the trace id finds it in the logs."""

    code = "kernel.unexpected"
    status = 500
    title = "系统出了点问题，我们已记录，请稍后再试"


async def _answer(
    declared: Endpoint, request: Request, principal: Principal, path: dict[str, str]
) -> HTTPResponse:
    call = Call(principal=principal, request=request, surface=declared.surface)
    if declared.limit is not None:
        who = principal.ref if principal.id else call.ip
        await ratelimit.take(declared.limit, who)
    arguments = _arguments(declared, request, call, path)
    if declared.idempotent:
        return await _once(declared, request, call, arguments)
    result = await declared.run(call, **arguments)
    if isinstance(result, EventStream):
        return await _streamed(request, result)
    return _response(declared, call, result)


async def _streamed(request: Request, stream: EventStream) -> HTTPResponse:
    """Send events as they come (WHATWG server-sent events), until they end or nobody listens."""
    headers = API_HEADERS | {"x-accel-buffering": "no", "x-trace-id": trace_id()}
    reply: HTTPResponse = await request.respond(
        status=200, headers=headers, content_type="text/event-stream"
    )
    async with contextlib.aclosing(stream.events) as events:
        async for name in events:
            await reply.send(f"event: {name}\ndata:\n\n" if name else ":\n\n")
    await reply.eof()  # type: ignore[no-untyped-call]
    return reply


def _arguments(
    declared: Endpoint, request: Request, call: Call, path: dict[str, str]
) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for name, adapter in declared.path_types.items():
        try:
            arguments[name] = adapter.validate_strings(path[name])
        except ValidationError as error:
            raise NotFound from error
    if declared.query is not None:
        arguments["query"] = _query(declared.query, request)
    if len(request.body) > declared.max_body:
        raise PayloadTooLarge(limit_bytes=declared.max_body)
    if declared.raw:
        if call.content_type not in declared.raw:
            raise UnsupportedMediaType(accepts=list(declared.raw))
        call.raw = request.body
    elif declared.form is not None:
        arguments["form"] = _form(declared.form, request.body, call.content_type)
    elif declared.body is not None:
        if call.content_type != "application/json":
            raise UnsupportedMediaType(accepts=["application/json"])
        arguments["body"] = _body(declared.body, request.body)
    return arguments


def _query(shape: type[BaseModel], request: Request) -> BaseModel:
    # Blank values are kept: Sanic would drop them, and `?q=` is not the same as no q.
    given = request.get_args(keep_blank_values=True)
    if any(len(values) > 1 for values in given.values()):
        raise BadRequest("查询参数重复")
    try:
        return shape.model_validate({name: values[0] for name, values in given.items()})
    except ValidationError as error:
        raise InvalidInput(errors=field_errors(error)) from error


def _form(shape: type[BaseModel], body: bytes, content_type: str) -> BaseModel:
    if body and content_type != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType(accepts=["application/x-www-form-urlencoded"])
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=60, errors="strict")
    except ValueError as error:
        raise BadRequest("表单格式不正确") from error
    if len({name for name, _ in pairs}) < len(pairs):
        raise BadRequest("表单参数重复")
    try:
        return shape.model_validate(dict(pairs))
    except ValidationError as error:
        raise InvalidInput(errors=field_errors(error)) from error


def _body(shape: type[BaseModel], body: bytes) -> BaseModel:
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        raise InvalidInput(errors=field_errors(error)) from error


async def _once(
    declared: Endpoint, request: Request, call: Call, arguments: dict[str, Any]
) -> HTTPResponse:
    text = request.headers.get("idempotency-key", "").strip('"')
    if not (8 <= len(text) <= 80 and text.isascii() and text.isprintable()):
        raise idempotency.KeyMissing
    digest = hashlib.sha256(request.path.encode() + b"\0" + request.body).hexdigest()
    key = idempotency.Key(f"{call.principal.ref} {declared.name}", text, digest)
    idempotency.present(key)
    try:
        reply = _response(declared, call, await declared.run(call, **arguments))
    except (asyncpg.UniqueViolationError, Problem):
        # A repeated request meets its own key in the command's transaction, or what the first
        # one left behind: nothing changed twice, and it is told what the first was told.
        earlier = await idempotency.earlier_reply(key)
        if earlier is None:
            raise
        return ApiReply(earlier[1], earlier[0], None, "application/json")
    finally:
        idempotency.present(None)
    idempotency.keep_reply_soon(key, reply.status, reply.body or b"")
    return reply


def _response(declared: Endpoint, call: Call, result: Any) -> HTTPResponse:
    headers = call.reply_headers
    if isinstance(result, RawReply):
        headers |= result.headers
        reply = ApiReply(result.body, result.status, headers, result.content_type)
    elif isinstance(result, BaseModel):
        version = getattr(result, "version", None)
        if isinstance(version, int):
            headers["etag"] = f'"{version}"'
        reply = ApiReply(
            result.__pydantic_serializer__.to_json(result),
            declared.status,
            headers,
            "application/json",
        )
    elif isinstance(result, HTTPResponse):
        return result
    else:
        reply = ApiReply(b"", declared.status, headers)
    for name, value, age, same_site in call.reply_cookies:
        reply.add_cookie(
            name, value, max_age=age, secure=True, httponly=True, samesite=same_site, path="/"
        )
    return reply
