"""Shapes of requests and replies of items."""

from app_server.items.schemas.guide import Guide, guide

__all__ = ["Guide", "guide"]
