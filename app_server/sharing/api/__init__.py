"""Routes of sharing."""

from app_server.sharing.api import catalogue, duties, mine, opened, providing

__all__ = ["catalogue", "duties", "mine", "opened", "providing"]
