"""How often one-time codes may go to a phone (R-ID-04)."""

from datetime import timedelta

import pytest

from app_server.kernel import clock
from auth.people import service as people
from auth.people.errors import CodeTooSoon
from auth.people.rules import may_send_code
from tests.builders.people import phone

NOW, MINUTE = timedelta(seconds=5), timedelta(minutes=2)


def test_a_second_code_within_a_minute_is_refused_with_the_time_to_wait() -> None:
    with pytest.raises(CodeTooSoon) as refused:
        may_send_code([NOW])
    assert refused.value.facts["retry_after_s"] == 55


def test_five_codes_fill_the_hour_and_ten_the_day() -> None:
    may_send_code([MINUTE] * 4)
    with pytest.raises(CodeTooSoon):
        may_send_code([MINUTE] * 5)
    with pytest.raises(CodeTooSoon):
        may_send_code([timedelta(hours=2)] * 10)


async def test_a_used_code_still_counts_into_the_minute(database, monkeypatch) -> None:
    number, sent = phone(), []

    async def note(_: str, code: str, __: str) -> None:
        sent.append(code)

    monkeypatch.setattr("auth.people.service.codes._sender", note)
    await people.send_code(number, "sign_up")
    await people.consume_code(await people.check_code(number, "sign_up", sent[0]))
    with pytest.raises(CodeTooSoon):
        await people.send_code(number, "face:1")
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "_source", lambda: later)
    await people.send_code(number, "face:1")
    assert len(sent) == 2
