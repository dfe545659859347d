"""HTTP of licences, one file per caller."""

from app_server.licences.api import files, types, wallet

__all__ = ["files", "types", "wallet"]
