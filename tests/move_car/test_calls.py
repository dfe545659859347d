"""Numbers of neither side: bound once, parted, reported, exhausted, lost – by both protocols."""

import io
import logging
from datetime import timedelta
from uuid import UUID

import httpx
import orjson
import pytest
import structlog

from app_server.kernel import clock, db
from app_server.kernel.settings import ConfigurationRefused
from app_server.kernel.telemetry import set_up_logging
from app_server.move_car import service
from app_server.move_car.models import CallRecord, Request
from app_server.move_car.providers.huawei import digest
from app_server.move_car.providers.platforms import platform_of
from app_server.move_car.providers.privacy_number import (
    BindingRefused,
    PlatformDown,
    PoolExhausted,
    PrivacyNumberSettings,
    signed,
)
from app_server.move_car.simulators import privacy_number as simulator
from auth.people import service as people
from tests.builders.people import phone

LIFE = timedelta(minutes=10)
AT = "/callbacks/privacy-number"


@pytest.mark.parametrize("vendor", ["aliyun", "huawei"])
async def test_a_pair_is_bound_once_by_either_protocol_and_parted(numbers, vendor):
    ours = platform_of(PrivacyNumberSettings(vendor=vendor))
    a, b = phone(), phone()
    first = await ours.bind(a, b, LIFE, "r")
    assert await ours.bind(a, b, LIFE, "r") == first
    assert first.number not in {a, b}
    with pytest.raises(BindingRefused):
        await ours.bind(a, a, LIFE, "r")
    await ours.unbind(first)
    await ours.unbind(first)
    await numbers("exhausted")
    with pytest.raises(PoolExhausted):
        await ours.bind(a, b, LIFE, "r")
    for fault in ("down", "lost"):
        await numbers(fault)
        with pytest.raises(PlatformDown):
            await ours.bind(a, b, LIFE, "r")


async def test_a_wrong_secret_binds_nothing(numbers, simulators):
    for vendor in ("aliyun", "huawei"):
        other = PrivacyNumberSettings(vendor=vendor, secret="SIM-OTHER")
        with pytest.raises(PlatformDown):
            await platform_of(other).bind(phone(), phone(), LIFE, "r")
    assert digest("s", "n", "c") != digest("s", "n", "d")


def test_the_simulator_is_refused_in_production(monkeypatch):
    def refuse():
        raise ConfigurationRefused(["模拟器不能在生产环境运行"])

    monkeypatch.setattr(simulator, "refuse_production", refuse)
    with pytest.raises(ConfigurationRefused):
        simulator.build()


async def called(asked, next_step, car):
    made, mobile = await asked(car[1].token)
    await next_step()
    await next_step()
    return made, mobile, await Request.get(id=made["request"]["id"])


async def test_without_a_free_number_the_ladder_goes_on_with_a_clear_word(
    public, car, asked, next_step, numbers
):
    await numbers("exhausted")
    made, _, row = await called(asked, next_step, car)
    assert row.state == "handed_over"
    advice = (await public.get(f"/move-car/requests/{made['key']}")).json()["advice"]
    assert advice.startswith("匿名通话线路繁忙")
    assert "12123" in advice


async def test_a_lost_answer_is_asked_again_and_stays_one_binding(
    car, asked, next_step, numbers, deliver, simulators
):
    await numbers("lost")
    _, _, row = await called(asked, next_step, car)
    assert row.bind_id == ""
    await numbers("")
    await db.execute("UPDATE kernel_delivery SET run_at = now(), lease_until = NULL "
                     "WHERE state = 'ready' AND handler <> 'move_car.step'")  # fmt: skip
    await deliver()
    row = await Request.get(id=row.id)
    assert row.bind_id
    async with httpx.AsyncClient(trust_env=False) as client:
        standing = (await client.get(f"{simulators['privacy_number']}/__bindings")).json()
        assert standing["references"].count(str(row.id)) == 1
        await service.answer(car[0], row.id, "coming")
        await deliver()
        standing = (await client.get(f"{simulators['privacy_number']}/__bindings")).json()
    assert str(row.id) not in standing["references"]


async def test_reports_are_kept_once_signed_and_without_numbers(
    partner, car, asked, next_step, numbers
):
    made, mobile = await asked(car[1].token)
    at = clock.local(clock.now()).strftime("%Y-%m-%d %H:%M:%S")
    call = {
        "out_id": made["request"]["id"],
        "call_id": "c1",
        "start_time": at,
        "release_time": at,
        "phone_no": mobile,
    }
    unknown = call | {"out_id": str(UUID(int=7)), "call_id": "c2"}
    body = orjson.dumps([call, unknown, call | {"out_id": "x", "call_id": "c3"}]).decode()
    bare = {"content-type": "application/json"}
    assert (await partner.post(AT, content=body, headers=bare)).status_code == 403
    account = PrivacyNumberSettings()
    old = signed(account, body) | {"x-report-time": "1577836800"}
    assert (await partner.post(AT, content=body, headers=old)).status_code == 403
    changed = signed(account, body)
    assert (await partner.post(AT, content=body + " ", headers=changed)).status_code == 403
    # Before any binding was answered, and twice.
    for _ in range(2):
        taken = await partner.post(AT, content=body, headers=signed(account, body))
        assert taken.status_code == 204, taken.text
    assert [row.call_id for row in await CallRecord.all()] == ["c1"]
    assert mobile not in await db.value("SELECT t::text FROM move_car_call_record t")
    for junk in ("{", "{}", "[1]", "[" * 10_000, '[{"call_id":"c","start_time":"yesterday"}]'):
        reply = await partner.post(AT, content=junk, headers=signed(account, junk))
        assert reply.status_code == 400, junk[:20]


async def test_numbers_are_forgotten_after_thirty_days_and_records_after_half_a_year(
    car, asked, next_step, numbers
):
    _, _, row = await called(asked, next_step, car)
    assert row.call_number
    await Request.filter(id=row.id).update(created_at=clock.now() - timedelta(days=29))
    await service.forget()
    assert (await Request.get(id=row.id)).caller_phone
    await Request.filter(id=row.id).update(created_at=clock.now() - timedelta(days=31))
    await service.forget()
    row = await Request.get(id=row.id)
    assert (row.caller_phone, row.call_number) == (None, None)
    await Request.filter(id=row.id).update(created_at=clock.now() - timedelta(days=181))
    await service.forget()
    assert not await Request.all().exists()


@pytest.fixture
def logged():
    """What a serving process would log, as text; set up as one sets it up."""
    before, written = structlog.get_config(), io.StringIO()
    set_up_logging("debug", "worker")
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=written))
    yield written
    structlog.configure(**before)


async def test_after_a_whole_move_no_phone_and_no_plate_stands_anywhere(
    public, car, asked, next_step, numbers, logged, caplog
):
    caplog.set_level(logging.DEBUG)
    owner, code = car
    made, mobile, _ = await called(asked, next_step, car)
    said = [orjson.dumps(made).decode()]
    said.append((await public.get(f"/move-car/requests/{made['key']}")).text)
    said.append((await public.post(f"/move-car/requests/{made['key']}/moved")).text)
    await next_step()
    secrets = (mobile, (await people.person(owner.subject)).phone, code.plate, code.plate[1:])
    texts = [*said, caplog.text + logged.getvalue()]
    tables = await db.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_schema='public'"
    )
    assert len(tables) > 40
    for (table,) in tables:
        rows = await db.rows(f'SELECT t::text AS row FROM "{table}" t')
        texts.append("\n".join(row["row"] for row in rows))
    assert "move_car" in "".join(texts)
    for secret in secrets:
        for text in texts:
            assert secret not in text
