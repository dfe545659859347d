"""HTTP of licences, one file per caller."""

from app_server.licences.api import credentials, keeping, types, wallet

__all__ = ["credentials", "keeping", "types", "wallet"]
