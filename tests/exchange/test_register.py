"""The register of department systems, and what administrators do about their traffic (R-CAS-05)."""

import httpx
import pytest

from app_server.cases import service as cases
from app_server.exchange import service
from app_server.exchange.errors import SystemInvalid
from app_server.exchange.providers import wire
from app_server.exchange.simulators import department as simulated
from app_server.kernel.settings import ConfigurationRefused, Settings
from tests.builders.cases import desk_of, submitted, version_of
from tests.builders.exchange import message, registered, wanted
from tests.builders.items import UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident
from tests.builders.staff import administrator, officer


@pytest.fixture
async def item(database):
    return (await catalogue())[UNEMPLOYMENT]


@pytest.fixture
async def system(simulators, partner, item):
    return await registered(item, simulators["approvals"], partner)


async def accepted(item, name: str = "李明轩") -> str:
    case_no = await submitted(await resident(name=name), item)
    await cases.accept(await desk_of(item), case_no, await version_of(case_no))
    return case_no


async def taken_of(system, case_no: str) -> list[dict]:
    return [case for case in await system.cases() if case["case_no"] == case_no]


def test_the_simulated_system_does_not_run_in_production(monkeypatch):
    monkeypatch.setattr(Settings, "production", property(lambda _: True))
    with pytest.raises(ConfigurationRefused):
        simulated.build()


async def test_what_a_system_refuses_waits_for_a_person_who_sends_it_again(
    system, item, deliver, staff_surface
):
    await system.faults(refuse=1)
    case_no = await accepted(item)
    await deliver()
    at = f"/exchange/systems/{system.row.id}/deliveries"
    assert (await staff_surface.get(at)).status_code == 401
    desk = await bearer(await officer("case_officer", login="other.desk"))
    assert (await staff_surface.get(at, headers=desk)).status_code == 403
    admin = await bearer(await administrator())
    (row,) = (await staff_surface.get(at, headers=admin)).json()["items"]
    assert (row["state_name"], row["case_no"]) == ("已搁置", case_no)
    assert row["error"].startswith("refused")
    await service.replay_unreached()
    assert (await service.deliveries(system.row.id))[0]["state"] == "parked"
    again = f"{at}/{row['id']}/resend"
    assert (await staff_surface.post(again, headers=admin)).status_code == 204
    assert (await staff_surface.post(again, headers=admin)).status_code == 404
    await deliver()
    assert len(await taken_of(system, case_no)) == 1


async def test_a_paused_system_gets_and_says_nothing_until_it_goes_on(
    system, item, deliver, staff_surface
):
    admin = await bearer(await administrator())
    at = f"/exchange/systems/{system.row.id}"
    stop = {"reason": "对方系统升级"}
    paused = await staff_surface.post(f"{at}/pause", json=stop, headers=admin | {"if-match": '"1"'})
    assert (paused.status_code, paused.json()["state"]) == (200, "paused")
    case_no = await accepted(item)
    await deliver()
    assert await taken_of(system, case_no) == []
    said = await system.say(message(case_no, 1, "begin_review"))
    assert said.json()["code"] == "exchange.system_paused"
    await staff_surface.post(f"{at}/resume", json=stop, headers=admin | {"if-match": '"2"'})
    await deliver()
    assert len(await taken_of(system, case_no)) == 1


async def test_a_system_is_registered_by_an_administrator_with_its_own_items(
    staff_surface, item, simulators
):
    told = {
        "code": "housing-approval", "name": "审批系统", "org": item.org, "region": item.region,
        "items": [item.code], "url": simulators["approvals"],
        "keys": [simulated.public_jwk(simulated.demo_key())],
    }  # fmt: skip
    at = "/exchange/systems"
    assert (await staff_surface.post(at, json=told)).status_code == 401
    desk = await bearer(await officer("case_officer", login="other.desk"))
    assert (await staff_surface.post(at, json=told, headers=desk)).status_code == 403
    admin = await bearer(await administrator())
    for change in (
        {"url": "http://10.0.0.1/x"}, {"url": "https://u:p@host"}, {"url": "file:///etc/passwd"},
        {"items": ["none"]}, {"org": "11340500MBDM0005XX"},
    ):  # fmt: skip
        reply = await staff_surface.post(at, json=told | change, headers=admin)
        assert reply.status_code == 422, reply.text
    made = await staff_surface.post(at, json=told, headers=admin)
    assert made.status_code == 201, made.text
    assert len(made.json()["client_secret"]) > 30
    shown = (await staff_surface.get(at, headers=admin)).json()["items"]
    assert [row["code"] for row in shown] == ["housing-approval"]
    assert "client_secret" not in shown[0]
    assert (await staff_surface.post(at, json=told, headers=admin)).status_code == 409


@pytest.mark.parametrize(
    "url",
    ["https://10.1.2.3/x", "https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/x",
     "http://127.0.0.1:9", "http://example.org/"],
)  # fmt: skip
async def test_production_never_asks_an_inner_address(url, monkeypatch):
    monkeypatch.setattr(Settings, "production", property(lambda _: True))
    with pytest.raises(wire.NotThere):
        await wire.checked_address(httpx.URL(url))


async def test_a_government_network_is_reached_only_when_the_operator_names_it(monkeypatch):
    monkeypatch.setattr(Settings, "production", property(lambda _: True))
    monkeypatch.setenv("DEPARTMENT_SYSTEMS_INNER_NETWORKS", "10.20.0.0/16")
    assert await wire.checked_address(httpx.URL("https://10.20.3.4/x")) == "10.20.3.4"
    with pytest.raises(wire.NotThere):
        await wire.checked_address(httpx.URL("https://10.21.3.4/x"))


async def test_a_plain_address_is_not_registered_in_production(item, monkeypatch):
    monkeypatch.setattr(Settings, "production", property(lambda _: True))
    with pytest.raises(SystemInvalid):
        await service.register_system(
            await administrator(), "x-system", wanted(item, "http://127.0.0.1:1")
        )
