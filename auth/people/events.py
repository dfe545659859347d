"""What people announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class ConsentGranted(Event):
    """A person agreed to a purpose."""

    name: ClassVar[str] = "people.consent_granted/1"
    key: ClassVar[str] = "person_id"
    person_id: UUID
    purpose: str
    text_version: str


class ConsentWithdrawn(Event):
    """A person took an agreement back."""

    name: ClassVar[str] = "people.consent_withdrawn/1"
    key: ClassVar[str] = "person_id"
    person_id: UUID
    purpose: str
