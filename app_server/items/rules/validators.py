"""The quality rules of a guide, each a named validator (R-ITM-02; domain.md §2.6).

Q01–Q16 are re-stated from a public checker of item guides; from Q17 on the source stands above
the rule.
"""

import re
from collections.abc import Iterable, Mapping

from app_server.items.rules.catalogue import days_of
from app_server.items.rules.checks import NOTHING_KNOWN, Broken, Rule, Surroundings
from app_server.items.rules.codes import ITEM_TYPES, LEVELS, is_item_code, is_uscc
from app_server.items.rules.facts import ItemFacts, Material
from app_server.items.rules.themes import misplaced, missing_kinds

PERMIT = "01"
PERMIT_STEPS = 5
# Each of the five stages of a permit, in the words guides use for it.
PERMIT_STAGES = (("受理",), ("审查", "审核"), ("决定", "审批", "批准"), ("办结",), ("送达",))
# 13550: working days by the class an item is tagged with (R-ITM-36).
TARGETS: Mapping[str, int] = {
    "service": 1,
    "company_start": 3,
    "property": 5,
    "construction": 50,
}
ONLINE_WAYS = {"pc", "mobile"}
WITHOUT_MEETING = {"download", "courier"}
REASON_SIGNS = 10  # a reason for coming twice is a sentence, not a word
_PHONE = re.compile(r"0\d{2,3}-\d{5,8}")
_VAGUE = re.compile(
    r"其他(相关)?(材料|资料|证明|文件)|相关(证明)?(材料|资料|文件)|等$|等(材料|资料|证明|文件)"
)
FULL_ONLINE = 4
VILLAGE_DIGITS = 12  # GB/T 10114


def _result(ending: tuple[str, ...], kind: str) -> Broken:
    return lambda i, _: i.result_name.endswith(ending) and i.result_kind != kind


def _stages(item: ItemFacts) -> list[str]:
    told = "".join(step.name for step in item.steps)
    return [words[0] for words in PERMIT_STAGES if not any(w in told for w in words)]


def _twice(codes: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [code for code in codes if code in seen or seen.add(code)]  # type: ignore[func-returns-value]


def _longer_than_law(item: ItemFacts) -> bool:
    legal, promise = item.legal_limit, item.promise_limit
    if not legal or not promise:
        return False
    # So many working days are never fewer than as many natural ones; the other way stays open.
    comparable = promise.unit in {legal.unit, "workday"}
    return comparable and promise.days > legal.days


def _missing_sections(item: ItemFacts) -> list[str]:
    """The eight sections of a public guide (R-ITM-14)."""
    sections = {
        "法律法规": item.basis,
        "政策文件": item.policies,
        "通知公告": item.notices,
        "办事指南": item.steps,
        "审查细则": item.review_points or not item.materials,
        "常见问题": item.faqs,
        "监督方式": item.complaint_phone,
        "网办深度": item.online_depth,
    }
    return [name for name, content in sections.items() if not content]


def _unchecked(material: Material) -> bool:
    proofs = (material.licence_type, material.data_service, material.commitment, material.ocr)
    return not material.basis or not any(proofs)


def _not_automatic(item: ItemFacts) -> list[str]:
    """Why a machine may not decide: the three conditions of an automatic flag (R-CAS, §9)."""
    if not (item.auto_accept or item.auto_decide):
        return []
    return [m.name for m in item.materials if _unchecked(m)] + [
        p.name for p in item.review_points if not p.rule
    ]


def _no_review_point(item: ItemFacts) -> list[str]:
    looked_at = {point.material for point in item.review_points}
    return [m.name for m in item.materials if m.required and m.code not in looked_at]


def _provable(item: ItemFacts, around: Surroundings, name: str) -> list[str]:
    """Materials the library knows to be provable without paper, which are still asked."""
    return [
        m.name
        for m in item.materials
        if m.library in around.library
        and getattr(around.library[m.library], name)
        and not (m.licence_type or m.data_service)
    ]


def _level_of(item: ItemFacts) -> str:
    if item.village_code:
        return "6"
    if len(item.region) > 6:
        return "5"
    return "2" if item.region.endswith("0000") else "3" if item.region.endswith("00") else "4"


RULES: tuple[Rule, ...] = (
    Rule(
        "Q01",
        "case_kind",
        "没有承诺时限的事项应为即办件",
        lambda i, _: not i.promise_limit and i.case_kind != "instant",
    ),
    Rule(
        "Q02",
        "case_kind",
        "承诺时限超过一天的事项应为承诺件",
        lambda i, _: days_of(i.promise_limit) > 1 and i.case_kind != "promise",
    ),
    Rule(
        "Q03",
        "result_kind",
        "结果名称以“证”结尾的，结果类型应为出证办结",
        _result(("证", "证书"), "certificate"),
    ),
    Rule(
        "Q04",
        "result_kind",
        "结果名称以“文”结尾的，结果类型应为出文办结",
        _result(("文",), "document"),
    ),
    Rule(
        "Q05",
        "result_kind",
        "结果名称以“批复”结尾的，结果类型应为审批办结",
        _result(("批复",), "approval"),
    ),
    Rule(
        "Q06",
        "to_site_reason",
        "需要到现场时必须写明原因",
        lambda i, _: i.to_site_times > 0 and not i.to_site_reason.strip(),
    ),
    Rule(
        "Q07",
        "to_site_reason",
        "无需到现场时不写原因",
        lambda i, _: not i.to_site_times and bool(i.to_site_reason),
    ),
    Rule(
        "Q08",
        "ways",
        "不能网上办理又无需到现场的，应允许快递申请",
        lambda i, _: not i.to_site_times and not {*i.ways} & (ONLINE_WAYS | {"courier"}),
    ),
    Rule(
        "Q09",
        "to_site_times",
        "全程网办的事项到现场次数应为 0",
        lambda i, _: i.online_depth == FULL_ONLINE and i.to_site_times > 0,
    ),
    Rule(
        "Q10",
        "fee_basis",
        "收费事项必须写明收费依据、项目编码和标准",
        lambda i, _: bool(i.fee) and not (i.fee_basis and all(f.code for f in i.fee)),
    ),
    Rule(
        "Q11",
        "complaint_phone",
        "咨询电话与投诉电话必须填写、带区号且不同",
        lambda i, _: (
            i.consult_phone == i.complaint_phone
            or not all(map(_PHONE.fullmatch, (i.consult_phone, i.complaint_phone)))
        ),
    ),
    Rule(
        "Q12", "themes", "主题分类与服务对象不一致", lambda i, _: [*misplaced(i), *missing_kinds(i)]
    ),
    Rule(
        "Q13", "faqs", "行政许可至少一个常见问题", lambda i, _: i.item_type == PERMIT and not i.faqs
    ),
    Rule(
        "Q14",
        "steps",
        "行政许可至少五个办理环节和一个常见问题，且包含受理、审查、决定、办结、送达",
        lambda i, _: (
            i.item_type == PERMIT
            and (len(i.steps) < PERMIT_STEPS or not i.faqs or bool(_stages(i)))
        ),
    ),
    Rule(
        "Q15",
        "result_sample",
        "有办理结果的事项必须提供结果样本",
        lambda i, _: i.result_kind != "none" and not i.result_sample,
    ),
    Rule(
        "Q16", "online_pay", "不收费的事项不应开通网上支付", lambda i, _: not i.fee and i.online_pay
    ),
    # GB/T 39046 A.1, R-ITM-03: structure, type and check signs of the code.
    Rule(
        "Q17",
        "code",
        "实施编码结构、类型或校验位不正确",
        lambda i, _: (
            i.item_type not in ITEM_TYPES
            or not is_item_code(
                i.code, i.item_type, i.code_scheme, temporary=bool(i.temporary_body)
            )
        ),
    ),
    Rule("Q18", "org", "实施编码与实施主体不一致", lambda i, _: i.org != i.code[:18]),
    # Administrative Licensing Law art. 42: a promise betters the law, it never lengthens it.
    Rule("Q19", "promise_limit", "承诺时限不能长于法定时限", lambda i, _: _longer_than_law(i)),
    Rule(
        "Q20",
        "tier3_acts",
        "金额字段与金额门槛必须同时填写",
        lambda i, _: any((a.above_fen is None) != (not a.field) for a in i.tier3_acts),
    ),
    # R-ITM-21
    Rule(
        "Q21",
        "materials",
        "材料名称含糊，须写明情形与具体名称",
        lambda i, _: [m.name for m in i.materials if _VAGUE.search(m.name) and not m.situation],
    ),
    # R-ITM-17
    Rule(
        "Q22",
        "materials",
        "没有设定依据的材料不得列为必备",
        lambda i, _: [m.name for m in i.materials if m.required and not m.basis],
    ),
    # R-ITM-18
    Rule(
        "Q23",
        "materials",
        "已有电子证照能够证明，不得再要求提供",
        lambda i, a: _provable(i, a, "licence_type"),
    ),
    # R-ITM-20, R-ITM-24
    Rule(
        "Q24",
        "materials",
        "能够联网核验，不得再要求提供",
        lambda i, a: _provable(i, a, "data_service"),
    ),
    # R-ITM-34
    Rule("Q25", "review_points", "必备材料没有对应的审查要点", lambda i, _: _no_review_point(i)),
    Rule(
        "Q26",
        "review_points",
        "审查要点对应的材料不存在",
        lambda i, _: [
            p.name
            for p in i.review_points
            if p.material and p.material not in {m.code for m in i.materials}
        ],
    ),
    Rule(
        "Q27",
        "materials",
        "材料或审查要点编码重复",
        lambda i, _: _twice(m.code for m in i.materials) + _twice(p.code for p in i.review_points),
    ),
    # issue 5 §9
    Rule("Q28", "auto_decide", "不具备自动受理或自动审批条件", lambda i, _: _not_automatic(i)),
    # R-ITM-36
    Rule(
        "Q29",
        "promise_limit",
        "承诺时限超过“13550”目标",
        lambda i, _: bool(i.target_class) and days_of(i.promise_limit) > TARGETS[i.target_class],
    ),
    # R-ITM-30
    Rule(
        "Q30",
        "to_site_reason",
        "到现场超过一次的，须书面说明理由（不少于十个字）",
        lambda i, _: i.to_site_times > 1 and len(i.to_site_reason.strip()) < REASON_SIGNS,
    ),
    # R-ITM-14
    Rule("Q31", "sections", "办事指南缺少栏目", lambda i, _: _missing_sections(i)),
    # R-ITM-03
    Rule(
        "Q32",
        "catalogue_code",
        "实施事项未对应目录清单",
        lambda i, a: bool(i.catalogue_code) and a is not NOTHING_KNOWN and a.catalogue is None,
    ),
    # R-ITM-31
    Rule(
        "Q33",
        "to_site_times",
        "不在负面清单内却需要到现场",
        lambda i, a: i.to_site_times > 0 and not a.negative,
        "warning",
    ),
    # R-CAS-28
    Rule("Q34", "materials", "部门之间可能存在循环证明", lambda _, a: a.circles, "warning"),
    # R-ITM-38
    Rule(
        "Q35",
        "code",
        "行使层级与行政区划不一致",
        lambda i, _: i.level not in LEVELS or i.level != _level_of(i),
    ),
    Rule(
        "Q36",
        "village_code",
        "村级事项的行政区划代码应属于所在乡镇",
        lambda i, _: (
            bool(i.village_code)
            and not (
                i.village_code.isdigit()
                and len(i.village_code) == VILLAGE_DIGITS
                and i.village_code.startswith(i.region)
            )
        ),
    ),
    # R-ITM-15
    Rule(
        "Q37",
        "intermediaries",
        "中介服务不在清单内",
        lambda i, a: [c for c in i.intermediaries if c not in a.intermediaries],
    ),
    # R-ITM-22
    Rule(
        "Q38",
        "materials",
        "材料不在材料库内",
        lambda i, a: [m.library for m in i.materials if m.library and m.library not in a.library],
    ),
    Rule(
        "Q39",
        "forward_to",
        "上报机关的统一社会信用代码不正确",
        lambda i, _: bool(i.forward_to) and not is_uscc(i.forward_to),
    ),
    Rule("Q40", "steps", "至少一个办理环节", lambda i, _: not i.steps),
    # R-ITM-32: one item, one form.
    Rule("Q41", "form_code", "表单不存在", lambda _, a: a.form_missing),
    # R-CAS-29
    Rule(
        "Q42",
        "appointment",
        "在线功能不全，缺少",
        lambda i, _: [name for name, has in i.functions.items() if not has],
        "warning",
    ),
    # A case never waits for a drawing: until it is published, officers work by the law alone.
    Rule("Q43", "flow_code", "办理流程尚未发布", lambda _, a: a.flow_missing, "warning"),
    Rule("Q44", "review_points", "自动核验规则写法有误", lambda _, a: a.bad_rules),
    # R-LOG-08: 网上批、快递送、不见面.
    Rule(
        "Q45",
        "delivery",
        "“不见面”事项的结果应能邮寄或网上送达",
        lambda i, _: not i.to_site_times and not {*i.delivery} & WITHOUT_MEETING,
    ),
    Rule(
        "Q46",
        "ways",
        "“不见面”事项收取材料原件的，应允许快递申请",
        lambda i, _: (
            not i.to_site_times and "courier" not in i.ways and any(m.original for m in i.materials)
        ),
    ),
    # R-PAY-06: a charge that finance has not listed for the unit would be refused at the counter.
    Rule("Q47", "fee", "收费项目不在本单位的收费目录内", lambda _, a: a.unlisted_fees),
)
