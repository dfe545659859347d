"""The register of department systems: modes, authorities, and systems without either."""

import pytest

from app_server.kernel.settings import Settings
from auth.grants import service as grants
from auth.staff import service as staff
from auth.staff.errors import (
    BeyondYourRegion,
    SystemCodeTaken,
    SystemIncomplete,
    WrongAuthority,
    WrongMode,
)
from tests.builders.staff import administrator, department, mapped_system, officer, unified_system

PLAIN = staff.SystemWanted(name="不接入的系统", mode="none", client_id="sim-plain")


def become(monkeypatch, tier: str, region: str, env: str = "development") -> None:
    """Make this instance another platform."""
    settings = Settings(platform_tier=tier, platform_region=region, env=env)
    for module in ("tree", "given", "register"):
        monkeypatch.setattr(f"auth.staff.service.{module}.load", lambda: settings)


async def _register(by, department_id, region, mode="unified", code="sys-one"):
    wanted = staff.SystemWanted(
        name="某系统",
        mode=mode,
        client_id=f"{code}-client",
        scim_url="https://x.example/scim/v2",
        scim_token="t" * 20,
        bind_url="https://x.example/bind",
    )
    return await staff.register_system(
        by, code=code, department_id=department_id, region=region, wanted=wanted
    )


@pytest.mark.parametrize("mode", ["none", "unified", "mapped"])
async def test_a_provincial_system_chooses_its_mode_or_none(database, mode) -> None:
    by = await administrator()
    owner = await department("省某厅", "340000", "11340000MBDM00143F")
    await _register(by, owner, "340000", mode)
    (found,) = await staff.systems(by)
    assert (found.mode, found.state) == (mode, "active")


@pytest.mark.parametrize("region", ["341600", "341602"])
@pytest.mark.parametrize("mode", ["none", "unified", "mapped"])
async def test_the_province_refuses_city_and_county_systems(database, region, mode) -> None:
    by = await administrator()
    owner = await department("某局", region, "11340000MBDM00143F")
    with pytest.raises(WrongAuthority) as refused:
        await _register(by, owner, region, mode)
    assert "亳州市统一身份认证平台" in str(refused.value)
    assert await staff.systems(by) == []


async def test_a_city_takes_its_own_and_its_counties_systems_as_unified_and_no_others(
    database, monkeypatch
) -> None:
    by = await administrator()
    city = await department("市某局", "341600", "11340000MBDM00143F")
    county = await department("区某局", "341602", "11340000MBDM00151A")
    other = await department("合肥某局", "340100", "11341602MBDM00012U")
    province = await department("省某厅", "340000", "11341602MBDM00020N")
    become(monkeypatch, "city", "341600")
    await _register(by, city, "341600", code="city")
    await _register(by, county, "341602", code="county")
    for mode in ("none", "mapped"):
        with pytest.raises(WrongMode):
            await _register(by, city, "341600", mode, code="wrong")
    for owner, region in ((other, "340100"), (province, "340000")):
        with pytest.raises(WrongAuthority):
            await _register(by, owner, region, code="wrong")
    assert {found.code for found in await staff.systems(by)} == {"city", "county"}


async def test_where_people_are_served_the_province_keeps_no_city_staff(
    database, monkeypatch
) -> None:
    """R-ID-33: the demo province plays its cities; a real one has no row of theirs."""
    become(monkeypatch, "province", "340000", "production")
    for region in ("341600", "341602"):
        with pytest.raises(WrongAuthority):
            await department("某局", region, "11341602MBDM00012U")
    await department("省某厅", "340000", "11340000MBDM00143F")


async def test_a_city_keeps_nobody_elses_staff(database, monkeypatch) -> None:
    become(monkeypatch, "city", "341600")
    by = staff.installer()
    assert by.region == "341600"
    for region in ("340000", "340100"):
        with pytest.raises((WrongAuthority, BeyondYourRegion)):
            await staff.add_department(by, name="某局", region=region, code="11341602MBDM00012U")
    await staff.add_department(by, name="区局", region="341602", code="11341602MBDM00012U")


@pytest.mark.parametrize(
    "wanted",
    [
        staff.SystemWanted(name="某系统", mode="unified", client_id="x-1"),
        staff.SystemWanted(name="某系统", mode="unified", scim_url="https://x", scim_token="t"),
        staff.SystemWanted(name="某系统", mode="mapped", client_id="x-1"),
        staff.SystemWanted(name="某系统", mode="mapped", bind_url="https://x"),
    ],
)
async def test_a_mode_needs_what_it_works_with(database, wanted) -> None:
    by = await administrator()
    owner = await department("省某厅", "340000", "11340000MBDM00143F")
    with pytest.raises(SystemIncomplete):
        await staff.register_system(by, code="half", department_id=owner, region="", wanted=wanted)
    assert await staff.systems(by) == []


async def test_a_code_and_a_client_are_one_systems(database) -> None:
    by = await administrator()
    owner = await department("省某厅", "340000", "11340000MBDM00143F")
    await staff.register_system(by, code="one", department_id=owner, region="", wanted=PLAIN)
    for code in ("one", "two"):
        with pytest.raises(SystemCodeTaken):
            await staff.register_system(by, code=code, department_id=owner, region="", wanted=PLAIN)


async def test_a_system_without_sign_on_still_works_with_its_own_service_account(
    database, partner
) -> None:
    """R-ID-32: mode none. Its machine signs in as a client; its people are not let on through us."""
    by, who = await administrator(), await officer()
    owner = await department("省某厅", "340000", "11340000MBDM00143F")
    await staff.register_system(by, code="plain", department_id=owner, region="", wanted=PLAIN)
    secret = await grants.add_client(client_id="sim-plain", name="不接入", scopes=["staff.bind"])
    token = await partner.post("/tokens", json={"client_id": "sim-plain", "client_secret": secret})
    assert token.status_code == 201
    bearer = {"authorization": f"Bearer {token.json()['access_token']}"}
    # It is let through the guard, and told that this system maps nobody.
    reply = await partner.post(
        "/staff-bindings", json={"code": "AAAA-BBBB", "local_account": "x"}, headers=bearer
    )
    assert (reply.status_code, reply.json()["code"]) == (409, "staff.not_mapped")
    assert await staff.sign_on_facts("sim-plain", who.id) == staff.NotAllowed("not_attached")


async def test_a_unified_system_is_entered_by_its_own_departments_people_only(database) -> None:
    by, stranger = await administrator(), await officer(login="stranger")
    owner = await department("省某厅", "340000", "11340000MBDM00143F")
    await unified_system(by, owner, "http://127.0.0.1:1/scim/v2")
    inner = await department("一处", "340000", parent=owner)
    own = await staff.open_account(
        by,
        login="own.one",
        name="自己",
        post=staff.PostWanted(inner, ("supervisor",)),
        reason="新录用",
    )
    claims = await staff.sign_on_facts("sim-ah-supervision", own.staff_id)
    assert (claims["preferred_username"], claims["department"]) == ("own.one", "一处")
    assert claims["roles"] == ["supervisor"]
    assert await staff.sign_on_facts("sim-ah-supervision", stranger.id) == staff.NotAllowed(
        "outside_department"
    )


async def test_a_retired_system_lets_nobody_on(database) -> None:
    by, who = await administrator(), await officer()
    system_id = await mapped_system(by)
    await staff.retire_system(by, system_id, 1)
    assert await staff.sign_on_facts("sim-ah-archive", who.id) == staff.NotAllowed("unknown_system")
    assert await staff.my_systems(who) == []
