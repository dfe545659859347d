"""The second level: tax account, enterprise certificate or window, each alone (R-ID-21, 22)."""

import pytest

from app_server.kernel import db
from app_server.kernel.errors import Problem
from auth.identity import service as identity
from auth.organisations import service
from tests.builders.identity import Keyholder, in_registry, window_officer
from tests.builders.organisations import company
from tests.builders.people import bearer, resident
from tests.builders.staff import administrator

TAX = {"account": "TEST-TAX", "password": "Test-Tax-2026"}


@pytest.fixture
async def rep(simulators, database):
    person = await resident()
    await in_registry(simulators, person)
    return person


@pytest.fixture
async def org(simulators, rep):
    return await company(simulators, rep)


async def certified(simulators, org, authority="demo-ca-one", **changes) -> Keyholder:
    told = {"name": org.name, "number": org.credit_code, "kind": "organisation"} | changes
    return await Keyholder(simulators["authorities"], authority).enrol(**told)


async def by_certificate(rep, org, holder, challenge=None):
    challenge = challenge or await service.open_challenge(rep, org.id)
    signed = holder.sign(service.to_sign(challenge))
    return await service.raise_by_certificate(rep, org.id, challenge.id, holder.pem, signed)


async def test_strangers_and_delegates_raise_nothing(public, org):
    path = f"/organisations/{org.id}/tax-account"
    assert (await public.post(path, json=TAX)).status_code == 401
    clerk = await resident(name="王芳")
    assert (await public.post(path, json=TAX, headers=await bearer(clerk))).status_code == 403


async def test_the_tax_account_alone_gives_the_second_level(public, rep, org):
    path = f"/organisations/{org.id}/tax-account"
    reply = await public.post(path, json=TAX, headers=await bearer(rep))
    assert reply.status_code == 200, reply.text
    assert reply.json()["level"] == 2
    kept = await db.value("SELECT facts::text FROM identity_evidence WHERE source='tax_account'")
    assert "Test-Tax" not in kept


async def test_a_wrong_tax_password_is_refused_and_five_lock(public, rep, org):
    path, headers = f"/organisations/{org.id}/tax-account", await bearer(rep)
    wrong = TAX | {"password": "wrong-password"}
    codes = [
        (await public.post(path, json=wrong, headers=headers)).json()["code"] for _ in range(6)
    ]
    assert codes == ["organisations.proof_refused"] * 5 + ["organisations.too_many_tries"]
    assert (await public.post(path, json=TAX, headers=headers)).status_code == 429
    assert await service.level_of(org.id) == 1


@pytest.mark.parametrize("authority", ["demo-ca-one", "demo-ca-two"])
async def test_a_certificate_of_either_authority_alone_gives_the_second_level(
    simulators, rep, org, authority
):
    assert await by_certificate(rep, org, await certified(simulators, org, authority)) == 2


async def test_a_challenge_serves_once(simulators, rep, org):
    holder = await certified(simulators, org)
    challenge = await service.open_challenge(rep, org.id)
    await by_certificate(rep, org, holder, challenge)
    with pytest.raises(Problem) as caught:
        await by_certificate(rep, org, holder, challenge)
    assert caught.value.code == "organisations.no_such_challenge"


@pytest.mark.parametrize(
    "changes",
    [{"number": "91341602MADEM0011Y"}, {"name": "别的公司"}, {"kind": "person"}],
)
async def test_a_certificate_of_somebody_else_is_refused(simulators, rep, org, changes):
    holder = await certified(simulators, org, **changes)
    with pytest.raises(Problem) as caught:
        await by_certificate(rep, org, holder)
    assert caught.value.code == "organisations.proof_refused"
    assert await service.level_of(org.id) == 1


async def test_a_revoked_certificate_is_refused(simulators, rep, org):
    holder = await certified(simulators, org)
    await holder.revoke()
    for authority in ("demo-ca-one", "demo-ca-two"):
        await identity.fetch_revocation_list(authority)
    with pytest.raises(Problem) as caught:
        await by_certificate(rep, org, holder)
    assert caught.value.code == "organisations.proof_refused"


async def test_a_signature_over_another_challenge_is_refused(simulators, rep, org):
    holder = await certified(simulators, org)
    other = await service.open_challenge(rep, org.id)
    challenge = await service.open_challenge(rep, org.id)
    signed = holder.sign(service.to_sign(other))
    with pytest.raises(Problem) as caught:
        await service.raise_by_certificate(rep, org.id, challenge.id, holder.pem, signed)
    assert caught.value.code == "organisations.proof_refused"


async def test_a_window_officer_who_saw_the_originals_raises_it(staff_surface, simulators, org):
    officer = await window_officer("county")
    body = {"credit_code": org.credit_code, "seen": "营业执照原件"}
    assert (await staff_surface.post("/organisations/raise", json=body)).status_code == 401
    reply = await staff_surface.post(
        "/organisations/raise", json=body, headers=await bearer(officer)
    )
    assert reply.status_code == 200, reply.text
    assert reply.json()["level"] == 2
    row = await db.row("SELECT * FROM identity_evidence WHERE source='legal_window'")
    assert (row["by"], row["window"], row["region"]) == (officer.ref, "A01", officer.region)


async def test_the_representative_files_second_level_items_once_the_level_is_reached(
    public, rep, org
):
    from dataclasses import replace

    acting = replace(rep, organisation=org.id)
    with pytest.raises(Problem) as caught:
        await service.may_file(acting, "X", 2)
    assert caught.value.code == "organisations.level_too_low"
    path = f"/organisations/{org.id}/tax-account"
    await public.post(path, json=TAX, headers=await bearer(rep))
    assert (await service.may_file(acting, "X", 2)).level == 2


@pytest.mark.parametrize(
    "code", ["enterprise_certificate", "tax_account", "legal_window", "credit_code"]
)
async def test_a_means_that_is_switched_off_gives_no_level(code, simulators, rep, org):
    await identity.change_means(
        await administrator(), code, enabled=False, holds_days=30, reason="停用测试", expected=1
    )
    with pytest.raises(Problem) as refused:
        match code:
            case "enterprise_certificate":
                await by_certificate(rep, org, await certified(simulators, org))
            case "tax_account":
                await service.raise_by_tax_account(rep, org.id, *TAX.values())
            case "legal_window":
                await service.raise_at_window(await window_officer(), org.credit_code, "营业执照")
            case _:
                await company(simulators, rep)
    assert refused.value.code == "identity.means_disabled"
    assert await service.level_of(org.id) == 1
    assert await db.value("SELECT count(*) FROM organisations_organisation") == 1
