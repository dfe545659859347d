"""Business systems: admitted for one executing unit, paid through every channel, as the guide says."""

import asyncio
import json
import os
import re
import sys

import httpx

from app_server.kernel import db
from auth.grants import service as grants
from auth.people import service as people
from payments import service as payments
from tests.builders.payments import COST, RENT, listed
from tests.builders.people import bearer, resident
from tests.builders.staff import ORG, officer
from tests.conftest import PROJECT

GUIDE = (PROJECT / "docs" / "payments.md").read_text()
WANTED = {
    "code": "licences",
    "name": "许可审批系统",
    "agency_code": ORG,
    "agency_name": "演示市场监管局",
    "region": "341602",
}


async def admitted(**changes) -> tuple[payments.PaymentSystemFacts, str]:
    treasury = await officer("treasurer", login="two", region="340000")
    return await payments.admit_system(treasury, payments.SystemWanted(**(WANTED | changes)))


async def token(code: str, secret: str) -> dict[str, str]:
    got = await grants.client_token(f"payments-{code}", secret)
    return {"authorization": f"Bearer {got.access_token}"}


async def wanted(payer, reference: str = "XK-1", **changes) -> dict:
    who = await people.person(payer.id)
    return {
        "reference": reference,
        "payer": {"name": who.name, "id_number": who.id_number},
        "title": "工本费",
        "items": [{"name": "证照工本费", "code": COST, "amount_fen": 2000}],
    } | changes


async def test_strangers_residents_and_other_systems_raise_no_bill(partner, staff_surface):
    assert (await partner.post("/payments/bills", json={})).status_code == 401
    other = await grants.add_client(client_id="other", name="别的", scopes=["exchange.cases"])
    got = await grants.client_token("other", other)
    headers = {"authorization": f"Bearer {got.access_token}"}
    body = await wanted(await resident())
    assert (await partner.post("/payments/bills", json=body, headers=headers)).status_code == 403
    assert (await staff_surface.post("/payment-systems", json=WANTED)).status_code == 401
    desk = await bearer(await officer("finance", login="one", org=ORG))
    refused = await staff_surface.post("/payment-systems", json=WANTED, headers=desk)
    assert refused.status_code == 403


async def test_a_system_is_admitted_once_and_ended_at_once(staff_surface, partner):
    treasury = await bearer(await officer("treasurer", login="two", region="340000"))
    made = await staff_surface.post("/payment-systems", json=WANTED, headers=treasury)
    assert made.status_code == 201, made.text
    again = await staff_surface.post("/payment-systems", json=WANTED, headers=treasury)
    assert (again.status_code, again.json()["code"]) == (409, "payments.system_taken")
    listed_now = (await staff_surface.get("/payment-systems", headers=treasury)).json()
    assert [one["code"] for one in listed_now["items"]] == ["licences"]
    assert "secret" not in listed_now["items"][0]
    own = await token("licences", made.json()["secret"])
    assert (await partner.get("/openapi.json", headers=own)).json()["openapi"].startswith("3.1")
    ended = await staff_surface.post(
        "/payment-systems/licences/end", headers=treasury | {"if-match": '"1"'}
    )
    assert ended.json()["state"] == "ended"
    refused = await partner.get("/payments/bills?references=a", headers=own)
    assert refused.status_code in {401, 404}


async def test_the_same_reference_is_one_bill_and_never_another(partner):
    _, secret = await admitted()
    own = await token("licences", secret)
    payer = await resident(tier=2)
    await listed()
    body = await wanted(payer)
    replies = await asyncio.gather(
        *(partner.post("/payments/bills", json=body, headers=own) for _ in range(20))
    )
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json()["bill_no"] for reply in replies}) == 1
    assert await db.value("SELECT count(*) FROM payments_bill") == 1
    other = body | {"items": [body["items"][0] | {"amount_fen": 2001}]}
    differs = await partner.post("/payments/bills", json=other, headers=own)
    assert (differs.status_code, differs.json()["code"]) == (409, "payments.reference_differs")
    unlisted = await wanted(payer, "XK-2", items=[body["items"][0] | {"code": RENT}])
    refused = await partner.post("/payments/bills", json=unlisted, headers=own)
    assert refused.json()["code"] == "payments.fee_not_listed"
    for change in ({"name": "别人"}, {"id_number": "341602199001011230"}):
        unknown = body | {"reference": "XK-3", "payer": body["payer"] | change}
        reply = await partner.post("/payments/bills", json=unknown, headers=own)
        assert (reply.status_code, reply.json()["code"]) == (404, "payments.no_such_payer")
    looked = await db.value("SELECT count(*) FROM kernel_audit WHERE action='payments.bill_raised'")
    assert looked == 1


async def test_a_system_reads_and_voids_its_own_bills_only(partner):
    _, secret = await admitted()
    _, other_secret = await admitted(code="others")
    own, other = await token("licences", secret), await token("others", other_secret)
    await listed()
    await partner.post("/payments/bills", json=await wanted(await resident()), headers=own)
    path = "/payments/bills?references=XK-1,XK-9"
    seen = (await partner.get(path, headers=own)).json()["items"]
    assert [one["reference"] for one in seen] == ["XK-1"]
    assert (await partner.get(path, headers=other)).json() == {"items": []}
    void = {"reference": "XK-1", "reason": "开错了"}
    gone = await partner.post("/payments/bills/void", json=void, headers=other)
    assert (gone.status_code, gone.json()["code"]) == (404, "payments.no_such_bill")
    done = await partner.post("/payments/bills/void", json=void, headers=own)
    assert done.json()["state"] == "void"
    twice = await partner.post("/payments/bills/void", json=void, headers=own)
    assert twice.json()["code"] == "payments.bill_not_payable"


async def test_the_example_client_of_the_guide_is_paid_by_any_channel(
    database, listeners, simulators, deliver
):
    assert "docs/examples/raise_bill.py" in GUIDE
    _, secret = await admitted()
    await listed()
    payer = await resident(tier=2)
    told = {
        "WANSHI_PARTNER": listeners["partner"],
        "CLIENT_ID": "payments-licences",
        "CLIENT_SECRET": secret,
        "BILL": json.dumps(await wanted(payer)),
        "WAIT_S": "60",
    }
    client = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PROJECT / "docs/examples/raise_bill.py"),
        env=os.environ | told,
        stdout=asyncio.subprocess.PIPE,
    )
    assert client.stdout is not None
    first = (await client.stdout.readline()).decode()
    bill = re.match(r"(B\d+) \d{20} unpaid", first)
    assert bill, first
    order = await payments.start_order(payer, bill[1], payments.Wish("nontax", "h5"))
    async with httpx.AsyncClient(trust_env=False) as browser:
        await browser.post(order.go["told"]["url"], data={"act": "pay"})
    await payments.order_now(payer, order.order_no)
    await deliver()
    said = (await asyncio.wait_for(client.stdout.read(), 60)).decode()
    assert await client.wait() == 0
    assert f"{bill[1]} paid nontax" in said
    assert "receipt 34" in said
