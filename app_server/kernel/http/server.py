"""One Sanic application per surface, with the same manners on all of them."""

import re
from functools import lru_cache
from typing import Any

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import MethodNotAllowed as SanicMethodNotAllowed
from sanic.exceptions import NotFound as SanicNotFound
from sanic.exceptions import PayloadTooLarge as SanicPayloadTooLarge
from sanic.exceptions import SanicException

from app_server.kernel import cache, db, errors
from app_server.kernel.crypto import same
from app_server.kernel.http.endpoint import ENDPOINTS
from app_server.kernel.http.guard import Surface
from app_server.kernel.http.headers import API_HEADERS
from app_server.kernel.http.problems import render
from app_server.kernel.http.serving import Unexpected, handler
from app_server.kernel.settings import Settings

log = structlog.get_logger(__name__)

LEAST_BODY = 2 * 1024 * 1024


def build(surface: Surface, settings: Settings) -> "Sanic[Any, Any]":
    """The application of a surface: only endpoints whose guard names it are reachable."""
    app: Sanic[Any, Any] = Sanic(f"wanshi_{surface}", configure_logging=False)
    app.config.AUTO_EXTEND = False
    # What a route takes at most is checked by the route; this is the largest of them.
    app.config.REQUEST_MAX_SIZE = LEAST_BODY + max(
        (e.max_body for e in ENDPOINTS if e.surface == surface), default=0
    )
    app.config.REQUEST_TIMEOUT = 15
    app.config.RESPONSE_TIMEOUT = 40
    app.config.KEEP_ALIVE_TIMEOUT = 30
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 8
    app.config.PROXIES_COUNT = settings.proxies_count or None
    app.config.FALLBACK_ERROR_FORMAT = "json"
    for declared in ENDPOINTS:
        if declared.surface == surface:
            app.add_route(
                handler(declared),
                declared.sanic_path,
                methods=[declared.method],
                name=declared.name.replace(".", "_"),
            )
    _add_operations(app, settings)
    _add_refusals(app, surface)
    return app


def _add_operations(app: "Sanic[Any, Any]", settings: Settings) -> None:
    async def livez(_: Request) -> HTTPResponse:
        return HTTPResponse(b"ok", 200, API_HEADERS, "text/plain")

    async def readyz(_: Request) -> HTTPResponse:
        # Without Redis reading goes on and sign-in refuses by itself, so only the database
        # decides; Redis is told for people to see.
        ready = await db.answers()
        told = b'{"database":%s,"redis":%s}' % (
            b"true" if ready else b"false",
            b"true" if await cache.answers() else b"false",
        )
        return HTTPResponse(told, 200 if ready else 503, API_HEADERS, "application/json")

    async def metrics(request: Request) -> HTTPResponse:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not settings.metrics_token or not same(given, settings.metrics_token):
            return render(errors.NotFound())
        # One process, one page: in production every process is a pod or unit of its own.
        return HTTPResponse(generate_latest(), 200, API_HEADERS, CONTENT_TYPE_LATEST)

    app.add_route(livez, "/livez", methods=["GET"], name="livez")
    app.add_route(readyz, "/readyz", methods=["GET"], name="readyz")
    app.add_route(metrics, "/metrics", methods=["GET"], name="metrics")


@lru_cache(maxsize=3)
def _patterns(surface: Surface) -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(re.sub(r"\{[a-z_]+\}", "[^/]+", e.path)), e.method)
        for e in ENDPOINTS
        if e.surface == surface
    ]


def no_such_method(surface: Surface, path: str) -> HTTPResponse:
    """405 with the methods a path has (RFC 9110 §15.5.6), or 404 where it has none."""
    exact = {e.method for e in ENDPOINTS if e.surface == surface and e.path == path}
    found = exact or {m for pattern, m in _patterns(surface) if pattern.fullmatch(path)}
    methods = sorted(found)
    if not methods:
        return render(errors.NotFound())
    reply = render(errors.MethodNotAllowed())
    reply.headers["Allow"] = ", ".join(methods)
    return reply


def _add_refusals(app: "Sanic[Any, Any]", surface: Surface) -> None:
    async def refuse(request: Request, error: Exception) -> HTTPResponse:
        match error:
            case SanicNotFound():
                return render(errors.NotFound())
            case SanicMethodNotAllowed():
                return no_such_method(surface, request.path)
            case SanicPayloadTooLarge():
                return render(errors.PayloadTooLarge())
            case SanicException() if error.status_code < 500:
                return render(errors.BadRequest())
            case SanicException() if error.status_code == 503:
                return render(errors.ServiceUnavailable())
        log.error("unexpected_outside_route", exc_info=error)
        return render(Unexpected())

    app.exception(Exception)(refuse)
