"""Starting a company: asked once, filed once, seven offices in their order, one parcel (R-PAR-04).

A supermarket is opened, so the food licence comes along (R-PAR-06). The resident does everything
on the phone; the offices decide through the same commands as their desks.
"""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import PROJECT
from tests.journeys.conftest import Phone, Platform

pytestmark = pytest.mark.timeout(180)
PICTURES = "build/journey-company"


@pytest.fixture(scope="module")
def story_settings() -> dict[str, Any]:
    """Pictures of this story in a folder of their own."""
    return {"pictures": PICTURES, "login": "13900000002"}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What earlier chapters learnt."""
    return {}


def test_the_questions_add_the_food_licence_before_anything_is_filed(phone: Phone) -> None:
    facts = phone.tell("company: sees the plan")
    assert facts["parts"] == 8
    assert "食品经营许可" in facts["said"]
    assert "印章 5 枚" in facts["said"]
    assert "发票 25 张" in facts["said"]


def test_one_form_is_filled_in_once(phone: Phone) -> None:
    facts = phone.tell("company: fills in once")
    assert facts["asked"] < facts["separately"]


def test_everything_is_filed_at_once_with_one_address(phone: Phone, told: dict[str, Any]) -> None:
    facts = phone.tell("company: files everything")
    assert facts["within"] <= 3
    told["bundle"] = facts["bundle"]


def test_seven_offices_decide_in_their_order(
    phone: Phone, platform: Platform, told: dict[str, Any]
) -> None:
    if phone.stopped_at:
        pytest.skip("the story stopped before")
    words = (sys.executable, "-m", "tests.journeys.decide_bundle", told["bundle"])
    out = subprocess.run(
        words, cwd=PROJECT, env=platform.environment, check=True, timeout=90, capture_output=True
    )
    order = json.loads(out.stdout.splitlines()[-1])
    assert len(order) == 8
    assert order[0] == "licence"
    assert order.index("seals") < order.index("bank")
    assert order.index("tax") < order.index("invoices")


def test_one_parcel_brings_all_and_the_device_is_installed(phone: Phone) -> None:
    facts = phone.tell("company: gets one parcel")
    assert facts["contents"][:3] == ["营业执照 1本", "印章 5枚", "发票 25张"]
    assert facts["state"] == "finished"


def test_there_was_one_receipt_and_one_answer(phone: Phone) -> None:
    titles = phone.tell("company: reads its messages")["titles"]
    assert titles.count("一件事已提交") == titles.count("一件事已办结") == 1
    assert "申请已提交" not in titles
