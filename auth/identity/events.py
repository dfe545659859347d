"""What identity announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class EvidenceAdded(Event):
    """A subject (person or organisation) proved something about itself."""

    name: ClassVar[str] = "identity.evidence_added/2"
    key: ClassVar[str] = "subject_id"
    subject_kind: str
    subject_id: UUID
    source: str
    tier: int


class TierMayHaveFallen(Event):
    """A proof no longer counts, or something stands against a person: look again at once."""

    name: ClassVar[str] = "identity.tier_may_have_fallen/1"
    key: ClassVar[str] = "subject_id"
    subject_kind: str
    subject_id: UUID
    reason: str


class PopulationChangesDue(Event):
    """It is time to read the population registry's change feed."""

    name: ClassVar[str] = "identity.population_changes_due/1"
    key: ClassVar[str] = "feed"
    feed: str


class RevocationListsDue(Event):
    """It is time to fetch the authorities' revocation lists."""

    name: ClassVar[str] = "identity.revocation_lists_due/1"
    key: ClassVar[str] = "authority"
    authority: str


class VideoSessionEnded(Event):
    """An officer confirmed or refused a person on video."""

    name: ClassVar[str] = "identity.video_session_ended/1"
    key: ClassVar[str] = "session_id"
    session_id: UUID
    person_id: UUID
    outcome: str


class FaceFilingDue(Event):
    """So many persons' face templates are stored that filing is near (80,000) or due (100,000)."""

    name: ClassVar[str] = "identity.face_filing_due/1"
    key: ClassVar[str] = "mark"
    mark: int
    stored: int
