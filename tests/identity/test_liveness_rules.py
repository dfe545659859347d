"""What counts as the asked-for action: pure reckoning over what frames showed."""

import itertools
import random
import secrets
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.identity import rules
from auth.identity.rules import FLASH_COLOURS, Glimpse, draw_steps, flash_match, judge_step

SKIN = (180.0, 130.0, 110.0)


def seen(n: int, **shown) -> Glimpse:
    grey = tuple((n * 7 + k) % 200 for k in range(64))
    plain = Glimpse(n * 300, 0.5, 0.4, 0.0, 0.3, 0.2, SKIN, grey, 0.9)
    return replace(plain, **shown)


FRONTAL = [seen(n) for n in range(5)]


def acted(name: str, values: list[float]) -> list[Glimpse]:
    return [seen(n, **{name: v}) for n, v in enumerate(values)]


def lit(colours: list[str], strength: float = 0.3) -> list[Glimpse]:
    found = []
    for n, name in enumerate(colours):
        light = [1 - strength + strength * c / 255 for c in FLASH_COLOURS[name]]
        found.append(seen(n, colour=tuple(s * k for s, k in zip(SKIN, light, strict=True))))
    return found


@pytest.mark.parametrize(
    ("kind", "film"),
    [
        ("turn_left", acted("turn", [0, 0.2, 0.5, 0.2, 0])),
        ("turn_right", acted("turn", [0, -0.2, -0.5, -0.2, 0])),
        ("blink", acted("eyes", [0.3, 0.28, 0.1, 0.29, 0.3])),
        ("open_mouth", acted("mouth", [0.2, 0.25, 0.45, 0.3, 0.2])),
    ],
)
def test_an_action_that_was_done_counts_and_no_other_one_does(kind, film):
    assert judge_step(kind, (), FRONTAL, film) == ""
    others = {"turn_left", "turn_right", "blink", "open_mouth"} - {kind}
    for other in others:
        assert judge_step(other, (), FRONTAL, film) == "action_not_seen"


def test_a_face_that_does_nothing_passes_no_action():
    for kind in ("turn_left", "turn_right", "blink", "open_mouth"):
        assert judge_step(kind, (), FRONTAL, FRONTAL) == "action_not_seen"


def test_eyes_that_only_look_down_are_no_blink():
    film = acted("eyes", [0.3, 0.29, 0.16, 0.16, 0.16])
    assert judge_step("blink", (), FRONTAL, film) == "action_not_seen"


def test_a_head_that_began_turned_has_not_turned():
    film = acted("turn", [0.5, 0.5, 0.5, 0.5, 0.5])
    assert judge_step("turn_left", (), FRONTAL, film) == "action_not_seen"


def test_a_head_that_swings_both_ways_has_done_neither_turn():
    film = acted("turn", [0, 0.5, 0, -0.5, 0])
    assert judge_step("turn_left", (), FRONTAL, film) == "action_not_seen"
    assert judge_step("turn_right", (), FRONTAL, film) == "action_not_seen"


@pytest.mark.parametrize(
    ("film", "flaw"),
    [
        ([seen(0), seen(1), seen(2)], "too_few_frames"),
        ([seen(0), seen(2), seen(1), seen(3)], "frames_out_of_order"),
        ([seen(n, grey=(9,) * 64) for n in range(5)], "still_picture"),
        ([seen(0), seen(1), seen(2, x=0.9), seen(3)], "face_jumped"),
        ([seen(0), seen(1), seen(2, width=0.1), seen(3)], "face_jumped"),
        ([seen(n, turn=0.4) for n in range(5)], "not_facing"),
    ],
)
def test_a_film_no_honest_camera_takes_is_refused(film, flaw):
    assert judge_step("look_straight", (), [], film) == flaw


def test_the_colours_of_this_session_are_recognised_and_those_of_another_are_not():
    mine = ["red", "green", "blue", "yellow", "red", "blue", "green", "yellow"]
    other = ["blue", "yellow", "red", "green", "blue", "red", "yellow", "green"]
    assert judge_step("flash", mine, FRONTAL, lit(mine)) == ""
    assert judge_step("flash", mine, FRONTAL, lit(other)) == "colours_not_reflected"
    assert judge_step("flash", mine, FRONTAL, FRONTAL + FRONTAL[:3]) != ""


def test_a_face_that_reflects_nothing_matches_no_colours():
    mine = ["red", "green", "blue", "yellow"] * 2
    dull = [seen(n) for n in range(8)]
    assert judge_step("flash", mine, FRONTAL, dull) == "colours_not_reflected"


def test_a_recording_of_another_session_rarely_matches():
    draws = [list(s[-1]["colours"]) for s in (draw_steps(secrets.choice) for _ in range(60))]
    pairs = [(a, b) for a, b in itertools.permutations(draws, 2) if a != b]
    passed = sum(flash_match(a, FRONTAL, lit(b)) >= rules.FLASH_MATCH for a, b in pairs)
    assert passed / len(pairs) < 0.03


@given(st.integers())
def test_every_draw_has_a_turn_another_action_and_a_code_of_three_colours(seed):
    drawn = draw_steps(random.Random(seed).choice)
    kinds = [str(s["kind"]) for s in drawn]
    assert len(set(drawn[-1]["colours"])) >= 3
    assert kinds[0] == "look_straight"
    assert kinds[-1] == "flash"
    assert len([k for k in kinds if k in rules.TURNS]) == 1
    assert len([k for k in kinds if k in rules.OTHER_ACTIONS]) == 1


def test_draws_differ():
    drawn = {tuple(str(s) for s in draw_steps(secrets.choice)) for _ in range(30)}
    assert len(drawn) > 25
