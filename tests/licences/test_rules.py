"""The identifier and the states are what the standard and the table say."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app_server.licences.rules.identifier import holds, identifier, parts_of
from app_server.licences.rules.states import EDGES, MOVES, STATE_NAMES, state_on

PART = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=30)


def test_published_identifiers_hold_and_the_one_that_does_not_is_known(shared):
    told = json.loads((shared / "data/standards/elicence_identifier.json").read_text())
    assert all(holds(text) for text in told["verified"])
    assert not any(holds(text.split(" ")[0]) for text in told["does_not_verify"])


# The first draw of a process reads every source file for constants, which takes seconds.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(PART, PART, PART, st.integers(1, 999), st.data())
def test_an_identifier_gives_its_parts_back_and_one_wrong_character_is_found(
    type_code, issuer, serial, version, data
):
    text = identifier(type_code, issuer, serial, version)
    parts = parts_of(text)
    assert (parts.type_code, parts.issuer, parts.serial, parts.version) == (
        type_code,
        issuer,
        serial,
        version,
    )
    at = data.draw(st.integers(len("1.2.156.3005.2."), len(text) - 1))
    other = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if text[at] not in {".", other}:
        assert not holds(text[:at] + other + text[at + 1 :])


@pytest.mark.parametrize("version", [0, 1000])
def test_a_version_beyond_three_digits_is_refused(version):
    with pytest.raises(ValueError, match="three digits"):
        identifier("A", "B", "1", version)


@given(st.sampled_from(sorted(STATE_NAMES)), st.lists(st.sampled_from(sorted(MOVES)), max_size=12))
def test_every_walk_of_moves_stays_on_the_edges_and_never_leaves_an_end(state, names):
    for name in names:
        edge = MOVES[name]
        if state in edge.sources:
            assert edge.to in EDGES[state]
            state = edge.to
        if not EDGES[state]:
            assert all(state not in move.sources for move in MOVES.values())


def test_every_edge_has_a_move():
    walked = {(source, move.to) for move in MOVES.values() for source in move.sources}
    assert walked == {(source, to) for source, ends in EDGES.items() for to in ends}
    assert set(EDGES) == set(STATE_NAMES)


def test_the_last_day_counts():
    day = date(2026, 5, 1)
    assert state_on("valid", day, day) == "valid"
    assert state_on("suspended", day, date(2026, 5, 2)) == "expired"
    assert state_on("revoked", day, date(2026, 5, 2)) == "revoked"
