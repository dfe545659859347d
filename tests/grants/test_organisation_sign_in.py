"""A company signs in to another system: by whom acts for it, on the level the system asks for."""

from dataclasses import replace

import pytest

from auth.grants import service as grants
from auth.grants.rules import Assurance, assurance_wanted
from auth.grants.service import oauth
from auth.organisations import service as organisations
from tests.builders.acting import delegated, raised
from tests.builders.grants import Browser, claims_of, query_of, signed_in, told_to
from tests.builders.people import resident

L1, L2, L3 = (f"urn:wanshi:acr:l{n}" for n in (1, 2, 3))
T1 = "urn:wanshi:acr:t1"
LASTING = "openid offline_access organisation"


@pytest.fixture
async def system(register):
    """A system that companies sign in to."""
    return await register()


async def acts_for(browser: Browser, person, organisation_id) -> None:
    """The session of this browser acts for the organisation from now on."""
    principal = replace(person, session=browser.session, channel="web")
    granted = await grants.act_for(principal, organisation_id)
    browser.bearer = {"authorization": f"Bearer {granted.access_token}"}


async def page_of(public, browser, reply):
    page = reply.headers["location"].rpartition("/")[2]
    shown = await public.get(
        f"/oauth/interactions/{page}", headers=browser.headers | browser.bearer
    )
    return shown.json()


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([], None),
        (["urn:mace:incommon:iap:silver", "urn:wanshi:acr:t4", "urn:wanshi:acr:t1 "], None),
        ([T1, L2], Assurance(tier=1)),
        ([L2, T1], Assurance(level=2)),
        ([L2, L1], Assurance(level=1)),
        (["urn:wanshi:acr:l0"], Assurance(level=1)),
        (["urn:wanshi:acr:t2", "urn:wanshi:acr:t0"], Assurance(tier=0)),
    ],
)
def test_the_first_value_says_who_signs_in_and_the_least_of_its_kind_is_enough(values, wanted):
    assert assurance_wanted(values) == wanted


async def test_whoever_acts_for_nobody_signs_in_for_no_company(public, rep, org, system):
    browser = await signed_in(rep)
    reply = await system.authorize(browser, acr_values=L1)
    shown = await page_of(public, browser, reply)
    assert (shown["step"], shown["level"], shown["organisation"]) == ("act_for", 1, None)
    page = reply.headers["location"].rpartition("/")[2]
    forced = await public.post(
        f"/oauth/interactions/{page}/decision",
        json={"decision": "approve"},
        headers=browser.headers | browser.bearer,
    )
    assert (forced.status_code, forced.json()["code"]) == (401, "kernel.level_required")
    silent = told_to(await system.authorize(browser, acr_values=L1, prompt="none"))
    assert silent["error"] == "account_selection_required"


async def test_chosen_and_consented_the_system_learns_the_company_and_its_level(
    public, rep, org, system
):
    browser = await signed_in(rep)
    reply = await system.authorize(browser, acr_values=L1, scope=LASTING)
    await acts_for(browser, rep, org.id)
    shown = await page_of(public, browser, reply)
    assert shown["step"] == "consent"
    assert shown["organisation"] == {"id": str(org.id), "name": org.name, "level": 1}
    told = await system.approve(browser, reply.headers["location"])
    got = (await system.exchange(told["code"])).json()
    assert claims_of(got["id_token"])["acr"] == L1
    assert (await system.userinfo(got["access_token"])).json()["organisation"] == {
        "credit_code": org.credit_code,
        "name": org.name,
        "kind": "enterprise",
        "level": 1,
        "representative": True,
        "items": ["*"],
    }


async def test_without_consent_the_system_learns_the_level_and_not_which_company(rep, org, system):
    browser = await signed_in(rep)
    await acts_for(browser, rep, org.id)
    reply = await system.authorize(browser, acr_values=L1, scope=LASTING)
    told = await system.approve(browser, reply.headers["location"], scopes=["openid"])
    got = (await system.exchange(told["code"])).json()
    assert claims_of(got["id_token"])["acr"] == L1
    assert "organisation" not in (await system.userinfo(got["access_token"])).json()
    assert org.credit_code not in str(claims_of(got["access_token"]))


async def test_a_company_below_the_level_raises_it_and_goes_on(public, rep, org, system):
    browser = await signed_in(rep)
    await acts_for(browser, rep, org.id)
    reply = await system.authorize(browser, acr_values=L2)
    assert (await page_of(public, browser, reply))["step"] == "raise_level"
    await raised(rep, org.id)
    assert (await page_of(public, browser, reply))["step"] == "go"
    told = await system.approve(browser, reply.headers["location"])
    got = (await system.exchange(told["code"])).json()
    assert claims_of(got["id_token"])["acr"] == L2


async def test_no_sign_in_yields_the_highest_level(rep, org, system):
    told = told_to(await system.authorize(await signed_in(rep), acr_values=L3))
    assert told["error"] == "unmet_authentication_requirements"


async def test_who_declines_sends_the_system_the_word_for_it(public, rep, system):
    browser = await signed_in(rep)
    reply = await system.authorize(browser, acr_values=L1)
    page = reply.headers["location"].rpartition("/")[2]
    denied = await public.post(
        f"/oauth/interactions/{page}/decision",
        json={"decision": "deny"},
        headers=browser.headers | browser.bearer,
    )
    assert query_of(denied.json()["redirect_to"])["error"] == "unmet_authentication_requirements"


async def test_a_delegate_signs_in_on_the_first_level_and_no_higher(public, rep, org, system):
    delegate = await resident(tier=2, name="王芳")
    await raised(rep, org.id)
    await delegated(rep, org.id, delegate)
    browser = await signed_in(delegate)
    await acts_for(browser, delegate, org.id)
    reply = await system.authorize(browser, acr_values=L2)
    assert (await page_of(public, browser, reply))["step"] == "raise_level"
    got = await system.tokens(browser, acr_values=L1, scope=LASTING)
    told = (await system.userinfo(got["access_token"])).json()["organisation"]
    assert (told["level"], told["representative"]) == (1, False)


async def test_a_delegation_that_ends_takes_refreshes_and_claims_with_it(rep, org, system):
    delegate = await resident(tier=2, name="王芳")
    delegation = await delegated(rep, org.id, delegate)
    browser = await signed_in(delegate)
    await acts_for(browser, delegate, org.id)
    got = await system.tokens(browser, acr_values=L1, scope=LASTING)
    await organisations.revoke(rep, org.id, delegation)
    assert (await system.userinfo(got["access_token"])).status_code == 401
    refused = await system.refresh(got["refresh_token"])
    assert refused.json()["error"] == "invalid_grant"


async def test_acting_for_another_later_changes_no_token_that_was_given(rep, org, system):
    browser = await signed_in(rep)
    await acts_for(browser, rep, org.id)
    got = await system.tokens(browser, acr_values=L1, scope=LASTING)
    await acts_for(browser, rep, None)
    kept = (await system.refresh(got["refresh_token"])).json()
    assert claims_of(kept["id_token"])["acr"] == L1
    told = (await system.userinfo(kept["access_token"])).json()
    assert told["organisation"]["credit_code"] == org.credit_code


async def test_who_signs_in_as_a_person_is_told_as_one_while_they_act_for_a_company(
    rep, org, system
):
    browser = await signed_in(rep)
    await acts_for(browser, rep, org.id)
    got = await system.tokens(browser, acr_values=T1)
    assert claims_of(got["id_token"])["acr"] == "urn:wanshi:acr:t2"
    assert set((await system.userinfo(got["access_token"])).json()) == {"sub"}


async def test_who_acts_for_nobody_has_no_company_to_tell_of(rep, system):
    got = await system.tokens(await signed_in(rep), scope=LASTING)
    assert set((await system.userinfo(got["access_token"])).json()) == {"sub"}


async def test_the_discovery_document_names_the_levels(public, system):
    told = oauth.metadata(oauth.RESIDENTS)
    assert {L1, L2} <= set(told["acr_values_supported"])
    assert L3 not in told["acr_values_supported"]
    assert "organisation" in told["scopes_supported"]
