"""The state table of versions, who decides, and how long launches, tickets and trials live."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from miniapps.rules.origins import APPID

REVIEWER = "miniapp_reviewer"
PUBLISHER = "city_publisher"
PUBLISH_SCOPE = "miniapps.publish"

TICKET_LIFE = timedelta(seconds=60)
TOKEN_LIFE = timedelta(minutes=10)
LAUNCH_LIFE = timedelta(hours=12)
KEEP_LAUNCHES = timedelta(days=30)
TRIAL_LIFE = timedelta(days=7)
# What review released is looked at again after this, by publishing a new version.
RELEASE_LIFE = timedelta(days=3 * 365)

STATE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "draft": "正在保存",
        "uploaded": "待检查",
        "checked": "检查通过",
        "failed": "检查未通过",
        "trial": "体验中",
        "submitted": "待市级审核",
        "city_approved": "待省级审核",
        "approved": "待发布",
        "refused": "审核未通过",
        "withdrawn": "已撤回",
        "grey": "灰度中",
        "halted": "灰度已暂停",
        "released": "已发布",
        "superseded": "已被新版替代",
        "rolled_back": "已回退",
    }
)


@dataclass(frozen=True, slots=True)
class Move:
    """An edge of the state table: from where, to where, and how it is called."""

    come_from: frozenset[str]
    to: str
    name: str


def _move(come_from: str, to: str, name: str) -> Move:
    return Move(frozenset(come_from.split()), to, name)


# A version is a draft while its files are being stored; its content never changes after that.
MOVES: Mapping[str, Move] = MappingProxyType(
    {
        "upload": _move("draft", "uploaded", "上传"),
        "pass": _move("uploaded", "checked", "机器检查通过"),
        "fail": _move("uploaded", "failed", "机器检查未通过"),
        "try": _move("checked", "trial", "开始体验"),
        "submit": _move("checked trial", "submitted", "提交审核"),
        "withdraw": _move("checked trial submitted city_approved approved", "withdrawn", "撤回"),
        "approve_in_city": _move("submitted", "city_approved", "市级审核通过"),
        "approve": _move("city_approved", "approved", "省级审核通过"),
        # What is at home in the province itself has no city above it.
        "approve_own": _move("submitted", "approved", "省级审核通过"),
        "refuse": _move("submitted city_approved", "refused", "审核不通过"),
        "grey": _move("approved", "grey", "开始灰度"),
        "halt": _move("grey", "halted", "暂停灰度"),
        "resume": _move("halted", "grey", "恢复灰度"),
        "release": _move("approved grey", "released", "全量发布"),
        "supersede": _move("released", "superseded", "被新版替代"),
        "roll_back": _move("released grey halted", "rolled_back", "回退"),
        "restore": _move("superseded", "released", "回退后恢复使用"),
    }
)
# What may be opened on the app's own origin, in a shell that has it open already too.
SERVED = frozenset({"grey", "halted", "released", "superseded", "rolled_back"})
# What may be opened on an origin of its own, by whoever has a trial link.
TRIED = frozenset({"trial", "submitted", "city_approved", "approved"})

APP_STATE_NAMES: Mapping[str, str] = MappingProxyType(
    {"active": "正常", "suspended": "已下架", "retired": "已停用"}
)
APP_MOVES: Mapping[str, Move] = MappingProxyType(
    {
        "suspend": _move("active", "suspended", "下架"),
        "reopen": _move("suspended", "active", "恢复上架"),
        "retire": _move("active suspended", "retired", "停用"),
    }
)


def trial_label(appid: str, code: int) -> str:
    """The DNS label of a version on trial: beside the app, never on its origin."""
    return f"{appid}-t{code}"


def app_of_label(label: str) -> tuple[str, int]:
    """The app a label under the mini-app domain names, and which trial of it (0: none)."""
    name, _, trial = label.partition("-t")
    if not re.fullmatch(APPID, name) or (
        label != name and not re.fullmatch("[1-9][0-9]{0,9}", trial)
    ):
        return "", 0
    return name, int(trial or 0)
