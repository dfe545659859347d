"""Flows under way: done piece by piece, once each, and never lost."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from app_server.kernel import db
from app_server.kernel.principal import Principal
from app_server.workflow import service
from app_server.workflow.errors import (
    FlowUnfit,
    HistoriesDiffer,
    NoSuchFlow,
    NoSuchInstance,
    TableUnfit,
    UnknownFacts,
    WorkNotOpen,
)
from app_server.workflow.service import InstanceFacts, publishing
from tests.builders.workflow import LAWFUL, SIMPLE, TERMS, bpmn, dmn

OFFICER = Principal(kind="staff", name="赵干事")
OTHER = UUID(int=7)
WHOLE = {"amount": 3, "checks.papers": True}
TABLE = dmn(["amount", "checks.papers"], ["accept"], ["<= 5 | true | true", "> 5 | - | false"])
JUDGED = bpmn(
    """
    s start
    judge table table=small
    judged exclusive default=judged_take
    accept action action=accept
    take person deeds=accept+decline
    e end
    f end
    """,
    """
    s > judge
    judge > judged
    judged > accept : tasks.judge.accept == true
    judged > take
    accept > e
    take > f
    """,
)
LOOP = bpmn(
    """
    s start
    j exclusive
    ask person deeds=accept+decline
    asked exclusive default=asked_e
    g parallel
    x person
    y person
    k parallel
    e end
    """,
    """
    s > j
    j > ask
    ask > asked
    asked > g : tasks.ask.deed == 'decline'
    asked > e
    g > x
    g > y
    x > k
    y > k
    k > j
    """,
)


@pytest.fixture(autouse=True)
def forgotten() -> None:
    """A published version never changes, so a process remembers it; the tables were emptied."""
    publishing._known.clear()


async def begun(text: str = SIMPLE, facts: dict[str, object] | None = None) -> InstanceFacts:
    await service.publish_table(OFFICER, "small", "小额受理", TABLE, TERMS)
    await service.publish_flow(OFFICER, "flow", "流程", text, TERMS)
    return await service.start("flow", "case:1", facts or {})


async def done(instance: InstanceFacts, element: str, **outcome: object) -> InstanceFacts:
    work = next(w for w in instance.open if w.element == element)
    return await service.complete(OFFICER, instance.id, work.id, outcome)


async def test_an_unknown_flow_table_or_instance_is_not_found(database: None) -> None:
    with pytest.raises(NoSuchFlow):
        await service.start("nothing", "case:1", {})
    with pytest.raises(NoSuchInstance):
        await service.complete(OFFICER, OTHER, OTHER, {})
    assert await service.running("case:1") is None


async def test_work_is_done_in_its_order_and_the_flow_ends(database: None) -> None:
    instance = await begun()
    (take,) = instance.open
    assert (take.element, take.kind, take.role, take.deeds) == (
        "take",
        "person",
        "officer",
        ("accept", "decline"),
    )
    instance = await done(instance, "take", deed="accept")
    assert [w.element for w in instance.open] == ["decide"]
    assert (await service.running("case:1")) == instance
    instance = await done(instance, "decide", deed="refuse")
    assert (instance.state, instance.open) == ("ended", ())
    assert [(w.element, w.outcome) for w in await service.history(instance.id)] == [
        ("take", {"deed": "accept"}),
        ("decide", {"deed": "refuse"}),
    ]


async def test_of_many_at_once_one_finishes_a_piece_of_work(database: None) -> None:
    instance = await begun()
    work = instance.open[0]
    told = await asyncio.gather(
        *(service.complete(OFFICER, instance.id, work.id, {"deed": "accept"}) for _ in range(20)),
        return_exceptions=True,
    )
    assert sum(isinstance(t, InstanceFacts) for t in told) == 1
    assert sum(isinstance(t, WorkNotOpen) for t in told) == 19
    assert len(await service.history(instance.id)) == 1


async def test_people_may_go_round_and_branches_meet(database: None) -> None:
    instance = await begun(LOOP)
    for _ in range(3):
        instance = await done(instance, "ask", deed="decline")
        assert [w.element for w in instance.open] == ["x", "y"]
        instance = await done(instance, "y")
        assert [w.element for w in instance.open] == ["x"]
        instance = await done(instance, "x")
        assert [w.element for w in instance.open] == ["ask"]
    instance = await done(instance, "ask", deed="accept")
    assert instance.state == "ended"
    assert len(await service.history(instance.id)) == 10


async def test_a_table_decides_at_once_and_keeps_its_reasons(database: None) -> None:
    instance = await begun(JUDGED, WHOLE)
    (accept,) = instance.open
    assert (accept.kind, accept.action) == ("action", "accept")
    (judged,) = await service.history(instance.id)
    assert judged.outcome == {"accept": True, "reasons": ["r1 命中：规则 1"]}
    assert judged.actor == "系统"


@pytest.mark.parametrize(
    "facts", [{}, {"amount": 3}, {"amount": 9}, {"amount": "3", "checks.papers": True}]
)
async def test_whatever_is_not_sure_goes_to_a_person(database: None, facts) -> None:
    instance = await begun(JUDGED, facts)
    assert [(w.element, w.kind) for w in instance.open] == [("take", "person")]


async def test_facts_and_outcomes_nobody_declared_are_refused(database: None) -> None:
    with pytest.raises(UnknownFacts) as told:
        await begun(SIMPLE, {"name": "张三"})
    assert told.value.facts["errors"][0]["field"] == "name"
    # What no condition asks for is not kept, even where it might be asked for.
    with pytest.raises(UnknownFacts):
        await begun(SIMPLE, {"amount": 3})
    instance = await begun()
    for outcome in (
        {},
        {"deed": "approve"},
        {"deed": "accept", "more": {"a": 1}},
        {"deed": "accept", "text": "长" * 201},
        {"deed": "accept", "a b": 1},
        {"deed": "accept"} | {f"n{n}": n for n in range(30)},
    ):
        with pytest.raises(UnknownFacts):
            await done(instance, "take", **outcome)
    assert await service.history(instance.id) == []


async def test_a_stopped_flow_goes_nowhere(database: None) -> None:
    instance = await begun()
    await service.stop(instance.id)
    await service.stop(instance.id)
    with pytest.raises(WorkNotOpen):
        await done(instance, "take", deed="accept")
    assert await service.running("case:1") is None
    assert await service.open_work(instance.id) == []


async def test_what_was_done_and_published_cannot_be_altered(database: None) -> None:
    instance = await done(await begun(), "take", deed="accept")
    for sql in (
        "UPDATE workflow_work SET outcome='{}' WHERE state='done'",
        "DELETE FROM workflow_work",
        "UPDATE workflow_published SET text='x'",
        "DELETE FROM workflow_published",
    ):
        with pytest.raises(asyncpg.PostgresError, match="workflow keeps"):
            await db.execute(sql)
    assert len(await service.history(instance.id)) == 1


async def test_an_instance_stays_with_the_version_it_began_with(database: None) -> None:
    instance = await begun()
    shorter = bpmn("s start\ntake person deeds=accept+decline\ne end", "s > take\ntake > e")
    assert await service.publish_flow(OFFICER, "flow", "流程", shorter, TERMS) == 2
    instance = await done(instance, "take", deed="accept")
    assert [w.element for w in instance.open] == ["decide"]


async def test_the_same_again_publishes_nothing_and_each_change_is_a_version(
    database: None,
) -> None:
    await begun()
    assert await service.publish_flow(OFFICER, "flow", "流程", SIMPLE, TERMS) == 1
    assert await service.publish_flow(OFFICER, "flow", "新名称", SIMPLE, TERMS) == 2
    assert [p.version for p in await service.published("flow", "flow")] == [2, 1]
    assert [(p.code, p.version) for p in await service.published("flow")] == [("flow", 2)]
    assert (await service.flow("flow", 1)).title == "流程"


async def test_what_is_unfit_or_asks_a_table_nobody_published_is_refused(database: None) -> None:
    with pytest.raises(FlowUnfit) as told:
        await service.publish_flow(OFFICER, "flow", "流程", JUDGED, TERMS)
    assert told.value.facts["errors"][0]["message"] == "决策表“small”尚未发布"
    early = bpmn("s start\nx action action=approve\ne end", "s > x\nx > e")
    with pytest.raises(FlowUnfit):
        await service.publish_flow(OFFICER, "flow", "流程", early, LAWFUL)
    with pytest.raises(TableUnfit):
        await service.publish_table(OFFICER, "small", "表", dmn(["x y"], ["a"], ["1|1"]), TERMS)
    assert await service.published("flow") == []


async def test_old_histories_are_walked_through_a_new_drawing_first(database: None) -> None:
    instance = await done(await begun(), "take", deed="accept")
    other = SIMPLE.replace("decide", "judge")
    assert await service.replay("flow", SIMPLE, {}) == []
    assert await service.publish_flow(OFFICER, "flow", "流程", other, TERMS) == 2
    await done(instance, "decide", deed="approve")
    with pytest.raises(HistoriesDiffer) as told:
        await service.publish_flow(OFFICER, "flow", "另一流程", other.replace("take", "see"), TERMS)
    assert told.value.facts["differences"] == [
        {"subject": "case:1", "step": 1, "element": "take", "message": "新流程在这里没有这项待办"}
    ]
    longer = SIMPLE.replace("decide_yes", "decide_more").replace(
        'sourceRef="decide" targetRef="yes"', 'sourceRef="decide" targetRef="more"'
    )
    longer = longer.replace(
        "</bpmn:process>",
        '<bpmn:userTask id="more" name="more" wanshi:role="officer"/>'
        '<bpmn:sequenceFlow id="more_yes" sourceRef="more" targetRef="yes"/></bpmn:process>',
    )
    (difference,) = await service.replay("flow", longer, {})
    assert difference.message == "已办完的流程在新流程中还有待办"
    assert (
        await service.publish_flow(OFFICER, "flow", "流程", longer, TERMS, "增加复核，不影响已办件")
        == 3
    )


async def test_a_table_that_would_decide_otherwise_is_a_difference(database: None) -> None:
    await begun(JUDGED, WHOLE)
    stricter = TABLE.replace("&lt;= 5", "&lt;= 2").replace("&gt; 5", "&gt; 2")
    assert await service.publish_table(OFFICER, "small", "小额受理", stricter, TERMS) == 2
    with pytest.raises(HistoriesDiffer) as told:
        await service.publish_flow(OFFICER, "flow", "流程", JUDGED, TERMS)
    assert told.value.facts["differences"][0]["message"] == "决策表会给出另一个结论"
    # Until it is published again, the flow decides by the version it was published with.
    again = await service.start("flow", "case:2", WHOLE)
    assert again.open[0].action == "accept"
