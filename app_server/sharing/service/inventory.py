"""The inventory of information systems, and which of them nobody uses (R-DAT-17)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import InvalidInput
from app_server.kernel.principal import Principal
from app_server.sharing.errors import NoSuchInventoried, NotTheProvider
from app_server.sharing.models import Inventoried

ZOMBIE_DAYS = 90


@dataclass(frozen=True, slots=True)
class InventoryLine:
    """What an organisation says of its own system (自查清单)."""

    name: str
    org_name: str
    purpose: str
    launched_on: date
    integrated: bool
    plan: str = ""


async def put_line(by: Principal, code: str, line: InventoryLine) -> None:
    """Enter one's own system, or change it; raises `NotTheProvider`, `InvalidInput`."""
    if line.launched_on > clock.today():
        raise InvalidInput(errors=[{"field": "launched_on", "message": "不能晚于今天"}])
    async with db.unit_of_work():
        await db.lock(f"sharing.inventory:{code}")
        kept = await Inventoried.get_or_none(code=code)
        if kept is not None and kept.org != by.org:
            raise NotTheProvider
        told = {name: getattr(line, name) for name in InventoryLine.__slots__}
        if kept is None:
            await Inventoried.create(code=code, org=by.org, region=by.region, **told)
        else:
            await Inventoried.filter(id=kept.id).update(**told)
        audit.record(by, "sharing.inventory_put", f"system:{code}")


async def note_use(by: Principal, code: str, day: date) -> None:
    """Say that one's own system was used on a day; raises `NoSuchInventoried`, `InvalidInput`."""
    if day > clock.today():
        raise InvalidInput(errors=[{"field": "day", "message": "不能晚于今天"}])
    async with db.unit_of_work():
        touched = await db.execute(
            "UPDATE sharing_inventoried SET used_on = greatest(used_on, $3) "
            "WHERE code = $1 AND org = $2",
            code,
            by.org,
            day,
        )
        if not touched:
            raise NoSuchInventoried
        audit.record(by, "sharing.inventory_used", f"system:{code}")


# A call under a grant that names the system is use as well, and the surest kind.
_LINES = """
SELECT s.*, greatest(s.used_on, t.day) AS last_used_on, coalesce(t.calls, 0) AS calls,
  ($2::date - coalesce(greatest(s.used_on, t.day), s.launched_on)) > $3 AS zombie
FROM sharing_inventoried s LEFT JOIN LATERAL (
  SELECT max((c.at AT TIME ZONE 'Asia/Shanghai')::date) AS day, count(*) AS calls
  FROM sharing_grant g JOIN sharing_traffic c ON c.caller = g.client_id
  WHERE g.system_code = s.code AND g.org = s.org AND c.outcome <> 'refused'
) t ON true
WHERE ($1 = '' OR s.org = $1) ORDER BY s.code
"""


async def inventory(org: str, *, zombies_only: bool = False) -> list[Mapping[str, Any]]:
    """The systems of an organisation (empty: all), their last use, and which nobody uses."""
    rows = await db.rows(_LINES, org, clock.today(), ZOMBIE_DAYS)
    return [dict(row) for row in rows if row["zombie"] or not zombies_only]
