"""What cases does about its own news, paid bills, papers, parcels and the calendar."""

from app_server.cases import service
from app_server.cases.events import (
    CaseAccepted,
    CaseClosed,
    CaseSubmitted,
    DocumentDue,
    FlowActionDue,
    PrefillRetryDue,
    RegistryDue,
)
from app_server.forms import service as forms
from app_server.forms.events import PaperRead
from app_server.kernel.events import Delivery, Ok, handles, performs
from app_server.kernel.working_days import CalendarChanged
from app_server.logistics.events import ParcelDelivered, ParcelMoved, ParcelReceived
from payments.events import BillPaid


@handles(CaseSubmitted)
async def close_draft(event: CaseSubmitted) -> None:
    """The draft has become a case; a machine may have read its papers meanwhile."""
    await forms.mark_used(event.draft_id)
    await service.take_checks(event.draft_id)


@handles(PaperRead)
async def take_checks(event: PaperRead) -> None:
    """A machine read a paper of a draft that had been handed in."""
    await service.take_checks(event.draft_id)


@handles(BillPaid)
async def go_on_when_paid(event: BillPaid) -> None:
    """A paid bill of ours lets its case go on to making and delivery."""
    if event.source == "cases":
        await service.fee_paid(event.source_ref, event.bill_no)


@handles(CaseSubmitted)
async def watch_pre_review(event: CaseSubmitted) -> None:
    """Pre-review has a clock of its own."""
    await service.watch_pre_review(event.case_no)


@handles(CaseSubmitted)
async def accept_by_machine(event: CaseSubmitted) -> None:
    """Where the item allows, a machine looks first."""
    await service.accept_automatically(event.case_no)


@handles(CaseAccepted)
async def decide_by_machine(event: CaseAccepted) -> None:
    """Where the item allows, a machine may approve; it refuses nothing."""
    await service.decide_automatically(event.case_no)


@handles(CalendarChanged)
async def reckon_again(event: CalendarChanged) -> None:
    """Open limits go by the calendar that is in force."""
    await service.recompute(event.years)


@performs(DocumentDue)
async def make_document(event: DocumentDue, delivery: Delivery) -> Ok:
    """Set a document in type and store it; the same again changes nothing."""
    del delivery  # the content's own address is the key
    await service.make_document(event.document_id)
    return Ok()


@handles(CaseSubmitted)
async def begin_flow(event: CaseSubmitted) -> None:
    """The item's flow starts with the case."""
    await service.begin_flow(event.case_no)


@handles(FlowActionDue)
async def do_flow_action(event: FlowActionDue) -> None:
    """Do what the flow asks of the platform."""
    await service.act(event.case_no)


@handles(CaseSubmitted)
async def count_filed(event: CaseSubmitted) -> None:
    """The item's version was used (R-ITM-01)."""
    await service.count_use(event.case_no, "filed")


@handles(CaseClosed)
async def count_finished(event: CaseClosed) -> None:
    """The item's version served somebody to the end (R-ITM-01)."""
    await service.count_use(event.case_no, "finished")


@handles(ParcelDelivered)
async def close_signed(event: ParcelDelivered) -> None:
    """A signed parcel ends its case (R-CAS-35)."""
    if event.about.startswith(service.PARCEL):
        await service.parcel_signed(event.about.removeprefix(service.PARCEL), intact=event.intact)


@handles(ParcelMoved)
async def keep_returned(event: ParcelMoved) -> None:
    """A parcel nobody took, neither recipient nor carrier, waits at a window."""
    if event.state in {"returned", "refused"} and event.about.startswith(service.PARCEL):
        number = event.about.removeprefix(service.PARCEL)
        await service.parcel_came_back(number, refused=event.state == "refused")


@handles(ParcelReceived)
async def papers_came(event: ParcelReceived) -> None:
    """Papers a case waited for were ticked off (R-LOG-01)."""
    if event.about.startswith(service.PAPERS):
        number = event.about.removeprefix(service.PAPERS)
        await service.parcel_ticked(number, intact=event.intact)


@performs(RegistryDue)
async def ask_registries(event: RegistryDue, delivery: Delivery) -> Ok:
    """Ask for what a filed case lacks; answered again it finds nothing missing."""
    del delivery
    await service.supply(event.case_no, event.turn)
    return Ok()


@performs(PrefillRetryDue)
async def retry_prefill(event: PrefillRetryDue, delivery: Delivery) -> Ok:
    """Ask the registries again; a draft that nothing is missing from is not asked for twice."""
    del event, delivery
    await service.retry_drafts()
    return Ok()
