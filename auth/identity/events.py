"""What identity announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class EvidenceAdded(Event):
    """A person proved something about themselves."""

    name: ClassVar[str] = "identity.evidence_added/1"
    key: ClassVar[str] = "person_id"
    person_id: UUID
    source: str
    tier: int


class EvidenceRevoked(Event):
    """A proof no longer counts."""

    name: ClassVar[str] = "identity.evidence_revoked/1"
    key: ClassVar[str] = "person_id"
    person_id: UUID
    source: str
