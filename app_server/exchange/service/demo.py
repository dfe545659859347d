"""The demo department system, as this instance and its simulator both know it."""

from typing import Any

from app_server.kernel.settings import load
from app_server.kernel.signing_keys import signing_keys

CODE = "simulated-approvals"
NAME = "合肥市住房保障和房产业务系统（模拟）"
# 存量房买卖合同网签备案 of the demo themes.
ORG = "11340100MBDT00174P"
ITEM = f"{ORG}3341030023000"
REGION = "340100"
_SIMULATOR = 24


def url() -> str:
    """Where the simulator listens."""
    return load().simulator_url(_SIMULATOR)


def demo_key() -> Any:
    """The system's own key, derived like every key of a development instance."""
    return signing_keys("exchange_simulator")[0]
