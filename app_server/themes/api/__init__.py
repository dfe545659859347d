"""HTTP of themes: residents, officers, the claim board, the investment platform."""

from app_server.themes.api import board, partner, public, staff

__all__ = ["board", "partner", "public", "staff"]
