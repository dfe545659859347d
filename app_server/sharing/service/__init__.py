"""Commands and queries of sharing."""

from app_server.sharing.service.choices import (
    Choice,
    choice_of,
    follow_consent,
    ground_for_prefill,
    set_choice,
)
from app_server.sharing.service.reading import (
    Receipt,
    Shared,
    calls_of,
    is_genuine,
    read,
)
from app_server.sharing.service.registries import OrganisationChecks, PopulationChecks

__all__ = [
    "Choice",
    "OrganisationChecks",
    "PopulationChecks",
    "Receipt",
    "Shared",
    "calls_of",
    "choice_of",
    "follow_consent",
    "ground_for_prefill",
    "is_genuine",
    "read",
    "set_choice",
]
