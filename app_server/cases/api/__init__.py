"""Residents apply and follow; officers decide; windows take in and hand out."""

from app_server.cases.api import (
    applicant,
    bundles,
    deeds,
    desk,
    flows,
    lists,
    originals,
    window,
    window_bundles,
)

__all__ = [
    "applicant",
    "bundles",
    "deeds",
    "desk",
    "flows",
    "lists",
    "originals",
    "window",
    "window_bundles",
]
