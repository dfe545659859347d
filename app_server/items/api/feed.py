"""The catalogue as an open resource: snapshots of any day, and what changed since (R-ITM-10)."""

from app_server.items import service
from app_server.items.api.guides import change_view
from app_server.items.schemas.open import Changes, ChangesQuery, SnapshotQuery, SnapshotView
from app_server.kernel import clock
from app_server.kernel.http import Call, RawReply, anyone, endpoint


def _fresh(call: Call, mark: str, body: bytes | None) -> RawReply:
    """The body under its entity tag, or 304 for who holds it already (RFC 9110 §13.1.2)."""
    tag = f'"{mark}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    if body is None or tag in call.headers.get("if-none-match", ""):
        return RawReply(b"", "application/json", 304, headers)
    return RawReply(body, "application/json", 200, headers)


async def read_snapshot(call: Call, query: SnapshotQuery) -> RawReply:
    """The list as it stood on a day, a page at a time."""
    day = query.day or clock.today()
    mark = f"{await service.mark()}-{day}-{query.region}-{query.after}-{query.limit}"
    if f'"{mark}"' in call.headers.get("if-none-match", ""):
        return _fresh(call, mark, None)
    found = await service.as_of(day, region=query.region, after=query.after, limit=query.limit)
    view = SnapshotView(day=found.day, mark=found.mark, items=found.items, next=found.next)
    return _fresh(call, mark, view.model_dump_json().encode())


async def read_changes(call: Call, query: ChangesQuery) -> RawReply:
    """What changed after a number, in order."""
    rows = await service.changes(query.after, query.limit)
    mark = rows[-1].seq if rows else query.after
    view = Changes(changes=[change_view(row) for row in rows], mark=mark)
    return _fresh(call, f"{query.after}-{mark}", view.model_dump_json().encode())


for _guard in (anyone(), anyone("partner")):
    endpoint("GET", "/catalogue/snapshot", guard=_guard, status=200)(read_snapshot)
    endpoint("GET", "/catalogue/changes", guard=_guard, status=200)(read_changes)
