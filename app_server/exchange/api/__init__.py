"""Routes of exchange."""

from app_server.exchange.api import entries, partner, staff

__all__ = ["entries", "partner", "staff"]
