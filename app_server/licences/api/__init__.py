"""HTTP of licences, one file per caller."""

from app_server.licences.api import credentials, entrusting, keeping, sharing, types, wallet

__all__ = ["credentials", "entrusting", "keeping", "sharing", "types", "wallet"]
