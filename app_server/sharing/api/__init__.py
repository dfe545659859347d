"""Routes of sharing."""

from app_server.sharing.api import (
    catalogue,
    duties,
    granting,
    mine,
    opened,
    partner,
    providing,
    watching,
)

__all__ = ["catalogue", "duties", "granting", "mine", "opened", "partner", "providing", "watching"]
