"""On a mini-app's host no endpoint exists, whatever the method."""

import httpx
import pytest

APP = {"host": "ah341600housing.miniapp.localhost:8800"}


@pytest.mark.parametrize("host", [APP["host"], "miniapp.localhost", "x.miniapp.localhost."])
async def test_the_api_does_not_exist_on_a_mini_apps_origin(host, database, listeners):
    async with httpx.AsyncClient(trust_env=False) as client:
        for method, path in (
            ("GET", "/api/v1/platform"),
            ("POST", "/api/v1/sessions"),
            ("POST", "/api/v1/sessions/refresh"),
            ("GET", "/api/v1/me"),
        ):
            reply = await client.request(
                method, f"{listeners['public']}{path}", headers={"host": host}, json={}
            )
            assert reply.status_code in {400, 404}, (method, path, reply.text)
            assert "access_token" not in reply.text


async def test_the_api_is_on_the_shells_own_host(database, listeners):
    async with httpx.AsyncClient(trust_env=False) as client:
        reply = await client.get(
            f"{listeners['public']}/api/v1/platform",
            headers={"host": "shell.miniapp.localhost:8800"},
        )
    assert reply.status_code == 200
    assert reply.json()["demo"] is True
