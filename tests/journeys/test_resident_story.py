"""One resident's whole story in a real browser, over the whole platform, in the order it happens.

Each test is a chapter and goes on from where the one before it ended; after the first that fails
the rest are skipped. Pictures of every step: `build/journey`.
"""

import re

import pytest

from tests.builders.qr import scanned
from tests.journeys.conftest import Phone

# The platform's first start and the browser count into the first chapter.
pytestmark = pytest.mark.timeout(180)
WHOLE_STORY_SECONDS = 90


def test_a_resident_opens_the_shell(phone: Phone) -> None:
    phone.tell("opens the shell")


def test_chooses_bozhou(phone: Phone) -> None:
    phone.tell("chooses a city")


def test_finds_public_rental_housing_by_search(phone: Phone) -> None:
    phone.tell("finds the item by search")


def test_reads_the_guide(phone: Phone) -> None:
    phone.tell("reads the guide")


def test_registers_with_four_fields_and_a_code_by_text_message(phone: Phone) -> None:
    phone.tell("registers with four fields")


def test_is_told_that_the_second_tier_is_needed(phone: Phone) -> None:
    phone.tell("is told that tier 2 is needed")


def test_consents_separately_to_the_face_check(phone: Phone) -> None:
    phone.tell("consents separately")


def test_another_persons_face_is_refused(phone: Phone) -> None:
    phone.tell("is refused with another face")


def test_the_own_face_passes_and_the_next_code_may_go_in_a_minute(phone: Phone) -> None:
    phone.tell("passes with the own face")


def test_meanwhile_the_officers_come_to_work(phone: Phone) -> None:
    phone.tell("the officers come to work")


def test_meanwhile_two_papers_are_photographed(phone: Phone) -> None:
    phone.tell("puts two papers on the table")


def test_a_stranger_must_sign_in_before_an_app_that_knows_people(phone: Phone) -> None:
    phone.tell("a stranger is asked to sign in first")


def test_meanwhile_a_mini_app_of_another_city_opens_on_its_own_origin(phone: Phone) -> None:
    phone.tell("another city’s mini-app opens on its own origin")


def test_the_own_face_and_a_code_lift_to_the_second_tier(phone: Phone) -> None:
    phone.tell("passes with the code of the next minute")


def test_the_form_is_partly_prefilled(phone: Phone) -> None:
    assert int(phone.tell("finds the form partly filled")["sources"]) >= 10


def test_what_is_missing_is_said_before_anything_is_sent(phone: Phone) -> None:
    phone.tell("is told what is still missing")


def test_fills_the_rest_and_uploads_two_photos(phone: Phone) -> None:
    phone.tell("fills the rest and uploads two photos")


def test_submits_and_sees_the_timeline(phone: Phone) -> None:
    facts = phone.tell("submits and sees the timeline")
    assert re.fullmatch(r"[0-9A-Z-]{15,40}", facts["case_no"])


def test_the_officer_asks_one_correction(phone: Phone) -> None:
    phone.tell("the officer asks one correction")


def test_the_resident_corrects(phone: Phone) -> None:
    phone.tell("the resident corrects")


def test_the_officer_accepts_and_a_due_date_is_shown(phone: Phone) -> None:
    phone.tell("the officer accepts and the clock runs")


def test_the_officer_approves(phone: Phone) -> None:
    phone.tell("the officer approves")


def test_applies_for_a_second_item_with_a_fee(phone: Phone) -> None:
    phone.tell("applies for an item with a fee")


def test_pays_the_bill_at_the_non_tax_cashier(phone: Phone) -> None:
    phone.tell("pays the bill at the cashier")


def test_the_licence_appears_with_its_identifier(phone: Phone) -> None:
    assert phone.tell("the licence appears")["identifier"].count(".") >= 9


def test_anybody_verifies_the_licence_by_its_code_once(phone: Phone) -> None:
    facts = phone.tell("its QR is verified by anybody")
    assert scanned(facts["picture"]) == facts["verify_url"]


def test_each_step_brought_a_message(phone: Phone) -> None:
    sms = phone.tell("each step brought a message")["sms"]
    for word in ("受理", "补正", "缴费", "已办结"):
        assert any(word in text for text in sms), f"no text message about {word}"
    assert not any("341602199003074511" in text for text in sms)


def test_the_resident_rates_the_service(phone: Phone) -> None:
    phone.tell("the resident rates the service")


def test_a_mini_app_gets_a_ticket_and_greets_by_an_opaque_id(phone: Phone) -> None:
    phone.tell("a mini-app greets by an opaque id")


def test_the_elder_version_shows_the_same_things_larger(phone: Phone) -> None:
    size = phone.tell("the elder version stands")["size"]
    assert float(size.removesuffix("px")) >= 18


def test_the_whole_story_took_no_longer_than_ninety_seconds(phone: Phone) -> None:
    if phone.stopped_at:
        pytest.skip(f"the story stopped at “{phone.stopped_at}”")
    assert phone.whole <= WHOLE_STORY_SECONDS, (phone.waited, phone.seconds)


def test_a_citys_service_without_a_page_is_drawn_by_the_shell(phone: Phone) -> None:
    phone.tell("a city’s service without a page is drawn by the shell")
