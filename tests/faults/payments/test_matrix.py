"""The short form of the fault matrix: a hundred times as many orders go through `make fault-matrix`.

Every naive variant must be found by the same judge, else its zeros say nothing.
"""

import pytest

from app_server.kernel.events import SUBSCRIPTIONS
from tests.faults.payments import drive, matrix
from tests.faults.payments.naive import VARIANTS
from tests.faults.payments.town import Plan, accounts

pytestmark = pytest.mark.alone
WIDE = Plan(
    (
        "answer_lost", "request_lost", "busy", "notice_copies", "notice_dropped", "notice_forged",
        "crash_before_commit", "crash_after_commit", "serialization", "late_success",
    ),
    0.15,
)  # fmt: skip


@pytest.fixture
async def payers(database, monkeypatch):
    for name in [name for name in SUBSCRIPTIONS if name not in matrix.OURS]:
        monkeypatch.delitem(SUBSCRIPTIONS, name)
    return await drive.payers(5)


async def test_orders_under_many_faults_at_once_lose_nothing_and_double_nothing(payers):
    town, verdict = await matrix.one_wave(WIDE, 1, 90, payers, accounts())
    assert verdict.clean, f"{verdict}: {dict(verdict.examples)}"
    assert not town.surprises
    assert {kind for kind in WIDE.kinds if town.injected[kind]} == set(WIDE.kinds)
    assert verdict.paid > 40
    assert verdict.refunded > 10


@pytest.mark.parametrize("variant", VARIANTS)
async def test_what_lacks_one_rule_is_found(variant, payers):
    _, verdict = await matrix.one_wave(VARIANTS[variant][1], 2, 30, payers, accounts(), variant)
    assert not verdict.clean
