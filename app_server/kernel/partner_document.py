"""The partner surface's own description, so that whoever builds on it reads what runs (R-PAY-04).

The ground floor has no `api` room; like the calendar's page, this is imported by the registry.
"""

from functools import lru_cache

import orjson

from app_server.kernel.http import Call, RawReply, client, endpoint
from app_server.kernel.http.openapi import TITLES, document


@lru_cache(maxsize=1)
def _document() -> bytes:
    return orjson.dumps(document("partner", TITLES["partner"]))


@endpoint("GET", "/openapi.json", guard=client(), reply_type="application/json")
async def read_partner_document(call: Call) -> RawReply:
    """This surface's OpenAPI document."""
    del call
    return RawReply(_document(), "application/json")
