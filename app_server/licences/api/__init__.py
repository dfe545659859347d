"""HTTP of licences, one file per caller."""

from app_server.licences.api import (
    credentials,
    entrusting,
    files,
    importing,
    keeping,
    sharing,
    types,
    wallet,
)

__all__ = [
    "credentials",
    "entrusting",
    "files",
    "importing",
    "keeping",
    "sharing",
    "types",
    "wallet",
]
