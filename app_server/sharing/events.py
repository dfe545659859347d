"""What sharing announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class ResourceChanged(Event):
    """A published entry was published again, moved or retired (R-DAT-12)."""

    name: ClassVar[str] = "sharing.resource_changed/1"
    key: ClassVar[str] = "resource_id"
    resource_id: UUID
    code: str
    org: str
    deed: str
    edition: int


class UpdateOverdue(Event):
    """An entry was not updated in time after a change of law or function (R-DAT-04)."""

    name: ClassVar[str] = "sharing.update_overdue/1"
    key: ClassVar[str] = "resource_id"
    resource_id: UUID
    duty_id: UUID
    org: str
    due_on: str


class DataCorrected(Event):
    """The provider corrected what a user organisation reported (R-DAT-14); no content."""

    name: ClassVar[str] = "sharing.data_corrected/1"
    key: ClassVar[str] = "resource_id"
    resource_id: UUID
    report_id: UUID
    org: str
    field: str
    upheld: bool


class GrantDecided(Event):
    """An application to use a data service was decided, or a grant ended (R-DAT-13)."""

    name: ClassVar[str] = "sharing.grant_decided/1"
    key: ClassVar[str] = "grant_id"
    grant_id: UUID
    resource_id: UUID
    applicant_org: str
    service: str
    state: str


class ProbesDue(Event):
    """The interfaces of data services are to be asked whether they answer."""

    name: ClassVar[str] = "sharing.probes_due/1"
    key: ClassVar[str] = "what"
    what: str = "services"


class DemoDue(Event):
    """The demo catalogue was drafted and waits for its interfaces; never in production."""

    name: ClassVar[str] = "sharing.demo_due/1"
    key: ClassVar[str] = "what"
    what: str = "demo"
