"""The fault matrix: `python -m tests.faults.payments.matrix` (ORDERS=100000, PROCESSES=2).

A run that was cut off goes on where it stood, as long as the code is the same (build/fault-matrix).

Five stories on three channels through `payments.service`, over a real PostgreSQL and a virtual
clock; each wave of orders meets one fault or a pair of them, single and pairs in turn. Afterwards
the judge compares our tables with the channels' and the finance department's books.
"""

import hashlib
import itertools
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvloop

from app_server.kernel import db
from app_server.kernel.events import SUBSCRIPTIONS
from app_server.kernel.telemetry import set_up_logging
from tests.faults.payments import drive, naive
from tests.faults.payments.judge import Verdict, judge
from tests.faults.payments.town import ALL_KINDS, Accounts, Plan, Town, accounts, town

ORDERS = int(os.environ.get("ORDERS", "100000"))
WAVE = int(os.environ.get("WAVE", "735"))
PROCESSES = int(os.environ.get("PROCESSES", "2"))
LANE = int(os.environ.get("LANE", "0"))
SECONDS = float(os.environ.get("SECONDS", "inf"))
PROJECT = Path(__file__).resolve().parents[3]
RECORD = PROJECT / "build" / "fault-matrix"
CHANCES = (0.15, 0.3, 0.5)
# The words to people are others' business and would take half of the time.
OURS = ("payments.watch_attempt", "payments.pursue_refund", "payments.issue_receipt",
        "payments.reverse_receipt", "payments.fetch_day")  # fmt: skip


@dataclass
class Sum:
    """What a run did, over all waves."""

    verdict: Verdict = field(default_factory=Verdict)
    injected: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    surprises: Counter[str] = field(default_factory=Counter)
    crashes: int = 0
    mended: int = 0
    waves: int = 0
    orders: int = 0
    seconds: float = 0.0

    def add(self, other: "Sum") -> None:
        """Take in another run."""
        self.verdict.add(other.verdict)
        for name in ("injected", "refused", "surprises"):
            setattr(self, name, getattr(self, name) + Counter(getattr(other, name)))
        for name in ("crashes", "mended", "waves", "orders", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def of_wave(made: Town, verdict: Verdict, seconds: float) -> Sum:
    """What one wave did."""
    return Sum(
        verdict, made.injected, made.refused, made.surprises, made.crashes, made.mended, 1, WAVE,
        seconds,
    )  # fmt: skip


def record() -> Path:
    """Where this lane keeps its waves, for this code and this size of wave."""
    told = hashlib.sha256(str((WAVE, PROCESSES)).encode())
    for root in ("payments", "app_server/kernel", "tests/faults/payments"):
        for path in sorted((PROJECT / root).rglob("*.py")):
            told.update(path.read_bytes())
    RECORD.mkdir(parents=True, exist_ok=True)
    return RECORD / f"{told.hexdigest()[:12]}-{LANE}.jsonl"


def remembered(path: Path) -> dict[int, Sum]:
    """The waves that an earlier run of the same code has driven, by turn."""
    lines = path.read_text().splitlines() if path.exists() else []
    waves: list[dict[str, Any]] = [json.loads(line) for line in lines if line.endswith("}")]
    return {
        wave.pop("turn"): Sum(**wave | {"verdict": Verdict(**wave["verdict"])}) for wave in waves
    }


def plans(seed: int = 0) -> list[Plan]:
    """No fault, every single one, every pair; with changing strength, and lines that are dead."""
    dice = random.Random(seed)
    kinds: list[tuple[str, ...]] = [(), *((kind,) for kind in ALL_KINDS)]
    kinds += itertools.combinations(ALL_KINDS, 2)
    dice.shuffle(kinds)
    return [Plan(one, dice.choice(CHANCES), dice.random() < 1 / 3) for one in kinds]


async def one_wave(
    plan: Plan, seed: int, orders: int, people: list, ours: Accounts, variant: str = ""
) -> tuple[Town, Verdict]:
    """Drive and judge one wave."""
    await drive.empty()
    with town(plan, seed, ours) as made, naive.variant(variant):
        await drive.wave(made, people, orders)
        books = {name: one.world.takings() for name, one in made.channels.items()}
        verdict = await judge(db.rows, books, made.channels["nontax"].world.receipts)
    return made, verdict


def only_ours() -> None:
    """Leave payments' own deliveries alone, and be quiet: faults are told by the thousand."""
    set_up_logging("critical")
    for name in [name for name in SUBSCRIPTIONS if name not in OURS]:
        del SUBSCRIPTIONS[name]


@pytest.fixture(scope="session")
def event_loop_policy() -> uvloop.EventLoopPolicy:
    """A quicker loop: the clock is virtual, the work is not."""
    return uvloop.EventLoopPolicy()


async def test_matrix(connected: None, emptying: None) -> None:
    """One process's share of the orders."""
    only_ours()
    people, ours, total = await drive.payers(), accounts(), Sum()
    kept, driven = record(), remembered(record())
    began = time.perf_counter()
    for turn, plan in enumerate(itertools.cycle(plans())):
        if turn % PROCESSES != LANE:
            continue
        if total.orders >= ORDERS / PROCESSES or time.perf_counter() - began > SECONDS:
            break
        if turn in driven:
            total.add(driven[turn])
            continue
        started = time.perf_counter()
        made, verdict = await one_wave(plan, turn, WAVE, people, ours)
        wave = of_wave(made, verdict, time.perf_counter() - started)
        total.add(wave)
        with kept.open("a") as file:
            file.write(json.dumps({"turn": turn} | vars(wave) | {"verdict": vars(verdict)}) + "\n")
        took = total.seconds
        mark = "" if verdict.clean and not made.surprises else "  <<<"
        print(
            f"[{LANE}] {total.orders:,} orders {took:,.0f} s  {'+'.join(plan.kinds) or 'none'} "
            f"{plan.chance}{' outage' if plan.outage else ''}: {verdict}{mark}",
            flush=True,
        )
        for kind, told in verdict.examples.items():
            print(f"    {kind}: " + "\n      ".join(told), flush=True)
        if made.surprises:
            print(f"    surprises {dict(made.surprises)}", flush=True)
    show(total)
    assert total.verdict.clean, str(total.verdict)
    assert not total.surprises


def show(total: Sum) -> None:
    """The figures of a run."""
    verdict, took = total.verdict, total.seconds
    print(
        f"\n[{LANE}] {total.orders:,} stories in {total.waves} waves, {verdict.orders:,} orders, "
        f"{verdict.facts:,} facts, {verdict.paid:,} payments and {verdict.refunded:,} refunds at "
        f"the channels; {took:,.0f} s, {total.orders / max(took, 1):,.1f} stories/s"
    )
    print(f"[{LANE}] injected", dict(sorted(total.injected.items())), "crashes", total.crashes)
    print(f"[{LANE}] notices refused", dict(total.refused), "mended by files", total.mended)
    print(f"[{LANE}] {verdict}", flush=True)


def main() -> int:
    """Every process has a database of its own."""
    order = [sys.executable, "-m", "pytest", "-qs", "-p", "no:cacheprovider", "-o", "timeout=0"]
    lanes = [
        subprocess.Popen([*order, __file__], env={**os.environ, "LANE": str(lane)})
        for lane in range(PROCESSES)
    ]
    return max(lane.wait() for lane in lanes)


if __name__ == "__main__":
    sys.exit(main())
