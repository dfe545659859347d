"""What one version of an item says, in frozen parts: the contract with everything above."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Fact(BaseModel):
    """A frozen part of what an item says."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TimeLimit(Fact):
    """How many days, and which: working days (工作日) or natural days (天)."""

    days: int = Field(ge=1, le=400)
    unit: Literal["workday", "day"]


class Material(Fact):
    """A material to be handed in; `source_class` A–D is its trust (国办函〔2016〕108号).

    `licence_type` and `data_service` name what proves the fact without paper, `commitment` the
    template that may stand for it (R-ITM-18…20); `ocr` is what is looked for on the picture.
    `original`: the paper itself has to reach the office before the application counts (R-LOG-01).
    """

    code: str
    name: str
    required: bool = True
    source_class: Literal["A", "B", "C", "D"]
    how: str
    sample_url: str = ""
    library: str = ""
    basis: str = ""
    issuer: str = ""
    situation: str = ""
    licence_type: str = ""
    data_service: str = ""
    commitment: str = ""
    valid_days: int | None = Field(default=None, ge=1)
    kinds: list[Literal["picture", "pdf"]] = ["picture"]
    ocr: list[Literal["name", "id_number", "signature_date", "sharp"]] = []
    original: bool = False


class ReviewPoint(Fact):
    """One thing a reviewer looks at (审查要点, R-ITM-33, R-ITM-34).

    `material` is the code of the material it belongs to, empty for a condition. `rule` is an
    expression of the closed language that a machine can answer; without one a person looks.
    """

    code: str
    name: str
    material: str = ""
    how: str = ""
    ground: Literal["incomplete", "form", "substance"] = "substance"
    rule: str = ""


class SpecialProcedure(Fact):
    """What may stop the clock (特别程序, Administrative Licensing Law art. 45), at most so long."""

    code: str
    name: str
    days: int = Field(ge=1, le=400)


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


# From depth III on an application is made and handled online.
DEPTH_HANDLED = 3

# The nine lists of the provincial plan that are kept by one mechanism (R-ITM-27).
ListKind = Literal[
    "powers",
    "services",
    "duties",
    "intermediaries",
    "special_funds",
    "charges",
    "investment_negative",
    "convenience",
    "qualifications",
]


class ItemFacts(Fact):
    """Everything one version of an item says; what contexts above are told.

    `temporary_body` names the paper that set up a body whose USCC fails its check (domain.md
    §2.1); a village's item stands in its town's region and names the village beside it.
    """

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
    catalogue_code: str = ""
    code_scheme: str = "anhui"
    owner_kind: Literal["department", "enterprise"] = "department"
    audience: list[Literal["person", "company"]] = ["person"]
    case_kind: Literal["instant", "promise"] = "promise"
    ways: list[Literal["window", "pc", "mobile", "courier"]] = ["window", "mobile"]
    delivery: list[Literal["download", "window", "courier"]] = ["download"]
    online_depth: int = Field(default=4, ge=1, le=4)
    online_pay: bool = False
    result_kind: Literal["certificate", "document", "approval", "none"] = "none"
    result_sample: str = ""
    themes: list[str] = []
    target_class: Literal["", "service", "company_start", "property", "construction"] = ""
    flow_code: str = ""
    auto_accept: bool = False
    auto_decide: bool = False
    review_points: list[ReviewPoint] = []
    special_procedures: list[SpecialProcedure] = []
    extension_days: int = Field(default=0, ge=0, le=30)
    handle_areas: list[str] = []
    forward_to: str = ""
    appointment: bool = False
    local_code: str = ""
    temporary_body: str = ""
    village_code: str = ""
    village_name: str = ""
    former_level: Literal["", "2", "3", "4", "5", "6"] = ""
    address: str = ""
    office_hours: str = ""
    policies: list[str] = []
    notices: list[str] = []
    lists: list[ListKind] = []
    intermediaries: list[str] = []
    provenance: str
    version: int = 0

    @property
    def level(self) -> str:
        """The level that accepts it now (GB/T 39046 A.2), as its code says."""
        return self.code[18:19]

    @property
    def basic_code(self) -> str:
        """The basic code (基本编码) inside its code: what all places share (R-ITM-03)."""
        return self.code[19:31]

    @property
    def functions(self) -> dict[str, bool]:
        """Which of the four functions it has online (R-CAS-29), by the word people use for each."""
        online = bool(self.form_code) and self.online_depth >= DEPTH_HANDLED
        return {
            "预约": self.appointment,
            "申报": bool(self.form_code),
            "办理": online,
            "查询": bool(self.form_code),
        }

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
