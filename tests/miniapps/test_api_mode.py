"""Apps without pages: the shell draws what the city's own back end says, and nothing more."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from app_server.kernel import clock, db
from app_server.kernel.errors import InvalidInput, Unauthenticated
from miniapps import service
from miniapps.errors import (
    BackEndDown,
    BackEndRefused,
    BackEndUnfit,
    ConsentNeeded,
    ManifestRefused,
    NoSuchLaunch,
    NoSuchService,
)
from miniapps.service.api_mode import told
from miniapps.service.manifest import Manifest
from miniapps.service.manifest_api import ApiService
from tests.builders import tongling
from tests.builders.miniapps import agree, released_app
from tests.builders.people import resident

BASE = "https://api.tl.example.gov.cn"


@pytest.fixture(scope="module")
def base(listeners) -> Iterator[str]:
    with tongling.back_end(listeners["partner"]) as url:
        yield url


def fields(problem) -> dict[str, str]:
    return {e["field"]: e["message"] for e in problem.value.facts["errors"]}


async def test_a_stranger_with_another_token_uses_nothing(public, base):
    opened = await service.launch(await resident(), await tongling.released(base))
    for path in ("forms/water", "services/water"):
        reply = await public.post(f"/launches/{opened.id}/{path}", json={"token": "x" * 43})
        assert reply.status_code == 404


async def test_both_ways_to_join_stand_in_one_list_and_the_launch_says_which(public, base):
    await tongling.released(base)
    await released_app(min_tier=0)
    listed = (await public.get("/miniapps?region=340000")).json()
    assert {app["appid"]: app["mode"] for app in listed["items"]} == {
        "ah340700services": "api",
        "ah341600test": "h5",
    }
    opened = (await public.post("/miniapps/ah340700services/launches", json={})).json()
    assert (opened["mode"], opened["url"]) == ("api", "")
    assert [card["key"] for card in opened["services"]] == ["water", "bikes", "outages", "repairs"]


async def test_a_query_from_form_to_record(public, base):
    await tongling.released(base)
    opened = (await public.post("/miniapps/ah340700services/launches", json={})).json()
    launch, token = f"/launches/{opened['launch_id']}", {"token": opened["token"]}
    form = (await public.post(f"{launch}/forms/water", json=token)).json()
    assert form["note"] == "户号在水费单左上角"
    assert form["schema"]["properties"]["account"]["title"] == "户号"
    assert form["ui"]["order"] == ["account"]
    asked = token | {"params": {"account": "70001234"}}
    answer = (await public.post(f"{launch}/services/water", json=asked)).json()
    assert (answer["kind"], answer["title"]) == ("record", "水费查询")
    assert answer["fields"] == [
        {"label": "户主", "value": "汪**"},
        {"label": "用水量", "value": "14 吨"},
        {"label": "应缴", "value": "41.30 元"},
        {"label": "已缴", "value": "否"},
    ]


async def test_what_is_filled_in_is_checked_before_anybody_is_asked(database, base):
    opened = await service.launch(await resident(), await tongling.released(base))
    person = await resident()
    opened = await service.launch(person, "ah340700services")
    with pytest.raises(InvalidInput) as found:
        await service.use_service(person, opened.id, opened.token, "water", {"acount": "1"})
    assert fields(found) == {"account": "必填", "acount": "不认识的字段"}
    with pytest.raises(InvalidInput) as found:
        await service.use_service(person, opened.id, opened.token, "bikes", {"q": "1"})
    assert fields(found) == {"q": "不认识的字段"}


async def test_the_back_ends_own_no_reaches_the_person(database, base):
    person = await resident()
    opened = await service.launch(person, await tongling.released(base))
    with pytest.raises(BackEndRefused) as refused:
        asked = {"account": "12345678"}
        await service.use_service(person, opened.id, opened.token, "water", asked)
    assert refused.value.detail == "没有这个户号，请核对水费单"


async def test_a_list_goes_on_until_its_end(database, base):
    person = await resident()
    opened = await service.launch(person, await tongling.released(base))
    seen, after = [], {}
    while True:
        page = await service.use_service(person, opened.id, opened.token, "bikes", after)
        seen += [entry.title for entry in page.items]
        if page.next is None:
            break
        after = {"after": page.next}
    assert len(seen) == len(set(seen)) == 28
    notices = await service.use_service(person, opened.id, opened.token, "outages", {})
    assert (len(notices.items), notices.next) == (2, None)
    with pytest.raises(InvalidInput):
        await service.use_service(person, opened.id, opened.token, "outages", {"after": "2"})


async def test_a_form_that_needs_to_know_who_asks_needs_their_yes(database, base):
    person = await resident(tier=1)
    opened = await service.launch(person, await tongling.released(base))
    day = (clock.today() + timedelta(days=2)).isoformat()
    form = {"what": "water", "address": "铜官区长江中路 1 号", "day": day}
    with pytest.raises(ConsentNeeded):
        await service.use_service(person, opened.id, opened.token, "repairs", form)
    await agree(person, opened, "auth.ticket")
    answer = await service.use_service(person, opened.id, opened.token, "repairs", form)
    assert answer.text.startswith("已受理，受理号 TL")
    assert await db.value("SELECT count(*) FROM miniapps_ticket WHERE used_at IS NOT NULL") == 1
    uses, _ = await service.uses_of(person.subject)
    assert [(use.method, use.what) for use in uses] == [("api.repairs", "便民维修预约")]


async def test_who_is_not_signed_in_cannot_be_named(public, base):
    await tongling.released(base)
    opened = (await public.post("/miniapps/ah340700services/launches", json={})).json()
    form = {"what": "water", "address": "铜官区长江中路 1 号", "day": "2099-01-01"}
    path = f"/launches/{opened['launch_id']}/services/repairs"
    reply = await public.post(path, json={"token": opened["token"], "params": form})
    assert (reply.status_code, reply.json()["code"]) == (401, Unauthenticated.code)


async def test_requests_that_we_did_not_sign_are_refused_by_the_back_end(database, base):
    person = await resident()
    opened = await service.launch(person, await tongling.released(base))
    await db.execute("UPDATE miniapps_facade_key SET ends_at = now()")
    with pytest.raises(BackEndRefused) as refused:
        await service.use_service(person, opened.id, opened.token, "outages", {})
    assert refused.value.detail == "Invalid access key"


async def test_a_back_end_that_is_away_is_said_to_be_away(public):
    await tongling.released("http://127.0.0.1:9")
    opened = (await public.post("/miniapps/ah340700services/launches", json={})).json()
    path = f"/launches/{opened['launch_id']}/services/outages"
    reply = await public.post(path, json={"token": opened["token"]})
    assert (reply.status_code, reply.json()["code"]) == (503, BackEndDown.code)


async def test_there_is_no_service_and_no_form_but_the_declared_ones(database, base):
    person = await resident()
    opened = await service.launch(person, await tongling.released(base))
    for key in ("none", "outages"):
        with pytest.raises(NoSuchService):
            await service.form_of(person, opened.id, opened.token, key)
    with pytest.raises(NoSuchService):
        await service.use_service(person, opened.id, opened.token, "none", {})
    with pytest.raises(NoSuchLaunch):
        other = await resident()
        await service.use_service(other, opened.id, opened.token, "outages", {})


LIST = ApiService.model_validate(tongling.services()[1])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"data": None},
        {"data": {"stations": "none"}},
        {"data": {"stations": [{"name": "a"}]}},
        {"data": {"stations": [{"name": {"x": 1}, "address": "", "bikes": 1, "free": 1}]}},
        {"data": {"stations": [{"name": "a", "address": "b", "bikes": 1, "free": 1}] * 101}},
    ],
)
def test_a_reply_of_another_shape_is_no_answer(body):
    with pytest.raises(BackEndUnfit):
        told(LIST, body)


def test_only_what_the_manifest_names_passes_and_in_bounded_words():
    station = {"name": "站" * 600, "address": None, "bikes": 1.5, "free": True, "secret": "x"}
    answer = told(LIST, {"data": {"stations": [station], "next": ""}})
    (entry,) = answer.items
    assert len(entry.title) == 500
    assert [(line.label, line.value) for line in entry.fields] == [("可借", "1.5"), ("可还", "是")]
    assert (entry.summary, answer.next) == ("", None)
    assert "secret" not in str(answer)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mode": "h5"}, "h5 方式必须有入口页面"),
        ({"entry": "index.html"}, "api 方式没有页面"),
        ({"api": None}, "api 方式必须写明 api"),
        ({"network": {"request": []}}, "没有列在 network.request 中"),
        ({"permissions": [], "token_scopes": []}, "必须申请 auth.ticket 权限"),
    ],
)
def test_a_manifest_that_disagrees_with_itself_is_refused(changes, message):
    import orjson

    from miniapps.service.manifest import read_manifest

    with pytest.raises(ManifestRefused) as refused:
        read_manifest(orjson.dumps(tongling.described(BASE, **changes)))
    assert message in str(refused.value.facts["errors"])


def test_a_form_cannot_fetch_a_schema_or_hide_a_field():
    described = tongling.described(BASE)
    properties = described["api"]["services"][0]["form"]["fields"]["properties"]
    properties["account"]["$ref"] = "https://evil.example/schema.json"
    with pytest.raises(ValueError, match="ref"):
        Manifest.model_validate(described)
