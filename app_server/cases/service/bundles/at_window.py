"""One window takes a whole bundle in and its offices get their parts (综合受理, R-CAS-36)."""

from collections.abc import Mapping
from typing import Any

from app_server.cases.errors import NoSuchBundle, NotTakenHere
from app_server.cases.models import Bundle, Case, Intake
from app_server.cases.service.bundles import going, opening
from app_server.cases.service.bundles.opening import BundleView
from app_server.cases.service.bundles.plans import BundlePlan
from app_server.cases.service.window import (
    CONSENT,
    Card,
    Mode,
    acting_for,
    applicant_of,
    received,
    taken_here,
)
from app_server.items import service as items
from app_server.kernel import audit, clock, db
from app_server.kernel.principal import Principal
from app_server.logistics.service import Recipient


async def open_at_window(
    officer: Principal, plan: BundlePlan, card: Card, mode: Mode
) -> BundleView:
    """Open a bundle for an applicant who is present and agreed.

    Raises `NotTakenHere`, `ApplicantUnknown`, and as `open_bundle`.
    """
    for part in plan.parts:
        if not taken_here(await items.published(part.item_code), officer):
            raise NotTakenHere
    person = await applicant_of(card)
    async with db.unit_of_work():
        audit.record(
            officer,
            "cases.window_opened",
            f"theme:{plan.template}",
            owner=person.id,
            purpose=plan.name,
        )
    number = await opening.open_bundle(person, plan)
    row = await Bundle.get(bundle_no=number)
    async with db.unit_of_work():
        await Intake.create(
            draft_id=row.id,
            person_id=person.subject,
            officer_id=officer.subject,
            org=officer.org,
            region=officer.region,
            mode=mode,
            consent=CONSENT,
            at=clock.now(),
        )
    return await opening.own_bundle(person, number)


async def _taken(officer: Principal, bundle_no: str) -> tuple[Intake, Principal]:
    row = await Bundle.get_or_none(bundle_no=bundle_no)
    found = row and await Intake.get_or_none(draft_id=row.id, officer_id=officer.subject)
    if not found:
        raise NoSuchBundle
    return found, await acting_for(found.person_id)


async def window_bundle(officer: Principal, bundle_no: str) -> BundleView:
    """A bundle one opened at one's window; raises `NoSuchBundle` for any other."""
    _, person = await _taken(officer, bundle_no)
    return await opening.own_bundle(person, bundle_no)


async def save_at_window(
    officer: Principal, bundle_no: str, version: int, given: Mapping[str, Any]
) -> BundleView:
    """Write down what the applicant says; raises as `save_bundle`."""
    _, person = await _taken(officer, bundle_no)
    return await opening.save_bundle(person, bundle_no, version, given)


async def scan_at_window(
    officer: Principal, bundle_no: str, key: str, data: bytes, name: str
) -> BundleView:
    """Scan a paper once for every office; raises as `put_paper`."""
    _, person = await _taken(officer, bundle_no)
    return await opening.put_paper(person, bundle_no, key, data, name)


async def file_at_window(
    officer: Principal, bundle_no: str, version: int, address: Recipient | None = None
) -> BundleView:
    """Hand the bundle in and receive what starts, in one go; raises as `file_bundle`."""
    intake, person = await _taken(officer, bundle_no)
    async with db.unit_of_work():
        view = await going.file_bundle(person, bundle_no, version, address)
        for part in view.parts:
            if part.case_no:
                await received(officer, await Case.get(case_no=part.case_no), intake)
    return await opening.own_bundle(person, bundle_no)
