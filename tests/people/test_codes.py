"""How often one-time codes may go to a phone, and be tried (R-ID-04)."""

import asyncio
from datetime import timedelta

import pytest

from app_server.kernel import clock
from auth.people import service as people
from auth.people.errors import CodeRefused, CodeTooSoon, CodeTriesSpent
from auth.people.models import OneTimeCode
from auth.people.rules import CODE_TRIES_AN_HOUR, may_send_code
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


async def test_ten_codes_an_hour_are_tried_for_one_phone_whatever_they_are_for(
    database, monkeypatch
) -> None:
    number, sent, now = phone(), [], clock.now()
    said: list[type[Exception]] = []

    async def note(_: str, code: str, __: str) -> None:
        sent.append(code)

    monkeypatch.setattr("auth.people.service.codes._sender", note)
    for n, purpose in enumerate(("sign_up", "face:1", "password_reset")):
        # A fresh code allows five tries more, the phone does not.
        monkeypatch.setattr(clock, "_source", lambda n=n: now + timedelta(minutes=2 * n))
        await people.send_code(number, purpose)
        for guess in range(1, 6):
            with pytest.raises((CodeRefused, CodeTriesSpent)) as refused:
                wrong = f"{(int(sent[-1]) + guess) % 10**6:06d}"
                await people.check_code(number, purpose, wrong)
            said.append(refused.type)
    assert said == [CodeRefused] * CODE_TRIES_AN_HOUR + [CodeTriesSpent] * 5
    with pytest.raises(CodeTriesSpent) as refused:
        await people.check_code(number, "password_reset", sent[-1])
    assert 0 < refused.value.facts["retry_after_s"] <= 3_900


async def test_fifty_guesses_at_once_are_five(database, monkeypatch) -> None:
    number, sent = phone(), []

    async def note(_: str, code: str, __: str) -> None:
        sent.append(code)

    monkeypatch.setattr("auth.people.service.codes._sender", note)
    await people.send_code(number, "sign_up")
    wrong = f"{(int(sent[0]) + 1) % 10**6:06d}"
    await asyncio.gather(
        *(people.check_code(number, "sign_up", wrong) for _ in range(50)), return_exceptions=True
    )
    assert await OneTimeCode.filter(tries=5).count() == 1
    with pytest.raises(CodeRefused):
        await people.check_code(number, "sign_up", sent[0])


async def test_codes_that_no_limit_counts_are_forgotten(database, monkeypatch) -> None:
    async def note(*_: str) -> None:
        pass

    monkeypatch.setattr("auth.people.service.codes._sender", note)
    await people.send_code(phone(), "sign_up")
    later = clock.now() + timedelta(hours=25)
    await people.sweep_codes()
    assert await OneTimeCode.all().count() == 1
    monkeypatch.setattr(clock, "_source", lambda: later)
    await people.sweep_codes()
    assert await OneTimeCode.all().count() == 0
