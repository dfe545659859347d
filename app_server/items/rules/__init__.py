"""Pure rules of the catalogue: facts, codes, quality, locks, editing, comparison, exchange."""

from app_server.items.rules.checks import Finding, Surroundings
from app_server.items.rules.codes import is_item_code, is_uscc
from app_server.items.rules.facts import (
    Faq,
    FeeLine,
    ItemFacts,
    ListKind,
    Material,
    ReviewPoint,
    SpecialProcedure,
    Step,
    Tier3Act,
    TimeLimit,
    may_apply,
)
from app_server.items.rules.quality import check_item, findings

__all__ = [
    "Faq",
    "FeeLine",
    "Finding",
    "ItemFacts",
    "ListKind",
    "Material",
    "ReviewPoint",
    "SpecialProcedure",
    "Step",
    "Surroundings",
    "Tier3Act",
    "TimeLimit",
    "check_item",
    "findings",
    "is_item_code",
    "is_uscc",
    "may_apply",
]
