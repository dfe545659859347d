"""Permissions an app may ask for, the calls they allow, and the browser features they bring."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

_DATA = Path(__file__).parents[1] / "data"

TICKET_SCOPE = "auth.ticket"
USER_SCOPE = "auth.user"
ID_NUMBER_SCOPE = "auth.id_number"
LICENCE_SCOPE = "licence.read"
MESSAGE_SCOPE = "message.send"
PAY_SCOPE = "pay.request"
TICKETS_CLIENT_SCOPE = "miniapps.tickets"


@dataclass(frozen=True, slots=True)
class Scope:
    """A permission an app may ask for, and the browser feature that goes with it."""

    title: str
    feature: str = ""


SCOPES: Mapping[str, Scope] = MappingProxyType(
    {
        TICKET_SCOPE: Scope("知道是您在使用"),
        USER_SCOPE: Scope("获取您同意提供的信息"),
        ID_NUMBER_SCOPE: Scope("获取您的身份证号码"),
        "auth.face": Scope("请您做人脸核验"),
        "device.geolocation": Scope("获取您的位置", "geolocation"),
        "device.camera": Scope("使用相机", "camera"),
        "device.microphone": Scope("使用麦克风", "microphone"),
        "device.scan": Scope("扫描二维码"),
        "device.phone": Scope("拨打电话"),
        "media.image": Scope("选择和保存图片"),
        "file.upload": Scope("上传您选择的文件"),
        "file.download": Scope("下载文件"),
        PAY_SCOPE: Scope("请您付款"),
        "share.page": Scope("分享页面"),
        "link.open": Scope("打开其他应用或网站"),
        LICENCE_SCOPE: Scope("查看您的电子证照"),
        MESSAGE_SCOPE: Scope("给您发送办事消息"),
    }
)

# What only somebody who is signed in can give: it is about them, not about their device.
PERSONAL = frozenset(
    {
        TICKET_SCOPE,
        USER_SCOPE,
        ID_NUMBER_SCOPE,
        "auth.face",
        PAY_SCOPE,
        LICENCE_SCOPE,
        MESSAGE_SCOPE,
    }
)


@dataclass(frozen=True, slots=True)
class TicketField:
    """What an app's back end may learn with a ticket, and the permission it takes."""

    title: str
    scope: str
    raw: bool = False


# Raw ones name the person: each look at them is told to its owner (PIPL art. 13, 29).
TICKET_FIELDS: Mapping[str, TicketField] = MappingProxyType(
    {
        "openid": TicketField("应用内编号", TICKET_SCOPE),
        "tier": TicketField("实名等级", TICKET_SCOPE),
        "region": TicketField("服务地区", TICKET_SCOPE),
        "name": TicketField("姓名", USER_SCOPE, raw=True),
        "phone": TicketField("手机号码", USER_SCOPE, raw=True),
        "id_number": TicketField("身份证号码", ID_NUMBER_SCOPE, raw=True),
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
