"""The log of uses, and what is counted from it (R-LIC-14)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from app_server.kernel import audit, clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.licences.models import Licence

WAYS = MappingProxyType(
    {
        "shown": "亮证核验",
        "identifier": "按证照标识核验",
        "proof": "跨部门互认",
        "shared": "经本人同意调取",
        "credential": "核验可验证凭证",
    }
)
# Who uses a licence without an organisation of their own.
NOBODYS = MappingProxyType({"anonymous": "公众", "person": "个人", "client": "接入系统"})


@dataclass(frozen=True, slots=True)
class UseCount:
    """How often licences of one type were used in one way by one organisation."""

    type_code: str
    type_name: str
    way: str
    org: str
    uses: int
    licences: int


def used(principal: Principal, row: Licence, way: str, purpose: str = "") -> None:
    """Write one use down, in the current unit of work; the holder sees who, how and why."""
    db.needed().add(
        "licences_use",
        {
            "id": uuid7(),
            "at": clock.now(),
            "licence_id": row.id,
            "type_code": row.type_code,
            "way": way,
            "org": principal.org or NOBODYS.get(principal.kind, principal.kind),
            "purpose": purpose or WAYS[way],
        },
    )
    audit.record(
        principal,
        "licences.shown",
        f"licence:{row.id}",
        owner=row.holder_id,
        purpose=purpose or WAYS[way],
        way=way,
    )


_COUNTED = (
    "SELECT u.type_code, max(l.type_name) AS type_name, u.way, u.org, count(*) AS uses, "
    "count(DISTINCT u.licence_id) AS licences FROM licences_use u "
    "JOIN licences_licence l ON l.id = u.licence_id WHERE u.at >= $1 AND u.at < $2 "
    "GROUP BY u.type_code, u.way, u.org ORDER BY uses DESC, u.type_code, u.way, u.org LIMIT 1000"
)


async def use_counts(first: date, last: date) -> list[UseCount]:
    """Uses between two days, both included, by type, way and organisation."""
    found = await db.rows(_COUNTED, _start(first), _start(last + timedelta(days=1)))
    return [UseCount(**dict(row)) for row in found]


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)
