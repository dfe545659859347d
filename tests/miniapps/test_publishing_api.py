"""The whole way over HTTP: a team in the console and by its app's key, and its reviewers."""

from miniapps import service
from tests.builders.miniapps import desk, files, manifest, team
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

APP = "ah341600test"
ZIP = {"content-type": "application/zip"}
WHY = {"reason": "例行检查"}


def package(**changes) -> bytes:
    return service.pack(files(manifest(min_tier=0, **changes)))


async def uploaded(surface, headers, code: int = 1):
    return await surface.post(
        "/miniapps/versions", content=package(code=code), headers=headers | ZIP
    )


async def key_of(staff_surface, partner, headers) -> dict[str, str]:
    made = await staff_surface.post(f"/miniapps/{APP}/key", headers=headers)
    assert made.status_code == 201, made.text
    token = await partner.post(
        "/tokens",
        json={"client_id": made.json()["client_id"], "client_secret": made.json()["secret"]},
    )
    assert token.status_code in {200, 201}, token.text
    return {"authorization": f"Bearer {token.json()['access_token']}"}


async def test_strangers_publish_nothing(staff_surface, partner):
    assert (await uploaded(staff_surface, {})).status_code == 401
    assert (await uploaded(partner, {})).status_code == 401
    clerk = await bearer(await officer("case_officer"))
    assert (await uploaded(staff_surface, clerk)).status_code == 403
    other = await bearer(await team("340100"))
    assert (await uploaded(staff_surface, other)).json()["code"] == "miniapps.not_your_app"
    reviewer = await bearer(await desk())
    assert (await uploaded(staff_surface, reviewer)).status_code == 403
    assert (await staff_surface.get("/miniapps", headers=reviewer)).json()["items"] == []


async def test_from_upload_to_roll_back_in_the_console(staff_surface, public):
    mine, city, province = [
        await bearer(one) for one in (await team(), await desk("341600"), await desk())
    ]
    first = (await uploaded(staff_surface, mine)).json()
    assert (first["state"], first["state_name"], first["findings"]) == ("checked", "检查通过", [])
    one = f"/miniapps/{APP}/versions/1"
    trial = (await staff_surface.post(f"{one}/trial", headers=mine)).json()
    assert trial["version"]["state"] == "trial"
    token = trial["link"].partition("?trial=")[2]
    opened = await public.post(f"/miniapps/{APP}/launches", json={"trial": token})
    assert (opened.status_code, opened.json()["trial"]) == (201, True)
    waiting = {"params": {"waiting": "true"}}
    assert (await staff_surface.get("/miniapps", headers=city, **waiting)).json()["items"] == []
    await staff_surface.post(f"{one}/submit", json={"note": "首版"}, headers=mine)
    listed = (await staff_surface.get("/miniapps", headers=city, **waiting)).json()["items"]
    assert [(a["appid"], a["newest_state_name"]) for a in listed] == [(APP, "待市级审核")]
    for who in (city, province):
        done = await staff_surface.post(f"{one}/review", json={"agree": True}, headers=who)
        assert done.status_code == 200, done.text
    grey = {"permille": 100, "systems": ["android"], "regions": ["341602"]}
    started = await staff_surface.put(f"{one}/grey", json=grey, headers=mine)
    assert started.json()["state"] == "grey", started.text
    await staff_surface.post(f"{one}/halt", json=WHY, headers=mine)
    await staff_surface.post(f"{one}/resume", json={}, headers=mine)
    out = await staff_surface.post(f"{one}/release", headers=mine)
    assert out.json()["state_name"] == "已发布", out.text
    detail = (await staff_surface.get(f"/miniapps/{APP}", headers=province)).json()
    assert (detail["app"]["current"], detail["grey"]) == (1, None)
    assert [s["deed_name"] for s in detail["history"]][:3] == ["全量发布", "恢复灰度", "暂停灰度"]
    none = await staff_surface.post(f"/miniapps/{APP}/roll-back", json=WHY, headers=mine)
    assert (none.status_code, none.json()["code"]) == (409, "miniapps.not_in_this_state")
    down = await staff_surface.post(f"/miniapps/{APP}/suspend", json=WHY, headers=province)
    assert down.json()["state_name"] == "已下架"
    refused = await public.post(f"/miniapps/{APP}/launches", json={})
    assert (refused.status_code, refused.json()["reason"]) == (404, "例行检查")


async def test_the_same_way_by_the_apps_own_key(staff_surface, partner):
    mine = await bearer(await team())
    await uploaded(staff_surface, mine)
    key = await key_of(staff_surface, partner, mine)
    second = await uploaded(partner, key, code=2)
    assert (second.status_code, second.json()["state"]) == (201, "checked"), second.text
    foreign = await partner.post(
        "/miniapps/versions",
        content=service.pack(files(manifest("ah341600other"))),
        headers=key | ZIP,
    )
    assert foreign.json()["code"] == "miniapps.not_your_app"
    one = f"/miniapps/{APP}/versions/2"
    assert (await partner.post(f"{one}/submit", json={}, headers=key)).status_code == 200
    for who in (await desk("341600"), await desk()):
        await staff_surface.post(f"{one}/review", json={"agree": True}, headers=await bearer(who))
    grey = await partner.put(f"{one}/grey", json={"permille": 50}, headers=key)
    assert grey.json()["state"] == "grey", grey.text
    versions = (await partner.get(f"/miniapps/{APP}/versions", headers=key)).json()["items"]
    assert [(v["code"], v["state"]) for v in versions] == [(2, "grey"), (1, "checked")]


async def test_a_new_key_is_good_and_the_secret_stands_nowhere(staff_surface, partner):
    mine = await bearer(await team())
    await uploaded(staff_surface, mine)
    first = await key_of(staff_surface, partner, mine)
    second = await key_of(staff_surface, partner, mine)
    for key in (first, second):
        assert (await partner.get(f"/miniapps/{APP}/versions", headers=key)).status_code == 200
    stranger = await bearer(await team("340100"))
    assert (await staff_surface.post(f"/miniapps/{APP}/key", headers=stranger)).status_code == 403


async def test_bad_input_changes_nothing(staff_surface, public):
    mine = await bearer(await team())
    await uploaded(staff_surface, mine)
    one = f"/miniapps/{APP}/versions/1"
    for body in (
        {"permille": 1001}, {"permille": -1}, {"permille": 1, "openids": ["x"]},
        {"permille": 1, "systems": ["windows"]}, {"permille": 1, "regions": ["999999"]}, {},
    ):  # fmt: skip
        reply = await staff_surface.put(f"{one}/grey", json=body, headers=mine)
        assert reply.status_code in {404, 422}, body
    early = await staff_surface.put(f"{one}/grey", json={"permille": 1}, headers=mine)
    assert early.json()["code"] == "miniapps.not_in_this_state"
    bad = await public.post(f"/miniapps/{APP}/launches", json={"device": "x" * 65})
    assert bad.status_code == 422
    assert (await service.version_facts(APP, 1)).state == "checked"


async def test_a_resident_tells_an_outcome_and_no_more(public, staff_surface):
    assert (await staff_surface.get("/miniapps")).status_code == 401
    person = await bearer(await resident())
    assert (await public.get("/miniapps/ah341600test", headers=person)).status_code == 404


async def test_a_package_is_looked_over_without_being_kept(staff_surface, partner):
    mine = await bearer(await team())
    sent = {"content": package(), "headers": mine | ZIP}
    told = (await staff_surface.post("/miniapps/checks", **sent)).json()
    assert (told["appid"], told["code"]) == (APP, 1)
    assert (await staff_surface.get("/miniapps", headers=mine)).json()["items"] == []
    other = await bearer(await team("340100"))
    refused = await staff_surface.post("/miniapps/checks", content=package(), headers=other | ZIP)
    assert refused.json()["code"] == "miniapps.not_your_app"
    assert (
        await partner.post("/miniapps/checks", content=package(), headers=ZIP)
    ).status_code == 401


async def test_an_apps_key_reads_its_app_and_no_other(staff_surface, partner):
    mine = await bearer(await team())
    await uploaded(staff_surface, mine)
    key = await key_of(staff_surface, partner, mine)
    told = (await partner.get(f"/miniapps/{APP}", headers=key)).json()
    assert [version["code"] for version in told["versions"]] == [1]
    assert told["history"][-1]["deed"] == "upload"
    assert (await partner.get("/miniapps/ah340100ride", headers=key)).status_code == 404


async def test_a_team_takes_a_new_app_id_only_inside_its_namespace(staff_surface):
    mine = await bearer(await team())
    for strange in ("ah340100new", "ah341602new", "ah341600NEW", "ah341600", "x"):
        refused = await staff_surface.post(f"/miniapps/{strange}/key", headers=mine)
        assert refused.status_code in {403, 422}, strange
    county = await bearer(await team("341602"))
    made = await staff_surface.post("/miniapps/ah341600new/key", headers=county)
    assert made.status_code == 201
    listed = (await staff_surface.get("/miniapps", headers=county)).json()["items"]
    assert [(app["appid"], app["newest_state_name"]) for app in listed] == [
        ("ah341600new", "还没有版本")
    ]
    other = await bearer(await officer("city_publisher", login="o", org="11340100MB0000003T"))
    assert (await staff_surface.post("/miniapps/ah341600new/key", headers=other)).status_code == 403


async def test_a_new_app_is_first_uploaded_with_its_key(staff_surface, partner):
    key = await key_of(staff_surface, partner, await bearer(await team()))
    first = await uploaded(partner, key)
    assert first.status_code == 201
    assert first.json()["state"] == "checked"
