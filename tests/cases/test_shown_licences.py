"""A licence shown at a window stands for a paper when its holder agrees (R-CAS-27)."""

import asyncio
from datetime import date
from uuid import UUID

import httpx
import pytest

from app_server.cases import service
from app_server.cases.errors import LicenceUnfit
from app_server.forms import service as forms
from app_server.forms.errors import NoSuchDraft, NothingOffered
from app_server.items.service import ItemFacts
from app_server.kernel import audit, db
from app_server.kernel.principal import Principal
from app_server.licences import service as licences
from app_server.licences.rules import TYPES
from app_server.seals import service as seals
from auth.people import service as people
from tests.builders.cases import ANSWERS
from tests.builders.cases_tailored import tailored
from tests.builders.items import PERMIT_COPY, catalogue
from tests.builders.people import bearer, resident
from tests.builders.staff import ORG, officer

TYPE = next(iter(TYPES))
PAPER = "photo"


async def licence_of(holder: Principal, deliver) -> UUID:
    await seals.ensure_seal(ORG, "演示住房城乡建设局")
    facts = await people.person(holder.subject)
    async with db.unit_of_work():
        issued = await licences.issue(
            await officer(login=f"issuer-{holder.subject}"[:30]),
            type_code=TYPE,
            holder_id=holder.subject,
            holder_name=facts.name,
            holder_number=facts.id_number,
            issuer_code=ORG,
            issuer_name="演示住房城乡建设局",
            region="341602",
            content={},
            valid_until=date(2029, 12, 31),
            case_no=f"341602000000-{holder.subject}"[:50],
        )
    await deliver()
    return issued.id


async def wanted(wants: str) -> ItemFacts:
    """An item for whose first material a licence may stand."""
    first, *rest = (await catalogue())[PERMIT_COPY].materials
    return await tailored(
        PERMIT_COPY, materials=[first.model_copy(update={"licence_type": wants}), *rest]
    )


async def at_window(item: ItemFacts, owner: Principal, login: str = "window"):
    """A window in the item's region and a draft it opened."""
    window = await officer("case_window", login=login, region=item.region, org=ORG)
    facts = await people.person(owner.subject)
    card = service.Card(facts.name, facts.id_number)
    return window, await service.open_at_window(window, item.code, card, "present")


async def test_a_shown_licence_stands_for_the_paper_only_when_its_holder_agrees(
    database, deliver, public: httpx.AsyncClient, staff_surface: httpx.AsyncClient
) -> None:
    owner = await resident()
    item = await wanted(TYPES[TYPE].name)
    window, draft = await at_window(item, owner)
    held = await licence_of(owner, deliver)
    scan = f"/window/drafts/{draft.id}/materials/{PAPER}/licence"
    token = (await licences.show(owner, held)).token
    assert (await staff_surface.post(scan, json={"token": token})).status_code == 401
    headers = await bearer(window)
    asked = await staff_surface.post(scan, headers=headers, json={"token": token})
    assert asked.status_code == 200, asked.text
    material = asked.json()["materials"][0]
    assert material["offered"]["name"] == TYPES[TYPE].name
    assert "licence" not in material
    again = await staff_surface.post(scan, headers=headers, json={"token": token})
    assert (again.status_code, again.json()["code"]) == (409, "cases.licence_unfit")
    await deliver()
    mine = await bearer(owner)
    told = (await public.get("/me/messages", headers=mine)).json()["items"][0]
    assert told["link"] == f"/drafts/{draft.id}/licences/{PAPER}"
    answer = f"/cases/drafts/{draft.id}/materials/{PAPER}/licence"
    said = {"number": material["offered"]["number"], "agreed": True}
    assert (await public.put(answer, json=said)).status_code == 401
    stranger = await bearer(await resident(name="王芳"))
    assert (await public.put(answer, headers=stranger, json=said)).status_code == 404
    other = await public.put(answer, headers=mine, json=said | {"number": "1.2.156"})
    assert other.json()["code"] in {"forms.nothing_offered", "cases.licence_unfit"}
    agreed = await public.put(answer, headers=mine, json=said)
    assert agreed.json()["materials"][0]["licence"]["number"] == said["number"]
    own = {k: v for k, v in ANSWERS[item.form_code].items() if k not in draft.data}
    now = await service.window_draft(window, draft.id)
    await service.save_at_window(window, draft.id, now.version, {**now.data, **own})
    assert await service.file_at_window(window, draft.id)
    assert "licences.shown" in {look["action"] for look in await audit.about(owner.subject)}
    used = "SELECT count(*) FROM kernel_audit WHERE action='cases.licence_used'"
    assert await db.value(used) == 1


async def test_another_holders_licence_another_kind_and_another_window_are_refused(
    database, deliver
) -> None:
    owner, friend = await resident(), await resident(name="王芳")
    item = await wanted(TYPES[TYPE].name)
    window, draft = await at_window(item, owner)
    foreign = (await licences.show(friend, await licence_of(friend, deliver))).token
    with pytest.raises(LicenceUnfit):
        await service.ask_for_licence(window, draft.id, PAPER, foreign)
    mine = await licence_of(owner, deliver)
    elsewhere = await officer("case_window", login="colleague", region=item.region, org=ORG)
    token = (await licences.show(owner, mine)).token
    with pytest.raises(NoSuchDraft):
        await service.ask_for_licence(elsewhere, draft.id, PAPER, token)
    await wanted("别的证照")
    with pytest.raises(LicenceUnfit):
        await service.ask_for_licence(window, draft.id, PAPER, token)
    material = (await service.window_draft(window, draft.id)).materials[0]
    assert "offered" not in material


async def test_a_no_leaves_the_paper_open_and_of_many_answers_one_counts(database, deliver) -> None:
    owner = await resident()
    item = await wanted(TYPES[TYPE].name)
    window, draft = await at_window(item, owner)
    held = await licence_of(owner, deliver)

    async def offered() -> str:
        token = (await licences.show(owner, held)).token
        found = await service.ask_for_licence(window, draft.id, PAPER, token)
        return found.materials[0]["offered"]["number"]

    number = await offered()
    denied = await service.answer_for_licence(owner, draft.id, PAPER, number, agreed=False)
    assert not forms.given(denied.materials[0])
    number = await offered()
    answers = (
        service.answer_for_licence(owner, draft.id, PAPER, number, agreed=True) for _ in range(10)
    )
    told = await asyncio.gather(*answers, return_exceptions=True)
    assert sum(isinstance(answer, NothingOffered) for answer in told) == 9
