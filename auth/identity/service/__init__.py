"""Commands and queries of identity."""

from auth.identity.rules import SOURCES, TIER_NAMES
from auth.identity.service.evidence import (
    add_evidence,
    evidence_of,
    revoke_evidence,
    tier_of_person,
)
from auth.identity.service.face import (
    FaceState,
    compare_faces_with,
    confirm,
    open_check,
    send_check_code,
    submit_photo,
)
from auth.identity.service.registries import RegistryChecks, check_registries_by, match_four_fields

__all__ = [
    "SOURCES",
    "TIER_NAMES",
    "FaceState",
    "RegistryChecks",
    "add_evidence",
    "check_registries_by",
    "compare_faces_with",
    "confirm",
    "evidence_of",
    "match_four_fields",
    "open_check",
    "revoke_evidence",
    "send_check_code",
    "submit_photo",
    "tier_of_person",
]
