"""Cases go their way while processes are killed at random: nothing acknowledged is lost or doubled.

The short form leads four cases; `WANSHI_FAULT_CASES=40` (make faults) leads more.
"""

import asyncio
import os
import random
import signal
import threading
import time
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from app_server.kernel import outbox
from tests.builders.cases import RENTAL_ANSWERS
from tests.builders.forms import picture

SHORT = 4
CASES = int(os.environ.get("WANSHI_FAULT_CASES", SHORT))
RENTAL = "11341602MBDM00012U4342000001000"
SPARED = ("simulator", "postgres", "valkey")
PASSWORD = "Wanshi-Demo-2026"
# Timers of the days to come are no work to be done now. What goes outside and was cut off rests
# for its lease of a minute before it is asked after, and what follows it in order rests with it:
# only the long form waits for that.
LONG = CASES > SHORT
RESTING = (
    "AND NOT EXISTS (SELECT 1 FROM kernel_delivery p WHERE p.handler = d.handler "
    "AND p.aggregate = d.aggregate AND p.state = 'ready' AND p.lease_until IS NOT NULL)"
)
BUSY = (
    "SELECT name, '' AS error FROM kernel_event WHERE NOT relayed UNION ALL "
    "SELECT handler, d.error FROM kernel_delivery d WHERE state = 'ready' AND run_at <= now() "
    + ("" if LONG else RESTING)
)
PATIENCE_S = 60 + LONG * outbox.LEASE.total_seconds()
DEEDS = ["accept", "begin_review", "approve", "refuse"]


class Killer:
    """Kills one of the platform's own processes now and then, in the middle of a request."""

    def __init__(self, up: int) -> None:
        self.up, self.killed, self.dice = up, 0, random.Random(7)

    def perhaps(self) -> None:
        """With one request in six, some milliseconds after it left."""
        if self.dice.random() < 1 / 6:
            threading.Timer(self.dice.random() * 0.03, self._kill).start()

    def _kill(self) -> None:
        if children := [pid for pid in self._children() if self._is_ours(pid)]:
            os.kill(self.dice.choice(children), signal.SIGKILL)
            self.killed += 1

    def _children(self) -> list[int]:
        text = Path(f"/proc/{self.up}/task/{self.up}/children").read_text()
        return [int(pid) for pid in text.split()]

    def _is_ours(self, pid: int) -> bool:
        """A web process or the worker: what listens for the simulators is another's part."""
        try:
            log = (Path(f"/proc/{pid}/fd/1")).readlink().name
        except OSError:
            return False
        return log.endswith(".log") and not log.startswith(SPARED)


class Caller:
    """Somebody with a phone or a desk who tries again when the line breaks."""

    def __init__(self, base: str, login: str, killer: Killer) -> None:
        self.killer = killer
        self.http = httpx.Client(base_url=base, timeout=8, trust_env=False)
        body = {"login": login, "password": PASSWORD}
        token = self.tries("POST", "/sessions", json=body).json()["access_token"]
        self.http.headers["authorization"] = f"Bearer {token}"

    def tries(self, method: str, path: str, **more: Any) -> httpx.Response:
        """A request that may be sent twice without harm."""
        deadline = time.monotonic() + 40
        # Not at every try: who is killed while coming up again, and again, is held back longer
        # and longer by the supervisor, and there would be no journey left to cut off.
        self.killer.perhaps()
        while True:
            try:
                reply = self.http.request(method, path, **more)
            except httpx.TransportError:
                reply = None
            if reply is not None and reply.status_code not in {502, 503}:
                return reply
            assert time.monotonic() < deadline, f"{method} {path} never came through"
            time.sleep(0.1)

    def deed(self, case_no: str, name: str, becomes: set[str], body: dict[str, Any]) -> None:
        """A deed that must happen once: after a broken line one looks before trying again."""
        deadline, said = time.monotonic() + 40, ""
        while time.monotonic() < deadline:
            case = self.tries("GET", f"/cases/{case_no}").json()
            if case["state"] in becomes:
                return
            self.killer.perhaps()
            try:
                reply = self.http.post(
                    f"/cases/{case_no}/{name}",
                    json=body,
                    headers={"if-match": f'"{case["version"]}"'},
                )
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            if reply.status_code == 200:
                assert reply.json()["state"] in becomes, "acknowledged and not done"
                return
            said = reply.text
            assert reply.status_code in {409, 412, 502, 503}, said
            time.sleep(0.1)
        raise AssertionError(f"{name} never came through: {said}")


def handed_in(resident: Caller, number: int) -> str:
    """One application, from draft to case number."""
    reply = resident.tries("POST", "/cases/drafts", json={"item_code": RENTAL})
    assert reply.status_code == 201, reply.text
    draft = reply.json()
    path = f"/drafts/{draft['id']}"
    for material in draft["materials"]:
        reply = resident.tries(
            "PUT",
            f"{path}/materials/{material['code']}",
            content=picture(),
            headers={"content-type": "image/jpeg"},
        )
        assert reply.status_code == 200, reply.text
    while True:
        held = resident.tries("GET", path).json()
        own = {k: v for k, v in RENTAL_ANSWERS.items() if k not in held["sources"]}
        reply = resident.tries(
            "PUT",
            path,
            json={"data": {**held["data"], **own}},
            headers={"if-match": f'"{held["version"]}"'},
        )
        if reply.status_code == 200:
            break
        # The first try was written and its answer lost.
        assert reply.status_code == 412, reply.text
    reply = resident.tries(
        "POST",
        "/cases",
        json={"draft_id": draft["id"]},
        headers={"idempotency-key": f"killed-journey-{number}-{draft['id']}"},
    )
    if reply.json().get("code") == "kernel.idempotency_in_flight":
        # Handed in, and the process died before it kept its answer: one looks at one's cases.
        return str(resident.tries("GET", "/cases").json()["items"][0]["case_no"])
    assert reply.status_code == 201, reply.text
    return str(reply.json()["case_no"])


def decided(officer: Caller, case_no: str, how: str) -> None:
    """The officer's side, to the end: approve or refuse."""
    officer.deed(case_no, "accept", {"accepted", "in_review"}, {})
    officer.deed(case_no, "begin-review", {"in_review"}, {})
    points = officer.tries("GET", f"/cases/{case_no}").json()["review_points"]
    mark = {"approve": "pass", "refuse": "fail"}[how]
    marks = [{"code": point["code"], "mark": mark} for point in points]
    body = {"note": "符合条件"} if how == "approve" else {"reason": "不符合条件"}
    over = {"approved", "refused", "making", "delivering", "closed"}
    officer.deed(case_no, how, over, {**body, "points": marks})


async def _rows(url: str, query: str, *args: Any) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(query, *args))
    finally:
        await connection.close()


@pytest.mark.timeout(120 + 15 * CASES)
def test_processes_die_at_random_and_every_case_ends_exactly_once(running) -> None:
    killer = Killer(running.up.pid)
    resident = Caller(f"http://127.0.0.1:{running.port}/api/v1", "13900000002", killer)
    officer = Caller(f"http://127.0.0.1:{running.port + 1}/staff/v1", "zhao.housing", killer)
    ended = {}
    for number in range(CASES):
        case_no = handed_in(resident, number)
        # Nobody holds two licences of one kind: the first is approved, the others are not.
        ended[case_no] = "refuse" if number else "approve"
        decided(officer, case_no, ended[case_no])
    assert killer.killed >= CASES, "nothing was killed: this run proves nothing"
    url = running.database.start()
    ask = lambda query, *args: asyncio.run(_rows(url, query, *args))  # noqa: E731

    deadline = time.monotonic() + PATIENCE_S
    while busy := ask(BUSY):
        assert time.monotonic() < deadline, f"the worker did not finish: {busy}"
        time.sleep(0.5)
    for case_no, how in ended.items():
        steps = [
            row["move"]
            for row in ask(
                "SELECT s.move FROM cases_step s JOIN cases_case c ON c.id = s.case_id "
                "WHERE c.case_no = $1 ORDER BY s.id",
                case_no,
            )
        ]
        assert [s for s in steps if s in DEEDS] == ["accept", "begin_review", how], steps
        licences = ask("SELECT 1 FROM licences_licence WHERE case_no = $1", case_no)
        assert len(licences) == (how == "approve")
        link = f"/cases/{case_no}"
        told = [
            r["template"] for r in ask("SELECT template FROM notify_message WHERE link=$1", link)
        ]
        assert len(set(told)) == len(told), told
        assert {"cases.submitted", "cases.accepted", f"cases.{how}d"} <= set(told)
    assert not ask("SELECT 1 FROM kernel_delivery WHERE state = 'parked'")
