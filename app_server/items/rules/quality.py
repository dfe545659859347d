"""One function runs every quality rule and ceiling, for every way in (R-ITM-02)."""

from app_server.items.errors import ItemUnfit
from app_server.items.rules.catalogue import above_ceilings
from app_server.items.rules.checks import NOTHING_KNOWN, Finding, Surroundings
from app_server.items.rules.facts import ItemFacts
from app_server.items.rules.validators import RULES


def findings(item: ItemFacts, around: Surroundings = NOTHING_KNOWN) -> list[Finding]:
    """Everything the rules and the ceilings find, in their order."""
    found = [one for rule in RULES if (one := rule.find(item, around))]
    if around.catalogue is not None:
        caps = above_ceilings(item, around.catalogue.ceilings)
        found += [Finding(code, "error", name, text) for code, name, text in caps]
    return found


def check_item(item: ItemFacts, around: Surroundings = NOTHING_KNOWN) -> list[Finding]:
    """The warnings; raise `ItemUnfit` naming every broken rule (R-ITM-02)."""
    found = findings(item, around)
    if errors := [f for f in found if f.severity == "error"]:
        raise ItemUnfit(
            errors=[{"field": f.field, "message": f.message, "code": f.code} for f in errors]
        )
    return found
