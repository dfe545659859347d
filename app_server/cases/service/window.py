"""Windows: one intake for all departments, files for who stands there (R-CAS-20, 21, 33, 35).

The applicant is found by the card in the officer's hand and agrees before anything is looked up.
The draft is theirs; the case names the window that took it in. The decision stays with the item's
organisation, wherever in the province it was filed (异地通办).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

import asyncpg

from app_server.cases.errors import (
    AlreadyRunning,
    ApplicantUnknown,
    NoSuchCase,
    NotTakenHere,
    NotTheReceiver,
)
from app_server.cases.events import PreReviewEnded
from app_server.cases.models import Case, Intake
from app_server.cases.rules import covers
from app_server.cases.service import applicant, submission
from app_server.cases.service.drafting import open_draft
from app_server.cases.service.reading import OwnView, own_application
from app_server.cases.service.steps import move, news
from app_server.forms import service as forms
from app_server.forms.errors import DraftUsed, NoSuchDraft
from app_server.items import service as items
from app_server.kernel import audit, clock, db, regions
from app_server.kernel.crypto import same
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from auth.identity import service as identity
from auth.people import service as people

CONSENT = "window-intake/1"
PRESENCE = timedelta(minutes=30)
Mode = Literal["present", "agent"]


@dataclass(frozen=True, slots=True)
class Card:
    """What the officer reads from the applicant's card."""

    name: str
    id_number: str


def taken_here(item: items.ItemFacts, officer: Principal) -> bool:
    """Whether an officer's window takes an item in: in its region, or where it says so."""
    if covers(item.region, officer.region):
        return True
    return any(area == "*" or covers(area, officer.region) for area in item.handle_areas)


async def applicant_of(card: Card) -> Principal:
    """Who stands there, by card; raises `ApplicantUnknown`."""
    person_id = await people.find_by_id_number(card.id_number.strip().upper())
    if person_id is None:
        raise ApplicantUnknown
    facts = await people.person(person_id)
    if not same(facts.name, card.name.strip()):
        raise ApplicantUnknown
    return await acting_for(person_id)


async def acting_for(person_id: UUID) -> Principal:
    """The person at the window, with the tier they hold."""
    tier = await identity.tier_of_person(person_id)
    return Principal(kind="person", id=person_id, tier=tier, channel="window")


async def open_at_window(
    officer: Principal, item_code: str, card: Card, mode: Mode, outlet_region: str = ""
) -> forms.DraftFacts:
    """Open a prefilled draft for an applicant who is present, or for whom one acts (代办).

    The consent was given before: the route takes none without. Raises `NotTakenHere`,
    `ApplicantUnknown`, `NoSuchRegion`, and what opening one's own draft raises.
    """
    item = await items.published(item_code)
    if not taken_here(item, officer):
        raise NotTakenHere
    if outlet_region:
        regions.region(outlet_region)
    person = await applicant_of(card)
    async with db.unit_of_work():
        audit.record(
            officer, "cases.window_opened", f"item:{item.code}", owner=person.id, purpose=item.name
        )
    draft = await open_draft(person, item_code)
    async with db.unit_of_work():
        await Intake.create(
            draft_id=draft.id,
            person_id=person.subject,
            officer_id=officer.subject,
            org=officer.org,
            region=officer.region,
            mode=mode,
            consent=CONSENT,
            outlet_region=outlet_region,
            at=clock.now(),
        )
    return draft


async def intake_of(officer: Principal, draft_id: UUID) -> Intake:
    """What the officer's window has open; raises `NoSuchDraft` for any other's."""
    found = await Intake.get_or_none(draft_id=draft_id, officer_id=officer.subject)
    if found is None:
        raise NoSuchDraft
    return found


async def window_draft(officer: Principal, draft_id: UUID) -> forms.DraftFacts:
    """A draft one opened at one's window; raises `NoSuchDraft` for any other."""
    return await forms.draft((await intake_of(officer, draft_id)).person_id, draft_id)


async def save_at_window(
    officer: Principal, draft_id: UUID, version: int, data: Mapping[str, Any]
) -> forms.DraftFacts:
    """Write down what the applicant says; raises as `forms.save`."""
    return await forms.save((await intake_of(officer, draft_id)).person_id, draft_id, version, data)


async def scan_at_window(
    officer: Principal, draft_id: UUID, code: str, data: bytes, name: str, *, more: bool = False
) -> forms.DraftFacts:
    """Add a scan of a paper that lies before the officer; raises as `forms.put_material`."""
    person_id = (await intake_of(officer, draft_id)).person_id
    put = forms.add_file if more else forms.put_material
    return await put(person_id, draft_id, code, data, name)


async def file_at_window(officer: Principal, draft_id: UUID) -> str:
    """Hand the draft in and receive it in one go; answers the case number.

    Raises as `submission.submit`.
    """
    intake = await intake_of(officer, draft_id)
    person = await acting_for(intake.person_id)
    try:
        async with db.unit_of_work() as uow:
            standing = await submission.submit(person, draft_id)
            await uow.flush()
            case = await Case.get(case_no=standing.row["case_no"])
            await received(officer, case, intake)
            await Intake.filter(id=intake.id).update(case_no=case.case_no)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "cases_register_running":
            raise AlreadyRunning from error
        if error.constraint_name == "cases_register_draft_id_key":
            raise DraftUsed from error
        raise
    return case.case_no


async def received(officer: Principal, case: Case, intake: Intake) -> None:
    """Take a case in as the window that filed it, in the caller's unit of work."""
    agent = "，由代办人提交" if intake.mode == "agent" else ""
    delivery = {"delivery": {"way": "window"}} if intake.outlet_region else {}
    await move(
        officer,
        case,
        "receive",
        by=f"{regions.full_name(officer.region)}窗口",
        note=f"综合窗口收件{agent}",
        changes={
            "channel": "window",
            "intake_org": officer.org,
            "intake_officer": officer.subject,
            "intake_region": officer.region,
            "outlet_region": intake.outlet_region,
            "handling": case.handling | delivery,
        },
    )
    announce(PreReviewEnded(**news(case), passed=True, version=case.version))


async def note_presence(officer: Principal, case_no: str, card: Card) -> None:
    """Note that the applicant of a case stands at the window with their card, for half an hour.

    Any window may: the case began anywhere (R-CAS-35). Raises `NoSuchCase`, `NotTheReceiver`.
    """
    case = await Case.get_or_none(case_no=case_no)
    if case is None:
        raise NoSuchCase
    try:
        person = await applicant_of(card)
    except ApplicantUnknown as error:
        # Who tries numbers learns nothing about who is registered.
        raise NoSuchCase from error
    if person.subject != case.person_id:
        raise NotTheReceiver(errors=[{"field": "id_number", "message": "与申请人证件号码不一致"}])
    async with db.unit_of_work():
        await Intake.create(
            draft_id=uuid7(),
            person_id=case.person_id,
            officer_id=officer.subject,
            org=officer.org,
            region=officer.region,
            mode="correction",
            consent=CONSENT,
            case_no=case_no,
            at=clock.now(),
        )
        audit.record(
            officer,
            "cases.window_presence",
            f"case:{case_no}",
            owner=case.person_id,
            purpose="补正",
        )


async def _present(officer: Principal, case_no: str) -> Principal:
    """The applicant whose presence this officer noted a short while ago."""
    found = await Intake.filter(
        case_no=case_no,
        officer_id=officer.subject,
        mode="correction",
        at__gt=clock.now() - PRESENCE,
    ).first()
    if found is None:
        raise NoSuchCase
    return await acting_for(found.person_id)


async def present_case(officer: Principal, case_no: str) -> OwnView:
    """The case of whoever stands here now, as they see it themselves; raises `NoSuchCase`."""
    person = await _present(officer, case_no)
    async with db.unit_of_work():
        audit.record(
            officer, "cases.read", f"case:{case_no}", owner=person.id, purpose="窗口代收补正"
        )
    return await own_application(person.subject, case_no)


async def correct_at_window(
    officer: Principal, case_no: str, version: int, given: Mapping[str, Any], note: str
) -> None:
    """Take a correction in from an applicant who is present; raises as `applicant.correct`."""
    person = await _present(officer, case_no)
    await applicant.correct(person, case_no, version, given, note, actor=officer)


async def put_material_at_window(
    officer: Principal, case_no: str, code: str, data: bytes, name: str, *, more: bool = False
) -> None:
    """Replace a material that was asked for again, from the paper on the window's desk."""
    person = await _present(officer, case_no)
    await applicant.put_material(person, case_no, code, data, name, more=more, actor=officer)
