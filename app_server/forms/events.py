"""What forms announces."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class DraftExpiring(Event):
    """A draft nobody touched will be deleted."""

    name: ClassVar[str] = "forms.draft_expiring/1"
    key: ClassVar[str] = "draft_id"
    draft_id: UUID
    person_id: UUID
    subject_name: str
    on: date


class PaperRead(Event):
    """A machine has looked at a paper of a draft that was handed in before it had."""

    name: ClassVar[str] = "forms.paper_read/1"
    key: ClassVar[str] = "draft_id"
    draft_id: UUID


class FileQuarantined(Event):
    """A file came while the scanner was away: it is kept apart until it was looked at."""

    name: ClassVar[str] = "forms.file_quarantined/1"
    key: ClassVar[str] = "original"
    object_key: str
    original: str
    kind: str
