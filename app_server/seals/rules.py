"""The life of a seal and of an authorisation, each one frozen table."""

from types import MappingProxyType

# GM/T 0031 and R-SEA: made → active → reported lost or destroyed; a lost seal signs no more.
SEAL_EDGES = MappingProxyType(
    {
        "active": frozenset({"lost", "destroyed"}),
        "lost": frozenset({"destroyed"}),
        "destroyed": frozenset(),
    }
)
