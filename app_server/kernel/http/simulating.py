"""What all simulators share: they are labelled, they listen on loopback, production has none."""

import socket
from typing import Any

from sanic import HTTPResponse

from app_server.kernel.settings import ConfigurationRefused, load
from app_server.kernel.telemetry import set_up_logging

BANNER = (
    "<div role=note style='background:#b3261e;color:#fff;padding:.5rem 1rem;border-radius:8px;"
    "text-align:center'>模拟环境 · 仅供演示，与真实机构无关</div>"
)


def refuse_production() -> None:
    """Raise `ConfigurationRefused` where real people are served."""
    if load().production:
        raise ConfigurationRefused(["模拟器不能在生产环境运行"])


def run_simulator(app: Any, port: int) -> None:
    """Serve a simulator's Sanic application on loopback until SIGTERM; adds `/readyz`."""
    refuse_production()
    set_up_logging(load().log_level, app.name)

    async def readyz(_: Any) -> HTTPResponse:
        return HTTPResponse(b"ok", content_type="text/plain")

    app.add_route(readyz, "/readyz", name="readyz")
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    sock.listen(256)
    sock.setblocking(False)
    app.run(sock=sock, single_process=True, access_log=False, motd=False)
