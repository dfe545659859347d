"""The back ends of five demo apps in one process, each under a path and for its own origin only.

模拟后台: what they keep is made up and lives in memory, by the number a person has in that app. A
session begins with a ticket the platform confirmed; nothing here knows a name or an ID number.
"""

from typing import Any

import orjson
from sanic import HTTPResponse, Request, Sanic
from sanic.response import BaseHTTPResponse

from app_server.kernel.http.simulating import refuse_production, run_simulator
from app_server.kernel.settings import load
from miniapps.rules import app_origin
from miniapps.simulators import parking, ride, school, tour_pass, village
from miniapps.simulators.city_sessions import Refused, told
from miniapps.simulators.platform_calls import NotKnownError, gateway_fault

APPS = {
    "ride": "ah340100ride",
    "parking": "ah340200parking",
    "school": "ah340500school",
    "pass": "ah341000pass",
    "village": "ah341100village",
}
MAX_BODY = 1024 * 1024


def build() -> "Sanic[Any, Any]":
    """The application of all of them."""
    refuse_production()
    app: Sanic[Any, Any] = Sanic("simulator_cities", configure_logging=False)
    app.config.AUTO_EXTEND = False
    app.config.REQUEST_MAX_SIZE = MAX_BODY
    settings = load()
    origins = {
        part: app_origin(appid, settings.origin("public"), settings.miniapp_domain)
        for part, appid in APPS.items()
    }

    def origin_of(request: Request) -> str:
        return origins.get(request.path.split("/")[1], "")

    @app.on_request
    async def only_its_own_app(request: Request) -> HTTPResponse | None:
        if request.headers.get("origin", "") not in {"", origin_of(request)}:
            return told({"title": "来源不被允许"}, 403)
        if request.method == "OPTIONS":
            return HTTPResponse(b"", 204)
        if request.path.startswith("/school/"):
            # Pages reach it through the platform's gateway alone, which signs what it sends.
            fault = gateway_fault(
                APPS["school"], request.method, request.path, request.query_string, request.headers
            )
            if fault:
                return told({"message": fault}, 401)
        return None

    async def cross_origin(request: Request, response: BaseHTTPResponse) -> None:
        response.headers.update(
            {"vary": "origin", "x-simulator": "cities", "cache-control": "no-store"}
        )
        if origin_of(request) and request.headers.get("origin") == origin_of(request):
            response.headers.update(
                {
                    "access-control-allow-origin": origin_of(request),
                    "access-control-allow-headers": "authorization, content-type",
                    "access-control-allow-methods": "GET, POST",
                    "access-control-max-age": "600",
                }
            )

    app.register_middleware(cross_origin, "response")
    _add_refusals(app)
    for room in (ride, parking, school, tour_pass, village):
        room.add_routes(app)
    return app


def _add_refusals(app: "Sanic[Any, Any]") -> None:
    @app.exception(Refused)
    async def refused(_: Request, error: Refused) -> HTTPResponse:
        return told({"title": str(error)}, error.status)

    @app.exception(NotKnownError)
    async def not_known(_: Request, error: NotKnownError) -> HTTPResponse:
        return told({"title": str(error)}, error.status)

    @app.exception(orjson.JSONDecodeError)
    async def no_json(_: Request, __: orjson.JSONDecodeError) -> HTTPResponse:
        return told({"title": "内容格式不正确"}, 400)

    # Sanic answers 405 before any middleware's say unless the method has a route.
    async def preflight(_: Request, path: str) -> HTTPResponse:
        del path
        return HTTPResponse(b"", 204)

    app.add_route(preflight, "/<path:path>", methods=["OPTIONS"], name="preflight")


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)
