"""The register of staff on the staff surface, and one route for mapped systems."""

from auth.staff.api import departments, own, people, systems

__all__ = ["departments", "own", "people", "systems"]
