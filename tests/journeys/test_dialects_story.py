"""Every demo app in a real browser, over the whole platform, each in the dialect of its container.

A resident opens them inside the shell and does a whole job in each; then what must not work is
tried. `@aligov/jssdk-mgop`, `weixin-js-sdk` and `dingtalk-jsapi` run as their vendors publish them.
Pictures of every step: `build/journey-dialects`.
"""

from typing import Any

import pytest

from tests.journeys.conftest import Phone

# The platform's first start and the browser count into the first chapter.
pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def story_settings() -> dict[str, Any]:
    """Pictures of this story in a folder of their own."""
    return {"pictures": "build/journey-dialects"}


def test_a_resident_signs_in(phone: Phone) -> None:
    phone.tell("a resident signs in")


def test_a_bad_wechat_signature_is_refused(phone: Phone) -> None:
    facts = phone.tell("a bad WeChat signature is refused, call by call")
    assert "invalid signature" in facts["answer"]


def test_a_ticket_of_another_app_is_refused_by_the_back_end(phone: Phone) -> None:
    phone.tell("a ticket of another app is refused by the back end")


def test_a_sibling_sees_no_storage_and_no_cookies(phone: Phone) -> None:
    phone.tell("a sibling’s storage and cookies are not to be seen")


def test_an_undeclared_address_is_blocked(phone: Phone) -> None:
    phone.tell("what the manifest does not name cannot be reached")


def test_a_stranger_is_asked_to_sign_in(phone: Phone) -> None:
    phone.tell("a stranger sees the open pages and is asked to sign in for the rest")


def test_housing_by_the_native_interface(phone: Phone) -> None:
    phone.tell("native: housing greets, by name only when asked to")


def test_school_by_zwjsbridge_mgop_and_zwlog(phone: Phone) -> None:
    facts = phone.tell("zwjs and mgop: a child is registered for school")
    assert facts["title"] == "报名进度"


def test_services_without_pages(phone: Phone) -> None:
    phone.tell("no pages at all: the shell draws a city’s services")


def test_a_ride_by_alipay(phone: Phone) -> None:
    facts = phone.tell("alipay: a signed code opens a turnstile once")
    assert facts["left_fen"] == 1800


def test_parking_by_both_croods_containers(phone: Phone) -> None:
    facts = phone.tell("croods: a car is parked and leaves, by both containers")
    assert facts["plate"] == "皖B12345"


def test_a_pass_by_wechats_jssdk(phone: Phone) -> None:
    phone.tell("weixin: a card is made and a gate opens by it")


def test_a_village_report_by_dingtalk(phone: Phone) -> None:
    phone.tell("dingtalk: a problem in the village is reported")


def test_every_app_has_an_elder_version(phone: Phone) -> None:
    facts = phone.tell("every app has an elder version, as narrow as a phone can be")
    assert facts["smallest"] >= 18
