"""Processes that die: `python -m tests.faults.payments.mortal web worker [simulators …]`.

One process imports the application and forks lives from it. Those of `web` and `worker` are killed
(SIGKILL, by themselves) at named points around commits and calls, or after a random time; the next
life begins at once. The listening sockets are the parent's: callers wait, nobody is turned away.

MORTAL_CHANCE is the chance to die at a point (0: lives for ever), MORTAL_LIVES the deaths there
may be, MORTAL_SEED the dice. Each death is a line `died POINT` on standard output.
"""

import asyncio
import os
import random
import signal
import socket
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NoReturn

from app_server import registry, worker
from app_server.kernel import db
from app_server.kernel.events import SUBSCRIPTIONS
from app_server.kernel.settings import load
from app_server.main import application, listen
from payments.providers.channel_client import ChannelClient
from payments.providers.nontax import NonTaxGateway
from payments.service import receipts
from tests.faults.payments.matrix import only_ours
from tests.faults.payments.town import Blank

CHANCE = float(os.environ.get("MORTAL_CHANCE", "0"))
LIVES = int(os.environ.get("MORTAL_LIVES", "0"))
SEED = int(os.environ.get("MORTAL_SEED", "1"))
# One life in three ends by the clock, whatever it is doing.
BY_THE_CLOCK, LONGEST_S = 1 / 3, 3.0
POINTS = ("before_commit", "after_commit", "before_call", "after_call", "by_the_clock")


class Fate:
    """When one life ends."""

    def __init__(self, role: str, life: int) -> None:
        self.dice = random.Random(f"{SEED}-{role}-{life}")
        if self.dice.random() < BY_THE_CLOCK:
            wait = self.dice.random() * LONGEST_S
            timer = threading.Timer(wait, self.end, ("by_the_clock",))
            timer.daemon = True
            timer.start()

    def at(self, point: str) -> None:
        """Perhaps this is the end."""
        if self.dice.random() < CHANCE:
            self.end(point)

    def end(self, point: str) -> None:
        """No handler runs, nothing is flushed, nobody is told."""
        os.write(1, f"died {point}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)


def surround(fate: Fate) -> None:
    """Put the named points around commits and calls of this process."""
    begin, call, ask = db.in_transaction, ChannelClient.call, NonTaxGateway._call

    @asynccontextmanager
    async def transaction(name: str) -> AsyncIterator[Any]:
        async with begin(name) as connection:
            yield connection
            fate.at("before_commit")
        fate.at("after_commit")

    async def calls(self: ChannelClient, *told: Any, **more: Any) -> Any:
        fate.at("before_call")
        answer = await call(self, *told, **more)
        fate.at("after_call")
        return answer

    async def asks(self: NonTaxGateway, *told: Any) -> Any:
        fate.at("before_call")
        answer = await ask(self, *told)
        fate.at("after_call")
        return answer

    db.in_transaction = transaction  # type: ignore[assignment]
    ChannelClient.call = calls  # type: ignore[method-assign]
    NonTaxGateway._call = asks  # type: ignore[method-assign]


async def serve(sockets: dict[str, socket.socket]) -> None:
    """The public and the partner surface in one loop, until killed."""
    await registry.connect()
    for surface, sock in sockets.items():
        app = application(surface, load(), manage_database=False)  # type: ignore[arg-type]
        app.config.TOUCHUP = False
        server = await app.create_server(sock=sock, return_asyncio_server=True, access_log=False)
        assert server is not None
        await server.startup()
        await server.before_start()
        await server.start_serving()
        await server.after_start()
    await asyncio.Event().wait()


async def _no_engines(_: str) -> None:
    """Nobody shows a face here."""


def live(role: str, life: int, sockets: dict[str, socket.socket]) -> None:
    """One life."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if role in registry.SIMULATORS:
        registry.SIMULATORS[role].run()
        return
    if CHANCE and life < LIVES:
        surround(Fate(role, life))
    asyncio.run(serve(sockets) if role == "web" else worker._main())


def main(roles: Sequence[str]) -> NoReturn:
    """Begin life after life until told to stop."""
    registry.assemble()
    only_ours()
    # Nothing happened yesterday: there is no file to fetch.
    del SUBSCRIPTIONS["payments.fetch_day"]
    registry.open_engines = _no_engines
    receipts.render = Blank()  # type: ignore[assignment]
    settings = load()
    ports = {"public": settings.public_port, "partner": settings.partner_port}
    sockets = {name: listen(port) for name, port in ports.items()}
    lives: Counter[str] = Counter()
    children: dict[int, str] = {}

    def begin(role: str) -> None:
        if child := os.fork():
            children[child] = role
            lives[role] += 1
            return
        try:
            live(role, lives[role], sockets)
        finally:
            os._exit(1)

    def stop(*_: Any) -> None:
        for child in children:
            os.kill(child, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    for role in roles:
        begin(role)
    while True:
        child, status = os.wait()
        role = children.pop(child)
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            os.write(1, f"{role} ended by itself {status}\n".encode())
        begin(role)


if __name__ == "__main__":
    main(sys.argv[1:])
