"""HTTP once for everybody: one endpoint decorator, one guard, one error renderer, one document.

An `api.py` declares endpoints; which of the three surfaces (public, staff, partner) serves one
follows from its guard. Only this package, `auth.edge`, the simulators and `main` know Sanic.
"""

from app_server.kernel.http.call import Call, EventStream, RawReply
from app_server.kernel.http.endpoint import ENDPOINTS, Endpoint, endpoint
from app_server.kernel.http.guard import (
    Guard,
    NotYourRole,
    TierTooLow,
    anyone,
    client,
    person,
    staff,
)
from app_server.kernel.http.shapes import Count, Page, Query, Shape, Text

__all__ = [
    "ENDPOINTS",
    "Call",
    "Count",
    "Endpoint",
    "EventStream",
    "Guard",
    "NotYourRole",
    "Page",
    "Query",
    "RawReply",
    "Shape",
    "Text",
    "TierTooLow",
    "anyone",
    "client",
    "endpoint",
    "person",
    "staff",
]
