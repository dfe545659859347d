"""Tier 2 by an outside party's word: each alone, only its own server, never another's name."""

import asyncio
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from app_server.kernel import db
from auth.identity import service as identity
from auth.identity.errors import CertificationLocked, CertificationOver, CertificationRefused
from auth.identity.providers.certifiers import CERTIFIERS
from auth.identity.rules import SOURCES
from auth.people import service as people
from tests.builders.identity import in_registry, post
from tests.builders.people import bearer, resident

CARD = "6217000099990001"
FIELDS = ("unionpay", "housing_fund", "social_security_card")


async def ready(means: str, simulators: dict[str, str], person, **changes) -> dict[str, str]:
    """Have the party know this person; answers what they fill in at the end."""
    facts = await people.person(person.subject)
    match means:
        case "unionpay":
            card = {"card_number": CARD, "name": facts.name, "id_number": facts.id_number}
            await post(simulators["unionpay"], "/__cards", card | {"phone": facts.phone} | changes)
            return {"card_number": CARD, "phone": facts.phone}
        case "housing_fund":
            await in_registry(simulators, person, housing_fund={"number": "340100200300"} | changes)
            return {"account": "340100200300"}
        case _:
            await in_registry(
                simulators, person, social_security_card={"number": "AH1234567"} | changes
            )
            return {"card_number": "AH1234567"}


async def begin(public, headers, means: str, given=None) -> dict:
    reply = await public.post(
        "/me/certifications", json={"means": means, "given": given or {}}, headers=headers
    )
    assert reply.status_code == 201, reply.text
    return reply.json()


async def finish(public, headers, begun: dict, given=None) -> httpx.Response:
    return await public.post(
        f"/me/certifications/{begun['id']}/finish", json={"given": given or {}}, headers=headers
    )


async def test_a_stranger_and_a_means_without_a_party_begin_nothing(public):
    body = {"means": "alipay"}
    assert (await public.post("/me/certifications", json=body)).status_code == 401
    headers = await bearer(await resident())
    for means in ("realname_window", "population_four_fields", "enterprise_certificate", "x"):
        reply = await public.post("/me/certifications", json={"means": means}, headers=headers)
        assert (reply.status_code, reply.json()["code"]) == (404, "identity.no_such_means")


@pytest.mark.parametrize("means", FIELDS)
async def test_an_account_or_card_alone_gives_tier_two(means, public, simulators):
    person = await resident()
    headers = await bearer(person)
    given = await ready(means, simulators, person)
    begun = await begin(public, headers, means)
    assert begun["next"]["kind"] == "fields"
    assert [f["name"] for f in begun["next"]["fields"]] == list(given)
    done = await finish(public, headers, begun, given)
    assert (done.status_code, done.json()["state"], done.json()["tier"]) == (200, "passed", 2)
    row = (await identity.evidence_of(person.subject))[0]
    assert row.source == means
    assert row.expires_at is not None
    again = await finish(public, headers, begun, given)
    assert again.json()["code"] == "identity.certification_over"


@pytest.mark.parametrize("means", FIELDS)
async def test_what_was_typed_is_kept_nowhere(means, public, simulators):
    person = await resident()
    headers = await bearer(person)
    given = await ready(means, simulators, person)
    await finish(public, headers, await begin(public, headers, means), given)
    tables = await db.rows("SELECT tablename FROM pg_tables WHERE schemaname='public'")
    number = next(iter(given.values()))
    for table in tables:
        rows = await db.rows(f'SELECT row_to_json(t)::text AS t FROM "{table["tablename"]}" t')
        assert all(number not in row["t"] for row in rows), table["tablename"]


@pytest.mark.parametrize(
    ("means", "change", "wrong"),
    [
        ("unionpay", {"id_number": "341602197805193310"}, {}),
        ("unionpay", {"name": "王芳"}, {}),
        ("unionpay", {}, {"phone": "13800000000"}),
        ("unionpay", {}, {"card_number": "6217000099990002"}),
        ("housing_fund", {}, {"account": "340100200301"}),
        ("social_security_card", {}, {"card_number": "AH7654321"}),
    ],
)
async def test_a_wrong_name_number_or_account_is_refused(means, change, wrong, public, simulators):
    person = await resident()
    headers = await bearer(person)
    given = await ready(means, simulators, person, **change)
    begun = await begin(public, headers, means)
    reply = await finish(public, headers, begun, given | wrong)
    assert (reply.status_code, reply.json()["code"]) == (422, "identity.certification_refused")
    assert await identity.tier_of_person(person.subject) == 1
    state = await public.get(f"/me/certifications/{begun['id']}", headers=headers)
    assert state.json()["state"] == "refused"


async def test_ill_formed_numbers_are_refused_before_anybody_is_asked(public):
    headers = await bearer(await resident())
    begun = await begin(public, headers, "unionpay")
    reply = await finish(public, headers, begun, {"card_number": "1", "phone": "x", "pin": "1"})
    assert reply.status_code == 422
    fields = {e["field"] for e in reply.json()["errors"]}
    assert fields == {"given.card_number", "given.phone", "given.pin"}


async def test_alipay_alone_gives_tier_two_and_only_its_server_is_believed(public, simulators):
    person = await resident()
    headers = await bearer(person)
    begun = await begin(public, headers, "alipay")
    url = begun["next"]["url"]
    assert begun["next"]["kind"] == "redirect"
    async with httpx.AsyncClient(trust_env=False) as browser:
        page = await browser.get(url)
        tampered = await browser.get(url.replace("timestamp=20", "timestamp=19"))
    assert (page.status_code, tampered.status_code) == (200, 400)
    assert "模拟" in page.text
    early = await finish(public, headers, begun)
    assert (early.status_code, early.json()["code"]) == (409, "identity.certification_pending")
    certify_id = dict(parse_qsl(urlsplit(url).query))["biz_content"].split('"')[3]
    await post(
        simulators["alipay_certify"], "/__finish", {"certify_id": certify_id, "passed": True}
    )
    done = await finish(public, headers, begun)
    assert (done.json()["state"], done.json()["tier"]) == ("passed", 2), done.text


async def test_alipay_that_says_no_is_a_refusal(public, simulators):
    person = await resident()
    headers = await bearer(person)
    begun = await begin(public, headers, "alipay")
    query = dict(parse_qsl(urlsplit(begun["next"]["url"]).query))
    certify_id = query["biz_content"].split('"')[3]
    told = {"certify_id": certify_id, "passed": False}
    await post(simulators["alipay_certify"], "/__finish", told)
    assert (await finish(public, headers, begun)).json()["code"] == "identity.certification_refused"


async def test_the_return_address_is_ours_and_of_this_try(public, simulators):
    headers = await bearer(await resident())
    begun = await begin(public, headers, "alipay")
    async with httpx.AsyncClient(trust_env=False) as browser:
        page = await browser.get(begun["next"]["url"])
    assert f"/identity/certifications/{begun['id']}" in page.text


async def code_of_wechat(simulators, openid: str = "o-1") -> str:
    reply = await post(simulators["wechat_verify"], "/__codes", {"openid": openid})
    return reply.json()["code"]


async def test_wechat_alone_gives_tier_two(public, simulators):
    person = await resident()
    headers = await bearer(person)
    given = {"login_code": await code_of_wechat(simulators)}
    begun = await begin(public, headers, "wechat_face", given)
    assert begun["next"]["kind"] == "params"
    verify_id = begun["next"]["params"]["verifyId"]
    assert (await finish(public, headers, begun)).json()["code"] == "identity.certification_pending"
    told = {"verify_id": verify_id, "verify_ret": 90004}
    await post(simulators["wechat_verify"], "/__finish", told)
    assert (await finish(public, headers, begun)).json()["code"] == "identity.certification_pending"
    await post(simulators["wechat_verify"], "/__finish", told | {"verify_ret": 10000})
    assert (await finish(public, headers, begun)).json()["tier"] == 2


async def test_a_face_that_is_not_the_holders_is_refused_by_wechat(public, simulators):
    headers = await bearer(await resident())
    given = {"login_code": await code_of_wechat(simulators)}
    begun = await begin(public, headers, "wechat_face", given)
    told = {"verify_id": begun["next"]["params"]["verifyId"], "verify_ret": 10004}
    await post(simulators["wechat_verify"], "/__finish", told)
    assert (await finish(public, headers, begun)).json()["code"] == "identity.certification_refused"


async def test_a_used_wechat_code_begins_nothing(public, simulators):
    headers = await bearer(await resident())
    given = {"login_code": await code_of_wechat(simulators)}
    await begin(public, headers, "wechat_face", given)
    again = await public.post(
        "/me/certifications", json={"means": "wechat_face", "given": given}, headers=headers
    )
    assert again.json()["code"] == "identity.certification_refused"


async def test_another_persons_try_cannot_be_finished(public, simulators):
    person, thief = await resident(), await resident(name="王芳")
    given = await ready("unionpay", simulators, person)
    begun = await begin(public, await bearer(person), "unionpay")
    reply = await finish(public, await bearer(thief), begun, given)
    assert (reply.status_code, reply.json()["code"]) == (404, "identity.no_such_certification")


async def test_five_wrong_numbers_lock_the_means_and_others_stay_open(public, simulators):
    person = await resident()
    for n in range(5):
        state = await identity.begin_certification(person, "unionpay", {})
        with pytest.raises(CertificationRefused):
            await identity.finish_certification(
                person, state.id, {"card_number": f"621700009998000{n}", "phone": "13800000000"}
            )
    with pytest.raises(CertificationLocked):
        await identity.begin_certification(person, "unionpay", {})
    assert (await identity.begin_certification(person, "housing_fund", {})).state == "open"


async def test_parallel_guesses_buy_no_more_than_five(database, simulators):
    person = await resident()
    states = [await identity.begin_certification(person, "housing_fund", {}) for _ in range(20)]
    results = await asyncio.gather(
        *(
            identity.finish_certification(person, s.id, {"account": f"34010030{n:04d}"})
            for n, s in enumerate(states)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(r, CertificationRefused) for r in results) == 5
    assert sum(isinstance(r, CertificationLocked) for r in results) == 15


async def test_of_fifty_finishes_at_once_one_gives_evidence(database, simulators):
    person = await resident()
    given = await ready("social_security_card", simulators, person)
    state = await identity.begin_certification(person, "social_security_card", {})
    results = await asyncio.gather(
        *(identity.finish_certification(person, state.id, given) for _ in range(50)),
        return_exceptions=True,
    )
    assert sum(isinstance(r, identity.CertificationState) for r in results) == 1
    assert sum(isinstance(r, CertificationOver) for r in results) == 49
    count = "SELECT count(*) FROM identity_evidence WHERE source='social_security_card'"
    assert await db.value(count) == 1


@pytest.mark.parametrize("means", ["alipay", "unionpay", "housing_fund"])
async def test_a_party_that_is_away_is_told_and_costs_no_try(means, public, monkeypatch):
    person = await resident()
    headers = await bearer(person)
    gone = {"endpoint": "http://127.0.0.1:1"}
    from app_server.sharing.providers.exchange import Exchange, ExchangeSettings
    from auth.identity.providers import alipay_certify, unionpay
    from auth.identity.service import certifications

    away = alipay_certify.AlipayCertify(alipay_certify.AlipayCertifySettings(**gone))
    cards = unionpay.UnionPay(unionpay.UnionPaySettings(**gone))
    exchange = Exchange(ExchangeSettings(**gone))
    monkeypatch.setattr("app_server.sharing.service.registries.exchange", lambda: exchange)
    monkeypatch.setattr(
        certifications,
        "CERTIFIERS",
        {**CERTIFIERS, "alipay_certify": lambda: away, "unionpay": lambda: cards},
    )
    reply = await public.post("/me/certifications", json={"means": means}, headers=headers)
    if means != "alipay":
        given = {"account": "340100200300"}
        if means == "unionpay":
            given = {"card_number": CARD, "phone": "13800000000"}
        reply = await finish(public, headers, reply.json(), given)
    assert (reply.status_code, reply.json()["code"]) == (503, "identity.certifier_unreachable")
    assert await db.value("SELECT coalesce(sum(tries),0) FROM identity_certification") == 0


async def test_an_answer_that_unionpay_did_not_sign_is_no_answer(database, simulators, monkeypatch):
    from app_server.kernel.rsa2 import public_key, simulated_keys
    from auth.identity.errors import CertifierUnreachable
    from auth.identity.providers import unionpay
    from auth.identity.service import certifications

    liar = unionpay.UnionPay(unionpay.UnionPaySettings())
    liar._theirs = public_key(simulated_keys("alipay").their_public)
    monkeypatch.setattr(certifications, "CERTIFIERS", {**CERTIFIERS, "unionpay": lambda: liar})
    person = await resident()
    given = await ready("unionpay", simulators, person)
    state = await identity.begin_certification(person, "unionpay", {})
    with pytest.raises(CertifierUnreachable):
        await identity.finish_certification(person, state.id, given)


def test_every_online_means_names_a_party_that_exists():
    named = {s.provider for s in SOURCES.values() if s.provider}
    assert named == set(CERTIFIERS)
