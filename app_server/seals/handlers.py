"""A revocation shows in the list as soon as possible."""

from app_server.kernel.events import handles
from app_server.seals import service
from app_server.seals.events import CertificateRevoked


@handles(CertificateRevoked)
async def renew_list(event: CertificateRevoked) -> None:
    """Make the authority's list anew."""
    await service.make_list(event.authority_id)
