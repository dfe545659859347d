"""A resident pays through every simulated channel in the browser, and is told."""

import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import PROJECT
from tests.journeys.conftest import Phone, Platform
from tests.journeys.prepare_money import PHONE

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def story_settings(platform: Platform) -> dict[str, Any]:
    """Where the pictures go, and bills that wait."""
    words = (sys.executable, "-m", "tests.journeys.prepare_money")
    subprocess.run(words, cwd=PROJECT, env=platform.environment, check=True, timeout=60)
    return {"pictures": "build/journey-money", "login": PHONE}


def test_a_bill_is_paid_through_wechat(phone: Phone) -> None:
    phone.tell("money: a bill is paid through WeChat")


def test_a_bill_is_paid_through_alipay(phone: Phone) -> None:
    phone.tell("money: a bill is paid through Alipay")


def test_a_bill_is_paid_through_unionpay(phone: Phone) -> None:
    phone.tell("money: a bill is paid through UnionPay")


def test_each_is_receipted_by_the_finance_department_and_told(phone: Phone) -> None:
    told = phone.tell("money: each is receipted and told")
    assert told == {"channels": ["alipay", "unionpay", "wechat"], "receipts": 3}


def test_the_treasury_reads_each_order_and_a_ledger_that_sums_to_nothing(phone: Phone) -> None:
    told = phone.tell("money: the treasury reads orders and ledger")
    assert told["orders"] >= 3
    assert told["told"] >= 2
