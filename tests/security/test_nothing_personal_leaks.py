"""Personal data stands in no log, no event, no error and, at rest, nowhere in the clear."""

import io
import logging
import re
import sys

import httpx
import pytest
import structlog

from app_server.kernel import db
from app_server.kernel.telemetry import set_up_logging
from auth.identity import service as identity
from auth.people import service as people
from tests.builders.identity import in_registry
from tests.builders.people import id_number, phone, resident

PASSWORD = "花戏楼-Demo-2026"
NAME = "欧阳玉衡"


async def code_sent(simulators, number: str) -> str:
    async with httpx.AsyncClient(trust_env=False) as client:
        found = await client.get(f"{simulators['sms']}/messages", params={"phone": number})
    return re.search(r"验证码 (\d{6})", found.json()[0]["Content"]).group(1)


@pytest.fixture
def logged():
    """What a serving process would log, as text; set up as one sets it up."""
    before, written = structlog.get_config(), io.StringIO()
    set_up_logging("debug", "web-public")
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=written))
    _bind_anew()
    yield written
    structlog.configure(**before)
    _bind_anew()


def _bind_anew() -> None:
    """Loggers remember where they wrote first; here they must write to this test."""
    for module in list(sys.modules.values()):
        log = vars(module).get("log") if module else None
        if isinstance(log, structlog._config.BoundLoggerLazyProxy):
            vars(log).pop("bind", None)


@pytest.fixture
async def lived(public, simulators, deliver, logged, caplog):
    """Somebody registers, mistypes, signs in and is looked up; what was said and written."""
    caplog.set_level(logging.DEBUG)
    number, mobile = id_number(), phone()
    probe = await resident(name=NAME, number=number)
    await in_registry(simulators, probe)
    await db.execute("DELETE FROM people_person")
    await public.post("/sign-up/codes", json={"phone": mobile})
    await deliver()
    body = {
        "name": NAME,
        "id_number": number,
        "sex": "male",
        "ethnic_group": "汉族",
        "phone": mobile,
        "code": await code_sent(simulators, mobile),
        "password": PASSWORD,
        "terms_version": "2026-11",
    }
    bad = await public.post("/sign-up", json=body | {"code": "000000"})
    wrong = await public.post("/sign-up", json=body | {"ethnic_group": "回族"})
    good = await public.post("/sign-up", json=body)
    assert good.status_code == 201, good.text
    token = {"authorization": f"Bearer {good.json()['access_token']}"}
    refused = await public.post("/sessions", json={"login": number, "password": "wrong-password"})
    me = await public.get("/me", headers=token)
    await deliver()
    person = await people.find_by_id_number(number)
    assert await identity.tier_of_person(person) == 1
    said = [bad.text, wrong.text, refused.text, me.text, good.text]
    return {
        "secrets": (number, mobile, NAME, PASSWORD),
        "said": said,
        "logged": logged.getvalue() + caplog.text,
    }


async def test_an_unexpected_fault_is_logged_without_what_was_sent(
    public, database, logged, monkeypatch
):
    async def fault(*_args, **_more):
        raise RuntimeError("a fault of our own")

    number = id_number()
    monkeypatch.setattr("auth.grants.service.sign_in.check_password", fault)
    reply = await public.post("/sessions", json={"login": number, "password": PASSWORD})
    assert reply.status_code == 500
    assert "a fault of our own" in logged.getvalue()
    assert number not in logged.getvalue() + reply.text
    assert PASSWORD not in logged.getvalue() + reply.text


async def test_neither_replies_nor_logs_name_anybody(lived):
    for secret in lived["secrets"]:
        assert secret not in lived["logged"]
        for reply in lived["said"]:
            assert secret not in reply


async def test_at_rest_the_identity_stands_nowhere_in_the_clear(lived):
    tables = await db.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_schema='public'"
    )
    assert len(tables) > 40
    for (table,) in tables:
        rows = await db.rows(f'SELECT t::text AS row FROM "{table}" t')
        text = "\n".join(row["row"] for row in rows)
        for secret in lived["secrets"]:
            assert secret not in text, table
