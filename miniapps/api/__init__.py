"""Routes of mini-apps: for residents and back ends, and for teams and reviewers."""

from miniapps.api import publishing, residents

__all__ = ["publishing", "residents"]
