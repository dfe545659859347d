"""The sharing services there are: code, name, what they need and which fields they give."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class SharingService:
    """One question a registry answers; only `gives` ever leaves this context."""

    code: str
    source_name: str
    needs: frozenset[str]
    gives: frozenset[str]


# 个人信息保护法 art. 13(3): what a statutory duty needs, no consent is asked for. A person may
# still refuse prefilling: then they bring the facts themselves.
STATUTORY = "履行法定职责所必需（个人信息保护法第十三条第一款第三项）"
PREFILL = "prefill"
PREFILL_VERSION = "2026-11"
PREFILL_TEXT = (
    "为减少填写，我同意平台在我办理事项时，向户籍、不动产、机动车等登记机关调取与该事项有关的"
    "本人及家庭信息并填入表单。每次调取都会记录来源、时间和目的，我可以随时查看或撤回同意。"
)

_PERSON = frozenset({"id_number", "name"})

SERVICES = MappingProxyType(
    {
        s.code: s
        for s in (
            SharingService(
                "population.four_fields",
                "人口库",
                _PERSON | {"ethnic_group", "sex"},
                frozenset({"matched"}),
            ),
            SharingService("population.portrait", "人口库", _PERSON, frozenset({"jpeg"})),
            SharingService(
                "household.members",
                "户籍库",
                _PERSON,
                frozenset({"household_no", "address", "members", "size"}),
            ),
            SharingService(
                "property.ownership", "不动产登记库", _PERSON, frozenset({"owned", "count"})
            ),
            SharingService(
                "vehicle.registration", "机动车登记库", _PERSON, frozenset({"vehicles", "count"})
            ),
            # Whether one plate is one person's: nothing else is told.
            SharingService(
                "vehicle.plate", "机动车登记库", _PERSON | {"plate"}, frozenset({"matched"})
            ),
        )
    }
)
