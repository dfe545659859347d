"""The routes of federation: platforms and imports for administrators, residents, and machines."""

from auth.federation.api import exchange, imports, platforms, residents

__all__ = ["exchange", "imports", "platforms", "residents"]
