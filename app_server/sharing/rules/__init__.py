"""Pure reckoning of sharing; the registries' own services are named here for their callers."""

from app_server.sharing.rules.registries import (
    PREFILL,
    PREFILL_TEXT,
    PREFILL_VERSION,
    SERVICES,
    STATUTORY,
    SharingService,
)

__all__ = [
    "PREFILL",
    "PREFILL_TEXT",
    "PREFILL_VERSION",
    "SERVICES",
    "STATUTORY",
    "SharingService",
]
