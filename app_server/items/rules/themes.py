"""Themes (服务主题) of people and of companies; a company's theme never stands on a person's item.

The names are those of the provincial portals' two theme axes (GB/T 39046 表4 自然人服务主题,
法人服务主题), in our words where places differ.
"""

from collections.abc import Sequence

from app_server.items.rules.facts import ItemFacts

PERSON_THEMES = (
    "户籍办理",
    "证件办理",
    "教育科研",
    "就业创业",
    "社会保障",
    "社会救助",
    "医疗卫生",
    "住房保障",
    "交通出行",
    "婚姻生育",
    "养老助残",
    "退役军人",
    "司法公证",
    "出境入境",
    "公用事业",
    "消费维权",
    "文化体育",
    "不动产登记",
    "纳税缴费",
)
COMPANY_THEMES = (
    "设立变更",
    "准营准办",
    "资质认证",
    "投资审批",
    "规划建设",
    "人力资源",
    "企业税务",
    "融资信贷",
    "知识产权",
    "环保绿化",
    "商务贸易",
    "企业公用事业",
    "科技创新",
    "注销破产",
)


def misplaced(item: ItemFacts) -> Sequence[str]:
    """Themes of those the item does not serve, and unknown ones (Q12)."""
    allowed = {
        *(PERSON_THEMES if "person" in item.audience else ()),
        *(COMPANY_THEMES if "company" in item.audience else ()),
    }
    return [theme for theme in item.themes if theme not in allowed]


def missing_kinds(item: ItemFacts) -> Sequence[str]:
    """The theme axes of whom the item serves that are left empty (Q12)."""
    axes = {"person": ("自然人主题", PERSON_THEMES), "company": ("法人主题", COMPANY_THEMES)}
    return [
        axes[who][0] + "未填" for who in item.audience if not set(item.themes) & set(axes[who][1])
    ]
