"""The short form of `make fault-processes` and `make fault-kills`: a few orders, a few deaths."""

import os

import pytest

from tests.faults.payments import drive, processes

# A minute: only the long form (make faults) takes the time.
LONG = "WANSHI_FAULT_CASES" in os.environ
pytestmark = [pytest.mark.alone, pytest.mark.skipif(not LONG, reason="make faults runs it")]
DEATHS = 6


async def test_orders_survive_the_deaths_of_the_web_process_and_the_worker(database, monkeypatch):
    monkeypatch.setattr(processes, "CHANCE", 0.03)
    people = await drive.payers(6)
    with processes.running(DEATHS) as street:
        verdict = await processes.drive_through(street, people, 15)
        deaths = street.deaths
    assert deaths.total() >= 5, "too few deaths: this run proves nothing"
    assert verdict.clean, f"{verdict}: {dict(verdict.examples)}"
    assert verdict.paid >= 8
