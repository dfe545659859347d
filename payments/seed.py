"""The demo list of fee items (收费目录), as a finance department would keep it."""

from datetime import date
from pathlib import Path

import orjson

from app_server.kernel.principal import Principal
from payments import service

DATA = Path(__file__).parent.joinpath("data", "fee_items.json")
SEEDER = Principal(name="演示数据")
SINCE = date(2020, 1, 1)


async def seed() -> None:
    """List what the demo items charge; a second run changes nothing."""
    told = orjson.loads(DATA.read_bytes())["items"]
    await service.ensure_fees(SEEDER, [service.FeeWanted(**one, valid_from=SINCE) for one in told])
