"""What identity does when the clock says so."""

from datetime import timedelta

from app_server.kernel.schedule import every
from auth.identity import service


@every("identity.population_changes", timedelta(hours=1))
async def population_changes() -> None:
    """Have the population registry's change feed read (R-ID-43)."""
    await service.ask_for_changes()


@every("identity.revocation_lists", timedelta(hours=1))
async def hourly_revocation_lists() -> None:
    """Have the certificate authorities' revocation lists fetched."""
    await service.ask_for_revocation_lists()


@every("identity.forget_films", timedelta(minutes=5))
async def forget_films() -> None:
    """Empty live checks that were not finished, and drop old digests of frames (R-ID-09)."""
    await service.forget_films()


@every("identity.count_templates", timedelta(days=1))
async def count_templates() -> None:
    """Count the persons whose face is stored, against the filing duty."""
    await service.count_templates()
