"""Files of apps as they were uploaded, read lately and packed once."""

import asyncio
import gzip
from collections import OrderedDict

from app_server.kernel.storage import storage
from miniapps.service.publishing import storage_key

_RECENT_BYTES = 32 * 1024 * 1024
# Below this a gzip frame and a header cost more than they save.
_WORTH_PACKING = 1024
_PACKED_WELL = ("text/", "application/json", "image/svg+xml", "application/manifest+json")

_recent: OrderedDict[tuple[str, bool], bytes] = OrderedDict()


def packs_well(content_type: str, size: int) -> bool:
    """Whether it is worth sending compressed."""
    return size >= _WORTH_PACKING and content_type.startswith(_PACKED_WELL)


async def stored(sha256: str) -> bytes:
    """A stored file; a content address never goes stale, so it may be remembered for good."""
    known = _known(sha256, packed=False)
    if known is None:
        known = await storage().get(storage_key(sha256))
        _remember(sha256, known, packed=False)
    return known


async def packed(mark: str, body: bytes) -> bytes:
    """A body compressed; `mark` names its content."""
    known = _known(mark, packed=True)
    if known is None:
        known = await asyncio.to_thread(gzip.compress, body, 6, mtime=0)
        _remember(mark, known, packed=True)
    return known


def _known(mark: str, *, packed: bool) -> bytes | None:
    found = _recent.get((mark, packed))
    if found is not None:
        _recent.move_to_end((mark, packed))
    return found


def _remember(mark: str, data: bytes, *, packed: bool) -> None:
    if len(data) > _RECENT_BYTES // 8:
        return
    _recent[mark, packed] = data
    while sum(map(len, _recent.values())) > _RECENT_BYTES:
        _recent.popitem(last=False)
