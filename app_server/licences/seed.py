"""The types that are there from the start."""

from app_server.licences import service


async def seed() -> None:
    """Enter them; what the catalogue holds stays as it is."""
    await service.provide_types()
