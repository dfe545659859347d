"""Three registers make one record by one rule, in whatever order they come."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app_server.sharing.errors import ResourceInvalid
from app_server.sharing.rules.legal_persons import BASIC, REGISTERS, Record, merge

COMPANY = "91341602MADEM0011Y"
OLD, NEW = date(2026, 1, 5), date(2026, 3, 1)


def record(register="market", as_of=OLD, code=COMPANY, **facts):
    return Record(register, code, facts, as_of)


def test_the_register_the_code_names_is_right_about_basic_facts_even_when_older():
    merged = merge(
        COMPANY,
        [
            record("market", OLD, name="芍花药材公司", staff="12"),
            record("civil_affairs", NEW, name="芍花药材协会", staff="15"),
        ],
    )
    assert (merged["name"].value, merged["name"].register) == ("芍花药材公司", "market")
    assert dict(merged["name"].others) == {"civil_affairs": "芍花药材协会"}
    # How many work there is no basic fact: the newest word counts.
    assert (merged["staff"].value, merged["staff"].register) == ("15", "civil_affairs")


def test_of_two_words_of_one_day_the_first_register_counts_and_empty_ones_say_nothing():
    merged = merge(
        COMPANY,
        [record("establishment", OLD, staff="3"), record("civil_affairs", OLD, staff="4"),
         record("market", NEW, staff=" ")],
    )  # fmt: skip
    assert merged["staff"].value == "4"


def test_records_of_others_and_contradictions_within_a_register_are_refused():
    with pytest.raises(ResourceInvalid):
        merge(COMPANY, [record(code="51341602MJDEM0022P", name="别人")])
    with pytest.raises(ResourceInvalid):
        merge(COMPANY, [record("tax", name="税")])
    with pytest.raises(ResourceInvalid):
        merge(COMPANY, [record(staff="3"), record(staff="4")])


NAMES = ["name", "standing", "staff", "penalty"]
RECORDS = st.lists(
    st.builds(
        Record,
        st.sampled_from(REGISTERS),
        st.just(COMPANY),
        st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["甲", "乙", ""])),
        st.dates(date(2026, 1, 1), date(2026, 1, 9)),
    ),
    max_size=6,
    unique_by=lambda one: (one.register, one.as_of),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(RECORDS, st.randoms())
def test_the_order_of_records_does_not_matter_and_every_value_was_said(records, chance):
    merged = merge(COMPANY, records)
    shuffled = list(records)
    chance.shuffle(shuffled)
    assert merge(COMPANY, shuffled) == merged
    for name, field in merged.items():
        said = [r for r in records if r.facts.get(name)]
        assert field.value in {r.facts[name] for r in said}
        assert field.value not in field.others.values()
        if name not in BASIC:
            assert field.as_of == max(r.as_of for r in said)
