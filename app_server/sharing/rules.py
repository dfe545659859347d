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
        )
    }
)
