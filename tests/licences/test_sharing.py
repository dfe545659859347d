"""A verifier reads once what the holder agreed to, and an agent shows while entrusted (R-LIC-12)."""

import asyncio
import datetime as dt
from datetime import timedelta

import jwt
import pytest

from app_server.kernel import clock, db
from app_server.kernel.errors import InvalidInput
from app_server.kernel.principal import ANONYMOUS, Principal
from app_server.licences import service as licences
from app_server.licences.errors import (
    MandateRefused,
    NoSuchAgent,
    NoSuchLicence,
    NoSuchMandate,
    NoSuchRequest,
    NotShowable,
    RequestSettled,
)
from app_server.licences.rules.showing import offline_payload
from auth.grants import service as grants
from auth.people import service as people
from tests.builders.licences import TYPE, issued, keeper
from tests.builders.people import bearer, id_number, resident
from tests.builders.staff import officer

WHY = "公租房资格复核"
FIELDS = ["holder_name", "content.housing"]


@pytest.fixture
async def held(database, deliver):
    """A holder, a window officer, and a valid licence with its keeper."""
    holder, by = await resident(tier=2), await keeper()
    made = await issued(holder, by)
    await deliver()
    return holder, await officer("case_window", login="window"), made, by


async def asked(window, made, fields=None):
    return await licences.ask_fields(window, made.identifier, fields or FIELDS, WHY)


async def test_nobody_asks_reads_or_answers_for_another(staff_surface, public, held):
    _, window, made, _ = held
    body = {"identifier": made.identifier, "fields": FIELDS, "purpose": WHY}
    assert (await staff_surface.post("/licence-requests", json=body)).status_code == 401
    finance = await bearer(await officer("finance", login="finance"))
    refused = await staff_surface.post("/licence-requests", headers=finance, json=body)
    assert refused.status_code == 403
    request = await asked(window, made)
    with pytest.raises(NoSuchRequest):
        await licences.answer_request(await resident(), request.id, agreed=True)
    with pytest.raises(NoSuchRequest):
        await licences.read_fields(await officer("case_window", login="colleague"), request.id)
    assert (await public.get("/licence-requests")).status_code == 401
    with pytest.raises(RequestSettled):
        await licences.read_fields(window, request.id)


async def test_an_officer_reads_the_agreed_fields_once_and_the_holder_sees_who_and_why(
    staff_surface, public, deliver, held
):
    holder, window, made, _ = held
    headers, mine = await bearer(window), await bearer(holder)
    body = {"identifier": made.identifier, "fields": FIELDS, "purpose": WHY}
    request = (await staff_surface.post("/licence-requests", headers=headers, json=body)).json()
    assert request["state_name"] == "待确认"
    await deliver()
    (told, *_) = (await public.get("/me/messages", headers=mine)).json()["items"]
    assert told["link"] == f"/licences/requests/{request['id']}"
    path = f"/licence-requests/{request['id']}"
    early = await staff_surface.post(f"{path}/reading", headers=headers)
    assert early.status_code == 409
    agreed = await public.post(f"{path}/answer", headers=mine, json={"agreed": True})
    assert agreed.json()["state"] == "agreed", agreed.text
    replies = await asyncio.gather(
        *(staff_surface.post(f"{path}/reading", headers=headers) for _ in range(8))
    )
    read = [reply.json() for reply in replies if reply.status_code == 200]
    assert read == [{"fields": {"holder_name": "李明轩", "content.housing": "public"}}]
    (seen,) = (await public.get("/licence-requests", headers=mine)).json()["items"]
    assert (seen["state_name"], seen["purpose"], seen["fields"]) == ("已查看", WHY, FIELDS)
    assert "赵干事" in seen["asker_name"]
    uses = await db.rows("SELECT way, purpose FROM licences_use")
    assert [tuple(row) for row in uses] == [("shared", WHY)]


async def test_a_scanned_code_asks_its_holder_once_and_tells_nothing_by_itself(staff_surface, held):
    holder, window, made, _ = held
    token = (await licences.show(holder, made.id)).token
    body = {"token": token, "fields": FIELDS, "purpose": WHY}
    path = "/licence-requests/scanned"
    assert (await staff_surface.post(path, json=body)).status_code == 401
    headers = await bearer(window)
    replies = await asyncio.gather(
        *(staff_surface.post(path, headers=headers, json=body) for _ in range(6))
    )
    (asked_,) = [reply.json() for reply in replies if reply.status_code == 201]
    assert (asked_["state"], asked_["licence_id"]) == ("asked", str(made.id))
    assert "李明轩" not in "".join(reply.text for reply in replies)
    assert {r.json()["code"] for r in replies if r.status_code != 201} == {"licences.not_showable"}


async def test_a_no_a_withdrawal_and_silence_give_nothing(database, held):
    holder, window, made, _ = held
    first = await asked(window, made)
    with pytest.raises(RequestSettled):
        await asked(window, made)
    await licences.answer_request(holder, first.id, agreed=False)
    with pytest.raises(RequestSettled):
        await licences.read_fields(window, first.id)
    second = await asked(window, made)
    await licences.answer_request(holder, second.id, agreed=True)
    await licences.withdraw_request(holder, second.id)
    with pytest.raises(RequestSettled):
        await licences.read_fields(window, second.id)
    third = await asked(window, made)
    await db.execute(
        "UPDATE licences_field_request SET expires_at = now() - interval '1 second' WHERE id=$1",
        third.id,
    )
    with pytest.raises(RequestSettled):
        await licences.answer_request(holder, third.id, agreed=True)
    assert (await licences.my_request(window, third.id)).state == "lapsed"
    assert (await asked(window, made)).state == "asked"
    assert await db.value("SELECT count(*) FROM licences_use") == 0


async def test_of_many_answers_and_questions_at_once_one_counts(database, held):
    holder, window, made, _ = held
    told = await asyncio.gather(*(asked(window, made) for _ in range(6)), return_exceptions=True)
    (request,) = [t for t in told if not isinstance(t, Exception)]
    answers = (licences.answer_request(holder, request.id, agreed=n % 2 == 0) for n in range(8))
    told = await asyncio.gather(*answers, return_exceptions=True)
    assert sum(isinstance(t, RequestSettled) for t in told) == 7


async def test_unknown_fields_and_licences_that_ended_are_refused(database, held):
    holder, window, made, by = held
    with pytest.raises(InvalidInput):
        await asked(window, made, ["content.nothing"])
    with pytest.raises(NoSuchLicence):
        await licences.ask_fields(window, "1.2.156", FIELDS, WHY)
    request = await asked(window, made)
    await licences.answer_request(holder, request.id, agreed=True)
    await licences.act(by, made.id, 2, "revoke", WHY)
    with pytest.raises(NotShowable):
        await licences.read_fields(window, request.id)
    assert (await licences.my_request(window, request.id)).state == "agreed"


async def test_a_system_with_the_scope_asks_on_the_partner_surface(partner, held):
    holder, _, made, _ = held
    body = {"identifier": made.identifier, "fields": FIELDS, "purpose": WHY}
    assert (await partner.post("/licence-requests", json=body)).status_code == 401
    headers = {}
    for scope in ("other.read", "licences.ask"):
        secret = await grants.add_client(client_id="bank", name="演示银行", scopes=[scope])
        token = (await grants.client_token("bank", secret)).access_token
        headers[scope] = {"authorization": f"Bearer {token}"}
    refused = await partner.post("/licence-requests", headers=headers["other.read"], json=body)
    assert refused.status_code == 403
    mine = headers["licences.ask"]
    request = (await partner.post("/licence-requests", headers=mine, json=body)).json()
    assert request["asker_name"] == "演示银行"
    await licences.answer_request(holder, request["id"], agreed=True)
    path = f"/licence-requests/{request['id']}"
    assert (await partner.get(path, headers=mine)).json()["state"] == "agreed"
    read = await partner.post(f"{path}/reading", headers=mine)
    assert read.json()["fields"]["holder_name"] == "李明轩"


async def entrusting(agent, **changes):
    facts = await people.person(agent.subject)
    return licences.Entrusting(
        **{
            "agent_name": facts.name,
            "agent_number": facts.id_number,
            "relation": "family",
            "type_codes": (TYPE,),
            "purpose": "代父母办理公租房",
            "ends_on": clock.today() + timedelta(days=30),
        }
        | changes
    )


async def test_only_whoever_is_entrusted_shows_for_the_holder_and_only_while_it_lasts(
    public, held, deliver
):
    holder, _, made, _ = held
    agent = await resident(name="王芳")
    with pytest.raises(NoSuchLicence):
        await licences.show(agent, made.id)
    mandate = await licences.entrust(holder, await entrusting(agent))
    (line,) = (await public.get("/entrusted-licences", headers=await bearer(agent))).json()["items"]
    assert line["licence"]["id"] == str(made.id)
    shown = await licences.show(agent, made.id)
    told = (await public.post("/licence-verifications", json={"token": shown.token})).json()
    assert (told["valid"], told["shown_by"], told["holder_masked"]) == (True, "王*", "李*轩")
    seen = (await public.get("/me/accesses", headers=await bearer(holder))).json()["items"]
    assert "由王*代为出示：代父母办理公租房" in {row["purpose"] for row in seen}
    late = await licences.show(agent, made.id)
    with pytest.raises(NoSuchMandate):
        await licences.end_mandate(await resident(), mandate.id)
    await licences.end_mandate(holder, mandate.id)
    told = await licences.verify(ANONYMOUS, late.token)
    assert (told.valid, told.reason, told.licence) == (False, "mandate", None)
    with pytest.raises(NoSuchLicence):
        await licences.show(agent, made.id)
    assert await licences.entrusted_licences(agent) == []


async def test_wrong_people_days_and_types_are_not_entrusted(public, held):
    holder, _, _, _ = held
    agent = await resident(name="王芳")
    for changes, error in (
        ({"agent_name": "张三"}, NoSuchAgent),
        ({"agent_number": id_number()}, NoSuchAgent),
        ({"type_codes": ("11340000MB0000000M002",)}, InvalidInput),
        ({"type_codes": ()}, InvalidInput),
        ({"ends_on": clock.today() - timedelta(days=1)}, InvalidInput),
        ({"ends_on": clock.today() + timedelta(days=400)}, InvalidInput),
    ):
        with pytest.raises(error):
            await licences.entrust(holder, await entrusting(agent, **changes))
    with pytest.raises(MandateRefused):
        await licences.entrust(holder, await entrusting(holder))
    assert await db.value("SELECT count(*) FROM licences_mandate") == 0
    low = await bearer(Principal(kind="person", id=(await resident()).id, tier=1))
    wanted = await entrusting(agent)
    body = {name: getattr(wanted, name) for name in licences.Entrusting.__dataclass_fields__}
    body |= {"type_codes": [TYPE], "ends_on": wanted.ends_on.isoformat()}
    assert (await public.post("/licence-mandates", json=body)).status_code == 401
    assert (await public.post("/licence-mandates", headers=low, json=body)).status_code == 401
    made = await public.post("/licence-mandates", headers=await bearer(holder), json=body)
    assert (made.status_code, made.json()["relation_name"]) == (201, "家庭成员"), made.text


async def test_an_offline_code_is_checked_without_us_and_is_over_after_a_minute(public, held):
    holder, _, made, by = held
    path = f"/licences/{made.id}/offline-codes"
    assert (await public.post(path)).status_code == 401
    code = (await public.post(path, headers=await bearer(holder))).json()
    (key,) = licences.issuer_metadata()["jwks"]["keys"]
    said = jwt.decode(code["token"], jwt.PyJWK(key), algorithms=["ES256"])
    assert said["licence"]["holder_masked"] == "李*轩"
    assert said["exp"] - said["iat"] == 60
    assert code["qr_svg"].startswith("<svg")
    head, body, signature = code["token"].split(".")
    altered = f"{head}.{body[:-2]}AA.{signature}"
    with pytest.raises(jwt.InvalidTokenError):
        jwt.decode(altered, jwt.PyJWK(key), algorithms=["ES256"])
    old = offline_payload("x", {}, clock.now() - dt.timedelta(seconds=61))
    assert old["exp"] < clock.now().timestamp()
    await licences.act(by, made.id, 2, "suspend", WHY)
    assert (await public.post(path, headers=await bearer(holder))).status_code == 409
