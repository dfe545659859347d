"""The one state table of a case: every edge, who may take it, and what it is called.

Everything else asks this table: what an applicant `can` do, which `actions` an officer has, which
states are over. The legal clock runs from acceptance to decision only (Administrative Licensing
Law art. 42, 45); pre-review and correction have clocks of their own (R-CAS-06, R-CAS-07).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from app_server.cases.errors import ApproverNeeded, NotInThisState, NotYourDeed
from app_server.kernel.principal import Principal

Role = Literal["applicant", "window", "officer", "approver", "head", "system"]

STATES: Mapping[str, str] = MappingProxyType(
    {
        "submitted": "已提交",
        "pre_review_returned": "预审退回补充",
        "pre_review_failed": "预审不通过",
        "received": "已收件",
        "correction_asked": "待补正",
        "accepted": "已受理",
        "not_accepted": "不予受理",
        "in_review": "审查中",
        "suspended": "特别程序（暂停计时）",
        "forwarded": "已转报",
        "approved": "准予",
        "refused": "不予",
        "fee_due": "待缴费",
        "making": "制证中",
        "delivering": "待送达",
        "closed": "已办结",
        "archived": "已归档",
        "withdrawn": "已撤回",
        "returned": "退件",
        "ended": "强制终止",
    }
)
# Nothing more is done for the applicant; a closed case only goes to the archive.
ENDED = frozenset(
    {
        "pre_review_failed",
        "not_accepted",
        "closed",
        "archived",
        "withdrawn",
        "returned",
        "ended",
    }
)
RUNNING = frozenset(STATES) - ENDED
# Where the legal clock counts.
COUNTING = frozenset({"accepted", "in_review", "forwarded"})


@dataclass(frozen=True, slots=True)
class Move:
    """An edge: from where, to where (empty: it stays), what people call it, who may take it.

    `label` is the officer's button, empty where no button takes it alone; `needs` names what has
    to be given with it.
    """

    come_from: frozenset[str]
    to: str
    deed: str
    by: frozenset[str]
    label: str = ""
    needs: tuple[str, ...] = ()


def _move(come_from: str, to: str, deed: str, by: str, label: str = "", needs: str = "") -> Move:
    return Move(
        frozenset(come_from.split()),
        to,
        deed,
        frozenset(by.split()),
        label,
        tuple(needs.split()),
    )


_OFFICERS = "officer approver"
_BEFORE = "submitted received"
_COUNTED = "accepted in_review"
_OPEN = (
    "submitted pre_review_returned received correction_asked accepted in_review suspended forwarded"
)

MOVES: Mapping[str, Move] = MappingProxyType(
    {
        "pass_pre_review": _move(
            "submitted", "received", "预审通过，已收件", _OFFICERS, "预审通过", "note"
        ),
        "return_pre_review": _move(
            "submitted", "pre_review_returned", "预审退回补充", _OFFICERS, "退回补充", "reason"
        ),
        "fail_pre_review": _move(
            "submitted", "pre_review_failed", "预审不通过", _OFFICERS, "预审不通过", "reason"
        ),
        "resubmit": _move(
            "pre_review_returned", "submitted", "已补充，重新提交", "applicant window"
        ),
        "receive": _move("submitted", "received", "收件", f"{_OFFICERS} window system", "收件"),
        "ask_correction": _move(
            _BEFORE, "correction_asked", "一次性告知补正", _OFFICERS, "一次性告知", "reason items"
        ),
        "correct": _move("correction_asked", "received", "已补正", "applicant window"),
        "accept": _move(_BEFORE, "accepted", "受理", f"{_OFFICERS} system", "受理"),
        "deem_accepted": _move(_BEFORE, "accepted", "逾期未告知，视为受理", "system"),
        "decline": _move(
            f"{_BEFORE} correction_asked",
            "not_accepted",
            "不予受理",
            _OFFICERS,
            "不予受理",
            "reason",
        ),
        "return_case": _move(
            f"{_BEFORE} correction_asked pre_review_returned",
            "returned",
            "退件",
            f"{_OFFICERS} system",
            "退件",
            "reason",
        ),
        "begin_review": _move("accepted", "in_review", "开始审查", _OFFICERS, "开始审查"),
        "suspend": _move(
            _COUNTED,
            "suspended",
            "启动特别程序，暂停计时",
            _OFFICERS,
            "特别程序",
            "kind days reason",
        ),
        "resume": _move(
            "suspended",
            "in_review",
            "特别程序结束，恢复计时",
            f"{_OFFICERS} system",
            "结束特别程序",
            "note",
        ),
        "forward": _move(_COUNTED, "forwarded", "转报上级机关", _OFFICERS, "转报", "note"),
        "report_back": _move(
            "forwarded", "in_review", "收到上级机关意见", _OFFICERS, "上级意见", "outcome reason"
        ),
        "ask_extension": _move(
            _COUNTED, "", "提请延长办理期限", _OFFICERS, "提请延期", "days reason"
        ),
        "extend": _move(_COUNTED, "", "经批准延长办理期限", "approver head", "批准延期", "note"),
        "deny_extension": _move(
            _COUNTED, "", "未批准延长办理期限", "approver head", "不批准延期", "reason"
        ),
        "approve": _move(_COUNTED, "approved", "准予", "approver system", "准予", "points note"),
        "refuse": _move(_COUNTED, "refused", "不予", "approver", "不予", "points reason"),
        "ask_fee": _move("approved", "fee_due", "待缴费", "system approver"),
        "take_fee": _move("fee_due", "making", "已缴费", "system"),
        "make": _move("approved", "making", "制证", "system approver"),
        "hand_over": _move(
            "approved making", "delivering", "制证完成，待送达", f"{_OFFICERS} system", "制证完成"
        ),
        "deliver": _move(
            "delivering", "closed", "送达，办结", f"{_OFFICERS} window system", "送达", "receipt"
        ),
        "doubt_parcel": _move("delivering", "", "快递签收清单与交寄清单不一致，待核实", "system"),
        "take_parcel_back": _move("delivering", "", "快递退回，改为窗口领取", "system"),
        "take_originals": _move(
            f"{_BEFORE} pre_review_returned correction_asked",
            "",
            "申请材料原件已核收，受理期限开始计算",
            f"{_OFFICERS} window system",
        ),
        "doubt_originals": _move(
            f"{_BEFORE} pre_review_returned correction_asked",
            "",
            "收到的申请材料原件与确认的清单不一致，待核实",
            "system",
        ),
        "supply": _move(_OPEN, "", "共享数据已返回", "system"),
        "close": _move("approved refused making", "closed", "办结", "system"),
        "reopen": _move(
            "making delivering closed", "in_review", "重新审查", "approver", "重新审查", "reason"
        ),
        "archive": _move("closed", "archived", "归档", "system"),
        "choose_delivery": _move(f"{_OPEN} fee_due making", "", "选择领取方式", "applicant window"),
        "withdraw": _move(_OPEN, "withdrawn", "申请人撤回", "applicant window system"),
        "end": _move(
            f"{_OPEN} fee_due making delivering", "ended", "强制终止", "head", "强制终止", "reason"
        ),
    }
)

_STAFF_ROLES = MappingProxyType(
    {
        "case_window": "window",
        "case_officer": "officer",
        "case_approver": "approver",
        "case_head": "head",
    }
)
SYSTEM = Principal()


def roles_of(principal: Principal) -> frozenset[str]:
    """In which of the table's roles a caller stands."""
    if principal.kind == "person":
        return frozenset({"applicant"})
    # A department's own system acts in its officers' roles, where `outside` lent it those.
    if principal.kind in {"staff", "client"}:
        return frozenset(_STAFF_ROLES[r] for r in principal.roles if r in _STAFF_ROLES)
    return frozenset({"system"}) if principal == SYSTEM else frozenset()


def checked_move(name: str, state: str, roles: Collection[str] | None = None) -> Move:
    """The edge, if it leaves from `state` and one of `roles` may take it.

    Raises `NotInThisState`, `ApproverNeeded` where only an approver decides, `NotYourDeed`.
    """
    move = MOVES[name]
    if state not in move.come_from:
        raise NotInThisState(state=state)
    if roles is not None and not move.by & set(roles):
        raise ApproverNeeded if "approver" in move.by else NotYourDeed
    return move


_APPLICANT_MOVES = ("withdraw", "correct", "resubmit", "choose_delivery")


def can(state: str) -> list[str]:
    """What the applicant may do now; before the decision nothing was charged."""
    found = [name for name in _APPLICANT_MOVES if state in MOVES[name].come_from]
    return [*found, "pay"] if state == "fee_due" else found


@dataclass(frozen=True, slots=True)
class Action:
    """One thing an officer may do now, and what has to be given with it."""

    name: str
    label: str
    needs: tuple[str, ...]


# What the address calls a move, where it is not the move's own name.
ADDRESSES = MappingProxyType({"ask_correction": "request-correction", "decline": "refuse"})


def address(name: str) -> str:
    """The last part of a move's address."""
    return ADDRESSES.get(name, name.replace("_", "-"))


def actions(state: str, roles: Collection[str]) -> list[Action]:
    """What somebody in these roles may do with a case in this state."""
    return [
        Action(address(name), move.label, move.needs)
        for name, move in MOVES.items()
        if move.label and state in move.come_from and move.by & set(roles)
    ]
