"""The drawing board: who may draw, and that nobody draws over another."""

import httpx

from app_server.kernel.principal import Principal
from app_server.workflow import service
from tests.builders.people import bearer
from tests.builders.staff import officer
from tests.builders.workflow import DATA, SIMPLE, TERMS

EDITOR = Principal(kind="staff", name="钱设计")
DRAWING = {"title": "一般办理", "text": SIMPLE}


async def test_nobody_but_an_editor_sees_or_draws(staff_surface: httpx.AsyncClient) -> None:
    path = "/workflow/flow/drafts/permit"
    reply = await staff_surface.put(path, json=DRAWING, headers={"if-match": '"0"'})
    assert reply.status_code == 401
    staff_surface.headers.update(await bearer(await officer("case_officer")))
    for method, where in (("GET", "/workflow/flow/board"), ("GET", path), ("PUT", path)):
        reply = await staff_surface.request(
            method, where, json=DRAWING, headers={"if-match": '"0"'}
        )
        assert reply.status_code == 403
    assert await service.drafts("flow") == []


async def test_a_drawing_is_kept_as_it_is_and_shown_on_the_board(
    staff_surface: httpx.AsyncClient,
) -> None:
    staff_surface.headers.update(await bearer(await officer("flow_editor", name="钱设计")))
    path = "/workflow/flow/drafts/permit"
    unfit = {"title": "画到一半", "text": SIMPLE.replace("officer", "nobody")}
    reply = await staff_surface.put(path, json=unfit, headers={"if-match": '"0"'})
    assert reply.status_code == 200, reply.text
    assert reply.headers["etag"] == '"1"'
    assert (await staff_surface.get(path)).json()["text"] == unfit["text"]
    line = (await staff_surface.get("/workflow/flow/board")).json()["items"][0]
    assert line["code"] == "permit"
    assert (line["drawn"], line["published_version"], line["updated_by"]) == (True, 0, "钱设计")


async def test_two_editors_do_not_draw_over_each_other(staff_surface: httpx.AsyncClient) -> None:
    staff_surface.headers.update(await bearer(await officer("flow_editor")))
    path = "/workflow/table/drafts/t"
    body = {"title": "表", "text": (DATA / "housing-acceptance.dmn").read_text()}
    first = await staff_surface.put(path, json=body, headers={"if-match": '"0"'})
    assert first.status_code == 200
    late = await staff_surface.put(path, json=body, headers={"if-match": '"0"'})
    assert late.status_code == 412
    assert (await staff_surface.get(path)).json()["version"] == 1


async def test_hostile_xml_does_not_even_become_a_draft(staff_surface: httpx.AsyncClient) -> None:
    staff_surface.headers.update(await bearer(await officer("flow_editor")))
    body = {
        "title": "x",
        "text": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    }
    for kind, code in (("flow", "workflow.flow_unfit"), ("table", "workflow.table_unfit")):
        reply = await staff_surface.put(
            f"/workflow/{kind}/drafts/x", json=body, headers={"if-match": '"0"'}
        )
        assert (reply.status_code, reply.json()["code"]) == (422, code)
    huge = {"title": "x", "text": "<x>" + "y" * 600_000 + "</x>"}
    reply = await staff_surface.put(
        "/workflow/flow/drafts/x", json=huge, headers={"if-match": '"0"'}
    )
    assert reply.status_code == 422
    assert (await staff_surface.get("/workflow/flow/drafts/x")).status_code == 404
    assert (await staff_surface.get("/workflow/other/board")).status_code == 404


async def test_published_versions_are_read_as_drawn(staff_surface: httpx.AsyncClient) -> None:
    staff_surface.headers.update(await bearer(await officer("flow_editor")))
    await service.publish_flow(EDITOR, "shown", "一般办理", SIMPLE, TERMS)
    listed = (await staff_surface.get("/workflow/flow/published/shown")).json()["items"]
    assert [(v["version"], v["published_by"]) for v in listed] == [(1, "钱设计")]
    shown = (await staff_surface.get("/workflow/flow/published/shown/1")).json()
    assert shown["text"] == SIMPLE
    assert shown["sha256"] == listed[0]["sha256"]
    assert (await staff_surface.get("/workflow/flow/published/shown/2")).status_code == 404
