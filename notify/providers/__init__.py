"""Vendors that carry messages out of the building."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotSent:
    """Surely nothing was sent, and it may work later or by another vendor."""

    detail: str = ""
