"""The web process: one surface on one port, until told to stop."""

import asyncio
import gc
import socket
from functools import partial
from typing import Any

from sanic import HTTPResponse, Request, Sanic

from app_server import registry
from app_server.kernel import storage
from app_server.kernel.errors import NotFound
from app_server.kernel.http import RawReply
from app_server.kernel.http.guard import Surface
from app_server.kernel.http.headers import PAGE_HEADERS
from app_server.kernel.http.openapi import TITLES, document
from app_server.kernel.http.problems import render
from app_server.kernel.http.server import build, no_such_method
from app_server.kernel.http.static import StaticSite
from app_server.kernel.settings import Settings, load
from app_server.kernel.telemetry import set_up_logging

SITES = {"public": "resident/dist", "staff": "console/dist"}


def openapi(surface: Surface) -> dict[str, Any]:
    """The OpenAPI document of a surface."""
    registry.assemble()
    return document(surface, TITLES[surface])


def listen(port: int) -> socket.socket:
    """A listening socket other workers may share (`SO_REUSEPORT`)."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind((load().listen_host, port))
    sock.listen(512)
    sock.setblocking(False)
    return sock


def application(
    surface: Surface, settings: Settings, *, manage_database: bool = True
) -> "Sanic[Any, Any]":
    """The Sanic application of a surface, with its start and stop (tests connect themselves)."""
    app = build(surface, settings)
    background: list[asyncio.Task[None]] = []
    _add_site(app, surface, settings)

    @app.before_server_start
    async def start(_: Any) -> None:
        if manage_database:
            await registry.connect()
        background.extend(asyncio.create_task(job) for job in registry.web_jobs(surface))
        await registry.open_engines(surface)

    @app.before_server_stop
    async def end(_: Any) -> None:
        registry.end_streams()

    @app.after_server_stop
    async def stop(_: Any) -> None:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await registry.close_engines()
        if manage_database:
            await registry.disconnect()

    return app


async def _mini_app(request: Request) -> HTTPResponse | None:
    """The answer of a mini-app origin; None on a host of ours."""
    reply = await registry.serve_mini_app(
        request.headers.get("host", ""),
        request.path,
        request.method,
        query=request.query_string,
        headers=dict(request.headers.items()),
        body=request.body,
    )
    return None if reply is None else _raw(reply)


async def _posted(surface: Surface, request: Request, path: str) -> HTTPResponse:
    """Something posted to where no endpoint is: only mini-app origins may have a use for it."""
    return await _mini_app(request) or no_such_method(surface, f"/{path}")


def _raw(reply: RawReply) -> HTTPResponse:
    return HTTPResponse(reply.body, reply.status, reply.headers, reply.content_type)


def _policy(settings: Settings) -> str:
    frames = settings.origin("public").replace("//shell.", "//*.", 1)
    return (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; "
        f"connect-src 'self'; frame-src {frames}; manifest-src 'self'; worker-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def _is_embedded(request: Request, path: str) -> bool:
    return path == "sign-up" and request.args.get("embedded") == "1"


async def _framed(page: RawReply, settings: Settings) -> RawReply:
    """The one page that cities' portals may frame, and they alone (R-ID-23)."""
    origins = " ".join(await registry.frame_origins()) or "'none'"
    policy = _policy(settings).replace("frame-ancestors 'none'", f"frame-ancestors {origins}")
    # X-Frame-Options knows no list of origins and would forbid them all.
    kept = {k: v for k, v in page.headers.items() if k not in {"x-frame-options", "etag"}}
    headers = kept | {"content-security-policy": policy, "cache-control": "no-store"}
    return RawReply(page.body, page.content_type, page.status, headers)


def _add_site(app: "Sanic[Any, Any]", surface: Surface, settings: Settings) -> None:
    root = settings.shell_dir / SITES.get(surface, "")
    built = surface in SITES and (root / "index.html").is_file()
    site = (
        StaticSite(root, PAGE_HEADERS | {"content-security-policy": _policy(settings)})
        if built
        else None
    )

    async def files(request: Request, key: str) -> HTTPResponse:
        if app_reply := await _mini_app(request):
            return app_reply
        kind, mark = request.args.get("t", ""), request.args.get("s", "")
        if not storage.address_holds(key, request.args.get("e", ""), kind, mark):
            return render(NotFound())
        try:
            body = await storage.storage().get(key)
        except (storage.NoSuchObject, ValueError):
            return render(NotFound())
        # What people uploaded is only ever looked at: nothing in it may run.
        headers = PAGE_HEADERS | {"content-security-policy": "default-src 'none'; sandbox"}
        return HTTPResponse(body, 200, headers, kind or "application/octet-stream")

    async def page(request: Request, path: str = "") -> HTTPResponse:
        if app_reply := await _mini_app(request):
            return app_reply
        if site is None or path.startswith(("api/", "staff/", "partner/", "callbacks/")):
            return no_such_method(surface, f"/{path}")
        embedded = surface == "public" and _is_embedded(request, path)
        reply = site.reply(
            path,
            request.headers.get("accept-encoding", ""),
            "" if embedded else request.headers.get("if-none-match", ""),
        )
        if reply is None:
            return render(NotFound())
        return _raw(await _framed(reply, settings) if embedded else reply)

    if surface != "partner":
        app.add_route(partial(_posted, surface), "/<path:path>", methods=["POST"], name="posted")
        app.add_route(files, "/files/<key:path>", methods=["GET"], name="files")
        app.add_route(page, "/", methods=["GET"], name="home")
        app.add_route(page, "/<path:path>", methods=["GET"], name="pages")


def serve(surface: Surface, port: int) -> None:
    """Serve a surface in this process; returns after a graceful stop."""
    settings = load()
    set_up_logging(settings.log_level, f"web-{surface}")
    registry.assemble()
    app = application(surface, settings)
    # Everything imported lives as long as the process: the collector need not look at it again
    # and again, and requests make little that is cyclic.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    app.run(sock=listen(port), single_process=True, access_log=False, motd=False)
