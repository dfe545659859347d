"""Pure rules of staff: roles that exclude each other, states, codes, and who attaches where."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

from app_server.kernel import regions
from auth.staff.errors import (
    BadOrgCode,
    NotInThisState,
    RolesExclude,
    UnknownRole,
    WindowIncomplete,
    WrongMode,
)

Level = Literal["province", "city", "county", "town"]
Mode = Literal["none", "unified", "mapped"]
State = Literal["active", "suspended", "cancelled"]
Move = Literal["open", "transfer", "suspend", "resume", "cancel"]

ROLES = MappingProxyType(
    {
        "realname_window": "实名认证窗口",
        "case_officer": "办件人员",
        "case_approver": "审批负责人",
        "case_window": "综合受理窗口",
        "case_head": "机关负责人",
        "seal_keeper": "印章管理员",
        "seal_authority": "印章主管",
        "licence_keeper": "证照管理员",
        "supervisor": "监察人员",
        "city_publisher": "城市应用发布员",
        "miniapp_reviewer": "小程序审核员",
        "item_editor": "事项管理员",
        "flow_editor": "流程设计员",
        "finance": "财务人员",
        "treasurer": "财政国库人员",
        "cashier": "收费窗口人员",
        "data_steward": "数据专员",
        "data_lead": "数据主管",
        "operator": "平台运维",
        "message_operator": "消息运营人员",
        "system_admin": "系统管理员",
        "security_admin": "安全管理员",
        "security_auditor": "安全审计员",
    }
)
# 三员 (GB/T 22239 8.1.4): whoever holds one of these holds nothing else.
ADMIN_ROLES = frozenset({"system_admin", "security_admin", "security_auditor"})
# Who proposes an administrator role and who must confirm it: the one checks the other.
CONFIRMER = MappingProxyType({"system_admin": "security_admin", "security_admin": "system_admin"})

ACTIVATION_LIFE = timedelta(hours=72)
BIND_CODE_LIFE = timedelta(minutes=10)
PROPOSAL_LIFE = timedelta(days=7)

LEVEL_NAMES = MappingProxyType(
    {"province": "省级", "city": "市级", "county": "县级", "town": "乡镇级"}
)
STATE_NAMES = MappingProxyType({"active": "在岗", "suspended": "已停用", "cancelled": "已注销"})
MODE_NAMES = MappingProxyType({"none": "未接入", "unified": "统一用户", "mapped": "账号映射"})


@dataclass(frozen=True, slots=True)
class Edge:
    """One move of an account: from which states, to which, and its name."""

    sources: frozenset[str]
    to: State
    deed: str


MOVES = MappingProxyType(
    {
        "transfer": Edge(frozenset({"active"}), "active", "调岗"),
        "suspend": Edge(frozenset({"active"}), "suspended", "停用"),
        "resume": Edge(frozenset({"suspended"}), "active", "恢复"),
        "cancel": Edge(frozenset({"active", "suspended"}), "cancelled", "注销"),
    }
)
DEEDS = MappingProxyType({"open": "开户"} | {name: edge.deed for name, edge in MOVES.items()})


def checked_move(name: str, state: str) -> Edge:
    """The edge of a move; raises `NotInThisState` (R-ID-30)."""
    edge = MOVES[name]
    if state not in edge.sources:
        raise NotInThisState(state=state)
    return edge


def moves_from(state: str) -> list[str]:
    """What can be done with an account in this state."""
    return [name for name, edge in MOVES.items() if state in edge.sources]


def checked_roles(roles: Iterable[str]) -> tuple[str, ...]:
    """The roles, sorted; raises `UnknownRole`, `RolesExclude` (三员分立)."""
    held = sorted(set(roles))
    if any(role not in ROLES for role in held):
        raise UnknownRole
    if ADMIN_ROLES & set(held) and len(held) > 1:
        raise RolesExclude
    return tuple(held)


def checked_window(window_id: str, level: str, roles: Iterable[str]) -> None:
    """Raise `WindowIncomplete` for half a window, or a window role without one."""
    if bool(window_id) != bool(level) or ("realname_window" in roles and not window_id):
        raise WindowIncomplete


def may_confirm(proposer_role: str, confirmer_roles: Iterable[str]) -> bool:
    """Whether these roles are the other administrator's (two-person rule)."""
    return CONFIRMER.get(proposer_role) in set(confirmer_roles)


_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORG = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def checked_org_code(code: str) -> str:
    """A unified social credit code (GB 32100) or organisation code (GB 11714); `BadOrgCode`."""
    bare = code.strip().upper().replace("-", "")
    good = (
        _weighed(bare, _USCC, _USCC_WEIGHTS, 31, "")
        if len(bare) == 18
        else len(bare) == 9 and _weighed(bare, _ORG, _ORG_WEIGHTS, 11, "X")
    )
    if not good:
        raise BadOrgCode
    return bare


def _weighed(code: str, alphabet: str, weights: tuple[int, ...], modulus: int, beyond: str) -> bool:
    if any(char not in alphabet for char in code[:-1]):
        return False
    total = sum(alphabet.index(c) * w for c, w in zip(code[:-1], weights, strict=True))
    check = -total % modulus
    return code[-1] == (beyond if beyond and check == 10 else alphabet[check])


@dataclass(frozen=True, slots=True)
class Authority:
    """An authentication platform: the province's, or a city's."""

    tier: Literal["province", "city"]
    region: str

    @property
    def name(self) -> str:
        """As people call it."""
        return f"{regions.full_name(self.region)}统一身份认证平台"


def authority_of(region: str) -> Authority:
    """Where a department or system of a region belongs: provincial to the province (R-ID-42)."""
    if regions.level_of(region) == "province":
        return Authority("province", region)
    return Authority("city", regions.city_of(region))


def checked_mode(region: str, mode: str) -> None:
    """Raise `WrongMode`: the choice of modes is the province's departments' (R-ID-32, R-ID-42)."""
    if mode != "unified" and authority_of(region).tier == "city":
        raise WrongMode


def region_prefix(region: str) -> str:
    """The start all codes within a region share: 34 for the province, 3416 for a city."""
    match regions.level_of(region):
        case "province":
            return region[:2]
        case "city":
            return region[:4]
        case _:
            return region
