"""HTTP once for everybody: one endpoint decorator, one guard, one error renderer, one document.

An `api.py` declares endpoints; which of the three surfaces (public, staff, partner) serves one
follows from its guard. Only this package, `auth.edge`, the simulators and `main` know Sanic.
"""

from app_server.kernel.http.call import Call, EventStream, RawReply
from app_server.kernel.http.endpoint import ENDPOINTS, Endpoint, Refusals, endpoint
from app_server.kernel.http.guard import (
    Guard,
    LevelTooLow,
    NotYourRole,
    TierTooLow,
    anyone,
    client,
    organisation,
    own_credentials,
    person,
    staff,
)
from app_server.kernel.http.shapes import Count, Form, Page, Query, Shape, Text

__all__ = [
    "ENDPOINTS",
    "Call",
    "Count",
    "Endpoint",
    "EventStream",
    "Form",
    "Guard",
    "LevelTooLow",
    "NotYourRole",
    "Page",
    "Query",
    "RawReply",
    "Refusals",
    "Shape",
    "Text",
    "TierTooLow",
    "anyone",
    "client",
    "endpoint",
    "organisation",
    "own_credentials",
    "person",
    "staff",
]
