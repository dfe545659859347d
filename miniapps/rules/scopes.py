"""Permissions an app may ask for, the calls they allow, and the browser features they bring."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

_DATA = Path(__file__).parents[1] / "data"

TICKET_SCOPE = "auth.ticket"
TICKETS_CLIENT_SCOPE = "miniapps.tickets"


@dataclass(frozen=True, slots=True)
class Scope:
    """A permission an app may ask for, and the browser feature that goes with it."""

    title: str
    feature: str = ""


SCOPES: Mapping[str, Scope] = MappingProxyType(
    {
        TICKET_SCOPE: Scope("知道是您在使用"),
        "auth.user": Scope("获取您同意提供的信息"),
        "auth.face": Scope("请您做人脸核验"),
        "device.geolocation": Scope("获取您的位置", "geolocation"),
        "device.camera": Scope("使用相机", "camera"),
        "device.microphone": Scope("使用麦克风", "microphone"),
        "device.scan": Scope("扫描二维码"),
        "device.phone": Scope("拨打电话"),
        "media.image": Scope("选择和保存图片"),
        "file.upload": Scope("上传您选择的文件"),
        "file.download": Scope("下载文件"),
        "pay.request": Scope("请您付款"),
        "share.page": Scope("分享页面"),
        "link.open": Scope("打开其他应用或网站"),
    }
)


@dataclass(frozen=True, slots=True)
class Method:
    """A call of the bridge, the permission it needs (none: free), and each dialect's names."""

    name: str
    scope: str
    names: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Dialect:
    """A vendor's container: how its scripts, hosts and globals are known in an app's code."""

    title: str
    scripts: tuple[str, ...]
    hosts: frozenset[str]
    marks: tuple[str, ...]
    covered_by: frozenset[str]


def _methods() -> dict[str, Method]:
    rows = json.loads((_DATA / "bridge_methods.json").read_text())["methods"]
    return {
        row["method"]: Method(
            row["method"], row["scope"], {k: tuple(v) for k, v in row["names"].items()}
        )
        for row in rows
    }


def _dialects() -> dict[str, Dialect]:
    rows = json.loads((_DATA / "dialects.json").read_text())["dialects"]
    return {
        key: Dialect(
            title=row["title"],
            scripts=tuple(row["scripts"]),
            hosts=frozenset(row["hosts"]),
            marks=tuple(row["marks"]),
            covered_by=frozenset(row["covered_by"]),
        )
        for key, row in rows.items()
    }


# The one table of calls: `ah.*` and what each dialect calls the same thing.
METHODS: Mapping[str, Method] = MappingProxyType(_methods())
DIALECTS: Mapping[str, Dialect] = MappingProxyType(_dialects())

# Everything a frame could be given; what is not granted is denied by name.
_FEATURE_NAMES = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation "
    "gyroscope hid idle-detection magnetometer microphone midi payment picture-in-picture "
    "publickey-credentials-get screen-wake-lock serial usb xr-spatial-tracking"
)
FEATURES = tuple(_FEATURE_NAMES.split())


def features_of(scopes: Iterable[str]) -> list[str]:
    """The browser features that reviewed scopes bring, in a fixed order."""
    return sorted({SCOPES[scope].feature for scope in scopes if SCOPES[scope].feature})


def permissions_policy(granted: Iterable[str]) -> str:
    """The Permissions-Policy of one app: everything denied but what was granted."""
    allowed = set(granted)
    return ", ".join(f"{name}=({'self' if name in allowed else ''})" for name in FEATURES)
