"""Calls that need a permission: what the shell checked is checked again, and put on record."""

import asyncio
import hashlib
import secrets
from typing import Any

import pytest

from app_server.kernel import db
from app_server.kernel.crypto import blind_index
from app_server.kernel.errors import Unauthenticated
from app_server.kernel.principal import ANONYMOUS
from auth.identity import service as identity
from auth.identity.errors import ActProofNeeded
from miniapps import service
from miniapps.errors import (
    AppSuspended,
    AppTierTooLow,
    ConsentNeeded,
    ForeignOrigin,
    NoSuchLaunch,
    NotPayable,
    ProofRefused,
    ScopeNotDeclared,
    ScopeUnapproved,
    UnknownMethod,
)
from miniapps.service import calls, jsapi
from payments import service as payments
from payments.errors import NoSuchBill
from tests.builders.miniapps import agree, called, desk, released_app, team
from tests.builders.payments import listed
from tests.builders.people import bearer, resident

ASKED = [
    {"scope": "auth.ticket", "reason": "登录后显示进度", "required": True},
    {"scope": "auth.user", "reason": "显示您的称呼", "required": False},
    {"scope": "auth.face", "reason": "确认是您本人申请", "required": False},
    {"scope": "device.geolocation", "reason": "查找附近站点", "required": False},
    {"scope": "pay.request", "reason": "缴纳租金", "required": False},
]


async def app(**changes: Any) -> str:
    return await released_app(**({"permissions": ASKED} | changes))


async def noted() -> list[tuple[str, str, str]]:
    rows = await db.rows("SELECT method, scope, outcome FROM miniapps_use ORDER BY id")
    return [(row["method"], row["scope"], row["outcome"]) for row in rows]


async def test_a_stranger_calls_nothing(public):
    opened = (await public.post(f"/miniapps/{await app(min_tier=0)}/launches", json={})).json()
    call = {"token": "x" * 43, "origin": opened["origin"], "method": "ah.device.getLocation"}
    reply = await public.post(f"/launches/{opened['launch_id']}/calls", json=call)
    assert (reply.status_code, reply.json()["code"]) == (404, "miniapps.no_such_launch")
    assert await noted() == []


async def test_another_persons_token_speaks_for_nobody_else(database):
    opened = await service.launch(await resident(), await app())
    with pytest.raises(NoSuchLaunch):
        await called(await resident(), opened, "ah.device.getLocation")


async def test_a_launch_from_before_signing_in_is_whose_who_first_speaks_in_it(database):
    opened = await service.launch(ANONYMOUS, await app(min_tier=0))
    person = await resident()
    await agree(person, opened, "auth.ticket")
    assert (await called(person, opened, "ah.auth.getTicket")).done
    with pytest.raises(NoSuchLaunch):
        await called(await resident(), opened, "ah.auth.getTicket")
    with pytest.raises(NoSuchLaunch):
        await called(ANONYMOUS, opened, "ah.device.getLocation")


async def test_of_twenty_people_with_one_token_one_gets_the_launch(database):
    opened = await service.launch(ANONYMOUS, await app(min_tier=0))
    people = [await resident() for _ in range(20)]
    tried = await asyncio.gather(
        *(called(person, opened, "ah.ui.setTitle") for person in people), return_exceptions=True
    )
    assert sum(isinstance(t, service.Called) for t in tried) == 1
    assert sum(isinstance(t, NoSuchLaunch) for t in tried) == 19


async def test_a_method_nobody_knows_is_refused(database):
    person = await resident()
    opened = await service.launch(person, await app())
    with pytest.raises(UnknownMethod):
        await called(person, opened, "ah.auth.everything")


async def test_another_origin_is_refused_also_a_trials_and_a_siblings(database):
    person = await resident()
    opened = await service.launch(person, await app())
    await agree(person, opened, "device.geolocation")
    appid = opened.manifest.appid
    for origin in ("", "null", service.origin_of("ah340100ride"), service.origin_of(appid, 1)):
        asked = service.Asked(opened.token, origin, "ah.device.getLocation")
        with pytest.raises(ForeignOrigin):
            await service.call(person, opened.id, asked)


async def test_a_permission_the_manifest_does_not_ask_for_is_refused_before_consent(database):
    person = await resident()
    opened = await service.launch(person, await app())
    with pytest.raises(ScopeNotDeclared):
        await called(person, opened, "ah.device.scan")
    with pytest.raises(ScopeNotDeclared):
        await agree(person, opened, "device.scan")


async def test_a_permission_review_did_not_give_is_refused_whoever_agrees(database):
    person = await resident()
    appid = await app()
    await db.execute("ALTER TABLE miniapps_version DISABLE TRIGGER USER")
    try:
        await db.execute("UPDATE miniapps_version SET withheld = '[\"device.geolocation\"]'")
    finally:
        await db.execute("ALTER TABLE miniapps_version ENABLE TRIGGER USER")
    opened = await service.launch(person, appid)
    assert opened.allow == ""
    with pytest.raises(ScopeUnapproved):
        await agree(person, opened, "device.geolocation")
    with pytest.raises(ScopeUnapproved):
        await called(person, opened, "ah.device.getLocation")


async def test_nothing_goes_without_consent_and_a_no_is_put_on_record(database):
    person = await resident()
    opened = await service.launch(person, await app())
    with pytest.raises(ConsentNeeded) as told:
        await called(person, opened, "ah.device.getLocation")
    assert told.value.facts["scope"] == "device.geolocation"
    scope = "device.geolocation"
    await service.decide(person, opened.id, opened.token, scope, allow=False, keep=False)
    with pytest.raises(ConsentNeeded):
        await called(person, opened, "ah.device.getLocation")
    assert await noted() == [("", "device.geolocation", "refused")]


async def test_what_the_device_does_passes_and_is_put_on_record(database):
    person = await resident()
    opened = await service.launch(person, await app())
    await agree(person, opened, "device.geolocation")
    answer = await called(person, opened, "ah.device.getLocation")
    assert (answer.done, answer.value) == (False, None)
    assert await noted() == [("ah.device.getLocation", "device.geolocation", "passed")]


async def test_a_free_call_needs_nothing_and_leaves_no_record(database):
    person = await resident()
    opened = await service.launch(person, await app())
    assert not (await called(person, opened, "ah.ui.setTitle")).done
    assert await noted() == []


async def test_who_is_not_signed_in_may_use_the_device_and_prove_nothing(database):
    opened = await service.launch(ANONYMOUS, await app(min_tier=0))
    await agree(ANONYMOUS, opened, "device.geolocation")
    assert not (await called(ANONYMOUS, opened, "ah.device.getLocation")).done
    with pytest.raises(Unauthenticated):
        await agree(ANONYMOUS, opened, "auth.ticket")
    with pytest.raises(Unauthenticated):
        await called(ANONYMOUS, opened, "ah.auth.getTicket")


async def test_a_tier_lost_since_the_opening_counts(database):
    person = await resident(tier=2)
    opened = await service.launch(person, await app(min_tier=2))
    await agree(person, opened, "auth.ticket")
    fallen = type(person)(kind="person", id=person.id, tier=1)
    with pytest.raises(AppTierTooLow):
        await called(fallen, opened, "ah.auth.getTicket")


async def test_an_app_taken_down_and_a_version_below_the_floor_call_nothing(database):
    person, appid = await resident(), await app()
    opened = await service.launch(person, appid)
    await agree(person, opened, "device.geolocation")
    await service.move_app(await desk(), appid, "suspend", "正在核查")
    with pytest.raises(AppSuspended):
        await called(person, opened, "ah.device.getLocation")
    await service.move_app(await desk(), appid, "reopen", "已核查")
    await app(version={"name": "1.0.2", "code": 2})
    await service.raise_floor(await desk(), appid, 2, "旧版本有漏洞")
    with pytest.raises(NoSuchLaunch):
        await called(person, opened, "ah.device.getLocation")


async def test_the_page_sees_no_whole_name_number_or_phone(public):
    person, appid = await resident(tier=2), await app()
    opened = await service.launch(person, appid)
    await agree(person, opened, "auth.user")
    call = {"token": opened.token, "origin": opened.origin, "method": "ah.auth.getUser"}
    reply = await public.post(
        f"/launches/{opened.id}/calls", json=call, headers=await bearer(person)
    )
    assert reply.json()["value"] == {
        "openid": service.openid_of(appid, person.subject),
        "tier": 2,
        "name": "李*轩",
        "kind": "natural",
        "region": {"code": "341600", "name": "亳州市"},
    }
    assert "李明轩" not in reply.text


async def test_a_face_is_asked_for_once_per_call_and_told_to_the_back_end_as_a_moment(database):
    person = await resident(tier=2)
    opened = await service.launch(person, await app())
    await agree(person, opened, "auth.face")
    with pytest.raises(ActProofNeeded) as told:
        await called(person, opened, "ah.auth.verifyFace")
    asked = told.value.facts["act"]
    assert (asked["act"], asked["about"]) == (calls.FACE_ACT, str(opened.id))
    proof = await proved(person, asked)
    answer = await called(person, opened, "ah.auth.verifyFace", act_proof=proof)
    assert answer.done
    assert set(answer.value) == {"passed", "at"}
    assert await db.value("SELECT proved_at FROM miniapps_launch WHERE id=$1", opened.id)
    with pytest.raises(ActProofNeeded):
        await called(person, opened, "ah.auth.verifyFace", act_proof=proof)


async def test_the_proof_of_one_opening_serves_no_other(database):
    person, appid = await resident(tier=2), await app()
    first, second = await service.launch(person, appid), await service.launch(person, appid)
    for opened in (first, second):
        await agree(person, opened, "auth.face")
    with pytest.raises(ActProofNeeded) as told:
        await called(person, first, "ah.auth.verifyFace")
    proof = await proved(person, told.value.facts["act"])
    with pytest.raises(ActProofNeeded):
        await called(person, second, "ah.auth.verifyFace", act_proof=proof)


async def proved(person: Any, asked: Any) -> str:
    """An act proved as the database sees it; the methods have tests of their own."""
    row = await identity.open_act(person, asked["act"], asked["about"], asked["digest"])
    secret = secrets.token_urlsafe(32)
    await db.execute(
        "UPDATE identity_act_proof SET state='proven', method='video', proof_digest=$2, "
        "proven_at=now(), facts='{}' WHERE id=$1",
        row.id,
        blind_index(secret, "identity.act_proof"),
    )
    return secret


async def bill_of(person: Any, source: str, ref: str) -> str:
    if not await payments.fees("11341600MB0000002B"):
        await listed("11341600MB0000002B", "rent")
    async with db.unit_of_work():
        return await payments.create_bill(
            person_id=person.subject,
            title="七月租金",
            items=[payments.BillItem("租金", "rent", 91_000)],
            agency_code="11341600MB0000002B",
            agency_name="演示住房城乡建设局",
            region="341600",
            source=source,
            source_ref=ref,
        )


async def test_a_page_may_ask_to_pay_its_own_apps_bill_of_this_person_only(database):
    person, appid = await resident(tier=2), await app()
    opened = await service.launch(person, appid)
    await agree(person, opened, "pay.request")
    own = await bill_of(person, "miniapp", f"{appid}/7")
    answer = await called(person, opened, "ah.pay.request", params={"bill": own})
    assert answer.value == {"bill": own, "title": "七月租金", "amount_fen": 91_000}
    for source, ref in (("case", f"{appid}/7"), ("miniapp", "ah340100test/7")):
        with pytest.raises(NotPayable):
            bill = await bill_of(person, source, ref)
            await called(person, opened, "ah.pay.request", params={"bill": bill})
    others = await bill_of(await resident(), "miniapp", f"{appid}/8")
    with pytest.raises(NoSuchBill):
        await called(person, opened, "ah.pay.request", params={"bill": others})
    with pytest.raises(NotPayable):
        await called(person, opened, "ah.pay.request", params={"bill": ["B1"]})


async def signed(appid: str, origin: str) -> dict[str, Any]:
    """What an app's back end signs for its page, as WeChat's document says."""
    access_key, _ = await service.make_facade_key(await team(), appid, "weixin")
    key = await service.facade_key(access_key, "weixin")
    assert key is not None
    url = f"{origin}/v/1/index.html?from=home"
    told = {"timestamp": "1700000000", "nonceStr": "Wm3WZYTPz0wzccnW", "url": f"{url}#/apply"}
    text = (
        f"jsapi_ticket={jsapi.jsapi_ticket(key)}&noncestr={told['nonceStr']}"
        f"&timestamp={told['timestamp']}&url={url}"
    )
    signature = hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 - WeChat's protocol
    return {"dialect": "weixin", "appId": access_key, "signature": signature} | told


async def test_a_wechat_signature_is_checked_with_every_call(database):
    person, appid = await resident(), await app()
    opened = await service.launch(person, appid)
    await agree(person, opened, "device.geolocation")
    good = await signed(appid, opened.origin)
    assert not (await called(person, opened, "ah.device.getLocation", proof=good)).done
    for wrong in (
        {"signature": "0" * 40},
        {"timestamp": "1700000001"},
        {"url": good["url"].replace(appid, "ah340100ride")},
        {"url": "http://[broken"},
        {"appId": "wx0000000000000000"},
        {"nonceStr": ""},
    ):
        with pytest.raises(ProofRefused):
            await called(person, opened, "ah.device.getLocation", proof=good | wrong)


async def test_a_wrong_signature_is_told_also_where_no_permission_is_needed(database):
    person, appid = await resident(), await app()
    opened = await service.launch(person, appid)
    good = await signed(appid, opened.origin)
    assert not (await called(person, opened, "ah.device.getUiStyle", proof=good)).done
    with pytest.raises(ProofRefused):
        wrong = good | {"signature": "0" * 40}
        await called(person, opened, "ah.device.getUiStyle", proof=wrong)


async def test_a_signature_of_another_apps_key_is_refused(database):
    person, appid = await resident(), await app()
    opened = await service.launch(person, appid)
    await agree(person, opened, "device.geolocation")
    other = await released_app(appid="ah341600other")
    with pytest.raises(ProofRefused):
        foreign = await signed(other, opened.origin)
        await called(person, opened, "ah.device.getLocation", proof=foreign)
