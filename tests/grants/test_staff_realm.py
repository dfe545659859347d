"""Officers sign in to department systems (single sign-on, modes A and B of R-ID-31)."""

import pytest

from auth.staff import service as staff
from tests.builders.grants import claims_of, query_of, signed_in, told_to
from tests.builders.staff import officer

ORG = "11340000MB0000000M"
ASKED = "openid profile staff"


async def system(mode: str, client_id: str, org: str = ORG, region: str = "340000"):
    by = staff.installer()
    home = await staff.ensure_department(code=org, name="演示住房城乡建设局", region=region)
    return await staff.register_system(
        by,
        code=client_id,
        department_id=home,
        region=region,
        wanted=staff.SystemWanted(
            name="业务系统（测试）", mode=mode, client_id=client_id,
            home_url="http://127.0.0.1:9/", bind_url="http://127.0.0.1:9/bind", scim_url="http://127.0.0.1:9/scim", scim_token="t" * 24,
        ),
    )  # fmt: skip


@pytest.fixture
async def party(register):
    return await register(
        realm="staff", login_scopes=("openid", "offline_access", "profile", "staff")
    )


async def test_an_officer_of_the_department_goes_straight_in_with_their_post(party):
    member = await officer(region="340000", org=ORG)
    await system("unified", party.client_id)
    told = told_to(await party.authorize(await signed_in(member), scope=ASKED))
    got = (await party.exchange(told["code"])).json()
    claims = claims_of(got["id_token"])
    assert claims["sub"] == str(member.id)
    assert "acr" not in claims
    info = (await party.userinfo(got["access_token"])).json()
    assert (info["name"], info["org"], info["region"]) == ("赵干事", ORG, "340000")
    assert set(info["roles"]) == member.roles


async def test_a_system_nobody_registered_lets_no_officer_in(party):
    browser = await signed_in(await officer())
    assert told_to(await party.authorize(browser, prompt="none"))["error"] == "access_denied"


async def test_a_mapped_system_leads_to_binding_first(party):
    member = await officer(region="340000", org=ORG)
    await system("mapped", party.client_id)
    browser = await signed_in(member)
    silent = told_to(await party.authorize(browser, prompt="none"))
    assert silent["error"] == "interaction_required"
    page = (await party.authorize(browser, scope=ASKED)).headers["location"]
    address = f"{party.issuer}/staff/v1/oauth/interactions/{page.rpartition('/')[2]}"
    shown = await party.http.get(address, headers=browser.headers | browser.bearer)
    assert shown.json()["step"] == "bind"
    refused = await party.http.post(
        f"{address}/decision", json={"decision": "approve"},
        headers=browser.headers | browser.bearer,
    )  # fmt: skip
    assert (refused.status_code, refused.json()["code"]) == (403, "grants.duty_missing")
    denied = await party.http.post(
        f"{address}/decision", json={"decision": "deny"}, headers=browser.headers | browser.bearer
    )
    assert query_of(denied.json()["redirect_to"])["error"] == "access_denied"


async def test_a_resident_is_nobody_in_the_realm_of_officers(party):
    from tests.builders.people import resident

    browser = await signed_in(await resident(tier=2))
    browser.cookies["__Host-staff-session-sso"] = browser.cookies.pop("__Host-session-sso")
    assert told_to(await party.authorize(browser, prompt="none"))["error"] == "login_required"


async def test_an_officer_who_left_refreshes_nothing_and_is_told_nowhere(party, deliver):
    member = await officer(region="340000", org=ORG)
    await system("unified", party.client_id)
    browser = await signed_in(member)
    got = await party.tokens(browser, scope=f"{ASKED} offline_access")
    by = staff.installer()
    found = await staff.account(by, member.id)
    await staff.cancel(by, member.id, found.version, "离职")
    assert (await party.userinfo(got["access_token"])).status_code == 401
    assert (await party.refresh(got["refresh_token"])).json()["error"] == "invalid_grant"
    assert told_to(await party.authorize(browser, prompt="none"))["error"] == "login_required"


async def test_no_tier_is_promised_for_officers(party):
    browser = await signed_in(await officer())
    told = told_to(await party.authorize(browser, acr_values="urn:wanshi:acr:t1"))
    assert told["error"] == "unmet_authentication_requirements"
