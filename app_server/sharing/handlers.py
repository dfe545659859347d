"""What sharing does when a person agrees or takes it back, and when the catalogue changes."""

from app_server.kernel.events import Delivery, Ok, Outcome, Rejected, Unknown, handles, performs
from app_server.kernel.settings import load
from app_server.sharing import service
from app_server.sharing.errors import NoInterface
from app_server.sharing.events import (
    DataCorrected,
    DemoDue,
    GrantDecided,
    ProbesDue,
    ResourceChanged,
    UpdateOverdue,
)
from auth.people.events import ConsentGranted, ConsentWithdrawn


@handles(ConsentGranted)
async def agreed(event: ConsentGranted) -> None:
    """Ask registries again."""
    await service.follow_consent(event.person_id, event.purpose, given=True)


@handles(ConsentWithdrawn)
async def taken_back(event: ConsentWithdrawn) -> None:
    """Ask no registry any more for prefilling."""
    await service.follow_consent(event.person_id, event.purpose, given=False)


@handles(ResourceChanged)
async def tell_subscribers(event: ResourceChanged) -> None:
    """Subscribers learn of it (R-DAT-12)."""
    await service.tell_change(event.resource_id, event.deed, event.edition)


@handles(ResourceChanged)
async def end_duties(event: ResourceChanged) -> None:
    """A new edition is the update that was due."""
    if event.deed == "published":
        await service.end_duties(event.resource_id, event.edition)


@handles(UpdateOverdue)
async def tell_late(event: UpdateOverdue) -> None:
    """The organisation is reminded (R-DAT-04)."""
    await service.tell_lateness(event.resource_id, event.duty_id, event.org, event.due_on)


@performs(ProbesDue)
async def probe_interfaces(event: ProbesDue, delivery: Delivery) -> Outcome:
    """Ask every interface whether it answers; asking twice does no harm."""
    del event, delivery
    return Ok(f"down: {await service.probe_all()}")


@handles(GrantDecided)
async def tell_applicant(event: GrantDecided) -> None:
    """The applicant's organisation learns of it (R-DAT-13)."""
    await service.tell_decision(event.grant_id)


@handles(DataCorrected)
async def tell_correction(event: DataCorrected) -> None:
    """The reporter, and whoever uses the data, learn of it (R-DAT-14)."""
    await service.tell_corrected(event.report_id, upheld=event.upheld)


@performs(DemoDue)
async def publish_demo(event: DemoDue, delivery: Delivery) -> Outcome:
    """Publish the demo catalogue as soon as the simulated registries answer."""
    del event, delivery
    if load().production:
        return Rejected("no demo in production")
    try:
        await service.finish_demo()
    except NoInterface:
        return Unknown("the interfaces do not answer yet")
    return Ok()
