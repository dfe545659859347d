"""One-time codes: gone at once, and written down nowhere."""

import httpx
import pytest

from app_server.kernel import db
from auth.people import service as people
from notify import service as notify
from notify.errors import CodeNotSent
from tests.builders.people import phone


async def on_phone(simulators, number: str) -> list[str]:
    async with httpx.AsyncClient(trust_env=False) as client:
        found = await client.get(f"{simulators['sms']}/messages", params={"phone": number})
    return [one["Content"] for one in found.json()]


async def fault(simulators, *kinds: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.post(f"{simulators['sms']}/__fault", json=list(kinds))


async def test_a_code_is_on_the_phone_before_any_worker_runs_and_in_no_table(database, simulators):
    number = phone()
    await people.send_code(number, "sign_up")
    (text,) = await on_phone(simulators, number)
    code = text.partition("验证码 ")[2][:6]
    assert code.isdigit()
    for row in await db.rows("SELECT tablename FROM pg_tables WHERE schemaname='public'"):
        table = row["tablename"]
        if table.startswith(("kernel_calendar", "tortoise")):
            continue
        dump = repr(await db.rows(f"SELECT row_to_json(t)::text FROM {table} t"))
        assert f'"{code}"' not in dump, table
        assert f" {code}," not in dump, table
    assert await db.value("SELECT count(*) FROM notify_delivery") == 0
    assert await db.value("SELECT count(*) FROM kernel_event WHERE name LIKE 'notify.%'") == 0


async def test_when_no_carrier_takes_a_code_the_caller_is_told(database, simulators):
    await fault(simulators, "away", "away")
    number = phone()
    with pytest.raises(CodeNotSent):
        await notify.send_code(number, "123456", "sign_up")
    await fault(simulators, "away")
    await notify.send_code(number, "234567", "sign_up")
    assert len(await on_phone(simulators, number)) == 1


async def test_a_lost_answer_sends_no_second_code(database, simulators):
    await fault(simulators, "lost")
    number = phone()
    await notify.send_code(number, "345678", "sign_up")
    assert len(await on_phone(simulators, number)) == 1


async def test_a_code_that_never_left_counts_for_nothing(public, simulators):
    number = phone()
    await fault(simulators, "away", "away")
    refused = await public.post("/sign-up/codes", json={"phone": number})
    assert (refused.status_code, refused.json()["code"]) == (503, "notify.code_not_sent")
    # A minute has not passed: only what was sent counts.
    again = await public.post("/sign-up/codes", json={"phone": number})
    assert again.status_code == 202, again.text
    assert len(await on_phone(simulators, number)) == 1
