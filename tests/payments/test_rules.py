"""Money in text, and the tables of states."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules import ATTEMPT_EDGES, ORDER_EDGES, fen_from_yuan, pay_code, yuan_from_fen

PAYMENTS = Path(__file__).resolve().parents[2] / "payments"


@given(st.integers(min_value=0, max_value=10**13 - 1))
def test_every_amount_survives_being_written_in_yuan(fen):
    assert fen_from_yuan(yuan_from_fen(fen)) == fen


@pytest.mark.parametrize(
    "text", ["1.005", "1e2", "\uff11", "1_000", "NaN", "-1", "", "1.", ".5", " 1"]
)
def test_anything_but_plain_yuan_is_refused(text):
    with pytest.raises(ValueError, match="amount"):
        fen_from_yuan(text)


def test_no_float_and_no_division_by_a_hundred_lives_in_payments():
    for path in PAYMENTS.rglob("*.py"):
        if "migrations" in path.parts or "simulators" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                # httpx wants its pool wait in seconds; nothing else here is a fraction.
                assert "providers" in path.parts, path
            assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)), path


def test_every_edge_leads_to_a_known_state():
    for edges in (ORDER_EDGES, ATTEMPT_EDGES):
        for targets in edges.values():
            assert targets <= set(edges)


def test_a_success_is_applied_from_every_state_that_may_still_be_paid():
    assert all("success" in ATTEMPT_EDGES[s] for s in ("new", "waiting", "closed"))
    assert "paid" in ORDER_EDGES["closed"]


@given(st.integers(min_value=1, max_value=999_999_999))
def test_a_pay_code_has_twenty_digits_and_a_wrong_digit_shows(turn):
    code = pay_code("341602", 2026, turn)
    assert len(code) == 20
    other = str((int(code[7]) + 1) % 10)
    assert pay_code("341602", 2026, turn) != code[:7] + other + code[8:]
