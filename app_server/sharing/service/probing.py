"""Whether interfaces answer (R-DAT-07): asked before an entry is published, and by the clock."""

import asyncio
from typing import Any

import structlog

from app_server.kernel import clock
from app_server.sharing.models import DataService
from app_server.sharing.providers.exchange import ExchangeDown
from app_server.sharing.providers.interface import PROBE_SECONDS, interface_of

log = structlog.get_logger(__name__)


async def probe(service: DataService) -> str:
    """Ask a service's interface now and note the outcome: `up` or `down`. Never raises for it.

    A composed service is up when all its parts are. Call outside a unit of work.
    """
    reason = await _reason(service)
    health = "down" if reason else "up"
    await DataService.filter(id=service.id).update(
        health=health, health_note=reason[:120], health_at=clock.now()
    )
    return health


async def _reason(service: DataService) -> str:
    if service.kind == "flow":
        return await _parts(service.flow or {})
    try:
        async with asyncio.timeout(PROBE_SECONDS + 1):
            await interface_of(service).probe()
    except (ExchangeDown, TimeoutError) as error:
        log.warning("interface_down", service=service.code, error=str(error))
        return str(error) or "超时"
    return ""


async def _parts(flow: dict[str, Any]) -> str:
    codes = {step["service"] for step in flow.get("steps", [])}
    down = await DataService.filter(code__in=codes).exclude(health="up")
    return "、".join(sorted(part.code for part in down))


async def probe_all() -> int:
    """Probe every published or paused service; answers how many are down."""
    services = await DataService.filter(state__in=["published", "paused"]).order_by("kind", "code")
    # Composed ones last: they go by what their parts just said.
    results = [await probe(service) for service in services if service.kind != "flow"]
    results += [await probe(service) for service in services if service.kind == "flow"]
    return results.count("down")
