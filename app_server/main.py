"""The web process: one surface on one port, until told to stop."""

import asyncio
import socket
from typing import Any

from sanic import Sanic

from app_server import registry
from app_server.kernel.http.guard import Surface
from app_server.kernel.http.openapi import document
from app_server.kernel.http.server import build
from app_server.kernel.settings import Settings, load
from app_server.kernel.telemetry import set_up_logging

TITLES = {"public": "万事 居民端接口", "staff": "万事 工作人员接口", "partner": "万事 合作方接口"}


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
    sock.setblocking(False)  # noqa: FBT003 - the socket API's own shape
    return sock


def application(
    surface: Surface, settings: Settings, *, manage_database: bool = True
) -> "Sanic[Any, Any]":
    """The Sanic application of a surface, with its start and stop (tests connect themselves)."""
    app = build(surface, settings)
    background: list[asyncio.Task[None]] = []

    @app.before_server_start
    async def start(_: Any) -> None:
        if manage_database:
            await registry.connect()
        background.extend(asyncio.create_task(job) for job in registry.web_jobs(surface))
        await registry.open_engines(surface)

    @app.after_server_stop
    async def stop(_: Any) -> None:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await registry.close_engines()
        if manage_database:
            await registry.disconnect()

    return app


def serve(surface: Surface, port: int) -> None:
    """Serve a surface in this process; returns after a graceful stop."""
    settings = load()
    set_up_logging(settings.log_level, f"web-{surface}")
    registry.assemble()
    app = application(surface, settings)
    app.run(sock=listen(port), single_process=True, access_log=False, motd=False)
