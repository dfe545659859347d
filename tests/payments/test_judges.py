"""Clients that nobody here wrote pay, ask and give back at our simulators, each its own process."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from wechatpayv3 import WeChatPay as Client
from wechatpayv3 import WeChatPayType

from app_server.kernel import settings
from app_server.kernel.rsa2 import simulated_keys
from app_server.kernel.settings import ConfigurationRefused
from payments.providers.alipay import Alipay
from payments.providers.alipay_account import AlipayPaySettings
from payments.providers.alipay_account import simulated_name as alipay_name
from payments.providers.gateway import Created, NoAnswer
from payments.providers.wechatpay import WeChatPay
from payments.providers.wechatpay_account import WeChatPaySettings
from payments.providers.wechatpay_account import simulated_name as wechatpay_name
from payments.simulators import alipay as alipay_process
from payments.simulators import wechatpay as wechatpay_process
from tests.builders.channels import (
    cheap_key,
    incoming,
    order,
    private_pem,
    public_pem,
    turnable,
    wechat_pair,
)
from tests.conftest import PROJECT, _free_base

JUDGES = PROJECT / "h5_shell" / "e2e" / "judges"
CHECKS = {"wechatpay": 6, "alipay": 7}
WRONG = cheap_key()


def node(package: str) -> str:
    """Our own Node where the machine has none; the front end's packages must be there."""
    found = shutil.which(
        "node", path=f"{PROJECT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    )
    if found is None or not (PROJECT / "h5_shell/node_modules" / package).is_dir():
        pytest.skip("Node and the front end's packages are not installed (make setup)")
    return found


@pytest.fixture(scope="module")
def gates() -> Iterator[dict[str, str]]:
    """Both simulators as processes of their own, whose notices' clock runs fast."""
    base = _free_base(2)
    urls = {"wechatpay": f"http://127.0.0.1:{base}", "alipay": f"http://127.0.0.1:{base + 1}"}
    told = {"WECHATPAY_ENDPOINT": urls["wechatpay"], "ALIPAY_PAY_ENDPOINT": urls["alipay"]}
    started = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"from payments.simulators.{name} import run; run({url.rpartition(':')[2]})",
            ],
            env=os.environ | told | {"SIM_CLOCK": "100"},
            cwd=PROJECT,
        )
        for name, url in urls.items()
    ]
    try:
        for url in urls.values():
            _await_ready(url)
        yield urls
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(10)


def _await_ready(url: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(f"{url}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise RuntimeError(url)


def world_of(name: str, url: str) -> dict[str, Any]:
    """What a judge must know; and a key that is somebody else's."""
    wechat, ali = WeChatPaySettings(), AlipayPaySettings()
    keys = simulated_keys(wechatpay_name(wechat) if name == "wechatpay" else alipay_name(ali))
    told: dict[str, Any] = {
        "url": url,
        "private_key": keys.our_private,
        "public_key": keys.their_public,
        "wrong_private_key": private_pem(WRONG),
        "wrong_public_key": public_pem(WRONG),
    }
    if name == "alipay":
        return told | {"app_id": ali.key_id}
    return told | {
        "mchid": wechat.merchant,
        "serial": wechat.key_id,
        "appid": wechat.app_id,
        "api_key": wechat.secret,
        "public_key_id": wechat.public_key_id,
    }


@pytest.mark.parametrize("name", ["wechatpay", "alipay"])
def test_the_node_client_finds_nothing_wrong(gates, name):
    package = {"wechatpay": "wechatpay-axios-plugin", "alipay": "alipay-sdk"}[name]
    done = subprocess.run(
        [node(package), str(JUDGES / f"{name}.mjs")],
        # The client writes the machine's own time; Alipay reads it as GMT+8.
        env=os.environ | {"TZ": "Asia/Shanghai"},
        input=json.dumps(world_of(name, gates[name])) + "\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    results = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [one for one in results if not one["ok"]] == []
    assert (done.returncode, len(results)) == (0, CHECKS[name]), done.stderr


def client(url: str, **changes: str) -> Client:
    """wechatpayv3, a third hand; its gateway is a private attribute."""
    told = world_of("wechatpay", url) | changes
    made = Client(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=told["mchid"],
        private_key=told["private_key"],
        cert_serial_no=told["serial"],
        apiv3_key=told["api_key"],
        appid=told["appid"],
        notify_url="http://127.0.0.1:9/told",
        public_key=told["public_key"],
        public_key_id=told["public_key_id"],
        timeout=(1, 5),
    )
    made._core._gate_way = url
    return made


def test_the_python_client_pays_asks_and_gives_back(gates):
    url = gates["wechatpay"]
    wx, number = client(url), f"THIRD{time.time_ns()}"
    amount = {"total": 2000, "currency": "CNY"}
    code, told = wx.pay(description="工本费 + & %", out_trade_no=number, amount=amount)
    assert (code, "code_url" in told) == (200, True)
    httpx.post(f"{url}/__pay", json={"out_trade_no": number}, trust_env=False)
    code, told = wx.query(out_trade_no=number)
    assert (code, json.loads(told)["trade_state"]) == (200, "SUCCESS")
    back = {"refund": 500} | amount
    code, told = wx.refund(out_refund_no=f"R{number}", amount=back, out_trade_no=number)
    assert (code, json.loads(told)["status"]) == (200, "PROCESSING")
    code, told = wx.query_refund(out_refund_no=f"R{number}")
    assert (code, json.loads(told)["amount"]["refund"]) == (200, 500)
    code, told = client(url, private_key=private_pem(WRONG)).query(out_trade_no=number)
    assert (code, json.loads(told)["code"]) == (401, "SIGN_ERROR")
    with pytest.raises(Exception, match="verify"):
        client(url, public_key=public_pem(WRONG)).query(out_trade_no=number)


async def test_the_python_client_reads_our_simulated_notice():
    with turnable() as now:
        world, gateway = wechat_pair(now)
        await gateway.create(order())
        world.pay("ORDER00001")
        (notice,) = world.due(now.at)
    told = incoming(notice)
    reader = client(
        "http://127.0.0.1:9",
        api_key=gateway.account.secret,
        public_key=gateway.account.platform_public_key,
    )
    read = reader.callback(dict(told.headers), told.raw.decode())
    assert read["resource"]["out_trade_no"] == "ORDER00001"
    assert reader.callback(dict(told.headers), told.raw.decode() + " ") is None


async def test_our_own_gateways_reach_them_and_the_line_breaks_on_demand(gates):
    async with httpx.AsyncClient(trust_env=False) as http:
        for gateway in (
            WeChatPay(WeChatPaySettings(endpoint=gates["wechatpay"])),
            Alipay(AlipayPaySettings(endpoint=gates["alipay"])),
        ):
            url, number = gateway.account.url, f"OURS{time.time_ns()}"
            for kind in ("request_lost", "answer_lost", "server_error", "garbage", "busy"):
                assert (await http.post(f"{url}/__fault", json={kind: 1})).status_code == 204
                told = await gateway.create(order(number, product="native"))
                assert isinstance(told, NoAnswer), kind
            assert (await http.post(f"{url}/__fault", json={"other": 1})).status_code == 400
            assert isinstance(await gateway.create(order(number, product="native")), Created)
            assert (await gateway.query(number)).state == "waiting"
            await http.post(f"{url}/__pay", json={"out_trade_no": number})
            assert (await gateway.query(number)).state == "success"


async def test_the_cashier_is_labelled_and_leads_back(gates):
    async with httpx.AsyncClient(trust_env=False) as browser:
        for gateway in (
            WeChatPay(WeChatPaySettings(endpoint=gates["wechatpay"])),
            Alipay(AlipayPaySettings(endpoint=gates["alipay"])),
        ):
            number = f"CASH{time.time_ns()}"
            placed = await gateway.create(order(number, title="<b>工本费</b>"))
            assert isinstance(placed, Created)
            page = await browser.get(placed.told["url"], follow_redirects=True)
            assert "模拟网关 不发生真实扣款" in page.text
            assert "&lt;b&gt;工本费" in page.text
            paid = await browser.post(page.url, data={"act": "pay"})
            assert paid.status_code == 303
            assert paid.headers["location"].startswith("http://shell.example/pay/result/1")
            assert (await gateway.query(number)).state == "success"
        unsigned = await browser.get(f"{gates['wechatpay']}/v3/certificates")
        assert (unsigned.status_code, unsigned.headers["x-simulator"]) == (401, "wechatpay")


def test_they_do_not_run_where_real_people_are_served(monkeypatch):
    monkeypatch.setattr(
        "app_server.kernel.http.simulating.load",
        lambda: settings.load().model_copy(update={"env": "production"}),
    )
    for process in (wechatpay_process, alipay_process):
        with pytest.raises(ConfigurationRefused):
            process.build()
