"""Pure rules of the catalogue: codes, check digits and what a guide must say."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app_server.items.errors import ItemUnfit

# 31 signs: letters that look like digits are left out (GB 32100-2015).
USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = [3**n % 31 for n in range(17)]
_ORG_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

# Types a code may carry, Guangdong's practice beside GB/T 39046 A.1 (domain.md §2.1).
ITEM_TYPES = {
    "01": "行政许可",
    "05": "行政给付",
    "07": "行政确认",
    "08": "行政奖励",
    "09": "行政裁决",
    "10": "其他行政权力",
    "20": "公共服务",
}
PERMIT = "01"
PERMIT_STEPS = 5
PROVINCE_SOURCE = "34"


class Fact(BaseModel):
    """A frozen part of what an item says."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TimeLimit(Fact):
    """How many days, and which: working days (工作日) or natural days (天)."""

    days: int = Field(ge=1, le=400)
    unit: Literal["workday", "day"]


class Material(Fact):
    """A material to be handed in; `source_class` A–D is its trust (国办函〔2016〕108号)."""

    code: str
    name: str
    required: bool = True
    source_class: Literal["A", "B", "C", "D"]
    how: str
    sample_url: str = ""


class Step(Fact):
    """One stage of handling."""

    name: str
    detail: str


class Faq(Fact):
    """A question people ask, answered."""

    q: str
    a: str


class FeeLine(Fact):
    """One charge with the code of its non-tax project."""

    name: str
    code: str
    amount_fen: int = Field(gt=0)


class Tier3Act(Fact):
    """What of this item needs a proof of its own (R-ID-15): always, or above a sum.

    `field` names the form field that holds the sum in yuan; above `above_fen` the proof is needed.
    """

    name: str
    field: str = ""
    above_fen: int | None = Field(default=None, ge=0)


class ItemFacts(Fact):
    """Everything one version of an item says; what contexts above are told."""

    code: str
    name: str
    aliases: list[str] = []
    region: str
    org: str
    department: str
    item_type: str
    min_tier: int = Field(ge=0, le=3)
    tier3_acts: list[Tier3Act] = []
    legal_limit: TimeLimit | None = None
    promise_limit: TimeLimit | None = None
    fee: list[FeeLine] = []
    fee_basis: str = ""
    fee_note: str = "不收费"
    to_site_times: int = 0
    to_site_reason: str = ""
    materials: list[Material] = []
    materials_before: int
    conditions: list[str] = []
    steps: list[Step]
    basis: list[str]
    result_name: str
    consult_phone: str
    complaint_phone: str
    faqs: list[Faq] = []
    form_code: str = ""
    licence_type: str = ""
    licence_years: int = 0
    licence_fields: list[str] = []
    provenance: str
    version: int = 0

    @property
    def fee_fen(self) -> int:
        """What handling costs, in fen."""
        return sum(line.amount_fen for line in self.fee)

    @property
    def account_tier(self) -> int:
        """The tier an applicant must hold: 3 is proved per act and is no account's (R-ID-14)."""
        return min(self.min_tier, 2)

    def tier3_act(self, data: Mapping[str, Any]) -> str:
        """The act in this application that needs its own proof, or an empty text (R-ID-15)."""
        for act in self.tier3_acts:
            if act.above_fen is None or _fen(data.get(act.field)) > act.above_fen:
                return act.name
        return self.name if self.min_tier == 3 else ""


def _fen(yuan: Any) -> int:
    # A sum that is missing or no number is for the form to refuse; it lowers nothing here.
    return round(float(yuan) * 100) if isinstance(yuan, int | float) else 0


def may_apply(tier: int, item: ItemFacts) -> bool:
    """Whether an account of this tier may apply for the item (R-ID-06, R-ID-12)."""
    return tier >= max(1, item.account_tier)


def uscc_check(body: str) -> str:
    """The 18th sign of a USCC for its first 17 (GB 32100-2015)."""
    total = sum(USCC_SIGNS.index(sign) * w for sign, w in zip(body, _USCC_WEIGHTS, strict=True))
    return USCC_SIGNS[-total % 31]


def org_check(body: str) -> str:
    """The check sign of an organisation code for its first 8 (GB 11714-1997)."""
    total = sum(_ORG_SIGNS.index(sign) * w for sign, w in zip(body, _ORG_WEIGHTS, strict=True))
    return "0123456789X0"[(11 - total % 11)]


def is_uscc(text: str) -> bool:
    """Whether both check signs hold: a made-up code passes one of them by chance, 1 in 31."""
    return (
        len(text) == 18
        and set(text) <= set(USCC_SIGNS)
        and text[17] == uscc_check(text[:17])
        and text[16] == org_check(text[8:16])
    )


def is_item_code(code: str, item_type: str) -> bool:
    """31 or 33 signs: USCC of the body, level, source, type, main item, sub item (§2.1)."""
    return (
        len(code) in {31, 33}
        and is_uscc(code[:18])
        and code[18] in "1234567"
        and code[19:21] in {PROVINCE_SOURCE, "00"}
        and code[21:23] == item_type
        and code[23:28].isdigit()
        and (code[28:31].isdigit() or code[28:31] == "00Y")
        and (code[31:].isdigit() or not code[31:])
    )


def check_item(item: ItemFacts) -> None:
    """Raise `ItemUnfit` naming every broken rule (R-ITM-02, items/quality rules)."""
    found = [{"field": field, "message": message} for field, message in _findings(item)]
    if found:
        raise ItemUnfit(errors=found)


def _findings(item: ItemFacts) -> Iterator[tuple[str, str]]:
    if item.item_type not in ITEM_TYPES or not is_item_code(item.code, item.item_type):
        yield "code", "实施编码结构或校验位不正确"
    if item.org != item.code[:18]:
        yield "org", "实施编码与实施主体不一致"
    if item.consult_phone == item.complaint_phone or not item.consult_phone:
        yield "complaint_phone", "咨询电话与投诉电话必须填写且不同"
    if item.fee and not item.fee_basis:
        yield "fee_basis", "收费事项必须写明收费依据"
    if item.to_site_times and not item.to_site_reason:
        yield "to_site_reason", "需要到现场时必须写明原因"
    if item.to_site_reason and not item.to_site_times:
        yield "to_site_reason", "无需到现场时不写原因"
    if item.item_type == PERMIT and (not item.faqs or len(item.steps) < PERMIT_STEPS):
        yield "steps", "行政许可至少五个办理环节和一个常见问题"
    if any((act.above_fen is None) != (not act.field) for act in item.tier3_acts):
        yield "tier3_acts", "金额字段与金额门槛必须同时填写"
    if item.legal_limit and item.promise_limit and _longer(item):
        yield "promise_limit", "承诺时限不能长于法定时限"


def _longer(item: ItemFacts) -> bool:
    legal, promise = item.legal_limit, item.promise_limit
    return bool(legal and promise and legal.unit == promise.unit and promise.days > legal.days)
