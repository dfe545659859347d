"""A department's own system: pushed to once, heard once, in order, along legal edges (R-CAS-05)."""

import asyncio
import hashlib
import os
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson
import pytest

from app_server.cases import service as cases
from app_server.exchange import service
from app_server.exchange.models import Inbound
from app_server.exchange.service import signing
from app_server.exchange.simulators import department as simulated
from app_server.kernel import clock, db
from app_server.kernel.principal import Principal
from app_server.kernel.settings import Settings
from auth.grants import service as grants
from tests.builders.cases import desk_of, state_of, submitted, version_of
from tests.builders.exchange import message, registered, token_of
from tests.builders.federation import Peer
from tests.builders.items import PERMIT_COPY, UNEMPLOYMENT, catalogue
from tests.builders.people import resident
from tests.conftest import PROJECT


@pytest.fixture
async def item(database):
    return (await catalogue())[UNEMPLOYMENT]


@pytest.fixture
async def system(simulators, partner, item):
    return await registered(item, simulators["approvals"], partner)


async def accepted(item, name: str = "李明轩") -> str:
    case_no = await submitted(await resident(name=name), item)
    await cases.accept(await desk_of(item), case_no, await version_of(case_no))
    return case_no


async def taken_of(system, case_no: str) -> list[dict]:
    return [case for case in await system.cases() if case["case_no"] == case_no]


async def test_strangers_and_wrong_signatures_are_refused_and_change_nothing(partner, system, item):
    case_no = await accepted(item)
    told = message(case_no, 1, "begin_review")
    bare = await partner.post("/exchange/reports", json=told)
    assert bare.status_code == 401
    secret = await grants.add_client(client_id="another-system", name="x", scopes=["notify.send"])
    other = await token_of(partner, "another-system", secret)
    assert (await system.say(told, headers=other)).status_code == 403
    forged = Peer("341600")
    body = b"{}"
    tokens = {
        "none": "",
        "another's key": signing.signed_by(
            forged.key, simulated.public_jwk(simulated.demo_key())["kid"],
            signing.system_name(simulated.CODE), signing.our_name(), "report", body,
        ),
        "for another": signing.signed_by(
            simulated.demo_key(), simulated.public_jwk(simulated.demo_key())["kid"],
            signing.system_name(simulated.CODE), "urn:wanshi:platform:320000", "report", body,
        ),
        "another's name": signing.signed_by(
            simulated.demo_key(), simulated.public_jwk(simulated.demo_key())["kid"],
            signing.system_name("somebody"), signing.our_name(), "report", body,
        ),
        "another kind": signing.signed_by(
            simulated.demo_key(), simulated.public_jwk(simulated.demo_key())["kid"],
            signing.system_name(simulated.CODE), signing.our_name(), "ask", body,
        ),
    }  # fmt: skip
    for token in tokens.values():
        reply = await system.say(told, token=token, body=body)
        assert (reply.status_code, reply.json()["code"]) == (403, "exchange.bad_signature"), (
            reply.text
        )
    changed = await system.say(told, body=b'{"deed":"approve"}')
    assert changed.json()["code"] == "exchange.bad_signature"
    assert await state_of(case_no) == "accepted"
    assert await Inbound.all().count() == 0


@pytest.mark.parametrize("number", ["\x00", "x" * 65, "办件", "a b"])
async def test_a_message_id_that_cannot_be_kept_is_no_signature_of_a_system(system, number):
    reply = await system.say(message("340000202611220000001X", 1, "begin_review"), number)
    assert reply.json()["code"] == "exchange.bad_signature"


async def test_an_old_signature_counts_no_more(system, item, monkeypatch):
    case_no = await accepted(item)
    told = message(case_no, 1, "begin_review")
    body = orjson.dumps(told)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() - signing.MESSAGE_LIFE - 2 * signing.SKEW)
    token = simulated.report(body)
    monkeypatch.setattr(clock, "now", real)
    assert (await system.say(told, token=token)).json()["code"] == "exchange.bad_signature"


async def test_an_accepted_case_arrives_once_signed_with_its_data(system, item, deliver):
    case_no = await accepted(item)
    await deliver()
    (case,) = await taken_of(system, case_no)
    assert (case["item_code"], case["org"], case["state"]) == (item.code, item.org, "accepted")
    assert case["data"]["reason"] == "合同到期"
    assert case["times"] == 1
    # The applicant sees that the case was passed on; what was sent is in no event.
    looks = "SELECT count(*) FROM kernel_audit WHERE action='cases.handed_to_system'"
    assert await db.value(looks) == 1
    assert not await db.value(
        "SELECT count(*) FROM kernel_event WHERE name LIKE 'exchange.%' AND payload::text LIKE '%合同%'"
    )
    (row,) = await service.deliveries(system.row.id)
    assert (row["state"], row["outcome"], row["case_no"]) == ("done", "ok", case_no)


async def test_materials_come_as_addresses_that_are_good_for_minutes(
    simulators, partner, database, deliver, listeners, monkeypatch
):
    monkeypatch.setattr(Settings, "origin", lambda _, surface: listeners[surface])
    permit = (await catalogue())[PERMIT_COPY]
    system = await registered(permit, simulators["approvals"], partner, push_on="submitted")
    case_no = await submitted(await resident(), permit)
    await deliver()
    (case,) = await taken_of(system, case_no)
    (file,) = case["materials"][0]["files"]
    async with httpx.AsyncClient(trust_env=False) as http:
        got = await http.get(file["url"])
        assert got.status_code == 200
        assert hashlib.sha256(got.content).hexdigest() == file["sha256"]
        forged = file["url"].replace("s=", "s=0")
        assert (await http.get(forged)).status_code in {403, 404}
    until = int(parse_qs(urlsplit(file["url"]).query)["e"][0])
    assert until - time.time() <= 900


async def test_a_system_learns_that_a_case_it_holds_was_withdrawn_and_of_no_other(
    system, item, deliver
):
    owner = await resident()
    case_no = await submitted(owner, item)
    await cases.accept(await desk_of(item), case_no, await version_of(case_no))
    await deliver()
    await cases.withdraw(owner, case_no, await version_of(case_no))
    never = await resident(name="王芳")
    other = await submitted(never, item)
    await cases.withdraw(never, other, await version_of(other))
    await deliver()
    assert [case["state"] for case in await taken_of(system, case_no)] == ["accepted", "withdrawn"]
    assert await taken_of(system, other) == []


def test_a_client_has_no_part_in_a_case_unless_its_officers_roles_were_lent():
    assert cases.roles_of(Principal(kind="client", scopes=frozenset({"exchange.cases"}))) == set()


async def test_cases_of_other_items_and_moments_are_not_pushed(system, item, deliver):
    case_no = await submitted(await resident(), item)
    await deliver()
    assert await taken_of(system, case_no) == []


async def test_a_lost_answer_is_asked_for_before_anything_is_sent_again(system, item, deliver):
    await system.faults(lose_answers=1)
    case_no = await accepted(item)
    await deliver()
    (row,) = await service.deliveries(system.row.id)
    assert (row["state"], row["outcome"]) == ("ready", "unknown")
    await db.execute("UPDATE kernel_delivery SET run_at = now() WHERE state='ready'")
    await deliver()
    (case,) = await taken_of(system, case_no)
    assert case["times"] == 1
    assert case["delivery"] in await system.asked()
    (row,) = await service.deliveries(system.row.id)
    assert row["state"] == "done"


async def test_a_worker_killed_between_sending_and_noting_sends_no_second_case(
    system, item, deliver
):
    case_no = await accepted(item)
    # Another process performs the push and dies the moment the system has it.
    script = (
        "import asyncio, os\n"
        "from app_server import registry\n"
        "from app_server.kernel import outbox\n"
        "from app_server.exchange.service import pushing\n"
        "send = pushing.send_to_system\n"
        "async def dying(*given, **more):\n"
        "    await send(*given, **more)\n"
        "    os._exit(9)\n"
        "pushing.send_to_system = dying\n"
        "async def main():\n"
        "    registry.assemble()\n"
        "    await registry.connect()\n"
        "    while await outbox.relay() or await outbox.handle_one() or await outbox.perform_one():\n"
        "        pass\n"
        "asyncio.run(main())\n"
    )
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", script], cwd=PROJECT, env=dict(os.environ),
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 9, done.stderr[-2000:]
    assert [case["times"] for case in await taken_of(system, case_no)] == [1]
    (row,) = await service.deliveries(system.row.id)
    assert row["state"] == "ready"
    await db.execute("UPDATE kernel_delivery SET lease_until = now() - interval '1 second'")
    await deliver()
    (case,) = await taken_of(system, case_no)
    assert case["times"] == 1
    assert case["delivery"] in await system.asked()
    assert [r["state"] for r in await service.deliveries(system.row.id)] == ["done"]


async def test_a_case_is_carried_to_its_end_by_messages(system, item, deliver):
    case_no = await accepted(item)
    progress = message(case_no, 1, "progress", title="现场核查", note="已派员")
    assert (await system.say(progress)).json()["state"] == "accepted"
    assert (await system.say(message(case_no, 2, "begin_review"))).json()["state"] == "in_review"
    points = [{"code": p.code, "mark": "pass"} for p in item.review_points]
    decided = await system.say(message(case_no, 3, "approve", note="符合条件", points=points))
    assert decided.status_code == 200, decided.text
    assert await state_of(case_no) in {"approved", "making", "closed", "delivering"}
    await deliver()
    timeline = str(
        await db.value("SELECT timeline::text FROM cases_case WHERE case_no=$1", case_no)
    )
    assert "现场核查" in timeline
    assert "业务系统" in timeline
    actors = await db.rows(
        "SELECT actor, actor_name FROM cases_step WHERE move IN ('begin_review', 'approve')"
    )
    assert {row["actor_name"] for row in actors} == {"审批业务系统（模拟） 王审批"}
    assert all(row["actor"].startswith("client:") for row in actors)


async def test_an_illegal_message_is_refused_by_row_and_its_place_stays_free(system, item):
    case_no = await submitted(await resident(), item)
    told = message(case_no, 1, "approve")
    for _ in range(2):
        reply = await system.say(told, "m-1")
        assert (reply.status_code, reply.json()["code"]) == (422, "exchange.message_refused")
        (error,) = reply.json()["errors"]
        assert (error["row"], error["field"]) == (1, "deed")
        assert error["code"] == "cases.not_in_this_state"
    assert await state_of(case_no) == "submitted"
    assert (await system.say(message(case_no, 1, "accept"), "m-2")).json()["state"] == "accepted"


async def test_a_decision_without_its_review_points_names_each(system, item):
    case_no = await accepted(item)
    reply = await system.say(message(case_no, 1, "approve"))
    errors = reply.json()["errors"]
    assert {error["code"] for error in errors} == {"cases.points_unmarked"}
    assert len(errors) == len(item.review_points) > 0
    assert await state_of(case_no) == "accepted"


async def test_twenty_copies_at_once_are_one_deed_and_other_content_is_refused(system, item):
    case_no = await accepted(item)
    told = message(case_no, 1, "begin_review")
    replies = await asyncio.gather(*(system.say(told, "same") for _ in range(20)))
    assert {reply.status_code for reply in replies} == {200}
    assert sorted(reply.json()["repeated"] for reply in replies).count(False) == 1
    steps = "SELECT count(*) FROM cases_step WHERE move='begin_review'"
    assert await db.value(steps) == 1
    other = await system.say(message(case_no, 1, "begin_review", note="改过"), "same")
    assert other.json()["code"] == "exchange.message_differs"


async def test_a_message_that_comes_too_early_is_taken_after_the_one_before(system, item):
    case_no = await accepted(item)
    second = message(case_no, 2, "progress", title="专家评审")
    early = await system.say(second, "second")
    assert (early.status_code, early.json()["code"]) == (409, "exchange.out_of_order")
    assert early.json()["expected"] == 1
    assert (await system.say(message(case_no, 1, "begin_review"), "first")).status_code == 200
    assert (await system.say(second, "second")).status_code == 200
    assert await Inbound.filter(outcome="taken").count() == 2


async def test_another_departments_case_is_not_there(system, item):
    other = next(i for i in (await catalogue()).values() if i.org != item.org and i.form_code)
    case_no = await submitted(await resident(tier=2), other)
    reply = await system.say(message(case_no, 1, "accept"))
    assert reply.json()["errors"][0]["code"] == "cases.no_such_case"
    assert await state_of(case_no) == "submitted"


@pytest.mark.parametrize(
    "change",
    [
        {"deed": "withdraw"}, {"seq": 0}, {"seq": "1"}, {"at": "20261301T000000"},
        {"at": "29990101T000000"}, {"kind": "result"}, {"extra": 1}, {"note": "x" * 501},
        {"officer": ""}, {"case_no": "../../etc"}, {"deed": "progress"},
    ],
    ids=str,
)  # fmt: skip
async def test_hostile_messages_are_told_what_is_wrong(system, change):
    reply = await system.say(message("340000202611220000001X", 1, "begin_review") | change)
    assert reply.status_code == 422, reply.text
    assert reply.json()["errors"]
    assert await Inbound.all().count() == 0
