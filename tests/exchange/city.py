"""A city's instance for convergence, in a process of its own: `python -m tests.exchange.city`.

Sets up as federation's city does (`{"province": …}` on standard input), with the catalogue; then
answers one line per command: `submit N` files N cases and accepts them, `converge` tells the
province until nothing waits, `quit` ends it. Every answer is one JSON line.
"""

import asyncio
import json
import sys
from typing import Any

from app_server import registry
from app_server.cases import service as cases
from app_server.exchange.service import converging
from app_server.kernel import db
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from tests.builders.cases import submitted, version_of
from tests.builders.items import UNEMPLOYMENT, catalogue
from tests.builders.people import id_number, phone, resident
from tests.federation.city import set_up


async def submit(count: int) -> list[str]:
    """File and accept cases of new residents."""
    item = (await catalogue())[UNEMPLOYMENT]
    desk = Principal(
        kind="staff",
        id=uuid7(),
        roles=frozenset({"case_officer"}),
        org=item.org,
        region=item.region,
        name="亳州干事",
    )
    numbers = []
    for _ in range(count):
        number = await submitted(await resident(), item)
        await cases.accept(desk, number, await version_of(number))
        numbers.append(number)
    return numbers


async def tell() -> dict[str, Any]:
    """Find and tell lines until none wait; what went wrong is the answer."""
    try:
        await converging.find_lines()
        while await converging.tell_lines():
            pass
    except OSError as error:
        return {"failed": str(error), **await converging.measure()}
    return dict(await converging.measure())


async def serve() -> None:
    """Answer commands until `quit`."""
    registry.assemble()
    await registry.connect()
    await catalogue()
    for _ in range(900):
        # Beyond the numbers that the processes before us have given people here.
        id_number(), phone()
    say({"ready": True})
    loop = asyncio.get_running_loop()
    while (words := (await loop.run_in_executor(None, sys.stdin.readline)).split()) != ["quit"]:
        match words:
            case ["submit", count]:
                say(await submit(int(count)))
            case ["converge"]:
                say(await tell())
            case ["forget"]:
                say(await db.execute("DELETE FROM exchange_line"))
            case _:
                break
    await registry.disconnect()


def say(told: Any) -> None:
    """One line of JSON."""
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        say(asyncio.run(set_up(json.loads(sys.stdin.read()))))
