"""Routes of notify."""

from notify.api import departments, keeping, own, staff

__all__ = ["departments", "keeping", "own", "staff"]
