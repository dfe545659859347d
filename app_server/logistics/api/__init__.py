"""HTTP in, HTTP out: my parcels, offices, accounts, carriers' pushes."""

from app_server.logistics.api import accounts, mine, offices, pushes

__all__ = ["accounts", "mine", "offices", "pushes"]
