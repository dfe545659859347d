"""Any row of deeds, by anybody, doubled, stale or cut off: a case only goes where the law lets it.

What the machine does: it draws deeds with a fault each, does them through the same commands as the
doors, and looks at the whole case after each one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app_server.cases import service
from app_server.cases.rules import ENDED, MOVES, STATES
from app_server.cases.service import steps
from app_server.kernel import db
from app_server.kernel.errors import Problem
from app_server.kernel.principal import Principal
from tests.builders.cases import desk_of, passed, submitted
from tests.builders.cases_tailored import tailored
from tests.builders.items import PERMIT_COPY
from tests.builders.people import resident
from tests.builders.staff import officer

HIGHER = "11340000MB0000000M"
EXPERT = {"code": "expert", "name": "专家评审", "days": 10}


class CutOff(Exception):
    """The process died here."""


@dataclass
class Scene:
    """Everybody who may do something with the case, and the case."""

    item: Any
    owner: Principal
    desk: Principal
    head: Principal
    case_no: str


Deed = Callable[[Scene, int], Awaitable[object]]
WHY = "理由写在这里"


async def pays(s: Scene, _: int) -> None:
    bill = (await service.own_case(s.owner.subject, s.case_no)).part("bill")
    await service.fee_paid(s.case_no, bill["bill_no"] if bill else "none")


async def corrects(s: Scene, version: int) -> None:
    given = {"reason": "损毁"}
    await service.correct(s.owner, s.case_no, version, given, "改好了")


async def resubmits(s: Scene, version: int) -> None:
    await service.resubmit(s.owner, s.case_no, version, {"reason": "损毁"}, "补好了")


DEEDS: Mapping[str, Deed] = {
    "pass_pre_review": lambda s, v: service.pass_pre_review(s.desk, s.case_no, v, "好"),
    "return_pre_review": lambda s, v: service.return_pre_review(s.desk, s.case_no, v, WHY),
    "fail_pre_review": lambda s, v: service.fail_pre_review(s.desk, s.case_no, v, WHY),
    "receive": lambda s, v: service.receive(s.desk, s.case_no, v),
    "ask_correction": lambda s, v: service.request_correction(
        s.desk, s.case_no, v, reason=WHY, fields=["reason"]
    ),
    "correct": corrects,
    "resubmit": resubmits,
    "accept": lambda s, v: service.accept(s.desk, s.case_no, v),
    "decline": lambda s, v: service.decline(s.desk, s.case_no, v, WHY),
    "return_case": lambda s, v: service.return_case(s.desk, s.case_no, v, WHY),
    "begin_review": lambda s, v: service.begin_review(s.desk, s.case_no, v),
    "suspend": lambda s, v: service.suspend(
        s.desk, s.case_no, v, kind="expert", days=3, reason=WHY
    ),
    "resume": lambda s, v: service.resume(s.desk, s.case_no, v, "完"),
    "ask_extension": lambda s, v: service.ask_extension(s.desk, s.case_no, v, days=3, reason=WHY),
    "extend": lambda s, v: service.extend(s.head, s.case_no, v, "准"),
    "deny_extension": lambda s, v: service.deny_extension(s.head, s.case_no, v, WHY),
    "approve": lambda s, v: service.approve(s.desk, s.case_no, v, "同意", passed(s.item)),
    "refuse": lambda s, v: service.refuse(s.desk, s.case_no, v, WHY, passed(s.item)),
    "pay": pays,
    "choose_delivery": lambda s, v: service.choose_delivery(
        s.owner, s.case_no, v, "window", "341602"
    ),
    "hand_over": lambda s, v: service.hand_over(s.desk, s.case_no, v),
    "withdraw": lambda s, v: service.withdraw(s.owner, s.case_no, v),
    "end": lambda s, v: service.end(s.head, s.case_no, v, WHY),
    "deemed": lambda s, _: service.deem_accepted(s.case_no, "2000-01-01T00:00:00+00:00"),
    "by_the_owner": lambda s, v: service.accept(s.owner, s.case_no, v),
    "by_the_head": lambda s, v: service.approve(s.head, s.case_no, v, "", passed(s.item)),
}
# Some cases have gone a part of the straight way already.
STRAIGHT = ["receive", "accept", "begin_review", "approve", "pay", "hand_over"]
FAULTS = ["none", "none", "none", "stale", "doubled", "cut off"]
# A deed is drawn as a number: three in four name one that the state allows, the rest any.
DRAWN = st.lists(
    st.tuples(st.integers(0, 10_000), st.sampled_from(FAULTS)), min_size=6, max_size=16
)


def deed_of(number: int, state: str) -> str:
    """The deed that a number stands for in a state."""
    known = sorted(DEEDS)
    open_to = [name for name in known if name in MOVES and state in MOVES[name].come_from]
    if state == "fee_due":
        open_to = ["pay", "end"]
    # Most cases end early by nature: what ends one is drawn seldom.
    going_on = [name for name in open_to if MOVES.get(name, MOVES["make"]).to not in ENDED]
    choice = {0: known, 1: open_to}.get(number % 8, going_on) or known
    return choice[number // 8 % len(choice)]


async def whole(case_no: str) -> tuple[Any, ...]:
    """Everything that a deed may change, in one answer."""
    row = await db.row(
        "SELECT c.id, c.state, c.version, md5(to_jsonb(c)::text) AS row, "
        "(SELECT count(*) FROM cases_document d WHERE d.case_no = c.case_no) AS papers, "
        "(SELECT count(*) FROM kernel_audit a WHERE a.object = 'case:' || c.case_no) AS records, "
        "(SELECT count(*) FROM payments_bill b WHERE b.source_ref = c.case_no) AS bills "
        "FROM cases_case c WHERE case_no=$1",
        case_no,
    )
    assert row is not None
    return tuple(row)


async def check(case_no: str) -> None:
    """The history is one unbroken, legal way to the present state."""
    row = await db.row(
        "SELECT id, state, version, closed_at, due_on, outcome FROM cases_case WHERE case_no=$1",
        case_no,
    )
    assert row is not None
    found = await db.rows(
        "SELECT move, from_state, to_state FROM cases_step WHERE case_id=$1 ORDER BY id", row["id"]
    )
    assert [step["move"] for step in found][:1] == ["submit"]
    state = "submitted"
    for step in found[1:]:
        edge = MOVES[step["move"]]
        assert step["from_state"] == state
        assert state in edge.come_from, (state, step["move"])
        state = step["to_state"]
        assert state == (edge.to or step["from_state"])
    assert state == row["state"]
    assert state in STATES
    assert row["version"] == len(found)
    assert (row["closed_at"] is not None) == (state in ENDED), state
    if state in {"submitted", "received", "pre_review_returned", "correction_asked"}:
        assert row["due_on"] is None


async def done(deed: Deed, scene: Scene, version: int, fault: str) -> list[object]:
    """What came of the deed: problems as values."""
    if fault == "stale":
        version -= 1
    turns = 2 if fault == "doubled" else 1
    deeds = (deed(scene, version) for _ in range(turns))
    return list(await asyncio.gather(*deeds, return_exceptions=True))


@pytest.fixture
async def stage(database: None) -> Any:
    """The item and its officers."""
    item = await tailored(
        PERMIT_COPY, special_procedures=[EXPERT], extension_days=5, delivery=["window", "download"]
    )
    head = await officer("case_head", login="head", region=item.region, org=item.org)
    return item, await desk_of(item), head


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=DRAWN, begun=st.integers(0, len(STRAIGHT)))
async def test_whatever_is_done_in_whatever_row_a_case_goes_only_where_it_may(
    stage: Any, drawn: list[tuple[int, str]], begun: int
) -> None:
    item, desk, head = stage
    owner = await resident()
    scene = Scene(item, owner, desk, head, await submitted(owner, item))
    for name in [*["choose_delivery"] * bool(begun), *STRAIGHT[:begun]]:
        await DEEDS[name](scene, (await whole(scene.case_no))[2])
    with pytest.MonkeyPatch.context() as patch:
        for number, fault in drawn:
            before = await whole(scene.case_no)
            name = deed_of(number, before[1])
            if fault == "cut off":
                patch.setattr(steps, "follow", _cut_off)
            told = await done(DEEDS[name], scene, before[2], fault)
            patch.undo()
            after = await whole(scene.case_no)
            good = [answer for answer in told if not isinstance(answer, BaseException)]
            assert all(
                isinstance(answer, Problem | CutOff)
                for answer in told
                if isinstance(answer, BaseException)
            ), told
            if not good:
                assert after == before, (name, fault, told)
            if name not in {"pay", "deemed"}:
                assert len(good) <= 1, (name, fault, "both of two succeeded")
                assert not (good and fault in {"stale", "cut off"}), (name, fault)
            await check(scene.case_no)


async def _cut_off(*_: object) -> None:
    raise CutOff
