"""Which bills an officer sees: an agency's finance people its own, others their region's."""

from typing import Any

from app_server.kernel import regions
from app_server.kernel.principal import Principal
from payments.models import Bill

# The treasury watches its region; a hall's counter takes what any agency of the region is owed.
REGIONAL = frozenset({"treasurer", "cashier"})


def sees(principal: Principal, bill: Bill) -> bool:
    """Whether this officer may act on this bill."""
    if REGIONAL & principal.roles:
        return regions.covers(principal.region, bill.region)
    return bool(principal.org) and principal.org == bill.agency_code


def within(principal: Principal) -> dict[str, Any]:
    """The same as a filter on bills, so that list and single look agree."""
    if not REGIONAL & principal.roles:
        return {"agency_code": principal.org or "-"}
    return {"region__startswith": regions.prefix_of(principal.region)}
