"""HTTP of licences, one file per caller."""

from app_server.licences.api import keeping, types, wallet

__all__ = ["keeping", "types", "wallet"]
