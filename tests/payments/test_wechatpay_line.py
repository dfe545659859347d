"""The line to a channel: short waits, one deadline, and turns that do not count."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from app_server.kernel.settings import ConfigurationRefused, load
from payments.providers import alipay_account, channel_client, wechatpay_account
from payments.providers.alipay_account import AlipayPaySettings
from payments.providers.channel_client import AT_ONCE, ChannelClient, Unanswered
from payments.providers.wechatpay_account import WeChatPaySettings
from tests.builders.channels import turnable


class Dripping(httpx.AsyncByteStream):
    """A body that never pauses long and never ends soon."""

    def __init__(self, parts: int, each_s: float) -> None:
        self.parts, self.each_s = parts, each_s

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.parts):
            await asyncio.sleep(self.each_s)
            yield b"x"


class Line(httpx.AsyncBaseTransport):
    """Answers everything by dripping; counts how many are at it together."""

    def __init__(self, parts: int, each_s: float) -> None:
        self.parts, self.each_s = parts, each_s
        self.now = self.most = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(self.each_s)
        self.now -= 1
        return httpx.Response(200, stream=Dripping(self.parts, self.each_s), request=request)


async def test_an_answer_that_drips_is_cut_at_the_deadline(monkeypatch):
    monkeypatch.setattr(channel_client, "TOTAL_S", 0.2)
    client = ChannelClient("http://gate.invalid", Line(100, 0.02))
    async with asyncio.timeout(1):
        with pytest.raises(Unanswered):
            await client.call("GET", "/", {})


async def test_waiting_for_ones_turn_is_not_counted_and_turns_are_few(monkeypatch):
    monkeypatch.setattr(channel_client, "TOTAL_S", 0.3)
    line = Line(1, 0.08)
    client = ChannelClient("http://gate.invalid", line)
    # Four rounds of turns, each within the deadline, all together past it.
    told = await asyncio.gather(*(client.call("GET", "/", {}) for _ in range(4 * AT_ONCE)))
    assert {one.status for one in told} == {200}
    assert line.most <= AT_ONCE


async def test_an_answer_longer_than_any_true_one_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(channel_client, "MAX_ANSWER", 10)
    client = ChannelClient("http://gate.invalid", Line(11, 0))
    with pytest.raises(Unanswered):
        await client.call("GET", "/", {})


def test_production_takes_no_name_of_a_simulated_merchant(monkeypatch):
    real = {"endpoint": "https://gate.example", "key_id": "K", "secret": "s" * 32}
    production = load().model_copy(update={"env": "production"})
    for module in (wechatpay_account, alipay_account):
        monkeypatch.setattr(module, "load", lambda: production)
    named = {"merchant": "1900", "app_id": "wx1", "mini_app_id": "", "open_app_id": ""}
    named["public_key_id"] = "PUB_KEY_ID_01"
    assert WeChatPaySettings(**real, **named).url == "https://gate.example"
    for name in ("merchant", "app_id", "public_key_id"):
        left = {key: value for key, value in named.items() if key != name}
        with pytest.raises(ConfigurationRefused):
            _ = WeChatPaySettings(**real, **left).url
    assert AlipayPaySettings(**real, merchant="2088").url == "https://gate.example"
    with pytest.raises(ConfigurationRefused):
        _ = AlipayPaySettings(**real).url


class Deaf(httpx.AsyncBaseTransport):
    """Answers nothing until it is woken; counts who tried."""

    def __init__(self) -> None:
        self.tried, self.awake = 0, False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.tried += 1
        if not self.awake:
            raise httpx.ConnectTimeout("silent", request=request)
        return httpx.Response(200, content=b"{}", request=request)


async def test_a_channel_that_stays_silent_is_left_in_peace_and_one_call_looks_again():
    with turnable() as now:
        line = Deaf()
        client = ChannelClient("http://gate.invalid", line)

        async def asks() -> bool:
            try:
                await client.call("GET", "/", {})
            except Unanswered:
                return False
            return True

        assert not any([await asks() for _ in range(100)])
        assert line.tried == channel_client.SILENT
        now.turn(seconds=11)
        assert not any([await asks() for _ in range(5)])
        assert line.tried == channel_client.SILENT + 1
        line.awake = True
        assert not await asks()
        now.turn(seconds=11)
        assert all([await asks() for _ in range(30)])
