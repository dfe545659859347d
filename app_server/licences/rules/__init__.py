"""Pure reckoning of licences: the identifier, states, types, and what is shown."""

from app_server.licences.rules.identifier import check_character, holds, identifier, parts_of
from app_server.licences.rules.provided import TYPES
from app_server.licences.rules.showing import SHOW_LIFE
from app_server.licences.rules.states import EDGES, STATE_NAMES

__all__ = [
    "EDGES",
    "SHOW_LIFE",
    "STATE_NAMES",
    "TYPES",
    "check_character",
    "holds",
    "identifier",
    "parts_of",
]
