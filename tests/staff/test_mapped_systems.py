"""Mode B: one officer, one local account, per system; a bind step; unbinding (R-ID-31)."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from app_server.kernel import clock
from app_server.kernel.principal import Principal
from auth.grants import service as grants
from auth.staff import service as staff
from auth.staff.errors import (
    AccountTaken,
    BindCodeRefused,
    NoSuchMapping,
    NoSuchSystem,
    NotMapped,
)
from auth.staff.service.demo import CLIENT_SECRET, MAPPED
from tests.builders.staff import administrator, mapped_system, officer

CLIENT = Principal(
    kind="client", scopes=frozenset({"staff.bind"}), org=MAPPED.client_id, name="档案系统"
)


@pytest.fixture
async def system(database):
    """A mapped system and an officer who wants in."""
    return await mapped_system(await administrator()), await officer()


async def _bound(system_id, who, account="dagl_qian"):
    code, _ = await staff.bind_code(who, system_id)
    return await staff.bind(CLIENT, code.text, account)


async def test_an_unmapped_officer_is_led_to_the_bind_step_and_then_signed_on(system) -> None:
    system_id, who = system
    needed = await staff.sign_on_facts(MAPPED.client_id, who.id)
    assert needed == staff.NeedsBinding(system_id, "ah-mapped", "测试档案系统")
    assert await _bound(system_id, who) == "officer"
    claims = await staff.sign_on_facts(MAPPED.client_id, who.id)
    assert (claims["local_account"], claims["preferred_username"]) == ("dagl_qian", "officer")


async def test_a_code_binds_once_whoever_hurries(system) -> None:
    system_id, who = system
    code, _ = await staff.bind_code(who, system_id)
    done = await asyncio.gather(
        *(staff.bind(CLIENT, code.text, "dagl_qian") for _ in range(10)), return_exceptions=True
    )
    assert done.count("officer") == 1
    assert all(isinstance(d, BindCodeRefused) for d in done if d != "officer")


async def test_one_account_is_one_officers_and_one_officer_has_one_account(system) -> None:
    system_id, who = system
    other = await officer(login="other")
    own, _ = await staff.bind_code(who, system_id)
    second, _ = await staff.bind_code(who, system_id)
    theirs, _ = await staff.bind_code(other, system_id)
    await staff.bind(CLIENT, own.text, "dagl_qian")
    with pytest.raises(AccountTaken):
        await staff.bind(CLIENT, theirs.text, "dagl_qian")
    with pytest.raises(AccountTaken):
        await staff.bind(CLIENT, second.text, "dagl_li")
    with pytest.raises(AccountTaken):
        await staff.bind_code(who, system_id)
    # A refused binding used nothing up.
    assert await staff.bind(CLIENT, theirs.text, "dagl_li") == "other"


async def test_of_two_officers_who_claim_one_account_at_once_one_gets_it(system) -> None:
    system_id, who = system
    codes = [(await staff.bind_code(who, system_id))[0]]
    codes += [
        (await staff.bind_code(await officer(login=f"rival.{n}"), system_id))[0] for n in range(5)
    ]
    done = await asyncio.gather(
        *(staff.bind(CLIENT, c.text, "dagl_qian") for c in codes), return_exceptions=True
    )
    assert sum(isinstance(d, str) for d in done) == 1
    assert sum(isinstance(d, AccountTaken) for d in done) == 5


async def test_a_wrong_old_or_foreign_code_binds_nothing(system, monkeypatch) -> None:
    system_id, who = system
    code, _ = await staff.bind_code(who, system_id)
    with pytest.raises(BindCodeRefused):
        await staff.bind(CLIENT, "AAAA-BBBB-CCCC", "dagl_qian")
    stranger = Principal(kind="client", org="sim-somebody-else", name="别的系统")
    with pytest.raises(NoSuchSystem):
        await staff.bind(stranger, code.text, "dagl_qian")
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "_source", lambda: later)
    with pytest.raises(BindCodeRefused):
        await staff.bind(CLIENT, code.text, "dagl_qian")


async def test_a_cancelled_officers_code_binds_nothing(system) -> None:
    system_id, who = system
    code, _ = await staff.bind_code(who, system_id)
    await staff.cancel(await administrator(), who.id, 1, "离职")
    with pytest.raises(Exception, match="没有找到该工作人员"):
        await staff.bind(CLIENT, code.text, "dagl_qian")


async def test_unbinding_stops_signing_on_and_the_account_may_be_bound_again(system) -> None:
    system_id, who = system
    await _bound(system_id, who)
    await staff.unbind_own(who, system_id)
    assert isinstance(await staff.sign_on_facts(MAPPED.client_id, who.id), staff.NeedsBinding)
    with pytest.raises(NoSuchMapping):
        await staff.unbind_own(who, system_id)
    await _bound(system_id, who)
    by = await administrator()
    (live,) = await staff.mappings(by, system_id, None, 30)
    assert (live.login, live.local_account) == ("officer", "dagl_qian")
    await staff.unbind(by, system_id, live.id, "岗位变动")
    with pytest.raises(NoSuchMapping):
        await staff.unbind(by, system_id, live.id, "再来一次")
    assert await staff.mappings(by, system_id, None, 30) == []


async def test_the_local_account_of_somebody_who_left_may_become_a_successors(system) -> None:
    system_id, who = system
    by = await administrator()
    await _bound(system_id, who)
    await staff.cancel(by, who.id, 1, "离职")
    assert await staff.mappings(by, system_id, None, 30) == []
    assert await staff.accounts_there(who.id) == []
    assert await _bound(system_id, await officer(login="successor")) == "successor"


async def test_a_cancelled_officer_and_an_unknown_client_are_not_let_on(system) -> None:
    system_id, who = system
    await _bound(system_id, who)
    assert await staff.sign_on_facts("sim-nobody", who.id) == staff.NotAllowed("unknown_system")
    await staff.cancel(await administrator(), who.id, 1, "离职")
    assert await staff.sign_on_facts(MAPPED.client_id, who.id) == staff.NotAllowed("not_in_post")


async def test_a_system_without_mapping_gives_no_codes(database, system) -> None:
    system_id, who = system
    by = await administrator()
    await staff.change_system(
        by, system_id, 1, staff.SystemWanted(name="测试档案系统", mode="none")
    )
    with pytest.raises(NotMapped):
        await staff.bind_code(who, system_id)


async def test_the_officer_proves_the_local_account_on_the_systems_own_page(
    database, partner, department_systems
) -> None:
    """The whole step with the running system: code here, local password there, confirmation."""
    url = department_systems["mapped"]
    system_id = await mapped_system(await administrator(), url)
    who = await officer()
    await grants.add_client(
        client_id=MAPPED.client_id, name="档案", scopes=["staff.bind"], secret=CLIENT_SECRET
    )
    code, page = await staff.bind_code(who, system_id)
    assert page == f"{url}/bind"
    typed = {"account": "dagl_li", "password": "archive-2026", "code": code.text.lower()}
    async with httpx.AsyncClient(trust_env=False, timeout=20) as browser:
        wrong = await browser.post(page, data=typed | {"password": "guess"})
        assert wrong.status_code == 409
        assert isinstance(await staff.sign_on_facts(MAPPED.client_id, who.id), staff.NeedsBinding)
        assert "绑定成功" in (await browser.post(page, data=typed)).text
        claims = await staff.sign_on_facts(MAPPED.client_id, who.id)
        assert claims["local_account"] == "dagl_li"
        await staff.unbind_own(who, system_id)
        # The local account is the system's: it works there as before.
        local = await browser.post(url, data=typed, follow_redirects=True)
        assert "dagl_li" in local.text
