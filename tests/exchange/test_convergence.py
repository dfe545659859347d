"""The cities' cases at the province: at once, once, and proved complete (R-CAS-13).

What a city tells is played by a peer whose key we hold; a city of our own code with its own
database stands beside us for what only two instances can show.
"""

import asyncio
import itertools
import json
import random
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from app_server.exchange import rules, service
from app_server.exchange.models import CityCase, CityDay, CityLine, Line
from app_server.exchange.service import channel, gathering
from app_server.exchange.service.signing import HEADER, digest_of
from app_server.kernel import clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.settings import Settings
from auth.federation import service as federation
from tests.builders import federation as peers
from tests.builders.federation import BOZHOU, HEFEI, PROJECT, city
from tests.builders.people import bearer
from tests.builders.staff import administrator, officer
from tests.builders.two_instances import two_instances, until

SUBMITTED = ("submit", "", "submitted")
ACCEPTED = ("accept", "submitted", "accepted")
CLOSED = ("close", "refused", "closed")


def line(case_no: str = "341600A", step=SUBMITTED, **more):
    move, before, after = step
    return {
        "id": str(uuid7()), "case_no": case_no, "move": move, "from_state": before,
        "to_state": after, "item_code": "i", "item_name": "失业登记",
        "org": "11341602MB0000000X", "region": "341602", "at": clock.now().isoformat(),
    } | more  # fmt: skip


async def say(partner, peer, kind: str, told, **changes):
    body = changes.pop("body", orjson.dumps(told))
    token = peer.message(kind, changes.pop("signed", {"digest": digest_of(body)}), **changes)
    headers = {"content-type": "application/json", HEADER: token}
    return await partner.post("/exchange/messages", content=body, headers=headers)


async def state() -> list[tuple]:
    rows = await db.rows("SELECT city, case_no, state, last_key FROM exchange_city_case ORDER BY 2")
    lines = await db.rows("SELECT key, to_state FROM exchange_city_line ORDER BY 1")
    return [tuple(row) for row in [*rows, *lines]]


async def test_strangers_changed_bytes_and_other_kinds_are_refused(partner, database):
    peer, _ = await city()
    told = {"lines": [line()]}
    body = orjson.dumps(told)
    stranger = peers.Peer(BOZHOU)
    replies = [
        await partner.post("/exchange/messages", json=told),
        await say(partner, stranger, "case_lines", told),
        await say(partner, peers.Peer(HEFEI), "case_lines", told),
        await say(partner, peer, "case_lines", told, signed={"digest": digest_of(b"other")}),
        await say(partner, peer, "case_lines", told, signed={}),
        await say(partner, peer, "case_lines", told, aud=peers.urn("341600")),
        await say(partner, peer, "case_lines", told, iat=1, exp=2),
        await say(partner, peer, "case_lines_answer", told),
        await say(partner, peer, "nothing", told),
        # A city asks no city and no province for its keys.
        await say(partner, peer, "case_day", {"day": "2026-11-22"}),
        await say(partner, peer, "case_keys", {"day": "2026-11-22", "after": None}),
        await say(partner, peer, "case_lines_wanted", {"ids": []}),
        await say(partner, peer, "case_lines", told, body=b"{"),
        await say(partner, peer, "case_lines", told, body=b"[]"),
    ]
    codes = {(reply.status_code, reply.json()["code"]) for reply in replies}
    assert codes == {(403, "exchange.peer_message_refused")}, codes
    assert body
    assert await CityLine.all().count() == 0


@pytest.mark.parametrize(
    "change",
    [{"region": "320102"}, {"id": "x"}, {"id": "00000000-0000-4000-8000-000000000000"},
     {"at": "now"}, {"at": "2026-11-22T00:00:00"}, {"at": "2026-W47-1T00:00:00+00:00"},
     {"id": "ffffffff-ffff-7fff-bfff-ffffffffffff"}, {"case_no": "x" * 51}, {"move": 7},
     {"applicant": "李明轩"}, {"org": None}, {"item_name": "a\x00"}],
    ids=str,
)  # fmt: skip
async def test_a_line_that_is_none_is_refused_with_all_beside_it(partner, database, change):
    peer, _ = await city()
    reply = await say(partner, peer, "case_lines", {"lines": [line(), line() | change]})
    assert reply.status_code in {403, 404}, reply.text
    assert await CityLine.all().count() == 0


async def test_lines_doubled_and_in_any_order_end_the_same(partner, database):
    peer, _ = await city()
    lines = [line(f"N{n}", step) for step in (SUBMITTED, ACCEPTED, CLOSED) for n in range(4)]
    ends = []
    for seed in range(5):
        await CityLine.all().delete()
        await CityCase.all().delete()
        chance = random.Random(seed)
        mixed = lines + chance.sample(lines, 6)
        chance.shuffle(mixed)
        parts = [mixed[n::3] for n in range(3)]
        replies = await asyncio.gather(
            *(say(partner, peer, "case_lines", {"lines": part}) for part in parts)
        )
        assert {reply.status_code for reply in replies} == {200}
        ends.append(await state())
    assert all(end == ends[0] for end in ends)
    assert {row.state for row in await CityCase.all()} == {"closed"}
    assert await CityLine.all().count() == 12


async def test_a_late_line_is_marked_and_counts_by_the_day_it_happened(
    partner, database, monkeypatch, staff_surface
):
    peer, _ = await city()
    told = line()
    monkeypatch.setattr(gathering, "LATE_AFTER", timedelta(seconds=-1))
    await say(partner, peer, "case_lines", {"lines": [told]})
    row = await CityLine.get()
    assert row.late
    assert row.day == clock.today()
    day = clock.today().isoformat()
    at = f"/exchange/cities?first={day}&last={day}"
    assert (await staff_surface.get(at)).status_code == 401
    desk = await bearer(await officer())
    (shown,) = (await staff_surface.get(at, headers=desk)).json()["items"]
    assert (shown["received"], shown["closed"], shown["late"]) == (1, 0, 1)
    assert (shown["city_name"], shown["agrees"]) == ("安徽省亳州市", None)


async def test_only_an_administrator_orders_a_comparison(staff_surface, database):
    await city()
    at = f"/exchange/cities/{BOZHOU}/check"
    day = {"day": clock.today().isoformat()}
    assert (await staff_surface.post(at, json=day)).status_code == 401
    desk = await bearer(await officer())
    assert (await staff_surface.post(at, json=day, headers=desk)).status_code == 403
    admin = await bearer(await administrator())
    assert (await staff_surface.post(at, json=day, headers=admin)).status_code == 202
    elsewhere = f"/exchange/cities/{HEFEI}/check"
    assert (await staff_surface.post(elsewhere, json=day, headers=admin)).status_code == 404


async def test_a_day_that_was_not_reached_is_asked_for_again(database, deliver):
    await city()
    await service.order_check(await administrator(), BOZHOU, clock.today())
    await deliver()
    delivery = await db.row(
        "SELECT state, error FROM kernel_delivery WHERE handler LIKE '%check_day'"
    )
    assert delivery["state"] == "ready"
    assert await CityDay.all().count() == 0


async def test_every_night_each_active_citys_last_seven_days_are_compared(database):
    _, row = await city()
    _, resting = await city(HEFEI)
    by = await administrator()
    await federation.move_platform(by, HEFEI, resting.version, "suspended", "停用")
    async with db.unit_of_work():
        await service.check_last_days()
    due = await db.rows("SELECT payload FROM kernel_event WHERE name='exchange.day_check_due/1'")
    found = [orjson.loads(one["payload"]) for one in due]
    assert {one["city"] for one in found} == {row.code}
    days = [(clock.today() - timedelta(days=n)).isoformat() for n in range(1, 8)]
    assert [one["day"] for one in found] == days


async def test_the_digest_of_a_day_does_not_depend_on_order_but_on_every_field():
    told = [line(f"N{n}") for n in range(4)]
    digests = [rules.line_digest(one) for one in told]
    assert len({rules.day_digest(p) for p in itertools.permutations(digests)}) == 1
    for name in rules.LINE_FIELDS:
        changed = rules.line_digest(told[0] | {name: told[0][name] + "x"})
        assert changed != digests[0], name
    assert rules.day_digest(digests) != rules.day_digest(digests[:3])


async def test_lines_told_long_ago_are_forgotten_but_never_the_newest_or_an_untold_one(database):
    long_ago = clock.now() - timedelta(days=9)
    ids = [rules.first_id(long_ago + timedelta(minutes=n)) for n in range(4)]
    for n, one in enumerate(ids):
        await Line.create(id=one, found_at=long_ago, sent=n != 1)
    await service.sweep()
    assert [row.id for row in await Line.all().order_by("id")] == [ids[1], ids[3]]


async def test_a_province_tells_nobody(database):
    assert await service.converge() is False


# --- two instances ---------------------------------------------------------------------------


@dataclass
class Told:
    """The city's own process."""

    process: "subprocess.Popen[str]"
    log: Path

    async def do(self, command: str):
        """One command, one answer."""
        return await asyncio.to_thread(self._do, command)

    def _do(self, command: str):
        if command:
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
        answer = self.process.stdout.readline()
        while answer and not answer.startswith(("{", "[", *"0123456789")):
            answer = self.process.stdout.readline()
        while answer.startswith('{"') and '"event"' in answer:
            answer = self.process.stdout.readline()
        assert answer, self.log.read_text()[-3000:]
        return json.loads(answer)


@asynccontextmanager
async def beside(listeners):
    """A city beside us, and its process for commands."""
    async with two_instances(listeners) as pair:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.exchange.city", "serve"], cwd=PROJECT,
            env=pair.city.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=(pair.city.folder / "cases.log").open("w"), text=True,
        )  # fmt: skip
        there = Told(process, pair.city.folder / "cases.log")
        assert (await there.do(""))["ready"]
        try:
            yield pair, there
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture(scope="module")
async def pair(connected, listeners):
    """One city for all tests below; what they make stays from test to test."""
    patch = pytest.MonkeyPatch()
    patch.setattr(Settings, "origin", lambda _, surface: listeners[surface])
    async with beside(listeners) as found:
        yield found
    patch.undo()


async def compared(deliver) -> CityDay:
    """Today's comparison, done."""
    await service.order_check(await administrator(), BOZHOU, clock.today())
    await deliver()
    return await CityDay.get(city=BOZHOU, day=clock.today())


async def digest_there(pair_) -> str:
    found = await channel.ask(BOZHOU, "case_day", {"day": clock.today().isoformat()})
    return found["digest"]


async def test_a_citys_cases_arrive_and_the_digests_agree(pair, deliver):
    _, there = pair
    numbers = await there.do("submit 2")
    assert (await there.do("converge"))["waiting"] == 0
    held = {row.case_no: row.state for row in await CityCase.filter(city=BOZHOU)}
    assert held == dict.fromkeys(numbers, "accepted")
    assert {row.move for row in await CityLine.all()} == {"submit", "accept"}
    # Nothing of a person came with it.
    assert not [f for f in CityLine._meta.fields_map if "applicant" in f or "person" in f]
    day = await compared(deliver)
    assert (day.agrees, day.lines) == (True, 4)
    assert (day.missing, day.altered, day.extra) == (0, 0, 0)
    # Everything told again: nothing changes.
    before = await state()
    await there.do("forget")
    assert (await there.do("converge"))["waiting"] == 0
    assert await state() == before


async def test_a_lost_line_is_found_and_fetched_again(pair, deliver):
    lost = await CityLine.filter(move="accept").order_by("-key").first()
    before = await state()
    await CityLine.filter(key=lost.key).delete()
    await CityCase.filter(case_no=lost.case_no).update(state="submitted")
    known = (await CityDay.get(city=BOZHOU)).missing
    day = await compared(deliver)
    assert (day.agrees, day.missing - known) == (True, 1)
    assert await state() == before


async def test_a_line_altered_by_hand_is_found_and_put_right(pair, deliver):
    before = await state()
    line_ = await CityLine.filter(move="submit").first()
    await CityLine.filter(key=line_.key).update(item_name="另一事项", org="X", to_state="closed")
    known = (await CityDay.get(city=BOZHOU)).altered
    day = await compared(deliver)
    assert (day.agrees, day.altered - known) == (True, 1)
    assert await state() == before
    assert (await CityLine.get(key=line_.key)).item_name == line_.item_name


async def test_a_line_that_never_happened_is_found_and_removed(pair, deliver):
    before = await state()
    await gathering.keep_lines(BOZHOU, [line("341600FORGED")])
    assert await state() != before
    day = await compared(deliver)
    assert (day.agrees, day.extra) == (True, 1)
    assert await state() == before


async def test_a_case_moved_to_another_number_by_hand_goes_back(pair, deliver):
    before = await state()
    line_ = await CityLine.filter(move="accept").first()
    await CityLine.filter(key=line_.key).update(case_no="341600OTHER")
    await gathering._stand_again(BOZHOU, ["341600OTHER", line_.case_no])
    assert (await compared(deliver)).agrees
    assert await state() == before


async def test_a_whole_days_lines_lost_come_back_in_pages(pair, deliver, monkeypatch):
    before = await state()
    await CityLine.all().delete()
    await CityCase.all().delete()
    monkeypatch.setattr(gathering, "MOST_LINES", 3)
    assert (await compared(deliver)).agrees
    assert await state() == before


async def test_while_the_province_is_away_lines_wait_and_are_counted(pair, deliver):
    both, there = pair
    # The province's keys are gone for the city: nothing gets through.
    away = "UPDATE federation_platform SET partner_url=$1 WHERE code='340000'"
    real = await both.base.fetchval("SELECT partner_url FROM federation_platform")
    await both.base.execute(away, "http://127.0.0.1:9")
    (number,) = await there.do("submit 1")
    told = await there.do("converge")
    assert told["waiting"] == 2
    assert told["oldest_s"] > 0
    assert "failed" in told
    await both.base.execute(away, real)
    assert (await there.do("converge"))["waiting"] == 0
    assert (await CityCase.get(city=BOZHOU, case_no=number)).state == "accepted"
    assert (await compared(deliver)).agrees


async def test_the_citys_own_worker_tells_within_five_seconds(pair):
    both, there = pair
    worker = subprocess.Popen(
        [*peers.WANSHI, "worker"], cwd=PROJECT, env=both.city.environment,
        stdout=(both.city.folder / "worker.log").open("w"), stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        (first,) = await there.do("submit 1")
        await until(lambda: CityCase.exists(case_no=first, state="accepted"), 20)
        (second,) = await there.do("submit 1")
        seconds = await until(lambda: CityCase.exists(case_no=second, state="accepted"))
        assert seconds < 5
    finally:
        worker.terminate()
        await asyncio.to_thread(worker.wait, 15)
