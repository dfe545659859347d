"""Who reaches which case: every staff route of cases against every kind of officer."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx

from app_server.cases import service
from app_server.kernel import db
from app_server.kernel.http import ENDPOINTS, Endpoint
from app_server.kernel.principal import Principal
from tests.builders.cases import desk_of, filled_draft
from tests.builders.cases_tailored import tailored
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

HIGHER = "11340000MB0000000M"
HALL = "11341602MB0000000X"
OTHER = "11340500MBDM0005XX"
HIDDEN = {"cases.no_such_case", "cases.no_such_subtask", "kernel.not_your_role"}


def routes(method: str) -> Iterator[Endpoint]:
    """The staff routes of one case, as they are declared."""
    for endpoint in ENDPOINTS:
        of_cases = endpoint.run.__module__.startswith("app_server.cases.")
        if of_cases and endpoint.surface == "staff" and endpoint.method == method:
            yield endpoint


def path_of(endpoint: Endpoint, case_no: str) -> str:
    """The address with its parameters filled in."""
    path = endpoint.path.removeprefix("/staff/v1")
    path = path.replace("{case_no}", case_no).replace("{code}", "photo")
    for name in ("subtask_id", "draft_id", "work_id"):
        path = path.replace(f"{{{name}}}", str(uuid4()))
    return path


async def everybody(item: Any, window: Principal) -> dict[str, Principal]:
    """One officer of each kind, with a name for what they are to the case."""
    here = {"region": item.region, "org": item.org}
    return {
        "own": await desk_of(item),
        "clerk": await officer("case_officer", login="clerk", **here),
        "head": await officer("case_head", login="head", **here),
        "filing window": window,
        "other window": await officer(
            "case_window", login="w2", region=window.region, org=window.org
        ),
        "window role at the desk's organisation": await officer("case_window", login="w3", **here),
        "other region": await officer(login="far", region="341602", org=item.org),
        "other organisation": await officer(login="else", region=item.region, org=OTHER),
        "asked": await officer(login="asked", region="340500", org=HALL),
        "above": await officer(login="above", region="340000", org=HIGHER),
        "no role": await officer("finance", login="finance", **here),
    }


SEE_IT = {"own", "clerk", "head", "filing window", "asked", "above"}


async def prepared() -> tuple[str, dict[str, Principal]]:
    """A case that was filed at a window, sent up, and has a sub-task: all ways of reach at once."""
    item = await tailored(forward_to=HIGHER)
    window = await officer("case_window", login="w1", region="340722", org=OTHER)
    owner = await resident()
    draft = await filled_draft(owner, item)
    await db.execute(
        "INSERT INTO cases_intake (id, draft_id, person_id, officer_id, org, region, mode, "
        "consent, outlet_region, case_no, at) "
        "VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, 'present', 'window-intake/1', '', '', now())",
        draft,
        owner.subject,
        window.subject,
        window.org,
        window.region,
    )
    case_no = await service.file_at_window(window, draft)
    people = await everybody(item, window)
    desk = people["own"]
    await service.accept(desk, case_no, 2)
    wanted = service.SubtaskWanted(HALL, "演示中心", "340500", "核实", "请核实", 3)
    await service.ask_subtask(desk, case_no, wanted)
    await service.forward(desk, case_no, 3)
    return case_no, people


async def test_every_reading_route_shows_the_case_to_those_who_reach_it_and_to_nobody_else(
    staff_surface: httpx.AsyncClient,
) -> None:
    case_no, people = await prepared()
    # What a window reads of a case of elsewhere takes its applicant's presence (test_window).
    present = [e for e in routes("GET") if "/window/cases/{case_no}" in e.path]
    reading = [e for e in routes("GET") if "{case_no}" in e.path and e not in present]
    assert {"/cases/{case_no}", "/cases/{case_no}/clock"} <= {
        path_of(e, "{case_no}") for e in reading
    }
    for who, principal in people.items():
        headers = await bearer(principal)
        for endpoint in reading:
            reply = await staff_surface.get(path_of(endpoint, case_no), headers=headers)
            expected = {200} if who in SEE_IT else {403, 404}
            assert reply.status_code in expected, (who, endpoint.path, reply.text)
            if who not in SEE_IT:
                assert reply.json()["code"] in HIDDEN
                assert "失业登记" not in reply.text
        for endpoint in present:
            reply = await staff_surface.get(path_of(endpoint, case_no), headers=headers)
            assert reply.json()["code"] in HIDDEN, (who, endpoint.path)


async def test_lists_and_searches_hold_no_case_that_cannot_be_opened(
    staff_surface: httpx.AsyncClient,
) -> None:
    case_no, people = await prepared()
    for who, principal in people.items():
        headers = await bearer(principal)
        for scope in ("", "own", "intake", "subtask", "forward", "outlet"):
            for text in ("", case_no[:18], "失业"):
                query = {"q": text} | ({"scope": scope} if scope else {})
                reply = await staff_surface.get("/cases", headers=headers, params=query)
                assert reply.status_code in {200, 403}, reply.text
                found = reply.json()["items"] if reply.status_code == 200 else []
                assert not found or who in SEE_IT, (who, scope)
        expected = {"own": "own", "filing window": "intake", "asked": "subtask", "above": "forward"}
        if who in expected:
            reply = await staff_surface.get(
                "/cases", headers=headers, params={"scope": expected[who]}
            )
            assert [c["case_no"] for c in reply.json()["items"]] == [case_no], (who, reply.text)


BODY = {
    "contents": [{"name": "户口簿", "number": "1"}],
    "reason": "理由充分",
    "note": "说明",
    "kind": "expert",
    "days": 1,
    "outcome": "approve",
    "id_number": "341602190001010017",
    "data": {},
    "points": [],
    "name": "别人",
    "consent": True,
    "org": OTHER,
    "org_name": "演示单位",
    "region": "340500",
    "title": "标题",
    "question": "问题",
    "opinion": "意见",
    "draft_id": str(uuid4()),
}


def body_of(endpoint: Endpoint) -> dict[str, Any]:
    """A valid body: only fields the shape knows."""
    shape = endpoint.body
    return {k: v for k, v in BODY.items() if k in shape.model_fields} if shape else {}


async def test_no_deed_of_a_stranger_changes_anything(staff_surface: httpx.AsyncClient) -> None:
    case_no, people = await prepared()
    before = dict(await db.row("SELECT version, state, handling, clock FROM cases_case") or {})
    deeds = [e for e in routes("POST") if "{case_no}" in e.path]
    assert len(deeds) > 20
    strangers = {"other region", "other organisation", "other window", "no role"}
    for who in sorted(strangers):
        headers = {**await bearer(people[who]), "if-match": f'"{before["version"]}"'}
        for endpoint in deeds:
            reply = await staff_surface.post(
                path_of(endpoint, case_no), headers=headers, json=body_of(endpoint)
            )
            assert reply.json()["code"] in HIDDEN, (who, endpoint.path, reply.text)
    after = dict(await db.row("SELECT version, state, handling, clock FROM cases_case") or {})
    assert after == before


async def test_a_deed_without_version_with_unknown_fields_or_endless_text_changes_nothing(
    staff_surface: httpx.AsyncClient,
) -> None:
    case_no, people = await prepared()
    before = await db.value("SELECT version FROM cases_case")
    headers = await bearer(people["own"])
    seen = {**headers, "if-match": f'"{before}"'}
    for endpoint in routes("POST"):
        if "{case_no}" not in endpoint.path or endpoint.body is None:
            continue
        path, body = path_of(endpoint, case_no), body_of(endpoint)
        for sent, given in (
            (seen, body | {"state": "closed"}),
            (seen, body | {"reason": "字" * 100_000, "note": "字" * 100_000}),
            ({**headers, "if-match": '"999"'}, body | {"unknown": 1}),
            (headers, body | {"reason": "\x00" * 9, "title": "\x00"}),
        ):
            reply = await staff_surface.post(path, headers=sent, json=given)
            assert 400 <= reply.status_code < 500, (path, reply.text)
            assert reply.json()["code"], path
    stale = await staff_surface.post(
        f"/cases/{case_no}/resume", headers={**headers, "if-match": '"999"'}, json={"note": ""}
    )
    assert stale.status_code in {409, 412}
    assert await db.value("SELECT version FROM cases_case") == before
