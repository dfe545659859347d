"""What licences announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class LicenceIssued(Event):
    """A licence was issued with a decision; its signature is still to be made."""

    name: ClassVar[str] = "licences.issued/1"
    key: ClassVar[str] = "licence_id"
    licence_id: UUID
    holder_id: UUID
    type_name: str


class LicenceReady(Event):
    """The licence is sealed and valid: it can be shown."""

    name: ClassVar[str] = "licences.ready/1"
    key: ClassVar[str] = "licence_id"
    licence_id: UUID
    holder_id: UUID
    type_name: str
    identifier: str


class LicenceStateChanged(Event):
    """A licence was suspended, resumed, changed, renewed, revoked, or is over."""

    name: ClassVar[str] = "licences.state_changed/1"
    key: ClassVar[str] = "licence_id"
    licence_id: UUID
    holder_id: UUID
    type_name: str
    move: str
    deed: str
    reason: str
    step_id: UUID


class LicenceFieldsAsked(Event):
    """A verifier wants to see some fields of a licence; its holder is asked."""

    name: ClassVar[str] = "licences.fields_asked/1"
    key: ClassVar[str] = "request_id"
    request_id: UUID
    holder_id: UUID
    type_name: str
    asked_by: str
    purpose: str


class LicencesEntrusted(Event):
    """A holder let somebody else show licences for them."""

    name: ClassVar[str] = "licences.entrusted/1"
    key: ClassVar[str] = "mandate_id"
    mandate_id: UUID
    holder_id: UUID
    agent_id: UUID
    holder_masked: str
    purpose: str
