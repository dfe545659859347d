"""What seals announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class CertificateRevoked(Event):
    """A certificate of one of our authorities was revoked: its list is to be made anew."""

    name: ClassVar[str] = "seals.certificate_revoked/1"
    key: ClassVar[str] = "authority_id"
    authority_id: UUID
