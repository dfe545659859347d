"""The open gateway: what back ends do for people who agreed, within quotas, and a sandbox."""

import asyncio

import pytest

from app_server.kernel import db
from app_server.kernel.principal import Principal
from auth.grants import service as grants
from miniapps import service
from miniapps.errors import ManifestRefused
from miniapps.rules import gateway as rules
from miniapps.service.manifest import read_manifest
from payments import service as payments
from tests.builders.keyed_clients import partner_headers
from tests.builders.miniapps import (
    agree,
    called,
    client_headers,
    desk,
    files,
    manifest,
    released_app,
    team,
)
from tests.builders.payments import listed
from tests.builders.people import bearer, resident

APP = "ah341600test"
ASKED = {
    "permissions": [
        {"scope": "auth.ticket", "reason": "登录后显示进度", "required": True},
        {"scope": "auth.user", "reason": "显示您的称呼", "required": False},
        {"scope": "message.send", "reason": "告诉您轮候结果", "required": False},
        {"scope": "pay.request", "reason": "缴纳租金", "required": False},
        {"scope": "licence.read", "reason": "核对不动产", "required": False},
    ],
    "messages": [{"code": "turn", "title": "轮到您选房", "body": "请在 {day} 前到 {place} 选房。"}],
    "licence_types": ["不动产权证书"],
}
WORDS = {"day": "11 月 30 日", "place": "住建局大厅"}


async def key(sandbox: bool = False) -> dict[str, str]:
    """Authorization headers of the app's gateway client."""
    client_id, secret, _ = await service.make_gateway_key(await team(), APP, sandbox=sandbox)
    granted = await grants.client_token(client_id, secret)
    return {"authorization": f"Bearer {granted.access_token}"}


async def visitor(*scopes: str, keep: bool = True) -> tuple[Principal, str]:
    """Somebody whom the app knows by their number, who agreed to these besides."""
    person = await resident(tier=2)
    opened = await service.launch(person, APP)
    await agree(person, opened, "auth.user")
    await agree(person, opened, *scopes, keep=keep)
    openid: str = (await called(person, opened, "ah.auth.getUser")).value["openid"]
    return person, openid


def message(openid: str, **changes) -> dict:
    return {"openid": openid, "template": "turn", "params": WORDS, "ref": "T-1"} | changes


def bill(openid: str, **changes) -> dict:
    line = {"name": "租金", "code": "rent", "amount_fen": 91_000}
    return {"openid": openid, "title": "七月租金", "items": [line], "ref": "R-1"} | changes


async def count(table: str) -> int:
    found = await db.value(f"SELECT count(*) FROM {table}")
    assert isinstance(found, int)
    return found


PATHS = ["/gateway/messages", "/gateway/bills", "/gateway/licences"]


@pytest.mark.parametrize("path", PATHS)
async def test_strangers_and_other_keys_of_the_app_do_nothing(partner, path):
    await released_app(**ASKED)
    assert (await partner.post(path, json={})).status_code == 401
    tickets_only = await client_headers(APP)
    assert (await partner.post(path, json={}, headers=tickets_only)).status_code == 403


async def test_only_the_apps_team_makes_its_gateway_keys_with_what_review_gave(staff_surface):
    await released_app(**ASKED)
    path, body = f"/miniapps/{APP}/gateway-keys", {"sandbox": False}
    assert (await staff_surface.post(path, json=body)).status_code == 401
    other = await bearer(await team("340100", org="11340100MB0000001X"))
    assert (await staff_surface.post(path, json=body, headers=other)).status_code == 403
    made = await staff_surface.post(path, json=body, headers=await bearer(await team()))
    assert (made.status_code, made.json()["client_id"]) == (201, f"gateway:{APP}")
    assert made.json()["scopes"] == ["messages.send", "bills.create", "licences.read"]
    await released_app(version={"name": "1.0.2", "code": 2})
    _, _, scopes = await service.make_gateway_key(await team(), APP, sandbox=False)
    assert scopes == []


async def test_a_message_reaches_the_inbox_once_under_the_apps_name(public, partner):
    await released_app(**ASKED)
    headers = await key()
    person, openid = await visitor("message.send")
    for _ in range(2):
        sent = await partner.post("/gateway/messages", json=message(openid), headers=headers)
        assert (sent.status_code, sent.json()) == (201, {"sandbox": False}), sent.text
    assert "x-sandbox" not in sent.headers
    mine = await bearer(person)
    (told,) = (await public.get("/me/messages", headers=mine)).json()["items"]
    assert told["title"] == "测试：轮到您选房"
    assert told["body"] == "请在 11 月 30 日 前到 住建局大厅 选房。"
    uses, _ = await service.uses_of(person.subject)
    assert ("gateway.messages.send", "消息：轮到您选房") in {(u.method, u.what) for u in uses}
    seen = (await public.get("/me/accesses", headers=mine)).json()["items"]
    assert "测试应用：告诉您轮候结果" in {row["purpose"] for row in seen}


async def test_a_private_key_opens_the_gateway_and_the_publishing_secret_does_not(
    partner, listeners
):
    await released_app(**ASKED)
    _, openid = await visitor("message.send")
    by_secret = await client_headers(APP)
    refused = await partner.post("/gateway/messages", json=message(openid), headers=by_secret)
    assert refused.status_code == 403
    by_key = await partner_headers(listeners["public"], APP)
    sent = await partner.post("/gateway/messages", json=message(openid), headers=by_key)
    assert sent.status_code == 201, sent.text


async def test_nobody_gets_what_they_did_not_agree_to_or_took_back(partner):
    await released_app(**ASKED)
    headers = await key()
    person, openid = await visitor()
    reply = await partner.post("/gateway/messages", json=message(openid), headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (409, "miniapps.consent_needed")
    person, openid = await visitor("message.send")
    await service.revoke(person, APP, "message.send")
    reply = await partner.post("/gateway/messages", json=message(openid), headers=headers)
    assert reply.json()["code"] == "miniapps.consent_needed"
    assert await count("notify_message") == 0


async def test_a_yes_for_this_time_holds_while_the_app_is_open(partner):
    await released_app(**ASKED)
    headers = await key()
    _, openid = await visitor("pay.request", keep=False)
    assert (
        await partner.post("/gateway/bills", json=bill(openid), headers=headers)
    ).status_code == 201
    await db.execute("UPDATE miniapps_launch SET expires_at = now() - interval '1 second'")
    over = await partner.post("/gateway/bills", json=bill(openid, ref="R-2"), headers=headers)
    assert over.json()["code"] == "miniapps.consent_needed"


async def test_a_number_the_app_was_never_told_names_nobody(partner):
    await released_app(**ASKED)
    headers = await key()
    person = await resident()
    unknown = service.openid_of(APP, person.subject)
    reply = await partner.post("/gateway/messages", json=message(unknown), headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (404, "miniapps.unknown_visitor")


async def test_another_apps_number_names_nobody_here(partner):
    await released_app(**ASKED)
    await released_app(appid="ah341600other", **ASKED)
    headers = await key()
    person = await resident(tier=2)
    opened = await service.launch(person, "ah341600other")
    await agree(person, opened, "auth.user", "message.send", keep=True)
    openid = (await called(person, opened, "ah.auth.getUser")).value["openid"]
    reply = await partner.post("/gateway/messages", json=message(openid), headers=headers)
    assert reply.json()["code"] == "miniapps.unknown_visitor"


@pytest.mark.parametrize(
    "changes",
    [
        {"template": "other"},
        {"params": {"day": "11 月 30 日"}},
        {"params": WORDS | {"more": "x"}},
        {"params": WORDS | {"place": "请看 http://evil.example/x"}},
        {"params": WORDS | {"place": "{day.__class__}"}},
        {"params": WORDS | {"place": "字" * 61}},
        {"ref": "x" * 28},
    ],
)
async def test_what_review_did_not_read_is_not_sent(partner, changes):
    await released_app(**ASKED)
    headers = await key()
    _, openid = await visitor("message.send")
    asked = message(openid, **changes)
    reply = await partner.post("/gateway/messages", json=asked, headers=headers)
    assert reply.status_code == 422
    assert await count("notify_message") == 0


async def test_a_bill_is_made_once_and_the_page_may_ask_for_its_payment(partner):
    await released_app(**ASKED)
    headers = await key()
    person, openid = await visitor("pay.request")
    replies = await asyncio.gather(
        *(partner.post("/gateway/bills", json=bill(openid), headers=headers) for _ in range(10))
    )
    made = [reply.json() for reply in replies if reply.status_code == 201]
    assert len(made) == 1
    assert {r.json()["code"] for r in replies if r.status_code != 201} == {"miniapps.bill_exists"}
    opened = await service.launch(person, APP)
    asked = {"bill": made[0]["bill_no"]}
    answer = await called(person, opened, "ah.pay.request", params=asked)
    assert answer.value["amount_fen"] == 91_000


async def test_a_back_end_learns_how_its_own_bills_stand_and_no_others(partner):
    await released_app(**ASKED)
    headers = await key()
    person, openid = await visitor("pay.request")
    made = (await partner.post("/gateway/bills", json=bill(openid), headers=headers)).json()
    path = f"/gateway/bills/{made['bill_no']}"
    told = (await partner.get(path, headers=headers)).json()
    assert (told["ref"], told["state"], told["amount_fen"]) == ("R-1", "unpaid", 91_000)
    assert (await partner.get(path)).status_code == 401
    assert (await partner.get(path, headers=await key(sandbox=True))).status_code == 404
    await listed("11341600MB0000002B", "fee")
    async with db.unit_of_work():
        other = await payments.create_bill(
            person_id=person.subject,
            title="别处的账单",
            items=[payments.BillItem("费", "fee", 1)],
            agency_code="11341600MB0000002B",
            agency_name="别的单位",
            region="341600",
            source="cases",
            source_ref=f"{APP}/1",
        )
    assert (await partner.get(f"/gateway/bills/{other}", headers=headers)).status_code == 404


@pytest.mark.parametrize("fen", [0, -1, 10_000_001, 1.5])
async def test_no_bill_of_nothing_or_of_more_than_an_app_may_ask(partner, fen):
    await released_app(**ASKED)
    headers = await key()
    _, openid = await visitor("pay.request")
    line = {"name": "租金", "code": "rent", "amount_fen": fen}
    asked = bill(openid, items=[line])
    assert (await partner.post("/gateway/bills", json=asked, headers=headers)).status_code == 422
    big = {"name": "租金", "code": "rent", "amount_fen": 6_000_000}
    two = bill(openid, items=[big, big])
    assert (await partner.post("/gateway/bills", json=two, headers=headers)).status_code == 422
    assert await count("payments_bill") == 0


async def test_licences_of_a_declared_kind_are_seen_and_the_look_is_told(public, partner):
    await released_app(**ASKED)
    headers = await key()
    person, openid = await visitor("licence.read")
    asked = {"openid": openid, "type_name": "不动产权证书"}
    seen = await partner.post("/gateway/licences", json=asked, headers=headers)
    assert (seen.status_code, seen.json()) == (200, {"items": [], "sandbox": False})
    other = await partner.post(
        "/gateway/licences", json=asked | {"type_name": "居民身份证"}, headers=headers
    )
    assert other.status_code == 422
    told = (await public.get("/me/accesses", headers=await bearer(person))).json()["items"]
    assert [row["purpose"] for row in told] == ["测试应用：核对不动产"]


async def test_a_permission_gone_from_the_released_version_is_gone_from_old_tokens(partner):
    await released_app(**ASKED)
    headers = await key()
    _, openid = await visitor("message.send")
    await released_app(version={"name": "1.0.2", "code": 2})
    reply = await partner.post("/gateway/messages", json=message(openid), headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (403, "miniapps.scope_undeclared")


async def test_an_app_taken_down_does_nothing(partner):
    await released_app(**ASKED)
    headers = await key()
    _, openid = await visitor("message.send")
    await service.move_app(await desk(), APP, "suspend", "正在核查")
    reply = await partner.post("/gateway/messages", json=message(openid), headers=headers)
    assert reply.status_code == 404


async def test_the_days_quota_ends_at_midnight_however_many_ask_at_once(partner, monkeypatch):
    offers = dict(rules.OFFERS)
    offers["bills.create"] = rules.Offer("", "pay.request", 3)
    monkeypatch.setattr("miniapps.service.gateway.OFFERS", offers)
    await released_app(**ASKED)
    headers = await key()
    _, openid = await visitor("pay.request")
    replies = await asyncio.gather(
        *(
            partner.post("/gateway/bills", json=bill(openid, ref=f"R-{n}"), headers=headers)
            for n in range(8)
        )
    )
    codes = sorted(reply.status_code for reply in replies)
    assert codes == [201] * 3 + [429] * 5
    late = next(reply for reply in replies if reply.status_code == 429)
    assert 0 < int(late.headers["retry-after"]) <= 86_401
    await db.execute("UPDATE miniapps_quota SET day = day - 1")
    again = await partner.post("/gateway/bills", json=bill(openid, ref="R-9"), headers=headers)
    assert again.status_code == 201


# --- sandbox ------------------------------------------------------------------------------------


async def trial_visitor(*scopes: str) -> tuple[Principal, str]:
    """Somebody who opened the app by a trial link."""
    uploader = await team()
    await service.upload(uploader, service.pack(files(manifest(code=2, **ASKED))))
    _, token = await service.begin_trial(uploader, APP, 2)
    person = await resident(tier=2)
    opened = await service.launch(person, APP, service.Opening(trial=token))
    await agree(person, opened, "auth.user", *scopes)
    openid: str = (await called(person, opened, "ah.auth.getUser")).value["openid"]
    return person, openid


async def test_the_sandbox_runs_the_whole_path_and_reaches_nobody(partner):
    await released_app(**ASKED)
    headers = await key(sandbox=True)
    _, openid = await trial_visitor("message.send", "pay.request", "licence.read")
    asked = {"openid": openid, "type_name": "不动产权证书"}
    for path, body, status in (
        ("/gateway/messages", message(openid), 201),
        ("/gateway/bills", bill(openid), 201),
        ("/gateway/licences", asked, 200),
    ):
        reply = await partner.post(path, json=body, headers=headers)
        assert (reply.status_code, reply.json()["sandbox"]) == (status, True), reply.text
        assert reply.headers["x-sandbox"] == "true"
    for table in ("notify_message", "payments_bill"):
        assert await count(table) == 0
    wrong = await partner.post(
        "/gateway/messages", json=message(openid, template="other"), headers=headers
    )
    assert wrong.status_code == 422


async def test_the_sandbox_knows_testers_alone_and_the_real_key_knows_no_testers(partner):
    await released_app(**ASKED)
    _, real = await visitor("message.send")
    _, tester = await trial_visitor("message.send")
    sandbox, live = await key(sandbox=True), await key()
    for openid, headers in ((real, sandbox), (tester, live)):
        reply = await partner.post("/gateway/messages", json=message(openid), headers=headers)
        assert reply.json()["code"] == "miniapps.unknown_visitor"
    none = await trial_visitor()
    reply = await partner.post("/gateway/messages", json=message(none[1]), headers=sandbox)
    assert reply.json()["code"] == "miniapps.consent_needed"
    assert await count("notify_message") == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"messages": []}, "message.send"),
        ({"licence_types": []}, "licence.read"),
        ({"messages": [ASKED["messages"][0]] * 2}, "重复"),
        ({"messages": [ASKED["messages"][0] | {"body": "请看 {a.b}"}]}, "花括号"),
        ({"messages": [ASKED["messages"][0] | {"body": "请看 {{x}}"}]}, "花括号"),
    ],
)
def test_a_manifest_whose_messages_and_permissions_disagree_is_refused(changes, words):
    import orjson

    with pytest.raises(ManifestRefused) as refused:
        read_manifest(orjson.dumps(manifest(**(ASKED | changes))))
    assert words in str(refused.value.facts["errors"])


async def test_progress_is_told_of_the_apps_own_items_and_in_the_sandbox_of_nothing(partner):
    said = {"case_no": "341602000000-20261118-000231", "title": "现场核查完成"}
    await released_app(**ASKED, item_codes=["public-rental-housing"])
    path = "/gateway/case-progress"
    assert (await partner.post(path, json=said)).status_code == 401
    real = await partner.post(path, json=said, headers=await key())
    assert real.json()["code"] == "cases.no_such_case"
    tried = await partner.post(path, json=said, headers=await key(sandbox=True))
    assert (tried.status_code, tried.headers["x-sandbox"]) == (201, "true")


async def test_an_app_without_items_tells_no_progress(partner):
    await released_app(**ASKED)
    _, _, scopes = await service.make_gateway_key(await team(), APP, sandbox=False)
    assert "cases.progress" not in scopes
    said = {"case_no": "341602000000-20261118-000231", "title": "现场核查完成"}
    refused = await partner.post("/gateway/case-progress", json=said, headers=await key())
    assert refused.status_code == 403
