"""Routes of sharing."""

from app_server.sharing.api import (
    catalogue,
    duties,
    granting,
    mine,
    opened,
    partner,
    providing,
    spatial,
    watching,
)

__all__ = [
    "catalogue",
    "duties",
    "granting",
    "mine",
    "opened",
    "partner",
    "providing",
    "spatial",
    "watching",
]
