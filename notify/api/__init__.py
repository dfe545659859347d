"""Routes of notify."""

from notify.api import callbacks, departments, keeping, own, staff

__all__ = ["callbacks", "departments", "keeping", "own", "staff"]
