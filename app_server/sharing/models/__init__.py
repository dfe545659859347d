"""Tables of sharing."""

from app_server.sharing.models.calls import Call, DataService, Grant, Refusal, Traffic, Usage
from app_server.sharing.models.catalogue import (
    Dataset,
    Duty,
    Edition,
    Follow,
    Node,
    Notice,
    Resource,
)
from app_server.sharing.models.keeping import (
    Boundary,
    ErrorReport,
    Inventoried,
    QualityReport,
    ServicePoint,
)

__all__ = [
    "Boundary",
    "Call",
    "DataService",
    "Dataset",
    "Duty",
    "Edition",
    "ErrorReport",
    "Follow",
    "Grant",
    "Inventoried",
    "Node",
    "Notice",
    "QualityReport",
    "Refusal",
    "Resource",
    "ServicePoint",
    "Traffic",
    "Usage",
]
