"""What organisations announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class OrganisationRegistered(Event):
    """An organisation was registered by or for its representative."""

    name: ClassVar[str] = "organisations.registered/1"
    key: ClassVar[str] = "organisation_id"
    organisation_id: UUID
    organisation_name: str
    representative_id: UUID
    registered_by: UUID
    state: str


class DelegationGranted(Event):
    """Somebody may act for an organisation."""

    name: ClassVar[str] = "organisations.delegation_granted/1"
    key: ClassVar[str] = "organisation_id"
    organisation_id: UUID
    organisation_name: str
    delegate_id: UUID
    ends_on: str


class DelegationRevoked(Event):
    """Somebody may act for an organisation no longer."""

    name: ClassVar[str] = "organisations.delegation_revoked/1"
    key: ClassVar[str] = "organisation_id"
    organisation_id: UUID
    organisation_name: str
    delegate_id: UUID


class OrganisationCancelled(Event):
    """The registry knows the organisation as cancelled or revoked (R-ID-43)."""

    name: ClassVar[str] = "organisations.cancelled/1"
    key: ClassVar[str] = "organisation_id"
    organisation_id: UUID
    organisation_name: str
    representative_id: UUID


class OrganisationCheckDue(Event):
    """It is time to ask whether an organisation still stands."""

    name: ClassVar[str] = "organisations.check_due/1"
    key: ClassVar[str] = "organisation_id"
    organisation_id: UUID
