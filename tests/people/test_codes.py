"""How often one-time codes may go to a phone (R-ID-04)."""

from datetime import timedelta

import pytest

from auth.people.errors import CodeTooSoon
from auth.people.rules import may_send_code

NOW, MINUTE = timedelta(seconds=5), timedelta(minutes=2)


def test_a_second_code_within_a_minute_is_refused_with_the_time_to_wait() -> None:
    with pytest.raises(CodeTooSoon) as refused:
        may_send_code([NOW], [NOW])
    assert refused.value.facts["retry_after_s"] == 55


def test_whoever_used_the_last_code_need_not_wait_for_the_next_step() -> None:
    may_send_code([NOW], [])


def test_used_codes_still_count_into_the_hour() -> None:
    with pytest.raises(CodeTooSoon):
        may_send_code([MINUTE] * 5, [])
