"""The credit-code rules of the front end are bound to ours by one file of codes (GB 32100)."""

import json
from pathlib import Path

import pytest

from auth.organisations.errors import CreditCodeInvalid
from auth.organisations.rules import checked_credit_code

FILE = Path(__file__).resolve().parents[2] / "h5_shell/resident/tests/data/credit-codes.json"
CODES = json.loads(FILE.read_text())


def test_the_file_holds_codes_of_both_kinds() -> None:
    assert len(CODES["good"]) >= 20
    assert len(CODES["bad"]) >= 20


@pytest.mark.parametrize("code", CODES["good"])
def test_what_the_front_end_accepts_is_accepted_here(code: str) -> None:
    assert checked_credit_code(code) == code


@pytest.mark.parametrize("code", CODES["bad"])
def test_what_the_front_end_refuses_is_refused_here(code: str) -> None:
    with pytest.raises(CreditCodeInvalid):
        checked_credit_code(code)
