"""Case numbers: 28 digits that check, never twice, that tell neither a neighbour nor a count."""

import asyncio
import hashlib
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.cases.errors import NumbersExhausted
from app_server.cases.service import numbers
from app_server.kernel import db
from tests.builders.cases import submitted
from tests.builders.items import UNEMPLOYMENT, catalogue
from tests.builders.people import resident

DAY = date(2026, 11, 22)
HEAD = st.text("0123456789", min_size=27, max_size=27)


@pytest.fixture(autouse=True)
def fresh() -> None:
    numbers.forget()


@pytest.mark.parametrize(
    ("head", "check"),
    # GB 11643's own example, ISNI's and ORCID's (all ISO 7064 MOD 11-2).
    [("11010519491231002", "X"), ("000000012146438", "X"), ("000000021825009", "7")],
)
def test_the_check_digit_is_iso_7064_mod_11_2(head: str, check: str) -> None:
    assert numbers.check_digit(head) == check


@given(HEAD, st.integers(0, 27), st.integers(1, 9))
def test_every_wrong_digit_is_found(head: str, at: int, by: int) -> None:
    number = head + numbers.check_digit(head)
    if number.isdigit():
        wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
        assert numbers.check_digit(wrong[:-1]) != wrong[-1]


@given(HEAD, st.integers(0, 26))
def test_every_swap_of_neighbours_is_found(head: str, at: int) -> None:
    number = head + numbers.check_digit(head)
    if number.isdigit() and number[at] != number[at + 1]:
        wrong = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        assert numbers.check_digit(wrong[:-1]) != wrong[-1]


@given(st.sets(st.integers(0, numbers.PLACES - 1), max_size=200))
def test_no_two_places_have_the_same_digits(places: set[int]) -> None:
    mixing = [hashlib.blake2s(b"%d" % turn, key=b"k" * 32) for turn in range(6)]
    found = {numbers._permuted(mixing, place) for place in places}
    assert len(found) == len(places)
    assert all(0 <= n < numbers.PLACES for n in found)


def test_neighbouring_places_are_strangers() -> None:
    found = [int(n[20:27]) for n in numbers.numbers_at("341602000000", DAY, range(1000))]
    gaps = {abs(b - a) for a, b in pairwise(found)}
    assert len(gaps) > 0.99 * (len(found) - 1)
    # Spread over the whole range, whatever the place: the tail tells no count.
    assert min(found) < 100_000
    assert max(found) > 9_900_000
    other = [
        int(n[20:27]) for n in numbers.numbers_at("341602000000", date(2026, 11, 23), range(9))
    ]
    assert not set(other) & set(found[:9])


async def test_a_number_carries_region_and_day_and_checks(database: None) -> None:
    number = await numbers.draw("341602", DAY)
    assert number.startswith("34160200000020261122")
    assert (len(number), numbers.is_number(number)) == (28, True)
    assert numbers.month_of(number) == "202611"


@pytest.mark.parametrize(
    "text", ["", "1" * 27, "3416020000002026112200000012", "3" * 28, "ａ" * 28]
)
def test_what_is_no_number_is_not_taken_for_one(text: str) -> None:
    assert not numbers.is_number(text)


def test_numbers_of_before_stay_readable() -> None:
    assert numbers.is_number("340700000000261122000001")
    assert numbers.month_of("340700000000261122000001") == "202611"


async def test_many_writers_draw_different_numbers_by_few_leases(database: None) -> None:
    # One number in eleven is skipped (its check would be X): 400 take 421 to 459 of five blocks.
    drawn = await asyncio.gather(*(numbers.draw("341602", DAY) for _ in range(400)))
    assert len(set(drawn)) == 400
    leased = await db.value("SELECT leased FROM cases_number_block")
    assert leased == 5 * numbers.BLOCK


async def test_a_lease_is_not_part_of_the_command_that_needs_it(database: None) -> None:
    with pytest.raises(RuntimeError, match="undone"):
        async with db.unit_of_work():
            await numbers.draw("341602", DAY)
            raise RuntimeError("undone")
    assert await db.value("SELECT leased FROM cases_number_block") == numbers.BLOCK
    # And it waits for nobody: another command holds its own rows meanwhile.
    async with db.unit_of_work():
        await db.execute("UPDATE cases_number_block SET leased = leased WHERE region = 'x'")
        await asyncio.wait_for(numbers.draw("340702", DAY), 5)


async def test_two_processes_never_lease_the_same_block(database: None) -> None:
    found: list[str] = []
    for _ in range(3):
        found += [await numbers.draw("341602", DAY) for _ in range(30)]
        numbers.forget()  # as a process of its own begins
    assert len(set(found)) == 90


async def test_a_day_that_is_full_says_so(database: None) -> None:
    await db.execute(
        "INSERT INTO cases_number_block VALUES ('341602000000', $1, $2)", DAY, numbers.PLACES
    )
    with pytest.raises(NumbersExhausted):
        await numbers.draw("341602", DAY)


async def test_a_number_that_is_taken_is_drawn_again(database: None) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    first = await submitted(await resident(), item)
    await db.execute("TRUNCATE cases_number_block")
    numbers.forget()  # the same block again, as after a database was set back
    others = {await submitted(await resident(), item) for _ in range(3)}
    assert len(others | {first}) == 4
    assert all(numbers.is_number(n) for n in others)
