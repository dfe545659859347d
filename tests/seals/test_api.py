"""The seal cabinet, the trust list, and checks of files by anybody, over HTTP."""

from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import pytest

from app_server.kernel import clock
from app_server.kernel.certificates import checking
from app_server.licences import service as licences
from app_server.seals import service as seals
from app_server.seals.service.authorities import own_authority
from tests.builders.certificates import authority as strange_authority
from tests.builders.certificates import leaf
from tests.builders.licences import issued as licence_issued
from tests.builders.people import bearer, resident
from tests.builders.seals import authority, issued, keeper
from tests.builders.staff import officer

FIXTURE = Path(__file__).parents[2].parent / "shared" / "data" / "ofd" / "SESV4SignDoc.ofd"
DOCUMENT = "亳建函〔2026〕12号"


async def test_strangers_and_other_posts_see_no_cabinet(staff_surface):
    assert (await staff_surface.get("/seals")).status_code == 401
    other = await bearer(await officer())
    for path in ("/seals", "/seal-authorities"):
        assert (await staff_surface.get(path, headers=other)).status_code == 403
    mine = await bearer(await keeper())
    assert (await staff_surface.get("/seal-authorities", headers=mine)).status_code == 403


async def test_a_seal_walks_from_application_to_leave_over_http(staff_surface):
    by = await bearer(await keeper())
    head, second = await authority(), await authority("second")
    one, two = await bearer(head), await bearer(second)
    for algorithm in ("sm2", "p256"):
        told = await staff_surface.post(
            "/seal-authorities/own", json={"algorithm": algorithm}, headers=one
        )
        assert told.status_code == 201
    asked = {"name": "行政审批专用章", "document": DOCUMENT}
    assert (await staff_surface.post("/seals", json=asked, headers=one)).status_code == 403
    made = (await staff_surface.post("/seals", json=asked, headers=by)).json()
    assert (made["state_name"], made["steps"]) == ("待审核", ["approve", "reject"])
    path = f"/seals/{made['id']}"
    wrong = await staff_surface.post(
        f"{path}/steps", json={"step": "approve", "document": DOCUMENT}, headers=by
    )
    assert wrong.json()["code"] == "seals.step_of_another_post"
    for step, who in (("approve", one), ("make", one), ("record", two), ("issue", by)):
        told = await staff_surface.post(
            f"{path}/steps", json={"step": step, "document": DOCUMENT}, headers=who
        )
        assert told.status_code == 200, told.text
    assert told.json()["state_name"] == "在用"
    steps = (await staff_surface.get(f"{path}/steps", headers=by)).json()["items"]
    assert [s["deed_name"] for s in steps] == ["申请", "审核通过", "制作", "备案", "发放"]
    picture = await staff_surface.get(f"{path}/picture", headers=by)
    assert picture.headers["content-type"] == "image/png"
    leave = {
        "holder": "post:case_approver",
        "document_type": "*",
        "valid_from": clock.today().isoformat(),
        "valid_to": (clock.today() + timedelta(days=9)).isoformat(),
    }
    given = await staff_surface.post(f"{path}/leaves", json=leave, headers=by)
    leave_id = given.json()["items"][0]["id"]
    gone = await staff_surface.delete(f"{path}/leaves/{leave_id}", headers=by)
    assert gone.status_code == 204
    assert (await staff_surface.get(f"{path}/uses", headers=by)).json() == {"items": []}


async def test_a_request_is_signed_and_installed_over_http(staff_surface):
    one = await bearer(await authority())
    await staff_surface.post("/seal-authorities/own", json={"algorithm": "sm2"}, headers=one)
    asked = (
        await staff_surface.post(
            "/seal-authorities/requests", json={"algorithm": "sm2"}, headers=one
        )
    ).json()
    signed = (
        await staff_surface.post(
            "/seal-authorities/signatures",
            json={"request": asked["request"], "region": "341600"},
            headers=one,
        )
    ).json()
    root = {"name": "安徽省根", "region": "340000", "certificate": signed["root"]}
    told = await staff_surface.put(
        f"/seal-authorities/{asked['id']}/certificate",
        json={"certificate": signed["certificate"], "root": root},
        headers=one,
    )
    assert told.status_code == 204, told.text
    assert str((await own_authority("sm2")).id) == asked["id"]


async def test_a_broken_certificate_is_refused_and_a_trusted_one_can_be_suspended(staff_surface):
    one = await bearer(await authority())
    other = strange_authority("p256", clock.now())
    wanted = {"name": "外省", "region": "310000"}
    for wrong in (b"junk", leaf(other, clock.now()).dump()):
        told = await staff_surface.post(
            "/seal-authorities",
            json=wanted | {"certificate": b64encode(wrong).decode()},
            headers=one,
        )
        assert told.json()["code"] == "seals.bad_certificate"
    told = await staff_surface.post(
        "/seal-authorities",
        json=wanted | {"certificate": b64encode(other.certificate.dump()).decode()},
        headers=one,
    )
    (row,) = told.json()["items"]
    path = f"/seal-authorities/{row['id']}/standing"
    for trusted, status in ((False, 204), (False, 404), (True, 204)):
        done = await staff_surface.put(path, json={"trusted": trusted}, headers=one)
        assert done.status_code == status


async def test_everybody_fetches_our_revocation_list(public):
    head = await authority()
    await issued(await keeper(), head, await authority("second"))
    root = await own_authority("sm2")
    told = await public.get(f"/seal-authorities/{root.id}/list.crl")
    assert told.headers["content-type"] == "application/pkix-crl"
    found = checking.read_list(told.content)
    assert checking.list_holds(found, checking.read_certificate(bytes(root.certificate)))
    missing = await public.get("/seal-authorities/01980000-0000-7000-8000-000000000000/list.crl")
    assert missing.status_code == 404


@pytest.mark.parametrize("data", [b"junk", b"%PDF-1.7 junk", b"PK\x03\x04junk"])
async def test_a_file_that_is_none_is_told_to_be_unsound(public, data):
    headers = {"content-type": "application/octet-stream"}
    told = (await public.post("/sealed-file-checks", content=data, headers=headers)).json()
    assert (told["sound"], bool(told["faults"])) == (False, True)


async def test_everybody_checks_a_licences_files(public, deliver):
    holder = await resident()
    made = await licence_issued(holder, await officer())
    await deliver()
    for kind in ("ofd", "pdf"):
        data, media = await licences.file(holder, made.id, kind)
        headers = {"content-type": media}
        told = (await public.post("/sealed-file-checks", content=data, headers=headers)).json()
        assert (told["sound"], told["kind"], told["faults"]) == (True, kind, [])
        assert told["seals"][0]["signer"] == "演示住房城乡建设局"


@pytest.mark.skipif(not FIXTURE.is_file(), reason="the shared data is not beside the checkout")
async def test_another_implementations_file_is_whole_but_out_of_date_and_untrusted(public):
    told = await seals.judge_file(FIXTURE.read_bytes())
    assert told.kind == "ofd"
    assert set(told.faults) == {"seal_expired", "certificate_expired", "untrusted"}
    assert told.seals[0].seal_name == "OFD R&W 测试用印章"
