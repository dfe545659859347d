"""The flows that ship, under the law that cases keep."""

from app_server.cases import service


async def seed() -> None:
    """Publish them; what is published the same stays as it is."""
    await service.publish_shipped()
