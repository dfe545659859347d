"""One vendor token for everybody, fetched once however many ask."""

import asyncio

import httpx
import pytest
from redis.asyncio import Redis

from app_server.kernel import cache
from app_server.kernel.cache import redis
from auth.grants import service as grants
from auth.grants.errors import ChannelUnreachable
from auth.grants.providers.wechat import WeChat, WeChatSettings


async def asked(simulators: dict[str, str]) -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(f"{simulators['wechat']}/__asked")).json()["asked"]


async def test_two_hundred_cold_askers_cause_one_fetch(database, simulators):
    before = await asked(simulators)
    tokens = await asyncio.gather(*(grants.wechat_token() for _ in range(200)))
    assert len(set(tokens)) == 1
    assert await asked(simulators) == before + 1


async def test_the_token_lies_sealed_in_redis(database, simulators):
    token = await grants.wechat_token()
    kept = await redis().get("vendor-token:wechat")
    assert kept
    assert token not in kept


async def test_without_redis_a_token_is_still_had(database, simulators, monkeypatch):
    gone = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    monkeypatch.setattr(cache, "_redis", gone)
    assert await grants.wechat_token() == await grants.wechat_token()


async def test_a_wrong_secret_brings_no_token_and_leaves_no_lock(database, simulators, monkeypatch):
    stranger = WeChat(WeChatSettings(secret="SIM-WRONG"))
    monkeypatch.setattr("auth.grants.service.vendor_tokens.wechat", lambda: stranger)
    with pytest.raises(ChannelUnreachable):
        await grants.wechat_token()
    assert await redis().get("vendor-lock:wechat") is None
