"""Mode A: joiner, mover and leaver appear in the connected system, in order, once (R-ID-29)."""

import httpx
import pytest

from app_server.kernel import db, outbox
from auth.staff import service as staff
from auth.staff.providers.scim import ScimEndpoint, User
from auth.staff.service import PostWanted
from auth.staff.service.demo import ACCOUNTS_KEY
from tests.builders.staff import administrator, department, unified_system

HANDLER = "auth.staff.push_account"


async def _there(url: str) -> dict[str, dict]:
    async with httpx.AsyncClient(
        trust_env=False, headers={"authorization": f"Bearer {ACCOUNTS_KEY}"}
    ) as client:
        found = {}
        for (login,) in await db.rows("SELECT login FROM staff_member"):
            reply = await client.get(
                f"{url}/scim/v2/Users", params={"filter": f'userName eq "{login}"'}
            )
            for user in reply.json()["Resources"]:
                found[login] = user
        return found


async def _fault(url: str, **faults: int) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.post(f"{url}/__fault", json=faults)


async def _calls(url: str) -> list[str]:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(f"{url}/__calls")).json()


async def _hurry() -> None:
    """Let put-off deliveries run now."""
    await db.execute("UPDATE kernel_delivery SET run_at=now() WHERE state='ready'")


@pytest.fixture
async def setting(database, department_systems):
    """An administrator, the owner department, and the attached system's address."""
    by = await administrator()
    owner = await department("督办局", "340000", "11340000MBDM00143F")
    url = department_systems["unified"]
    await unified_system(by, owner, f"{url}/scim/v2")
    return by, owner, url


async def _opened(by, where, login="li.new"):
    post = PostWanted(where, ("supervisor",))
    return (
        await staff.open_account(by, login=login, name="李新", post=post, reason="新录用")
    ).staff_id


async def test_joiner_mover_and_leaver_appear_in_the_connected_system(setting, deliver) -> None:
    by, owner, url = setting
    staff_id = await _opened(by, owner)
    await deliver()
    user = (await _there(url))["li.new"]
    assert (user["active"], user["displayName"], user["externalId"]) == (
        True,
        "李新",
        str(staff_id),
    )
    assert user["roles"] == [{"value": "supervisor"}]

    inner = await department("二处", "340000", parent=owner)
    await staff.transfer(by, staff_id, 1, PostWanted(inner, ("case_officer",)), "轮岗")
    await deliver()
    user = (await _there(url))["li.new"]
    enterprise = user["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]
    assert (enterprise["department"], user["roles"]) == ("二处", [{"value": "case_officer"}])

    await staff.suspend(by, staff_id, 2, "借调")
    await deliver()
    assert (await _there(url))["li.new"]["active"] is False
    await staff.resume(by, staff_id, 3, "回来")
    await deliver()
    assert (await _there(url))["li.new"]["active"] is True

    await staff.cancel(by, staff_id, 4, "离职")
    await deliver()
    user = (await _there(url))["li.new"]
    assert (user["active"], user["roles"], user["displayName"]) == (False, [], "李新")


async def test_whoever_moves_out_of_the_department_is_out_of_its_system(setting, deliver) -> None:
    by, owner, url = setting
    staff_id = await _opened(by, owner)
    await deliver()
    elsewhere = await department("别的局", "340000", "11340000MBDM00151A")
    await staff.transfer(by, staff_id, 1, PostWanted(elsewhere, ("supervisor",)), "调出")
    await deliver()
    assert (await _there(url))["li.new"]["active"] is False


async def test_people_of_other_departments_are_not_told(setting, deliver) -> None:
    by, _, url = setting
    await _opened(by, await department("别的局", "340000", "11340000MBDM00151A"))
    await deliver()
    assert await _there(url) == {}


async def test_attaching_tells_everybody_who_is_there(database, department_systems, deliver):
    by = await administrator()
    owner = await department("督办局", "340000", "11340000MBDM00143F")
    for n in range(3):
        await _opened(by, owner, f"early.{n}")
    url = department_systems["unified"]
    await unified_system(by, owner, f"{url}/scim/v2")
    await deliver()
    assert set(await _there(url)) == {"early.0", "early.1", "early.2"}


async def test_a_lost_answer_makes_no_second_account(setting, deliver) -> None:
    by, owner, url = setting
    staff_id = await _opened(by, owner)
    while await outbox.relay():
        pass
    # The search is answered, the creation is done and its answer lost.
    endpoint = ScimEndpoint(f"{url}/scim/v2", ACCOUNTS_KEY)
    await endpoint.put(
        User(
            str(staff_id), "li.new", "李新", active=True, organisation="", department="", roles=()
        ),
        None,
    )
    await deliver()
    calls = [c for c in await _calls(url) if c.startswith("POST")]
    assert len(calls) == 1
    assert (await _there(url))["li.new"]["roles"] == [{"value": "supervisor"}]


async def test_while_the_system_is_away_nothing_is_lost_and_nothing_comes_out_of_order(
    setting, deliver
) -> None:
    by, owner, url = setting
    await _fault(url, refuse=3)
    staff_id = await _opened(by, owner)
    await deliver()
    assert await db.value("SELECT count(*) FROM kernel_delivery WHERE state='ready'") == 1
    await staff.suspend(by, staff_id, 1, "借调")
    await staff.cancel(by, staff_id, 2, "离职")
    for _ in range(8):
        await _hurry()
        await deliver()
    user = (await _there(url)).get("li.new")
    # The state is pushed, not the change: whoever left before the first push was never there.
    assert user is None
    assert (
        await db.value(
            "SELECT count(*) FROM kernel_delivery WHERE handler=$1 AND state<>'done'", HANDLER
        )
        == 0
    )


async def test_a_lost_answer_on_leaving_is_repeated_until_it_holds(setting, deliver) -> None:
    by, owner, url = setting
    staff_id = await _opened(by, owner)
    await deliver()
    await _fault(url, drop_answers=1)
    await staff.cancel(by, staff_id, 1, "离职")
    await deliver()
    await _hurry()
    await deliver()
    assert (await _there(url))["li.new"]["active"] is False
    assert await db.value("SELECT active FROM staff_provisioned") is False


async def test_a_refusal_for_good_is_parked_and_seen_by_the_administrator(setting, deliver) -> None:
    by, owner, url = setting
    async with httpx.AsyncClient(
        trust_env=False, headers={"authorization": f"Bearer {ACCOUNTS_KEY}"}
    ) as client:
        # Their own user of the same name, not of our making.
        await client.post(
            f"{url}/scim/v2/Users",
            json={"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "li.new"},
        )
    await _opened(by, owner)
    await deliver()
    (system,) = await staff.systems(by)
    assert (system.parked, system.waiting, system.accounts) == (1, 0, 0)


async def test_the_token_is_stored_sealed_and_told_to_nobody(setting) -> None:
    by, _, _ = setting
    stored = await db.value("SELECT scim_token FROM staff_system")
    assert ACCOUNTS_KEY not in stored
    (system,) = await staff.systems(by)
    assert ACCOUNTS_KEY not in repr(system)
    for (payload,) in await db.rows("SELECT payload FROM kernel_event"):
        assert ACCOUNTS_KEY not in payload


async def test_no_account_is_pushed_with_a_wrong_token(department_systems) -> None:
    endpoint = ScimEndpoint(f"{department_systems['unified']}/scim/v2", "wrong")
    told = await endpoint.put(User("x", "x", "x", True, "", "", ()), None)
    assert told.detail == "HTTP 401"
