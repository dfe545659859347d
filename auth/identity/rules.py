"""Tiers, their names, and what each kind of evidence is worth (R-ID-01…14)."""

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

TIER_NAMES = ("匿名用户", "初级实名", "中级实名", "高级实名")

FACE_TRIES = 5
FACE_WINDOW = timedelta(hours=6)
FACE_CHECK_LIFE = timedelta(minutes=5)
FACE_CONSENT = "face"


@dataclass(frozen=True, slots=True)
class Source:
    """One way to be believed: the tier it lifts to and how long it holds (None: for good)."""

    name: str
    tier: int
    holds: timedelta | None


# R-ID-05 (tier 1), R-ID-07…11 (tier 2). Tier 3 is proved per act and is no account level.
SOURCES = MappingProxyType(
    {
        "population_four_fields": Source("人口库四要素核验", 1, None),
        "face_and_code": Source("人脸识别与短信验证码", 2, timedelta(days=365)),
        "realname_window": Source("政务大厅实名窗口", 2, timedelta(days=365 * 3)),
    }
)

# A real-person check is at least the face and one more means (R-ID-10).
FACE_CHECK_EDGES = MappingProxyType(
    {
        "open": frozenset({"matched", "refused"}),
        "matched": frozenset({"passed", "refused"}),
        "passed": frozenset(),
        "refused": frozenset(),
    }
)


def tier_of(sources: list[str]) -> int:
    """The tier that live evidence from these sources gives."""
    return max((SOURCES[s].tier for s in sources if s in SOURCES), default=0)
