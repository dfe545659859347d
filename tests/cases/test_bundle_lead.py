"""The lead of a bundle, and the co-windows that promise: who may close, extend, and call (R-PAR-03)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app_server.cases.errors import LeadOnly, NoSuchBundle, NoSuchPart, PartsOpen
from app_server.cases.service import PartPlan, bundles
from app_server.kernel import clock
from app_server.kernel.errors import Conflict, InvalidInput
from tests.builders.bundles import decide, filed, lead_of, part, plan, states
from tests.builders.items import catalogue
from tests.builders.people import resident
from tests.builders.staff import officer


async def test_only_the_lead_closes_extends_and_calls_the_others_together(
    database: None, deliver: Any
) -> None:
    owner = await resident()
    number = await filed(owner, await plan(mode="pre"))
    await deliver()
    lead = await lead_of(number)
    move = await part(owner, number, "move")
    other = await officer("case_approver", login="other", region="340100", org="11340500MBDM0005XX")
    with pytest.raises(NoSuchBundle):
        await bundles.close_bundle(other, number, "")
    in_it = await officer("case_approver", login="co", region="340100", org=move.org)
    if move.org != lead.org:
        with pytest.raises(LeadOnly):
            await bundles.extend_bundle(in_it, number, 3, "材料较多")
    before = (await bundles.own_bundle(owner, number)).row.due_on
    due = await bundles.extend_bundle(lead, number, 3, "材料较多")
    assert before is not None
    assert due > before
    with pytest.raises(Conflict):
        await bundles.extend_bundle(lead, number, 3, "再延")
    at = clock.now() + timedelta(days=2)
    slot = {"kind": "survey", "begins_at": at, "minutes": 60, "place": "现场"}
    with pytest.raises(InvalidInput):
        await bundles.call_session(lead, number, **slot, orgs=["11340500MBDM0005XX"])
    session = await bundles.call_session(lead, number, **slot, orgs=[move.org])
    with pytest.raises(PartsOpen):
        await bundles.close_bundle(lead, number, "")
    report = {"passed": True, "text": "符合要求", "present": [move.org]}
    await bundles.report_session(lead, number, session, **report)
    with pytest.raises(Conflict):
        await bundles.report_session(lead, number, session, **report)
    with pytest.raises(NoSuchPart):
        await bundles.report_session(lead, number, "none", **report)


async def test_the_lead_of_a_pre_type_closes_on_promises_and_a_general_one_waits(
    database: None, deliver: Any
) -> None:
    owner = await resident()
    wanted = await plan(mode="pre")
    items = await catalogue()
    co = items["社会保障卡注销"]
    wanted = replace(
        wanted,
        parts=(PartPlan("permit", wanted.parts[1].item_code), PartPlan("card", co.code)),
    )
    number = await filed(owner, wanted)
    await deliver()
    lead = await lead_of(number)
    co_window = await officer("case_approver", login="co", region=co.region, org=co.org)
    await decide(owner, number, "permit")
    await deliver()
    with pytest.raises(PartsOpen):
        await bundles.close_bundle(lead, number, "")
    with pytest.raises(NoSuchPart):
        await bundles.promise_part(lead, number, "card", "承诺三日内办结")
    await bundles.promise_part(co_window, number, "card", "承诺三日内办结")
    await bundles.close_bundle(lead, number, "协办单位已承诺")
    assert (await bundles.own_bundle(owner, number)).row.state == "finished"
    await decide(owner, number, "card", good=False)
    await deliver()
    view = await bundles.own_bundle(owner, number)
    assert (view.row.state, (await states(owner, number))["card"]) == ("finished", "refused")
