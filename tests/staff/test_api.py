"""The register of staff over HTTP: who is let in, and what they are told."""

import pytest

from app_server.kernel.http import ENDPOINTS
from auth.staff import service as staff
from tests.builders.people import bearer, resident
from tests.builders.staff import administrator, department, officer, opened


@pytest.fixture
async def admin(staff_surface):
    """A client of the staff surface signed in as system administrator."""
    by = await administrator()
    staff_surface.headers.update(await bearer(by))
    return by


def _path(endpoint) -> str:
    path = endpoint.path.removeprefix("/staff/v1")
    for name in ("staff_id", "proposal_id", "department_id", "system_id", "mapping_id"):
        path = path.replace(f"{{{name}}}", "0198f0a0-0000-7000-8000-000000000000")
    return path


async def test_nobody_without_an_administrators_role_is_let_in(staff_surface) -> None:
    routes = [
        e
        for e in ENDPOINTS
        if e.name.startswith("auth.staff") and e.surface == "staff" and "/my/" not in e.path
    ]
    assert len(routes) >= 20
    plain = await bearer(await officer("case_officer", "case_approver", "operator"))
    person = await bearer(await resident())
    for endpoint in routes:
        asked = (endpoint.method, _path(endpoint))
        assert (await staff_surface.request(*asked)).status_code == 401, asked
        assert (await staff_surface.request(*asked, headers=person)).status_code == 401, asked
        assert (await staff_surface.request(*asked, headers=plain)).status_code == 403, asked


async def test_the_auditor_reads_and_changes_nothing(staff_surface) -> None:
    auditor = await bearer(await administrator("security_auditor"))
    for endpoint in ENDPOINTS:
        if not endpoint.name.startswith("auth.staff") or endpoint.surface != "staff":
            continue
        if endpoint.method == "GET" or "/my/" in endpoint.path:
            continue
        reply = await staff_surface.request(endpoint.method, _path(endpoint), headers=auditor)
        assert reply.status_code == 403, endpoint.path
    assert (await staff_surface.get("/staff", headers=auditor)).status_code == 200


async def test_departments_and_systems_are_the_system_administrators(staff_surface) -> None:
    security = await bearer(await administrator("security_admin"))
    for path in ("/departments", "/department-systems"):
        assert (await staff_surface.get(path, headers=security)).status_code == 200
        assert (await staff_surface.post(path, headers=security, json={})).status_code == 403


async def test_an_account_is_opened_activated_and_lived_through(staff_surface, admin) -> None:
    where = await department("政务服务中心")
    asked = {
        "login": "wu.new",
        "name": "吴新",
        "post": {
            "department_id": str(where),
            "roles": ["realname_window"],
            "window_id": "A05",
            "window_level": "county",
        },
        "reason": "新录用",
    }
    reply = await staff_surface.post("/staff", json=asked)
    assert reply.status_code == 201, reply.text
    body = reply.json()
    found, code = body["staff"], body["activation"]["code"]
    assert found["post"]["window"] == {"id": "A05", "level": "county", "level_name": "县级"}
    assert found["actions"] == ["transfer", "suspend", "cancel", "activation"]
    assert found["post"]["region_name"] == "安徽省亳州市谯城区"
    assert (await staff_surface.post("/staff", json=asked)).json()["code"] == "staff.login_taken"

    words = {
        "login": "wu.new",
        "code": code.lower().replace("-", " "),
        "password": "窗口-good-pass",
    }
    weak = await staff_surface.post("/activations", json=words | {"password": "12345678"})
    assert weak.json()["code"] == "grants.weak_password"
    wrong = await staff_surface.post("/activations", json=words | {"code": "AAAA-BBBB-CCCC"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "staff.activation_refused")
    assert (await staff_surface.post("/activations", json=words)).status_code == 204
    again = await staff_surface.post("/activations", json=words)
    assert again.json()["code"] == "staff.activation_refused"
    signed = await staff_surface.post(
        "/sessions", json={"login": "wu.new", "password": "窗口-good-pass"}
    )
    assert signed.json()["staff"]["roles"] == ["realname_window"]

    path = f"/staff/{found['id']}"
    version = {"if-match": '"1"'}
    bare = await staff_surface.post(f"{path}/suspend", json={"reason": "借调"})
    assert bare.status_code == 428
    rested = await staff_surface.post(f"{path}/suspend", json={"reason": "借调"}, headers=version)
    assert (rested.json()["state_name"], rested.json()["actions"]) == (
        "已停用",
        ["resume", "cancel"],
    )
    stale = await staff_surface.post(f"{path}/cancel", json={"reason": "离职"}, headers=version)
    assert stale.status_code == 412
    version = {"if-match": '"2"'}
    gone = await staff_surface.post(f"{path}/cancel", json={"reason": "离职"}, headers=version)
    assert gone.json()["actions"] == []
    history = (await staff_surface.get(f"{path}/history")).json()["items"]
    assert [h["move_name"] for h in history] == ["注销", "停用", "开户"]
    assert {h["by_name"] for h in history} == {"管理员"}
    assert history[0]["after"] is None


@pytest.mark.parametrize(
    "bad",
    [
        {"login": "X Y"},
        {"login": "a"},
        {"name": "一"},
        {"reason": ""},
        {"post": {"department_id": "no", "roles": ["case_officer"]}},
        {"roles": ["operator"]},
    ],
)
async def test_bad_input_is_named_and_changes_nothing(staff_surface, admin, bad) -> None:
    where = await department()
    asked = {
        "login": "good.one",
        "name": "好的",
        "post": {"department_id": str(where), "roles": ["case_officer"]},
        "reason": "新录用",
    }
    reply = await staff_surface.post("/staff", json=asked | bad)
    assert reply.status_code == 422
    assert await staff.find_by_login("good.one") is None


async def test_two_administrators_make_a_third(staff_surface, admin) -> None:
    new = await opened(admin, login="audit.two", roles=("security_auditor",))
    detail = (await staff_surface.get(f"/staff/{new.staff_id}")).json()
    assert (detail["proposal"]["mine"], detail["proposal"]["may_confirm"]) == (True, False)
    path = f"/staff-proposals/{new.proposal_id}/confirm"
    assert (await staff_surface.post(path)).json()["code"] == "staff.needs_another"
    other = await bearer(await administrator("security_admin"))
    (waiting,) = (await staff_surface.get("/staff-proposals", headers=other)).json()["items"]
    assert (waiting["may_confirm"], waiting["by_role_name"]) == (True, "系统管理员")
    assert (await staff_surface.post(path, headers=other)).status_code == 204
    detail = (await staff_surface.get(f"/staff/{new.staff_id}")).json()
    assert detail["post"]["roles"][0]["name"] == "安全审计员"
    assert (await staff_surface.post(path, headers=other)).status_code == 404


async def test_the_list_is_searched_filtered_and_paged(staff_surface, admin) -> None:
    for n in range(31):
        await officer("case_officer", login=f"page.{n:02d}")
    first = (await staff_surface.get("/staff", params={"q": "page."})).json()
    rest = (
        await staff_surface.get("/staff", params={"q": "page.", "cursor": first["next"]})
    ).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (30, 1, None)
    assert (await staff_surface.get("/staff", params={"state": "cancelled"})).json()["items"] == []
    found = (await staff_surface.get("/staff", params={"role": "system_admin"})).json()["items"]
    assert [line["id"] for line in found] == [str(admin.id)]


async def test_departments_over_http(staff_surface, admin) -> None:
    top = await staff_surface.post(
        "/departments", json={"name": "省某厅", "region": "340000", "code": "11340000MBDM00143F"}
    )
    assert top.status_code == 201, top.text
    inner = await staff_surface.post(
        "/departments", json={"name": "一处", "parent_id": top.json()["id"]}
    )
    assert (inner.json()["level_name"], inner.json()["code"]) == ("省级", None)
    bad = await staff_surface.post(
        "/departments", json={"name": "假局", "region": "340000", "code": "11340000MBDM00143G"}
    )
    assert bad.json()["code"] == "staff.bad_org_code"
    path = f"/departments/{inner.json()['id']}"
    renamed = await staff_surface.put(path, json={"name": "综合处"}, headers={"if-match": '"1"'})
    assert (renamed.json()["name"], renamed.headers["etag"]) == ("综合处", '"2"')
    used = await staff_surface.post(
        f"/departments/{top.json()['id']}/retire", headers={"if-match": '"1"'}
    )
    assert used.json()["code"] == "staff.department_in_use"
    assert (await staff_surface.post(f"{path}/retire", headers={"if-match": '"2"'})).json()[
        "state"
    ] == "retired"
    places = (await staff_surface.get(f"/departments/{top.json()['id']}/places")).json()["items"]
    assert places[0] == {"code": "340000", "name": "安徽省"}
    assert len(places) == 17


async def test_systems_over_http_never_show_the_token(staff_surface, admin) -> None:
    owner = await department("省某厅", "340000", "11340000MBDM00143F")
    asked = {
        "code": "some-system",
        "name": "某系统",
        "department_id": str(owner),
        "mode": "unified",
        "client_id": "some.client",
        "scim_url": "https://scim.example/v2/",
        "scim_token": "very-secret-token",
    }
    made = await staff_surface.post("/department-systems", json=asked)
    assert made.status_code == 201, made.text
    assert "very-secret-token" not in made.text
    assert made.json()["authority_name"] == "安徽省统一身份认证平台"
    path = f"/department-systems/{made.json()['id']}"
    kept = {k: asked[k] for k in ("name", "mode", "client_id", "scim_url")}
    changed = await staff_surface.put(path, json=kept, headers={"if-match": '"1"'})
    assert changed.status_code == 200, changed.text
    assert (await staff_surface.get(path)).json()["version"] == 2
    assert (await staff_surface.get(f"{path}/mappings")).json() == {"items": [], "next": None}
    gone = await staff_surface.post(f"{path}/retire", headers={"if-match": '"2"'})
    assert gone.json()["state"] == "retired"


async def test_only_a_client_with_the_scope_confirms_bindings(partner, staff_surface) -> None:
    told = {"code": "AAAA-BBBB-CCCC", "local_account": "x"}
    assert (await partner.post("/staff-bindings", json=told)).status_code == 401
    officers = await bearer(await officer())
    reply = await partner.post("/staff-bindings", json=told, headers=officers)
    assert reply.status_code == 401
