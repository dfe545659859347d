"""HTTP of seals, one file per caller."""

from app_server.seals.api import cabinet, everybody, trust

__all__ = ["cabinet", "everybody", "trust"]
