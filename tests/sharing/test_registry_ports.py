"""The registry ports: what they answer, when they give up, and when they are left alone (R-ID-36)."""

import asyncio
import time
from datetime import date

import pytest

from app_server.sharing import service as sharing
from app_server.sharing.providers.breaker import Breaker
from app_server.sharing.providers.exchange import Exchange, ExchangeDown, ExchangeSettings
from auth.identity import service as identity
from tests.builders.identity import post

LI = {"id_number": "341602199003074511", "name": "李明轩"}
FIELDS = LI | {"ethnic_group": "汉族", "sex": "male"}
NOBODY = {"id_number": "341602197001010018", "name": "无名氏"}
PORT = sharing.PopulationChecks()


@pytest.fixture
async def ill(simulators):
    """Make a registry slow or broken; it is well again afterwards."""
    fallen = []

    async def fall(service: str, mode: str) -> None:
        fallen.append(service)
        await post(simulators["exchange"], "/__ill", {"service": service, "mode": mode})

    yield fall
    for service in fallen:
        await post(simulators["exchange"], "/__ill", {"service": service, "mode": "well"})


def quick(**timing) -> Exchange:
    """An exchange of its own, with its own circuit, that waits half a second."""
    exchange = Exchange(ExchangeSettings())
    exchange._client.timeout = 0.4
    return exchange


async def test_the_port_is_whole(simulators):
    assert isinstance(PORT, object)
    for name in identity.RegistryChecks.__dict__:
        if not name.startswith("_"):
            assert callable(getattr(PORT, name)), name


async def test_documents_say_dates_and_life(simulators):
    known = await PORT.document(**LI)
    assert known == identity.Document("alive", date(2019, 4, 2), date(2039, 4, 2))
    assert await PORT.document(**NOBODY) is None
    long_term = await PORT.document(id_number="341602195608122629", name="王秀兰")
    assert long_term.valid_until is None


async def test_four_fields_and_portrait(simulators):
    assert await PORT.four_fields_match(**FIELDS)
    for field, other in {
        "name": "李明宣",
        "sex": "female",
        "ethnic_group": "回族",
        "id_number": NOBODY["id_number"],
    }.items():
        assert not await PORT.four_fields_match(**FIELDS | {field: other}), field
    assert (await PORT.portrait(**LI))[:2] == b"\xff\xd8"
    assert await PORT.portrait(**NOBODY) is None


async def test_accounts_say_whose_they_are(simulators):
    mine = await PORT.housing_fund_account(**LI, account="341600100012")
    assert mine == identity.AccountAnswer(matched=True, holder_name="李明轩")
    others = await PORT.housing_fund_account(**LI, account="341600100038")
    assert others == identity.AccountAnswer(matched=False, holder_name="")
    card = await PORT.social_security_card(**LI, card_number="AH0512345")
    assert card.matched


async def test_every_question_of_an_absent_registry_is_an_os_error(monkeypatch):
    gone = Exchange(ExchangeSettings(endpoint="http://127.0.0.1:1"))
    monkeypatch.setattr("app_server.sharing.service.registries.exchange", lambda: gone)
    for question in (
        PORT.four_fields_match(**FIELDS),
        PORT.portrait(**LI),
        PORT.document(**LI),
        PORT.changes(after=0),
        PORT.housing_fund_account(**LI, account="1"),
        PORT.social_security_card(**LI, card_number="1"),
    ):
        with pytest.raises(OSError):
            await question


async def test_a_slow_registry_is_given_up_and_the_answer_is_pending(ill, monkeypatch):
    await ill("population.four_fields", "slow")
    exchange = quick()
    monkeypatch.setattr("app_server.sharing.service.registries.exchange", lambda: exchange)
    begun = time.monotonic()
    assert await identity.ask_four_fields(**FIELDS) == "pending_manual_check"
    assert time.monotonic() - begun < 2


async def test_the_real_time_out_is_bounded():
    timeout = Exchange(ExchangeSettings())._client.timeout
    assert timeout.read <= 5
    assert timeout.connect <= 1


async def test_after_five_failures_the_circuit_opens_and_others_go_on(ill):
    await ill("population.four_fields", "broken")
    exchange = quick()
    for _ in range(5):
        with pytest.raises(ExchangeDown, match="502"):
            await exchange.ask("population.four_fields", FIELDS, "试")
    with pytest.raises(ExchangeDown, match="circuit open"):
        await exchange.ask("population.four_fields", FIELDS, "试")
    assert (await exchange.ask("population.document", LI, "试"))["known"]


@pytest.mark.alone
async def test_an_open_circuit_costs_nobody_the_time_out(ill):
    await ill("population.four_fields", "slow")
    exchange = quick()
    asked = [exchange.ask("population.four_fields", FIELDS, "试") for _ in range(5)]
    await asyncio.gather(*asked, return_exceptions=True)
    begun = time.monotonic()
    for _ in range(100):
        with pytest.raises(ExchangeDown):
            await exchange.ask("population.four_fields", FIELDS, "试")
    assert time.monotonic() - begun < 0.3


def test_a_circuit_rests_then_lets_one_try_and_closes_with_an_answer():
    now = [0.0]
    breaker = Breaker(most=2, rest=10, clock=lambda: now[0])
    assert breaker.admits()
    breaker.failed()
    assert breaker.admits()
    breaker.failed()
    assert not breaker.admits()
    now[0] = 10.0
    assert breaker.admits()  # the probe
    assert not breaker.admits()  # the others wait for it
    breaker.failed()
    now[0] = 19.9
    assert not breaker.admits()
    now[0] = 20.0
    assert breaker.admits()
    breaker.answered()
    assert breaker.admits()
    assert breaker.admits()


def test_an_answer_between_failures_keeps_the_circuit_closed():
    breaker = Breaker(most=2)
    for _ in range(10):
        breaker.failed()
        breaker.answered()
    assert breaker.admits()
