"""Public rental housing as promised: two photos instead of eleven papers, three calls, no visit.

R-CAS-24: the form fills itself from the registries, a machine reads both photos, the platform
accepts by its table, an officer approves within seven days, and nobody went anywhere.
"""

import subprocess
import sys
from typing import Any

import pytest

from tests.builders.papers import paper
from tests.conftest import PROJECT
from tests.journeys.conftest import Phone, Platform
from tests.journeys.prepare_housing import PHONE

pytestmark = pytest.mark.timeout(180)
PICTURES = "build/journey-housing"
WHO = "周浩然"
PAPERS = {
    "个人承诺书": ("个人承诺书", f"本人{WHO}承诺以上情况真实。", f"签名：{WHO}", "2026年11月20日"),
    "劳动合同": ("劳动合同", f"乙方：{WHO}", "工作岗位：保洁", "合同期限：三年"),
}


@pytest.fixture(scope="module")
def story_settings(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Where the pictures go, and two papers a machine can read."""
    words = (sys.executable, "-m", "tests.journeys.prepare_housing")
    subprocess.run(words, cwd=PROJECT, env=platform.environment, check=True, timeout=60)
    folder = tmp_path_factory.mktemp("papers")
    for name, lines in PAPERS.items():
        (folder / f"{name}.jpg").write_bytes(paper(lines))
    return {"pictures": PICTURES, "papers": str(folder), "login": PHONE}


def test_signs_in_and_reads_what_was_saved(phone: Phone) -> None:
    facts = phone.tell("housing: reads what is saved")
    assert facts["saved"] == {"papers": [11, 2], "visits": 0, "days": 7}


def test_four_fifths_of_the_form_are_filled_by_three_registries(phone: Phone) -> None:
    facts = phone.tell("housing: finds the form filled")
    assert facts["filled"] / facts["fields"] >= 0.8
    assert facts["sources"] >= 3


def test_a_blurred_photo_is_asked_for_again_and_readable_ones_pass(phone: Phone) -> None:
    phone.tell("housing: a machine reads both papers")


def test_the_platform_accepts_by_its_table(phone: Phone) -> None:
    assert "系统" in phone.tell("housing: is accepted by the platform")["steps"]


def test_every_call_about_the_resident_is_told(phone: Phone) -> None:
    assert phone.tell("housing: sees three calls")["calls"] == 3


def test_an_officer_approves_and_nobody_went_anywhere(phone: Phone) -> None:
    facts = phone.tell("housing: is approved without a visit")
    assert facts["visits"] == 0


def test_the_pictures_are_there() -> None:
    assert len(list((PROJECT / PICTURES).glob("*.png"))) >= 6
