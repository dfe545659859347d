"""Papers go to the office by courier: fetched, paid for, followed, ticked off by the list.

R-LOG-01, R-LOG-03…05: the case waits for the original, and goes on when the office has it.
"""

import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import PROJECT
from tests.journeys.conftest import Phone, Platform
from tests.journeys.prepare_parcels import PHONE

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def story_settings(platform: Platform) -> dict[str, Any]:
    """Where the pictures go, and the case that waits."""
    words = (sys.executable, "-m", "tests.journeys.prepare_parcels")
    done = subprocess.run(
        words, cwd=PROJECT, env=platform.environment, check=True, timeout=60, stdout=subprocess.PIPE
    )
    case_no = done.stdout.decode().split()[-1]
    return {"pictures": "build/journey-parcels", "login": PHONE, "case": case_no}


def test_a_courier_is_booked_and_paid_for_the_original(phone: Phone) -> None:
    phone.tell("parcels: a courier is booked and paid for")


def test_the_owner_agrees_to_the_list_and_follows_the_parcel(phone: Phone) -> None:
    assert phone.tell("parcels: the list is agreed and the way is seen")["places"] >= 2


def test_the_office_ticks_it_off_and_the_case_goes_on(phone: Phone) -> None:
    assert phone.tell("parcels: the office ticks it off")["papers"] == "arrived"
