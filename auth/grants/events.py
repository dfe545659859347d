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


class PasswordChanged(Event):
    """A password was changed by its owner, or reset by phone and ID number."""

    name: ClassVar[str] = "grants.password_changed/1"
    key: ClassVar[str] = "subject_id"
    subject_id: UUID
    kind: str
    reason: str


class ChannelUnbound(Event):
    """A WeChat or Alipay account belongs to a person no longer."""

    name: ClassVar[str] = "grants.channel_unbound/1"
    key: ClassVar[str] = "person_id"
    person_id: UUID
    channel: str
    reason: str


class SessionEnded(Event):
    """A session ended, by its owner, by an operator or because its token was stolen."""

    name: ClassVar[str] = "grants.session_ended/1"
    key: ClassVar[str] = "session_id"
    session_id: UUID
    reason: str


class RelyingPartyLogout(Event):
    """A relying party must hear that a session it relied on is over (back-channel logout)."""

    name: ClassVar[str] = "grants.relying_party_logout/1"
    key: ClassVar[str] = "authorization_id"
    authorization_id: UUID


class RegistrationDue(Event):
    """A request that waited for the registry is to be looked at again."""

    name: ClassVar[str] = "grants.registration_due/1"
    key: ClassVar[str] = "registration_id"
    registration_id: UUID


class RegistrationDecided(Event):
    """A registration request ended: finished, refused or expired."""

    name: ClassVar[str] = "grants.registration_decided/1"
    key: ClassVar[str] = "registration_id"
    registration_id: UUID
    outcome: str
