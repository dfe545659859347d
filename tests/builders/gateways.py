"""Gateways of tests: non-tax worlds in this process, under the names of several channels."""

from collections.abc import Iterator
from contextlib import contextmanager

from app_server.kernel import clock
from payments import providers
from payments import service as payments
from payments.providers.gateway import Ack
from payments.providers.nontax import NonTaxGateway, NonTaxSettings
from payments.simulators.nontax_world import NonTaxWorld
from tests.builders.channels import in_memory


class Channels:
    """Two channels, each a world of its own, and what its notices do to us."""

    def __init__(self) -> None:
        self.worlds = {
            name: NonTaxWorld(NonTaxSettings(), clock.now) for name in ("nontax", "wechat")
        }

    def gateway(self, name: str) -> NonTaxGateway:
        made = NonTaxGateway(NonTaxSettings(), in_memory(self.worlds[name]))
        made.channel = name
        made.products = frozenset({"h5", "page"})
        return made

    def pay(self, number: str, channel: str = "nontax") -> bool:
        return self.worlds[channel].pay(number)

    async def tell(self, channel: str = "nontax", *, times: int = 1) -> list[Ack]:
        """Bring what a world has to tell to us, each notice so many times."""
        world = self.worlds[channel]
        acks: list[Ack] = []
        for told in world.notices.due(clock.now()):
            acks += [
                await payments.take_notice(channel, "treasury", told.headers, told.body)
                for _ in range(times)
            ]
            world.notices.answered(told, clock.now(), ok=acks[-1].body == b"success")
        return acks


@contextmanager
def channels() -> Iterator[Channels]:
    """Payments pay through these while it is open."""
    kept, made = dict(providers.GATEWAYS), Channels()
    doors = {name: made.gateway(name) for name in made.worlds}
    providers.GATEWAYS.clear()
    providers.GATEWAYS.update({name: lambda _, n=name: doors[n] for name in doors})
    try:
        yield made
    finally:
        providers.GATEWAYS.clear()
        providers.GATEWAYS.update(kept)
