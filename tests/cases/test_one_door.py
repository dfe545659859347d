"""Apply, accept, handle, answer, supervise by one door for all departments (R-CAS-31)."""

import re

import pytest

from app_server import registry
from app_server.cases.rules import MOVES
from app_server.cases.rules.states import address
from app_server.kernel.http import ENDPOINTS

# An organisation's code, a division, a word of one department's trade.
OF_ONE_DEPARTMENT = re.compile(r"[0-9A-Z]{18}|\b\d{6,12}\b|housing|police|education|medical|tax")


@pytest.fixture(autouse=True, scope="module")
def assembled() -> None:
    registry.assemble()


def test_no_deed_of_a_case_has_a_door_of_one_departments_own():
    deeds = {address(name) for name in MOVES}
    doors = [e for e in ENDPOINTS if "{case_no}" in e.path and e.method == "POST"]
    assert {e.path.rpartition("/")[2] for e in doors} >= deeds & {"accept", "approve", "refuse"}
    for endpoint in doors:
        if endpoint.path.rpartition("/")[2] in deeds:
            assert endpoint.run.__module__.startswith("app_server.cases."), endpoint.path
    handling = ("app_server.cases.", "app_server.forms.", "app_server.items.")
    own = [e.path for e in ENDPOINTS if e.run.__module__.startswith(handling)]
    assert len(own) > 50
    assert not [path for path in own if OF_ONE_DEPARTMENT.search(path)]


def test_there_is_one_way_to_hand_in_for_everybody():
    handed_in = [e.path for e in ENDPOINTS if e.method == "POST" and e.path.endswith("/cases")]
    assert sorted(handed_in) == ["/api/v1/cases", "/staff/v1/window/cases"]
