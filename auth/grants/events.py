"""What grants announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class PersonRegistered(Event):
    """Somebody opened an account, checked against the population registry."""

    name: ClassVar[str] = "grants.person_registered/1"
    key: ClassVar[str] = "person_id"
    person_id: UUID
    channel: str


class SignedIn(Event):
    """Somebody signed in (news for security; never a secret)."""

    name: ClassVar[str] = "grants.signed_in/1"
    key: ClassVar[str] = "subject_id"
    subject_id: UUID
    kind: str
    channel: str


class AccountLocked(Event):
    """Too many wrong passwords: the owner should know."""

    name: ClassVar[str] = "grants.account_locked/1"
    key: ClassVar[str] = "subject_id"
    subject_id: UUID
