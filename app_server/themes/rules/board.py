"""The claim board (R-PAR-10): open → claimed → built → reviewed → replicated."""

from collections.abc import Mapping
from types import MappingProxyType

STATES: Mapping[str, str] = MappingProxyType(
    {
        "open": "待认领",
        "claimed": "已认领",
        "built": "已建成，待专家评审",
        "reviewed": "评审通过",
        "replicated": "已复制推广",
    }
)
# What may be done, from which state, to which. An expert's no sends it back to its city.
EDGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "claim": ("open", "claimed"),
        "release": ("claimed", "open"),
        "build": ("claimed", "built"),
        "send_back": ("built", "claimed"),
        "pass": ("built", "reviewed"),
        "replicate": ("reviewed", "replicated"),
    }
)
EXPERTS = 2


def deeds(state: str) -> list[str]:
    """What may be done with an entry in this state."""
    return [name for name, (source, _) in EDGES.items() if source == state]
