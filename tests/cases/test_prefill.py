"""What need not be typed: from where, why, with which receipt, and what happens without it."""

import httpx
import pytest

from app_server.cases import service
from app_server.cases.service import prefill
from app_server.forms import service as forms
from app_server.items.service import ItemFacts
from app_server.sharing import service as sharing
from tests.builders.items import RENTAL, catalogue
from tests.builders.people import resident

NUMBER = "341602199003074511"


@pytest.fixture
async def rental(database) -> ItemFacts:
    return (await catalogue())[RENTAL]


def ill(simulators, mode: str) -> None:
    told = {"service": "household.members", "mode": mode}
    httpx.post(f"{simulators['exchange']}/__ill", json=told, trust_env=False)


async def test_with_the_number_alone_four_fifths_of_the_rental_form_are_filled(rental, simulators):
    person = await resident(tier=2, number=NUMBER)
    draft = await service.open_draft(person, rental.code)
    assert len(draft.data) / len(draft.form.schema["properties"]) >= 0.8
    receipts = {str(r.id): r for r in await sharing.calls_of(person.subject)}
    assert len(receipts) == 3
    for name in ("household_no", "property_count", "vehicle_count"):
        source = draft.sources[name]
        receipt = receipts[source["receipt"]]
        assert (receipt.purpose, receipt.basis) == (source["purpose"], source["basis"])
        assert source["as_of"] == receipt.at.isoformat()


async def test_who_refused_prefilling_is_asked_about_nowhere(rental, simulators):
    person = await resident(tier=2, number=NUMBER)
    await sharing.set_choice(person, allowed=False)
    draft = await service.open_draft(person, rental.code)
    assert "household_no" not in draft.data
    assert "name" in draft.data
    assert await sharing.calls_of(person.subject) == []
    assert (
        await prefill.still_missing(person.subject, draft.form, {"household_no": "x"}, "试")
    ).data == {}


async def test_a_registry_that_was_away_is_asked_again_and_completes_the_draft(rental, simulators):
    person = await resident(tier=2, number=NUMBER)
    ill(simulators, "broken")
    try:
        draft = await service.open_draft(person, rental.code)
        assert set(draft.missing) >= {"household_no", "household_size"}
        assert await prefill.retry_drafts() == 0
    finally:
        ill(simulators, "well")
    written = {**draft.data, "household_no": "自己写的"}
    await forms.save(person.subject, draft.id, draft.version, written)
    assert await prefill.retry_drafts() == 1
    now = await forms.draft(person.subject, draft.id)
    assert now.data["household_no"] != "自己写的"
    assert now.missing == {}
    assert now.sources["household_no"]["source_name"] == "户籍库"
    assert await prefill.retry_drafts() == 0


async def test_a_bound_data_service_makes_the_paper_needless_and_silence_asks_for_it(
    rental, simulators
):
    person = await resident(tier=2, number=NUMBER)
    bound = rental.materials[0].model_copy(
        update={"data_service": "household.members", "licence_type": "没有的证照"}
    )
    item = rental.model_copy(update={"materials": [bound]})
    told = (await prefill.materials_of(person, item, "试"))[0]
    assert told["fetched"]["name"] == "户籍库"
    ill(simulators, "broken")
    try:
        assert "fetched" not in (await prefill.materials_of(person, item, "试"))[0]
    finally:
        ill(simulators, "well")
