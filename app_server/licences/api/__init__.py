"""HTTP of licences, one file per caller."""

from app_server.licences.api import types, wallet

__all__ = ["types", "wallet"]
