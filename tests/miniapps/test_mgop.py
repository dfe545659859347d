"""浙里办's gateway on the app's own origin: token, signature, codes, and only declared interfaces."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import orjson
import pytest

from app_server.kernel import clock, db
from miniapps import service
from miniapps.service import mgop
from miniapps.service.origin import OriginRequest
from tests.builders import tongling
from tests.builders.miniapps import files, manifest, released_app, team

AK = "jl9vupjh+200100201+nytcfro"
APP = "ah341600test"


@pytest.fixture(scope="module")
def base(listeners) -> Iterator[str]:
    with tongling.back_end(listeners["partner"]) as url:
        yield url


def described(base: str) -> dict:
    return {
        "compat": {
            "dialects": ["mgop"],
            "gateway": [
                {"api": "mgop.tl.test.bikes", "url": f"{base}/bikes", "method": "GET"},
                {
                    "api": "mgop.tl.test.outages",
                    "url": "http://127.0.0.1:9/outages",
                    "method": "GET",
                    "test_url": f"{base}/outages",
                },
                {"api": "mgop.tl.test.repairs", "url": f"{base}/repairs"},
            ],
        },
        "network": {"request": [base, "http://127.0.0.1:9"]},
        "min_tier": 0,
    }


async def app(base: str) -> str:
    """A released app whose gateway leads to the simulator, which knows the app's key."""
    appid = await released_app(**described(base))
    keys = orjson.loads(tongling.KEYS.read_bytes())[tongling.APPID]
    await service.keep_facade_key(
        await team(), appid, "gateway", keys["access_key"], keys["secret"]
    )
    return appid


def request(
    api: str, cookie: str = "", data: str = "null", method: str = "POST", host: str = "", **more
):
    """What the vendor's SDK sends."""
    token, ts = cookie.partition("_")[0], "1763800000000"
    text = f"token={token}&ak={AK}&api={api}&ts={ts}&data={data}"
    sign = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    query = {"ak": AK, "api": api, "ts": ts, "sign": sign, "data": data} | more.pop("query", {})
    headers = {"content-type": "application/json"} | more.pop("headers", {})
    if cookie:
        headers["cookie"] = f"other=1; {mgop.COOKIE}={cookie}"
    host = host or service.origin_of(APP).partition("//")[2]
    body = orjson.dumps(more.pop("body", {})) if method == "POST" else b""
    return OriginRequest(host, "/h5/mgop", method, urlencode(query), headers, body)


async def told(asked, code: int = 1):
    reply = await mgop.answer(APP, code, asked)
    assert reply.status == 200
    return orjson.loads(reply.body), reply


async def token_of() -> str:
    answer, reply = await told(request("mgop.any"))
    assert answer["rs"] == 9001
    cookie = reply.headers["set-cookie"]
    # Scripts must read it, no other host may, and it is over with the browser's own clock.
    assert "HttpOnly" not in cookie
    assert "Domain" not in cookie
    assert "Path=/; Max-Age=3600; Secure; SameSite=Lax" in cookie
    return cookie.partition(";")[0].partition("=")[2]


async def test_the_first_call_only_brings_a_token_and_the_second_is_answered(database, base):
    await app(base)
    answer, reply = await told(
        request("mgop.tl.test.bikes", await token_of(), body={"after": "20"})
    )
    assert (answer["rs"], answer["ret"]) == (1000, ["1000::调用成功"])
    assert len(answer["data"]["data"]["stations"]) == 8
    assert "set-cookie" not in reply.headers
    assert reply.headers["cross-origin-resource-policy"] == "same-origin"


async def test_the_apps_own_origin_is_where_it_stands(database, base):
    await app(base)
    first = await service.serve_origin(request("mgop.tl.test.bikes"))
    assert first is not None
    assert orjson.loads(first.body)["rs"] == 9001
    token = first.headers["set-cookie"].partition(";")[0].partition("=")[2]
    second = await service.serve_origin(request("mgop.tl.test.bikes", token))
    assert second is not None
    assert orjson.loads(second.body)["rs"] == 1000
    shut = request("mgop.tl.test.bikes", token, host="ah341600none.miniapp.localhost")
    other = await service.serve_origin(shut)
    assert other is not None
    assert other.status == 404


async def test_a_wrong_signature_or_a_made_up_token_is_illegal(database, base):
    await app(base)
    token = await token_of()
    for asked in (
        request("mgop.tl.test.bikes", token, query={"sign": "0" * 32}),
        request("mgop.tl.test.bikes", token, query={"api": "mgop.tl.test.repairs"}),
        request("mgop.tl.test.bikes", "a" * 32 + "_9999999999.x"),
        request("mgop.tl.test.bikes", "nothing"),
        request("mgop.tl.test.bikes", token, host="ah340100ride.miniapp.localhost"),
    ):
        assert (await told(asked))[0]["rs"] == 9002


async def test_an_expired_token_is_told_and_replaced(database, base, monkeypatch):
    await app(base)
    token = await token_of()
    late = clock.now() + timedelta(seconds=3601)
    monkeypatch.setattr(clock, "now", lambda: late)
    answer, reply = await told(request("mgop.tl.test.bikes", token))
    assert answer["rs"] == 9003
    assert mgop.COOKIE in reply.headers["set-cookie"]


async def test_an_interface_nobody_declared_is_not_forwarded(database, base):
    await app(base)
    answer, _ = await told(request("mgop.tl.test.secrets", await token_of()))
    assert (answer["rs"], answer["data"]) == (3006, {})


async def test_a_body_that_is_no_json_too_large_or_of_another_method_is_refused(database, base):
    await app(base)
    token = await token_of()
    good = request("mgop.tl.test.repairs", token)
    for code, change in (
        (3002, {"body": b"{broken"}),
        (3001, {"body": b"1" * 70_000}),
        (3000, {"method": "PUT"}),
        (3004, {"query": "api=mgop.tl.test.repairs"}),
    ):
        asked = OriginRequest(**{f: getattr(good, f) for f in good.__slots__} | change)
        assert (await told(asked))[0]["rs"] == code


async def test_the_back_ends_refusal_and_absence_are_remote_failures(database, base):
    await app(base)
    token = await token_of()
    refused, _ = await told(request("mgop.tl.test.repairs", token, body={"day": "2000-01-01"}))
    assert refused["rs"] == 4002
    away, _ = await told(request("mgop.tl.test.outages", token))
    assert away["rs"] == 4002


async def test_the_test_back_end_answers_on_trial_and_nowhere_else(database, base):
    appid = await app(base)
    token = await token_of()
    wanted = {"headers": {"istesturl": "1"}}
    assert (await told(request("mgop.tl.test.outages", token, **wanted)))[0]["rs"] == 1001
    uploader = await team()
    await service.upload(uploader, service.pack(files(manifest(code=2, **described(base)))))
    await service.begin_trial(uploader, appid, 2)
    answer, _ = await told(request("mgop.tl.test.outages", token, **wanted), code=2)
    assert (answer["rs"], len(answer["data"]["notices"])) == (1000, 2)
    # An interface without one has none on trial either.
    assert (await told(request("mgop.tl.test.bikes", token, **wanted), code=2))[0]["rs"] == 1001


async def test_the_older_sdk_signs_its_data_and_may_ask_for_a_script(database, base):
    await app(base)
    asked = request(
        "mgop.tl.test.bikes",
        await token_of(),
        data='{"after":"20"}',
        method="GET",
        query={"callback": "mgopcb1"},
    )
    reply = await mgop.answer(APP, 1, asked)
    assert reply.content_type.startswith("text/javascript")
    assert reply.body.startswith(b"/**/mgopcb1({")
    other = request(
        "mgop.tl.test.bikes",
        await token_of(),
        method="GET",
        query={"callback": "alert(1)//"},
    )
    assert (await mgop.answer(APP, 1, other)).content_type == "application/json"


async def test_the_adapters_question_has_an_empty_answer(database, base):
    await app(base)
    answer, _ = await told(request(mgop.ADAPTERS, await token_of()))
    assert (answer["rs"], answer["data"]) == (1000, [])


async def test_more_calls_than_anybody_makes_are_limited(database, base):
    await app(base)
    token = await token_of()
    codes = [(await told(request(mgop.ADAPTERS, token)))[0]["rs"] for _ in range(101)]
    assert codes.count(1000) == 100
    assert codes[-1] == 1002


async def test_what_a_page_cannot_say_for_itself_is_not_passed_on():
    given = {
        "authorization": "Bearer x",
        "token": "t",
        "cookie": "a=b",
        "x-bg-hmac-signature": "forged",
        "x-wanshi-app": "forged",
        "x-forwarded-for": "10.0.0.1",
        "host": "h",
        "sec-fetch-mode": "cors",
    }
    assert set(mgop._passed_on(given)) == {"authorization", "token"}


async def test_a_manifest_may_not_lead_the_gateway_where_it_may_not_go(base):
    from miniapps.errors import ManifestRefused
    from miniapps.service.manifest import read_manifest

    for gateway, message in (
        ([{"api": "mgop.a.b", "url": "https://10.0.0.1/x"}], "必须使用域名"),
        ([{"api": "mgop.a.b", "url": "https://other.example.gov.cn/x"}], "network.request"),
        ([{"api": "mgop.a.b", "url": f"{base}/x"}] * 2, "重复"),
    ):
        compat = {"dialects": ["mgop"], "gateway": gateway}
        told = manifest(compat=compat, network={"request": [base]})
        with pytest.raises(ManifestRefused) as refused:
            read_manifest(orjson.dumps(told))
        assert message in str(refused.value.facts["errors"])


async def test_nothing_of_what_was_sent_is_kept(database, base):
    await app(base)
    await told(request("mgop.tl.test.repairs", await token_of(), body={"day": "0", "a": "秘密"}))
    for table in ("kernel_audit", "miniapps_use"):
        assert "秘密" not in str(await db.rows(f"SELECT * FROM {table}"))
