"""Who may apply: tier, and an identity that is still valid (R-ID-06, R-ID-43)."""

from app_server.cases.errors import ItemTierTooLow
from app_server.items import service as items
from app_server.kernel.principal import Principal
from auth.identity import service as identity


async def may_apply(principal: Principal, item: items.ItemFacts) -> None:
    """Raise `ItemTierTooLow` with the ways up, or `IdentityLapsed`.

    The lapse comes first: an expired card has lowered the tier too, and renewing it is the way.
    """
    await identity.needs_valid_identity(principal.subject)
    if items.may_apply(principal.tier, item):
        return
    needed = max(1, item.account_tier)
    options = [
        {"code": means.source.code, "name": means.source.name}
        for means in await identity.means_in_force("person")
        if means.enabled and means.source.tier >= needed
    ]
    raise ItemTierTooLow(needed, principal.tier, options)
